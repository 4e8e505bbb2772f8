"""Duties over HTTP: what people are here for, given and ended by staff, counted (O8, T27, S9)."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.people import duties, members
from app.people.models import Duty
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.duties import DutyIn, DutyOut, DutyPageIn, DutyReportOut
from app.web.schemas.lists import PlaceIn, items_of
from app.web.session import actor

bp = Blueprint("duties", __name__, url_prefix="/books/<book>", description="Duties")


@bp.get("/duties/report")
@allow(SIGNED_IN)
@bp.arguments(PlaceIn, location="query")
@bp.response(200, DutyReportOut)
def report(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Report the kinds of duty with what each may do and how many distinct people hold it."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), READERS)
        counted = duties.counts(session, ledger_id=ledger_id, node=node)
        names = ("code", "label_zh", "label_en", "pay", "is_single")
        return {
            "node_code": node.code,
            "people_count": duties.count_people(session, ledger_id=ledger_id, node=node),
            "kinds": [
                {
                    **{name: getattr(kind, name) for name in names},
                    "may": kind.acts,
                    "people_count": counted.get(kind.code, 0),
                }
                for kind in duties.kinds(session)
            ],
        }


@bp.get("/duties")
@allow(SIGNED_IN)
@bp.arguments(DutyPageIn, location="query")
@bp.response(200, items_of(DutyOut))
def list_duties(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List who holds which duty at a place and below it, with masked names."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        found = duties.list_in(
            session, ledger_id=ledger_id, node=node, kind_code=asked.pop("kind", None), **asked
        )
        return {"items": [_shown(session, each.duty) for each in found]}


@bp.post("/duties")
@allow(SIGNED_IN)
@bp.arguments(DutyIn)
@bp.response(201, DutyOut)
def give(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Give a member a duty at a place in one's charge; of a full-time grid worker there is one."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.place(session, asked["node_code"], WORKERS)
        standing.require_book(session, ledger_id, node)
        number = asked["volunteer_no"]
        whose = members.by_volunteer_no(session, ledger_id=ledger_id, volunteer_no=number)
        standing.member(session, ledger_id, whose.id, WORKERS)
        duty = duties.give(
            session,
            ledger_id=ledger_id,
            member_id=whose.id,
            node=node,
            kind_code=asked["kind"],
            is_paid=asked["is_paid"],
            actor=actor(),
        )
        return _shown(session, duty)

    return act(verb, ledger_id=ledger_id, dump=DutyOut().dump)


@bp.post("/duties/<uuid:duty_id>/end")
@allow(SIGNED_IN)
@bp.response(200, DutyOut)
def end(book: str, duty_id: UUID) -> ResponseReturnValue:
    """End a duty today; what was done in it stays."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, WORKERS)
        found = duties.get(session, ledger_id=ledger_id, duty_id=duty_id)
        standing.node_at(session, found.node_id, WORKERS)
        ended = duties.end(session, ledger_id=ledger_id, duty_id=duty_id, actor=actor())
        return _shown(session, ended)

    return act(verb, ledger_id=ledger_id, status=200, dump=DutyOut().dump)


def _shown(session: Session, duty: Duty) -> dict[str, Any]:
    whose = members.get(session, ledger_id=duty.ledger_id, member_id=duty.member_id)
    plain = {name: getattr(duty, name) for name in ("id", "is_paid", "begun_on", "ended_on")}
    return {
        **plain,
        "volunteer_no": whose.volunteer_no,
        "name_masked": whose.name_masked,
        "kind": duty.kind_code,
        "node_code": tree.get(session, duty.node_id).code,
    }
