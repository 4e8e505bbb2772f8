"""Wishes over the API: made, claimed, fulfilled and rated by members (T6, A11)."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import grids, tree
from app.people import members
from app.people.models import Member
from app.service_orders import wish_listings, wishes
from app.service_orders.models import Wish
from app.service_orders.wishes import Words
from app.web.acts import act
from app.web.api import standing
from app.web.api.standing import READERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.lists import items_of
from app.web.schemas.wishes import StarsIn, WishIn, WishOut
from app.web.session import actor

bp = Blueprint("wishes", __name__, url_prefix="/books/<book>", description="Wishes")
OUT = WishOut()


@bp.get("/wishes")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(WishOut))
def list_near(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the wishes of my community that nobody has claimed; who wished is not told (T6)."""
    ledger_id = book_id(book)
    with reading() as session:
        me = standing.my_member(session, ledger_id)
        node = tree.get(session, me.node_id)
        found = wish_listings.near(session, ledger_id=ledger_id, node=node, but_of=me.id, **asked)
        return jsonify(items=listed(session, found, me))


@bp.get("/me/wishes")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(WishOut))
def list_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what I wished and what I claimed, each latest first; a page is a slice of each."""
    ledger_id = book_id(book)
    with reading() as session:
        me = standing.my_member(session, ledger_id)
        key: dict[str, Any] = {"ledger_id": ledger_id, "member_id": me.id, **asked}
        found = wish_listings.of_wisher(session, **key) + wish_listings.of_claimer(session, **key)
        return jsonify(items=listed(session, found, me))


@bp.get("/wishes/<uuid:wish_id>")
@allow(SIGNED_IN)
@bp.response(200, WishOut)
def show(book: str, wish_id: UUID) -> ResponseReturnValue:
    """Show a wish: an open one of my community, or one that concerns me or a place of mine."""
    ledger_id = book_id(book)
    with reading() as session:
        wish = wishes.get(session, ledger_id=ledger_id, wish_id=wish_id)
        if standing.is_at(session, wish.node_id, READERS):
            return jsonify(listed(session, [wish], None, is_staff=True)[0])
        me = standing.my_member(session, ledger_id)
        return jsonify(listed(session, [require_seen(session, wish, me)], me)[0])


@bp.post("/me/wishes")
@allow(SIGNED_IN)
@bp.arguments(WishIn)
@bp.response(201, WishOut)
def make_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Make a wish."""

    def verb(session: Session, ledger_id: int, me: Member) -> Wish:
        return wishes.make(
            session, ledger_id=ledger_id, wisher=me, words=Words(**asked), actor=actor()
        )

    return _step(book, verb, status=201)


@bp.post("/wishes/<uuid:wish_id>/claim")
@allow(SIGNED_IN)
@bp.response(200, WishOut)
def claim(book: str, wish_id: UUID) -> ResponseReturnValue:
    """Promise to fulfil a wish; of two at once one gets it, and learns who wished."""

    def verb(session: Session, ledger_id: int, me: Member) -> Wish:
        standing.oneself()
        require_seen(session, wishes.get(session, ledger_id=ledger_id, wish_id=wish_id), me)
        return wishes.claim(session, ledger_id=ledger_id, wish_id=wish_id, claimer=me)

    return _step(book, verb)


@bp.post("/wishes/<uuid:wish_id>/give-up")
@allow(SIGNED_IN)
@bp.response(200, WishOut)
def give_up(book: str, wish_id: UUID) -> ResponseReturnValue:
    """Say that I cannot fulfil it after all; others may claim it."""

    def verb(session: Session, ledger_id: int, me: Member) -> Wish:
        return wishes.give_up(session, ledger_id=ledger_id, wish_id=wish_id, claimer=me)

    return _step(book, verb)


@bp.post("/wishes/<uuid:wish_id>/fulfilment")
@allow(SIGNED_IN)
@bp.response(200, WishOut)
def fulfil(book: str, wish_id: UUID) -> ResponseReturnValue:
    """Say that I fulfilled the wish that I claimed; once (A11)."""

    def verb(session: Session, ledger_id: int, me: Member) -> Wish:
        return wishes.fulfil(session, ledger_id=ledger_id, wish_id=wish_id, claimer=me)

    return _step(book, verb)


@bp.post("/me/wishes/<uuid:wish_id>/rating")
@allow(SIGNED_IN)
@bp.arguments(StarsIn)
@bp.response(200, WishOut)
def rate_mine(asked: dict[str, Any], book: str, wish_id: UUID) -> ResponseReturnValue:
    """Say how my wish was fulfilled, one star to five."""

    def verb(session: Session, ledger_id: int, me: Member) -> Wish:
        return wishes.rate(session, ledger_id=ledger_id, wish_id=wish_id, wisher=me, **asked)

    return _step(book, verb)


def require_seen(session: Session, wish: Wish, me: Member) -> Wish:
    """Return a wish that a member may see: their own, one they claimed, an open one near home.

    Raises:
        NotFound: It is none of these.
    """
    if wishes.may_know_wisher(wish, me.id):
        return wish
    around = grids.neighbourhood(session, tree.get(session, me.node_id))
    if not wish.node_path.startswith(around.path) or wish.state == "returned":
        raise NotFound("no such wish in your community")
    return wish


def _step(
    book: str, verb: Callable[[Session, int, Member], Wish], *, status: int = 200
) -> ResponseReturnValue:
    """Run a step of my own and answer the wish as I see it."""
    ledger_id = book_id(book)

    def run(session: Session, _fact: None) -> dict[str, Any]:
        me = standing.my_member(session, ledger_id)
        return listed(session, [verb(session, ledger_id, me)], me)[0]

    return act(run, ledger_id=ledger_id, status=status)


def listed(
    session: Session, found: Sequence[Wish], me: Member | None, *, is_staff: bool = False
) -> list[dict[str, Any]]:
    """Return wishes as somebody may see them: text and name for the two of them; masked at desks.

    Args:
        is_staff: Staff of the place read the text; of the name they see the first character.
    """
    nodes = tree.get_many(session, {each.node_id for each in found})
    ids = {each.wisher_id for each in found}
    named = members.get_many(session, ledger_id=found[0].ledger_id, member_ids=ids) if found else {}
    rows = []
    for each in found:
        side = {each.wisher_id: "wisher", each.claimer_id: "claimer"}.get(me.id) if me else None
        wisher = named[each.wisher_id]
        name = members.full_name(wisher) if side else wisher.name_masked if is_staff else None
        row = {name: getattr(each, name, None) for name in OUT.fields}
        row |= {
            "side": side or "none",
            "node_code": nodes[each.node_id].code,
            "text": wishes.text_of(each) if side or is_staff else None,
            "wisher_name": name,
        }
        rows.append(OUT.dump(row))
    return rows
