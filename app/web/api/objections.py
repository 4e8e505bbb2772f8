"""Objections (异议): a member disputes a record of theirs; another than its maker answers."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities import grounds, records
from app.base.errors import NotFound
from app.base.transactions import reading
from app.mall import listings as mall_listings
from app.mall import shops
from app.people import objections
from app.people.models import Objection
from app.people.objections import DisputedRecord
from app.points import deduction_objections, grants, notices, objection_answers
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import DECIDERS, READERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.groups import AnswerIn, ObjectionIn, ObjectionOut
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.session import actor

bp = Blueprint("objections", __name__, url_prefix="/books/<book>", description="Objections")


@bp.get("/me/objections")
@allow(SIGNED_IN)
@bp.response(200, items_of(ObjectionOut))
def list_mine(book: str) -> dict[str, Any]:
    """List my objections and their answers, latest first."""
    ledger_id = book_id(book)
    with reading() as session:
        key = standing.my_key(session, ledger_id)
        return {"items": objections.list_for_member(session, **key)}


@bp.post("/me/objections")
@allow(SIGNED_IN)
@bp.arguments(ObjectionIn)
@bp.response(201, ObjectionOut)
def raise_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Object to a record of mine; one objection at a time is open for a record."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Objection:
        key = standing.my_key(session, ledger_id)
        record = RECORDS[asked["subject_kind"]](session, ledger_id, asked["subject_id"])
        return objections.raise_objection(
            session, record=record, claim=asked["claim"], actor=actor(), **key
        )

    return act(verb, ledger_id=ledger_id, dump=ObjectionOut().dump)


@bp.post("/me/objections/<uuid:objection_id>/withdrawal")
@allow(SIGNED_IN)
@bp.response(200, ObjectionOut)
def withdraw_mine(book: str, objection_id: UUID) -> ResponseReturnValue:
    """Take my open objection back."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Objection:
        found = objections.get(session, ledger_id=ledger_id, objection_id=objection_id)
        if found.member_id != standing.my_member(session, ledger_id).id:
            raise NotFound("no such objection of yours")
        return objections.withdraw(
            session, ledger_id=ledger_id, objection_id=objection_id, actor=actor()
        )

    return act(verb, ledger_id=ledger_id, dump=ObjectionOut().dump, status=200)


@bp.get("/objections")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(ObjectionOut))
def list_open(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List the objections that wait for an answer, longest waiting first."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        return {"items": objections.list_open(session, ledger_id=ledger_id, node=node, **asked)}


@bp.post("/objections/<uuid:objection_id>/answer")
@allow(SIGNED_IN)
@bp.arguments(AnswerIn)
@bp.response(200, ObjectionOut)
def answer(asked: dict[str, Any], book: str, objection_id: UUID) -> ResponseReturnValue:
    """Answer an objection with a reason; correcting an upheld record is an act of its own.

    What was wrongly taken (扣分) is asked back by the answer, and another person confirms.
    """
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Objection:
        standing.require_holder(session, DECIDERS)
        found = objections.get(session, ledger_id=ledger_id, objection_id=objection_id)
        standing.node_at(session, found.node_id, DECIDERS)
        return objection_answers.answer(session, objection=found, actor=actor(), **asked)

    return act(verb, ledger_id=ledger_id, dump=ObjectionOut().dump, status=200)


def _attendance(session: Session, ledger_id: int, subject_id: UUID) -> DisputedRecord:
    stay = records.lock(session, ledger_id=ledger_id, attendance_id=subject_id)
    ground = grounds.find(session, ledger_id=ledger_id, session_id=stay.session_id)
    recorder_id = stay.confirmed_by_id or stay.in_by_id
    return DisputedRecord(
        "attendance", stay.id, stay.member_id, recorder_id, ground.activity.node_id
    )


def _notice(session: Session, ledger_id: int, subject_id: UUID) -> DisputedRecord:
    """A notice is everybody's to object to: the record counts as the asker's own."""
    notice = notices.about(session, ledger_id=ledger_id, subject_id=subject_id)
    notices.require_open(notice)
    mine = standing.my_member(session, ledger_id)
    return DisputedRecord("notice", subject_id, mine.id, notice.published_by_id, notice.node_id)


def _deduction(session: Session, ledger_id: int, subject_id: UUID) -> DisputedRecord:
    """What was taken from the asker, or from the household whose points they share (D29)."""
    mine = standing.my_member(session, ledger_id)
    record, _found = deduction_objections.record_of(
        session, ledger_id=ledger_id, deduction_id=subject_id, member_id=mine.id
    )
    return record


def _grant(session: Session, ledger_id: int, subject_id: UUID) -> DisputedRecord:
    grant = grants.get(session, ledger_id=ledger_id, grant_id=subject_id)
    return DisputedRecord("grant", grant.id, grant.member_id, grant.made_by_id, grant.node_id)


def _redemption(session: Session, ledger_id: int, subject_id: UUID) -> DisputedRecord:
    sale = mall_listings.get(session, ledger_id=ledger_id, redemption_id=subject_id)
    shop = shops.get(session, ledger_id=ledger_id, shop_id=sale.shop_id)
    return DisputedRecord("redemption", sale.id, sale.member_id, sale.clerk_person_id, shop.node_id)


RECORDS: dict[str, Callable[[Session, int, UUID], DisputedRecord]] = {
    "attendance": _attendance,
    "deduction": _deduction,
    "grant": _grant,
    "notice": _notice,
    "redemption": _redemption,
}
"""How the record of each kind is found, with its maker and its place."""
