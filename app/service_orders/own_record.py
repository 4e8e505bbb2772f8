"""What this room holds of a member, in clear, for the member alone (PIPL 45).

What others asked for is not in it: of help given only the day, the time and the points.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.service_orders import (
    call_listings,
    claim_listings,
    claims,
    exchanges,
    field_calls,
    listings,
    neighbours,
    sighting_listings,
    sightings,
    standing,
    wish_listings,
    wishes,
)
from app.service_orders.models import Exchange, FieldCall, Offer, Order, OrderWork, Sighting, Wish

ROWS_MAX = 10_000

ORDER = ("number", "title", "category_code", "state", "filed_at", "finished_at", "stars")
WORK = ("order_id", "starts_at", "ends_at", "minutes", "grant_id")
CALL = ("number", "direction", "sent_at", "answered_at")
CLAIM = ("state", "claimed_at", "submitted_at", "starts_at", "ends_at", "reason")
WISH = ("number", "kind", "title", "state", "made_at", "fulfilled_at", "stars")
PROMISE = ("number", "kind", "state", "claimed_at", "fulfilled_at")
ASKED = ("number", "title", "state", "points", "minutes", "asked_at", "ended_at")
HELPED = ("number", "state", "points", "minutes", "accepted_at", "ended_at")
OFFER = ("title", "points", "minutes", "offered_at", "ended_at")
SIGHTING = ("number", "kind", "place", "seen_at", "state", "reason")


def of_member(session: Session, *, ledger_id: int, member_id: UUID) -> dict[str, Any]:
    """Return the orders, calls, posts, wishes and neighbours' help of a member, by part."""
    key: dict[str, Any] = {"ledger_id": ledger_id, "member_id": member_id}
    many = {**key, "limit": ROWS_MAX}
    return {
        "orders": [_order(session, each) for each in listings.list_of_member(session, **many)],
        "order_work": _rows(_of(session, OrderWork, OrderWork.starts_at, **key), *WORK),
        "calls": [_call(each) for each in call_listings.list_of_member(session, **many)],
        "posts": [
            {
                "number": each.post.number,
                "title": each.post.title,
                **_columns(each.claim, *CLAIM),
                "note": claims.note_of(each.claim),
            }
            for each in claim_listings.mine(session, **many)
        ],
        "wishes": [_wish(each) for each in wish_listings.of_wisher(session, **many)],
        "wishes_claimed": _rows(wish_listings.of_claimer(session, **many), *PROMISE),
        "exchanges": [
            _exchange(each, member_id) for each in neighbours.list_of_member(session, **many)
        ],
        "offers": _rows(_of(session, Offer, Offer.offered_at, **key), *OFFER),
        "sightings": [
            _sighting(each) for each in sighting_listings.list_of_member(session, **many)
        ],
    }


def _order(session: Session, order: Order) -> dict[str, Any]:
    said = standing.notes_of(session, ledger_id=order.ledger_id, order_id=order.id)
    return {
        **_columns(order, *ORDER),
        "text": standing.text_of(order),
        "notes": [said[seq] for seq in sorted(said)],
    }


def _call(call: FieldCall) -> dict[str, Any]:
    return {
        **_columns(call, *CALL),
        "text": field_calls.text_of(call),
        "spot": field_calls.spot_of(call),
        "answer": field_calls.answer_of(call),
    }


def _wish(wish: Wish) -> dict[str, Any]:
    return {**_columns(wish, *WISH), "text": wishes.text_of(wish)}


def _exchange(each: Exchange, member_id: UUID) -> dict[str, Any]:
    if each.asker_id != member_id:
        return {"side": "helped", **_columns(each, *HELPED)}
    return {"side": "asked", **_columns(each, *ASKED), "text": exchanges.text_of(each)}


def _sighting(seen: Sighting) -> dict[str, Any]:
    return {**_columns(seen, *SIGHTING), "text": sightings.text_of(seen)}


def _of(session: Session, table: Any, since: Any, *, ledger_id: int, member_id: UUID) -> list[Any]:
    query = sa.select(table).where(table.ledger_id == ledger_id, table.member_id == member_id)
    return list(session.scalars(query.order_by(since, table.id)))


def _rows(found: Iterable[object], *names: str) -> list[dict[str, Any]]:
    return [_columns(each, *names) for each in found]


def _columns(row: object, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
