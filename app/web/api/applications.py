"""Applications (积分申报) over the API: made by members, reviewed by staff, put up (D30)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import members
from app.points import application_listings, application_standing, applications
from app.points.application_checks import Asked
from app.points.models import Application
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import DECIDERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.household_points import (
    ApplicationIn,
    ApplicationOut,
    ApplicationsIn,
    ReviewIn,
)
from app.web.schemas.lists import items_of
from app.web.session import actor

bp = Blueprint(
    "applications", __name__, url_prefix="/books/<book>", description="Applications for points"
)
OUT = ApplicationOut()


@bp.get("/me/applications")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(ApplicationOut))
def list_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what I applied for and where it stands, latest first."""
    ledger_id = book_id(book)
    with reading() as session:
        key = standing.my_key(session, ledger_id)
        found = application_listings.list_of_member(session, **key, **asked)
        return jsonify(items=_listed(session, ledger_id, found))


@bp.post("/me/applications")
@allow(SIGNED_IN)
@bp.arguments(ApplicationIn)
@bp.response(201, ApplicationOut)
def apply_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Apply for points for something I did; another person reviews it, then it is put up."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        me = standing.my_member(session, ledger_id)
        wanted = Asked(member_id=me.id, node_id=me.node_id, **asked)
        made = applications.apply(session, ledger_id=ledger_id, asked=wanted, actor=actor())
        return _listed(session, ledger_id, [made])[0]

    return act(verb, ledger_id=ledger_id)


@bp.post("/me/applications/<uuid:application_id>/withdrawal")
@allow(SIGNED_IN)
@bp.response(200, ApplicationOut)
def withdraw_mine(book: str, application_id: UUID) -> ResponseReturnValue:
    """Take my application back, as long as it is not put up."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.my_member(session, ledger_id)
        done = applications.withdraw(
            session, ledger_id=ledger_id, application_id=application_id, actor=actor()
        )
        return _listed(session, ledger_id, [done])[0]

    return act(verb, ledger_id=ledger_id, status=200)


@bp.get("/applications")
@allow(SIGNED_IN)
@bp.arguments(ApplicationsIn, location="query")
@bp.response(200, items_of(ApplicationOut))
def list_waiting(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the applications of a place that wait, or that stand elsewhere; oldest first."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), DECIDERS)
        states = (asked.pop("state"),)
        found = application_listings.list_in(
            session, ledger_id=ledger_id, node=node, states=states, **asked
        )
        return jsonify(items=_listed(session, ledger_id, found))


@bp.post("/applications/<uuid:application_id>/review")
@allow(SIGNED_IN)
@bp.arguments(ReviewIn)
@bp.response(200, ApplicationOut)
def review(asked: dict[str, Any], book: str, application_id: UUID) -> ResponseReturnValue:
    """Approve or refuse an application as another person than its maker."""
    key: dict[str, Any] = {"ledger_id": book_id(book), "application_id": application_id}

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, DECIDERS)
        standing.node_at(session, applications.get(session, **key).node_id, DECIDERS)
        done = applications.review(session, **key, actor=actor(), **asked)
        return _listed(session, key["ledger_id"], [done])[0]

    return act(verb, ledger_id=key["ledger_id"], status=200)


def _listed(session: Session, ledger_id: int, found: Sequence[Application]) -> list[dict[str, Any]]:
    ids = {each.member_id for each in found}
    whose = members.get_many(session, ledger_id=ledger_id, member_ids=ids)
    standings = application_standing.of(session, ledger_id=ledger_id, found=found)
    rows = []
    for each in found:
        row = {name: getattr(each, name, None) for name in OUT.fields}
        row |= standings[each.id]._asdict()
        row["name_masked"] = whose[each.member_id].name_masked
        row["text"] = applications.text_of(each)
        rows.append(OUT.dump(row))
    return rows
