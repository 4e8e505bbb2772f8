"""Workflow templates: the steps of an order, under the names that a place uses (T8, T11, T22).

A template's version never changes; an order keeps the one it was filed under. A place
chooses a template for itself and everything below; where nobody chose, it is 点单.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.upserts import insert_for, insert_or_ignore
from app.community.models import Node
from app.community.node_rows import path_ids
from app.service_orders.models import MEANINGS, Template, TemplateChoice

DEFAULT_CODE = "diandan"
STEPS_MAX = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its code, its name at this place, and what it means."""

    code: str
    name: str
    meaning: str


BUILT_IN: dict[str, tuple[str, tuple[Step, ...]]] = {
    "diandan": (
        "点单—派单—接单—评单",
        (
            Step("diandan", "点单", "filed"),
            Step("paidan", "派单", "assigned"),
            Step("jiedan", "接单", "accepted"),
            Step("banli", "办理", "worked"),
            Step("banjie", "办结", "finished"),
            Step("pingdan", "评单", "rated"),
        ),
    ),
    "hongguanjia": (
        "上报—派单—红管家服务—评价",
        (
            Step("shangbao", "上报", "filed"),
            Step("paidan", "派单", "assigned"),
            Step("fuwu", "红管家服务", "finished"),
            Step("pingjia", "评价", "rated"),
        ),
    ),
    "wushi": (
        "五事工作法",
        (
            Step("tishi", "网格提事", "filed"),
            Step("dingshi", "支部定事", "assigned"),
            Step("yishi", "协商议事", "deliberated"),
            Step("banshi", "联合办事", "finished"),
            Step("pingshi", "居民评事", "rated"),
        ),
    ),
}


def ensure_built_in(session: Session) -> None:
    """Write the three built-in templates; again changes nothing."""
    rows = [_row(code, 1, name, steps, SYSTEM) for code, (name, steps) in BUILT_IN.items()]
    session.execute(insert_or_ignore(session, Template), rows)


def add_version(
    session: Session, *, code: str, name: str, steps: Sequence[Step], actor: Actor
) -> Template:
    """Add a template, or the next version of one; orders under way keep theirs.

    Raises:
        ValidationFailed: The steps make no workflow; fact `field`.
    """
    _require_sense(steps)
    if code in BUILT_IN:
        ensure_built_in(session)
    last = session.scalar(sa.select(sa.func.max(Template.version)).where(Template.code == code))
    row = _row(code, (last or 0) + 1, name, steps, actor)
    session.execute(sa.insert(Template), row)
    return get(session, code, row["version"])


def choose(session: Session, *, node: Node, code: str, actor: Actor) -> None:
    """Let a place use a template for its orders from now on.

    Raises:
        NotFound: There is no such template.
    """
    latest(session, code)
    values = {
        "template_code": code,
        "chosen_by_id": actor.person_id,
        "chosen_at": clock.now(),
    }
    insert = insert_for(session, TemplateChoice).values(node_id=node.id, **values)
    session.execute(insert.on_conflict_do_update(index_elements=["node_id"], set_=values))


def name_at(session: Session, node: Node) -> str:
    """Return what a place calls its workflow, such as 上报—派单—红管家服务—评价; writes nothing."""
    code = _code_at(session, node)
    query = sa.select(Template.name).where(Template.code == code).order_by(Template.version.desc())
    return session.scalars(query.limit(1)).first() or BUILT_IN[code][0]


def _code_at(session: Session, node: Node) -> str:
    ids = path_ids(node.path)
    query = sa.select(TemplateChoice).where(TemplateChoice.node_id.in_(ids))
    chosen = {each.node_id: each.template_code for each in session.scalars(query)}
    return next((chosen[each] for each in reversed(ids) if each in chosen), DEFAULT_CODE)


def of_node(session: Session, node: Node) -> Template:
    """Return the template in use at a place: its own choice, or its nearest ancestor's."""
    code = _code_at(session, node)
    return latest(session, code)


def for_filing(session: Session, node: Node) -> Template:
    """Return the same, with a row of its own: an order names the version it was filed under."""
    found = of_node(session, node)
    if not sa.inspect(found).transient:
        return found
    ensure_built_in(session)
    return get(session, found.code, found.version)


def latest(session: Session, code: str) -> Template:
    """Return the newest version of a template.

    Raises:
        NotFound: There is none of this code.
    """
    query = sa.select(Template).where(Template.code == code).order_by(Template.version.desc())
    found = session.scalars(query.limit(1)).first()
    found = found or _built_in(code, 1)
    if found is None:
        raise NotFound("no such template")
    return found


def list_latest(session: Session) -> list[Template]:
    """List every template in its newest version, by code."""
    newest = (
        sa.select(Template.code, sa.func.max(Template.version).label("version"))
        .group_by(Template.code)
        .subquery()
    )
    query = sa.select(Template).join(
        newest, sa.and_(Template.code == newest.c.code, Template.version == newest.c.version)
    )
    found = {each.code: each for each in session.scalars(query)}
    codes = sorted({*found, *BUILT_IN})
    return [found.get(code) or latest(session, code) for code in codes]


def choice_of(session: Session, node: Node) -> str | None:
    """Return the template that a place itself chose; None where it follows those above."""
    query = sa.select(TemplateChoice.template_code).where(TemplateChoice.node_id == node.id)
    return session.scalar(query)


def follow_above(session: Session, *, node: Node) -> None:
    """Take a place's own choice back, so that it follows those above it again."""
    session.execute(sa.delete(TemplateChoice).where(TemplateChoice.node_id == node.id))


def get(session: Session, code: str, version: int) -> Template:
    """Return one version of a template.

    Raises:
        NotFound: There is none.
    """
    found = session.get(Template, (code, version)) or _built_in(code, version)
    if found is None:
        raise NotFound("no such template")
    return found


def numbers_of(session: Session, meaning: str) -> list[tuple[str, int, int]]:
    """Return in which place the step of a meaning comes, by code and version of every template."""
    return [
        (each.code, each.version, number)
        for each in _every(session)
        for number, step in enumerate(steps_of(each), 1)
        if step.meaning == meaning
    ]


def _every(session: Session) -> list[Template]:
    """Return every version of every template, and those built in that have no row yet."""
    rows = list(session.scalars(sa.select(Template)))
    known = {(each.code, each.version) for each in rows}
    fresh = [_built_in(code, 1) for code in BUILT_IN if (code, 1) not in known]
    return [*rows, *(each for each in fresh if each is not None)]


def _built_in(code: str, version: int) -> Template | None:
    """Return a built-in template as it stands without a row: reading a place writes nothing."""
    if code not in BUILT_IN or version != 1:
        return None
    name, steps = BUILT_IN[code]
    return Template(**_row(code, 1, name, steps, SYSTEM))


def steps_of(template: Template) -> list[Step]:
    """Return a template's steps in order."""
    return [Step(**each) for each in template.steps]


def _row(code: str, version: int, name: str, steps: Sequence[Step], actor: Actor) -> dict[str, Any]:
    return {
        "code": code,
        "version": version,
        "name": name,
        "steps": [
            {"code": each.code, "name": each.name, "meaning": each.meaning} for each in steps
        ],
        "created_by_id": actor.person_id,
        "created_at": clock.now(),
    }


def _require_sense(steps: Sequence[Step]) -> None:
    """A workflow begins filed, is assigned, finished once, and ends rated; meanings in order."""
    meanings = [each.meaning for each in steps]
    order = [MEANINGS.index(each) for each in meanings if each in MEANINGS]
    is_sound = (
        len(order) == len(steps) <= STEPS_MAX
        and order == sorted(set(order))
        and meanings[:1] == ["filed"]
        and meanings[-1:] == ["rated"]
        and {"assigned", "finished"} <= set(meanings)
        and len({each.code for each in steps}) == len(steps)
        and all(each.name.strip() and each.code.strip() for each in steps)
    )
    if not is_sound:
        raise ValidationFailed("these steps make no workflow", field="steps")
