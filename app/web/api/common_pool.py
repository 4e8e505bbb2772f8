"""The common pool over the API: donations, and help in hardship by two people (D32)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import members
from app.points import hardship, pool
from app.points.models import Donation, Help
from app.web.acts import act
from app.web.api import standing
from app.web.api.cases import numbered
from app.web.api.standing import DECIDERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.household_points import (
    DonationOut,
    HelpIn,
    HelpOut,
    PointsIn,
    PoolOut,
    VerdictIn,
)
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.session import actor

bp = Blueprint("common_pool", __name__, url_prefix="/books/<book>", description="Common pool")
DONATION_OUT, HELP_OUT = DonationOut(), HelpOut()


@bp.get("/common-pool")
@allow(SIGNED_IN)
@bp.response(200, PoolOut)
def show(book: str) -> dict[str, int]:
    """Show what the common pool holds."""
    ledger_id = book_id(book)
    with reading() as session:
        standing.my_member(session, ledger_id)
        held = pool.held_points(session, ledger_id=ledger_id)
        return {
            "held_points": held,
            "free_points": max(0, pool.free_points(session, ledger_id=ledger_id)),
        }


@bp.get("/me/donations")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(DonationOut))
def list_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what I gave to the common pool, latest first."""
    ledger_id = book_id(book)
    with reading() as session:
        found = pool.list_donations(session, **standing.my_key(session, ledger_id), **asked)
        return jsonify(items=[_donation(each) for each in found])


@bp.post("/me/donations")
@allow(SIGNED_IN)
@bp.arguments(PointsIn)
@bp.response(201, DonationOut)
def donate_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Give points of mine to the common pool; for 24 hours I may take them back."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Donation:
        standing.oneself()
        key = standing.my_key(session, ledger_id)
        return pool.donate(session, **key, **asked, actor=actor())

    return act(verb, ledger_id=ledger_id, dump=_donation)


@bp.post("/me/donations/<uuid:donation_id>/withdrawal")
@allow(SIGNED_IN)
@bp.response(200, DonationOut)
def take_back_mine(book: str, donation_id: UUID) -> ResponseReturnValue:
    """Take a donation of mine back within its 24 hours."""
    key: dict[str, Any] = {"ledger_id": book_id(book), "donation_id": donation_id}

    def verb(session: Session, _fact: None) -> Donation:
        me = standing.my_member(session, key["ledger_id"])
        if pool.get_donation(session, **key).member_id != me.id:
            raise NotFound("no such donation of yours")
        return pool.take_back(session, **key, actor=actor())

    return act(verb, ledger_id=key["ledger_id"], dump=_donation, status=200)


@bp.get("/hardship-help")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(HelpOut))
def list_help(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the help that waits for a second person in a place, oldest first."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), DECIDERS)
        found = hardship.list_waiting(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=_helps(session, ledger_id, found))


@bp.post("/hardship-help")
@allow(SIGNED_IN)
@bp.arguments(HelpIn)
@bp.response(201, HelpOut)
def request_help(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Ask that somebody in hardship be helped from the pool; a colleague decides."""
    ledger_id, number = book_id(book), asked.pop("volunteer_no")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        member = numbered(session, ledger_id, number, WORKERS)
        made = hardship.request(
            session,
            ledger_id=ledger_id,
            member_id=member.id,
            node_id=member.node_id,
            actor=actor(),
            **asked,
        )
        return _helps(session, ledger_id, [made])[0]

    return act(verb, ledger_id=ledger_id)


@bp.post("/hardship-help/<uuid:help_id>/decision")
@allow(SIGNED_IN)
@bp.arguments(VerdictIn)
@bp.response(200, HelpOut)
def decide_help(asked: dict[str, Any], book: str, help_id: UUID) -> ResponseReturnValue:
    """Approve or refuse help as the second person; approved, the points arrive at once."""
    key: dict[str, Any] = {"ledger_id": book_id(book), "help_id": help_id}

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, DECIDERS)
        standing.node_at(session, hardship.get(session, **key).node_id, DECIDERS)
        done = hardship.decide(session, **key, actor=actor(), **asked)
        return _helps(session, key["ledger_id"], [done])[0]

    return act(verb, ledger_id=key["ledger_id"], status=200)


def _donation(found: Donation) -> dict[str, Any]:
    row = {name: getattr(found, name, None) for name in DONATION_OUT.fields}
    dumped: dict[str, Any] = DONATION_OUT.dump({**row, "final_at": found.donated_at + pool.REGRET})
    return dumped


def _helps(session: Session, ledger_id: int, found: Sequence[Help]) -> list[dict[str, Any]]:
    ids = {each.member_id for each in found}
    whose = members.get_many(session, ledger_id=ledger_id, member_ids=ids)
    rows = []
    for each in found:
        row = {name: getattr(each, name, None) for name in HELP_OUT.fields}
        row["name_masked"] = whose[each.member_id].name_masked
        row["reason"] = hardship.reason_of(each)
        rows.append(HELP_OUT.dump(row))
    return rows
