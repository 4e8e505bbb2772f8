"""People of a place: found by number, phone, card or name; taken in with or without a phone."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import DomainError, NotFound
from app.base.transactions import reading
from app.community import tree
from app.people import card_register, cards, joining, members
from app.people.errors import AlreadyMember
from app.people.joining import Newcomer
from app.people.models import Member
from app.points import programmes
from app.reports import desk_figures
from app.web.errors import problem_of
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.desk import NewMemberIn, SearchIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("people", __name__, url_prefix="/<place>/people")
CONSENT_VERSION = "2026-03"
"""The version of the text that is read out at the desk; a new text is a new version."""

SOON = timedelta(days=30)
SHOWN_MAX = 50


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the members of the place by number, masked."""
    asked, _wrong = forms.asked(PageIn)
    with reading() as session:
        found = members.list_in(session, ledger_id=desk.ledger_id(), node=desk.here().node, **asked)
        return _list(session, found, asked=asked)


@bp.post("/search")
@allow(SIGNED_IN)
def search() -> ResponseReturnValue:
    """Find members; posted, since no name or phone stands in an address."""
    menu.at("people")
    schema = SearchIn()
    with reading() as session:
        try:
            found = _find(session, str(forms.typed(schema).get("text", ""))[:64])
        except DomainError as error:
            return _list(session, [], problem_of(error))
        return _list(session, found)


@bp.get("/new")
@allow(SIGNED_IN)
def new() -> ResponseReturnValue:
    """Show the form of somebody new."""
    desk.require(*desk.WORKERS)
    return _new()


@bp.post("/new")
@allow(SIGNED_IN)
def take_in() -> ResponseReturnValue:
    """Take somebody in; a known phone and name stay who they are."""
    desk.require(*desk.WORKERS)
    return forms.answer(
        _take_in,
        schema=NewMemberIn,
        show=lambda made: {"member_id": str(made.id), "number": made.volunteer_no},
        said=lambda made: _("已登记，编号 %(no)s。", no=made["number"]),
        to=lambda made: url_for("staff.member.show", member_id=made["member_id"]),
        again=_new,
    )


@bp.get("/expiring")
@allow(SIGNED_IN)
def expiring() -> ResponseReturnValue:
    """Show whose points expire within thirty days."""
    menu.at("people")
    with reading() as session:
        found = desk_figures.list_expiring(
            session,
            ledger_id=desk.ledger_id(),
            node=desk.here().node,
            until_on=clock.today() + SOON,
        )
    return forms.page("expiring.html", found=found)


def _find(session: Session, text: str) -> list[Member]:
    """Find by whole number, phone or card, or by a part of a name."""
    ledger_id, node = desk.ledger_id(), desk.here().node
    found = members.list_in(session, ledger_id=ledger_id, node=node, text=text, limit=SHOWN_MAX)
    if found:
        return found
    try:
        card = card_register.by_number(session, ledger_id=ledger_id, card_no=text)
        return [desk.member(session, card.member_id)]
    except NotFound:
        return []


def _list(
    session: Session,
    found: list[Member],
    problem: Problem | None = None,
    asked: dict[str, Any] | None = None,
) -> ResponseReturnValue:
    menu.at("people")
    nodes = tree.get_many(session, {each.node_id for each in found})
    return forms.page(
        "people.html",
        problem,
        found=found,
        nodes=nodes,
        asked=asked,
        counts=card_register.counts(session, ledger_id=desk.ledger_id()),
    )


def _new(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("people")
    return forms.page("person_new.html", problem, year=clock.today().year)


def _take_in(session: Session, asked: dict[str, Any]) -> Member:
    node = desk.require_at(session, tree.find(session, asked["node_code"]).id, desk.WORKERS)
    if programmes.of_node(session, node).ledger_id != desk.ledger_id():
        raise NotFound("people there are in another book")
    newcomer = Newcomer(
        name=asked["name"],
        phone=asked["phone"],
        node_id=node.id,
        consent_version=CONSENT_VERSION,
        birth_year=asked["birth_year"],
        guardian_consent_version=CONSENT_VERSION if asked["guardian_agreed"] else None,
    )
    made = joining.join(session, ledger_id=desk.ledger_id(), newcomer=newcomer, actor=actor())
    try:
        desk.require_at(session, made.node_id, desk.WORKERS)
    except NotFound as error:
        raise AlreadyMember("a member of another place already") from error
    if asked["has_card"]:
        cards.issue(session, ledger_id=desk.ledger_id(), member_id=made.id, actor=actor())
    return made
