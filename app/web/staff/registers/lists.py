"""The four lists (四张清单) at the desk: four tabs, a row with all it is linked to, four files."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading, unit_of_work
from app.community import tree, units
from app.reports import register_files
from app.service_orders import register_listings, registers
from app.service_orders.models import RegisterEntry
from app.service_orders.registers import LIVE, MOVES, Change, NewEntry
from app.web.issued_files import issued
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.desk import KindIn
from app.web.schemas.registers import ChangeIn, EntryFormIn, LinkIn, MoveIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _, _l

bp = Blueprint("registers", __name__, url_prefix="/<place>/lists")
NAMES = {
    "need": _l("需求清单"),
    "project": _l("共建项目清单"),
    "resource": _l("资源清单"),
    "post": _l("在职党员岗位清单"),
}
STATES = {
    "open": _l("待对接"),
    "matched": _l("已对接"),
    "done": _l("已完成"),
    "withdrawn": _l("已撤回"),
}
KINDS = {"open": "wait", "matched": "ok", "done": "ok", "withdrawn": "stop"}


@bp.get("/<any(need, project, resource, post):list_code>")
@allow(SIGNED_IN)
def show(list_code: str) -> ResponseReturnValue:
    """Show one of the four lists, what ends first, first; and the form."""
    return _show(list_code)


@bp.post("/<any(need, project, resource, post):list_code>")
@allow(SIGNED_IN)
def enter(list_code: str) -> ResponseReturnValue:
    """Enter a row."""

    def verb(session: Session, asked: dict[str, Any]) -> RegisterEntry:
        node = desk.require_here(session, desk.WORKERS)
        new = NewEntry(list_code=list_code, **asked)
        return registers.enter(
            session, ledger_id=desk.ledger_id(), node=node, new=new, actor=actor()
        )

    return forms.answer(
        verb,
        schema=EntryFormIn,
        show=lambda made: str(made.id),
        said=_("记进清单了，可以和别的清单对接。"),
        to=lambda made: url_for("staff.registers.entry", entry_id=made),
        again=lambda problem: _show(list_code, problem),
    )


@bp.post("/<any(need, project, resource, post):list_code>/file")
@allow(SIGNED_IN)
def write_file(list_code: str) -> ResponseReturnValue:
    """Write a list as a file; the export is registered (A16, D45)."""
    asked = KindIn().load(forms.typed(KindIn()))
    kind = asked["kind"]

    def work(session: Session) -> Response:
        node = desk.require_here(session, desk.READERS)
        content = register_files.content(
            session, ledger_id=desk.ledger_id(), node=node, list_code=list_code
        )
        return issued(session, content, list_code, kind, ledger_id=desk.ledger_id())

    return unit_of_work(work)


@bp.get("/entries/<uuid:entry_id>")
@allow(SIGNED_IN)
def entry(entry_id: UUID) -> ResponseReturnValue:
    """Show a row with everything it is linked to."""
    return _entry(entry_id)


@bp.post("/entries/<uuid:entry_id>/move")
@allow(SIGNED_IN)
def move(entry_id: UUID) -> ResponseReturnValue:
    """Move a row on, or back."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, entry_id, desk.WORKERS)
        registers.move(session, **_named(entry_id), **asked, actor=actor())

    return _step(verb, entry_id, _("状态改好了。"), MoveIn)


@bp.post("/entries/<uuid:entry_id>/change")
@allow(SIGNED_IN)
def change(entry_id: UUID) -> ResponseReturnValue:
    """Say otherwise what a row is, whose, until when."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, entry_id, desk.WORKERS)
        version = asked.pop("version")
        to = Change(**asked)
        registers.change(session, **_named(entry_id), to=to, version=version, actor=actor())

    return _step(verb, entry_id, _("改好了。"), ChangeIn)


@bp.post("/entries/<uuid:entry_id>/link")
@allow(SIGNED_IN)
def link(entry_id: UUID) -> ResponseReturnValue:
    """Link a row to one of another list."""
    return _pair(entry_id, registers.link, _("对接好了，两边都看得到。"))


@bp.post("/entries/<uuid:entry_id>/unlink")
@allow(SIGNED_IN)
def unlink(entry_id: UUID) -> ResponseReturnValue:
    """Take a row and one that it is linked to apart."""
    return _pair(entry_id, registers.unlink, _("对接解除了，没有别的对接就回到待对接。"))


def _pair(entry_id: UUID, step: Any, said: str) -> ResponseReturnValue:
    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, entry_id, desk.WORKERS)
        other = registers.by_number(
            session, ledger_id=desk.ledger_id(), number=asked["other_number"]
        )
        desk.require_at(session, other.node_id, desk.WORKERS)
        step(session, **_named(entry_id), other_id=other.id, actor=actor())

    return _step(verb, entry_id, said, LinkIn)


def _step(verb: forms.Verb, entry_id: UUID, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.registers.entry", entry_id=entry_id),
        again=lambda problem: _entry(entry_id, problem),
    )


def _named(entry_id: UUID) -> dict[str, Any]:
    return {"ledger_id": desk.ledger_id(), "entry_id": entry_id}


def _scoped(session: Session, entry_id: UUID, names: tuple[str, ...]) -> RegisterEntry:
    found = registers.get(session, **_named(entry_id))
    desk.require_at(session, found.node_id, names)
    if not tree.contains(desk.here().node, tree.get(session, found.node_id)):
        raise NotFound("of another place")
    return found


def _show(list_code: str, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("people")
    asked, wrong = forms.asked(PageIn)
    node = desk.here().node
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = register_listings.list_in(session, **key, node=node, list_code=list_code, **asked)
        return forms.page(
            "registers/list.html",
            problem or wrong,
            asked=asked,
            list_code=list_code,
            found=found,
            counts=register_listings.count_in(session, **key, node=node),
            beside=register_listings.links_of(
                session, **key, entry_ids=[each.id for each in found]
            ),
            owners=units.get_many(session, {each.unit_id for each in found if each.unit_id}),
            nodes=tree.get_many(session, {each.node_id for each in found}),
            units_here=[(each.id, each.name) for each in units.list_in(session, node)],
            names=NAMES,
            states=STATES,
            state_kinds=KINDS,
            today=clock.today(),
        )


def _entry(entry_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("people")
    with reading() as session:
        found = _scoped(session, entry_id, desk.READERS)
        linked = register_listings.linked_to(session, **_named(entry_id))
        right_beside = register_listings.links_of(
            session, ledger_id=desk.ledger_id(), entry_ids=[entry_id]
        )
        everybody = [found, *linked]
        return forms.page(
            "registers/entry.html",
            problem,
            entry=found,
            linked=linked,
            beside={each.id for each in right_beside.get(entry_id, [])},
            unit_options=_unit_options(session, found),
            is_live=found.state in LIVE,
            owners=units.get_many(session, {each.unit_id for each in everybody if each.unit_id}),
            nodes=tree.get_many(session, {each.node_id for each in everybody}),
            moves=[(state, STATES[state]) for state in MOVES[found.state]],
            names=NAMES,
            states=STATES,
            state_kinds=KINDS,
            here_path=desk.here().node.path,
        )


def _unit_options(session: Session, entry: RegisterEntry) -> list[tuple[int, str]]:
    """Return the units of here, and the row's own wherever it is."""
    named = {each.id: each.name for each in units.list_in(session, desk.here().node)}
    if entry.unit_id is not None:
        named.setdefault(entry.unit_id, units.get(session, entry.unit_id).name)
    return list(named.items())
