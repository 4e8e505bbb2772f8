"""Merging two memberships of one person (L13): asked for by one, approved by another."""

from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import merges
from app.people.models import Merge
from app.web import merging
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import DECIDERS, READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import PlacePageIn, items_of
from app.web.schemas.members import MergedOut, MergeIn, MergeOut
from app.web.session import actor

bp = Blueprint("merges", __name__, url_prefix="/books/<book>/merges", description="Merges")


@bp.get("")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(MergeOut))
def list_waiting(asked: dict[str, Any], book: str) -> dict[str, Any]:
    """List the requests that wait for a decision, longest waiting first."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        return {"items": merges.list_waiting(session, ledger_id=ledger_id, node=node, **asked)}


@bp.post("")
@allow(SIGNED_IN)
@bp.arguments(MergeIn)
@bp.response(201, MergeOut)
def request_merge(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Ask that one membership be merged into another."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Merge:
        for member_id in (asked["old_member_id"], asked["kept_member_id"]):
            standing.member(session, ledger_id, member_id, WORKERS)
        return merges.request(session, ledger_id=ledger_id, actor=actor(), **asked)

    return act(verb, ledger_id=ledger_id, dump=MergeOut().dump)


@bp.post("/<uuid:merge_id>/approval")
@allow(SIGNED_IN)
@bp.response(200, MergedOut)
def approve(book: str, merge_id: UUID) -> ResponseReturnValue:
    """Approve a merge: the old membership ends, and all it holds moves, in one unit of work."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        _in_scope(session, ledger_id, merge_id)
        merge, journal_ids = merging.approve(
            session, ledger_id=ledger_id, merge_id=merge_id, actor=actor()
        )
        return {**MergeOut().dump(merge), "journal_ids": list(map(str, journal_ids))}

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/<uuid:merge_id>/refusal")
@allow(SIGNED_IN)
@bp.response(200, MergeOut)
def refuse(book: str, merge_id: UUID) -> ResponseReturnValue:
    """Refuse a merge, or withdraw one's own request."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> Merge:
        _in_scope(session, ledger_id, merge_id)
        return merges.refuse(session, ledger_id=ledger_id, merge_id=merge_id, actor=actor())

    return act(verb, ledger_id=ledger_id, dump=MergeOut().dump, status=200)


def _in_scope(session: Session, ledger_id: int, merge_id: UUID) -> None:
    """Let pass only to a request of two memberships in scope."""
    standing.require_holder(session, DECIDERS)
    merge = merges.get(session, ledger_id=ledger_id, merge_id=merge_id)
    for member_id in (merge.old_member_id, merge.kept_member_id):
        standing.member(session, ledger_id, member_id, DECIDERS)
