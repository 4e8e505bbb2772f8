"""Lists of words that a place keeps: classes of partners (合伙人类别), kinds of units (T16, X7).

A place without a list of its own uses that of the place above it; above them all stand the
words below. A code never changes and is what rows keep; its name is today's. A retired
word is offered no more and is read still.
"""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.community.models import Node, Term
from app.community.node_rows import path_ids

PARTNER_CLASS, UNIT_KIND = "partner_class", "unit_kind"
DEFAULTS: dict[str, tuple[str, ...]] = {
    PARTNER_CLASS: ("红色管家", "治理协同", "商企发展", "邻里互助", "网格哨兵"),
    UNIT_KIND: (
        *("小区党支部", "业委会", "业主监事会", "物业"),
        *("机关", "企事业单位", "“两新”组织", "社会组织"),
        *("医院", "学校", "企业", "职能部门"),
    ),
}
"""The five classes of partners (T16); the kinds of 1 + 3 + N and of agreements (X7, T20)."""

CODE_MAX = 24


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a list. `retired_on`: since when it is offered no more."""

    code: str
    name: str
    retired_on: date | None = None


def list_at(session: Session, node: Node, kind: str) -> list[Word]:
    """Return the whole list that holds at a place, retired words as well, in its order."""
    rows = _rows(session, _keeper(session, node, kind), kind)
    if not rows:
        return [Word(code, code) for code in DEFAULTS[kind]]
    return [Word(row.code, row.name, row.retired_on) for row in rows]


def offered(session: Session, node: Node, kind: str) -> list[Word]:
    """Return what may be chosen at a place today."""
    return [each for each in list_at(session, node, kind) if each.retired_on is None]


def names(session: Session, node: Node, kind: str) -> dict[str, str]:
    """Return what the codes of a list are called at a place; a code of no list is its own name."""
    return {each.code: each.name for each in list_at(session, node, kind)}


def require_offered(session: Session, node: Node, kind: str, code: str) -> str:
    """Return a code that may be chosen at a place.

    Raises:
        ValidationFailed: The list has no such word, or it was retired; fact `field`.
    """
    if code not in {each.code for each in offered(session, node, kind)}:
        raise ValidationFailed("no such word of the list", field=kind, reason="unknown")
    return code


def add(session: Session, *, node: Node, kind: str, name: str, actor: Actor) -> Word:
    """Add a word at a place; its code is the name it begins with.

    Raises:
        ValidationFailed: The name is empty, too long or in the list already.
    """
    named = _fresh_name(session, node, kind, name)
    rows = _own(session, node, kind, actor)
    code = _free_code(named, {row.code for row in rows})
    row = _new(node, kind, Word(code, named), max((row.ordinal for row in rows), default=0) + 1)
    row.changed_by_id = actor.person_id
    session.add(row)
    session.flush()
    return Word(row.code, row.name)


def rename(session: Session, *, node: Node, kind: str, code: str, name: str, actor: Actor) -> Word:
    """Call a word by another name, everywhere at the place, for old rows as well.

    Raises:
        NotFound: The list has no such word.
        ValidationFailed: The name is empty, too long or in the list already.
    """
    row = _word(session, node, kind, code, actor)
    row.name = _fresh_name(session, node, kind, name, but=code)
    session.flush()
    return Word(row.code, row.name, row.retired_on)


def retire(session: Session, *, node: Node, kind: str, code: str, actor: Actor) -> Word:
    """Offer a word no more from today on. Again: nothing.

    Raises:
        NotFound: The list has no such word.
    """
    row = _word(session, node, kind, code, actor)
    row.retired_on = row.retired_on or clock.today()
    session.flush()
    return Word(row.code, row.name, row.retired_on)


def restore(session: Session, *, node: Node, kind: str, code: str, actor: Actor) -> Word:
    """Offer a retired word again. Again: nothing.

    Raises:
        NotFound: The list has no such word.
    """
    row = _word(session, node, kind, code, actor)
    row.retired_on = None
    session.flush()
    return Word(row.code, row.name)


def _keeper(session: Session, node: Node, kind: str) -> int | None:
    """Return the nearest place, at or above, that keeps a list of its own."""
    query = (
        sa.select(Term.node_id)
        .join(Node, Node.id == Term.node_id)
        .where(Term.kind == kind, Term.node_id.in_(path_ids(node.path)))
        .order_by(Node.depth.desc())
        .limit(1)
    )
    return session.scalar(query)


def _rows(session: Session, node_id: int | None, kind: str) -> list[Term]:
    if node_id is None:
        return []
    query = sa.select(Term).where(Term.node_id == node_id, Term.kind == kind)
    return list(session.scalars(query.order_by(Term.ordinal, Term.code)))


def _own(session: Session, node: Node, kind: str, actor: Actor) -> list[Term]:
    """Return the place's own rows; its first change copies the list that it used until now."""
    rows = _rows(session, node.id, kind)
    if rows:
        return rows
    rows = [_new(node, kind, word, at) for at, word in enumerate(list_at(session, node, kind), 1)]
    for row in rows:
        row.changed_by_id = actor.person_id
    session.add_all(rows)
    session.flush()
    return rows


def _new(node: Node, kind: str, word: Word, ordinal: int) -> Term:
    return Term(
        node_id=node.id,
        kind=kind,
        code=word.code,
        name=word.name,
        ordinal=ordinal,
        retired_on=word.retired_on,
        changed_at=clock.now(),
    )


def _word(session: Session, node: Node, kind: str, code: str, actor: Actor) -> Term:
    if code not in {each.code for each in list_at(session, node, kind)}:
        raise NotFound("no such word of the list")
    (row,) = [each for each in _own(session, node, kind, actor) if each.code == code]
    row.changed_at, row.changed_by_id = clock.now(), actor.person_id
    return row


def _fresh_name(session: Session, node: Node, kind: str, name: str, but: str = "") -> str:
    named = name.strip()
    if not 1 <= len(named) <= CODE_MAX:
        raise ValidationFailed("a word of a list has a name", field="name")
    if named in {each.name for each in list_at(session, node, kind) if each.code != but}:
        raise ValidationFailed("the list has this name", field="name", reason="taken")
    return named


def _free_code(name: str, taken: set[str]) -> str:
    """Return the name, or with a number where an older word had it as its code."""
    return next(
        code
        for code in (name, *(f"{name[: CODE_MAX - 4]}{nth}" for nth in range(2, 1_000)))
        if code not in taken
    )
