"""Redemptions: quoted, made once, read, taken back."""

from collections.abc import Sequence
from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.base.transactions import reading
from app.mall import listings, quotes, redemptions, refunds, refused_sales
from app.mall.baskets import Item
from app.mall.models import Redemption
from app.people import codes, members
from app.web import tickets
from app.web.acts import Look, act
from app.web.api import counter, showing, standing
from app.web.api.presentations import basket_of, way_agreed
from app.web.permissions import SIGNED_IN, allow
from app.web.reader import prefers_english
from app.web.schemas import PageIn
from app.web.schemas.lists import items_of
from app.web.schemas.redemptions import (
    QuoteIn,
    QuoteOut,
    RedemptionFilterIn,
    RedemptionIn,
    RedemptionOut,
    RefundSlipOut,
    ReversalIn,
    SlipOut,
)
from app.web.session import actor
from app.web.texts import text_of
from app.web.tickets import Presentation

bp = Blueprint("redemptions", __name__, url_prefix="/books/<book>", description="Redemptions")
SLIP = SlipOut()


@bp.post("/quotes")
@allow(SIGNED_IN)
@bp.arguments(QuoteIn)
@bp.response(200, QuoteOut)
def quote(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Say what a basket costs and all that stands against it. Writes nothing."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        shown = tickets.read(asked["ticket"], ledger_id=ledger_id, till_id=asked["till_id"])
        counter.own_till(session, ledger_id, shown.till_id)
        basket = basket_of(shown, _items(asked), till_id=shown.till_id, confirmed_by="none")
        said = quotes.quote(session, ledger_id=ledger_id, basket=basket, actor=actor())
    lines = [
        {
            "goods_id": line.goods_id,
            "number": line.number,
            "name": line.name,
            "quantity_count": line.quantity_count,
            "price_points": line.price_points,
            "refusals": _sentences(line.refusals),
        }
        for line in said.lines
    ]
    return {
        "member_name_masked": said.member_name_masked,
        "balance_points": said.balance_points,
        "total_points": said.total_points,
        "balance_after_points": said.balance_after_points,
        "needs_confirmation": said.needs_confirmation,
        "may_redeem": said.may_redeem,
        "lines": lines,
        "refusals": _sentences(said.refusals),
    }


@bp.post("/redemptions")
@allow(SIGNED_IN)
@bp.arguments(RedemptionIn)
@bp.response(201, SlipOut)
def redeem(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Hand over goods for points, all of it or nothing, once for each key and each showing."""
    ledger_id = standing.book_id(book)

    named = {"ledger_id": ledger_id, "till_id": asked["till_id"]}

    def show_now(session: Session) -> Presentation:
        return showing.read(session, **named, presented=asked["presented"])

    shown_before = Look(lambda _session: tickets.read(asked["ticket"], **named))

    return act(
        lambda session, shown: _sell(session, shown, asked),
        ledger_id=ledger_id,
        before=shown_before if "ticket" in asked else show_now,
        refused=_tell_refused,
        dump=SLIP.dump,
    )


def _tell_refused(session: Session, shown: Presentation | None, refusal: DomainError) -> None:
    """Tell whose code or card it was; what the clerk simply sends again is not told."""
    if shown is not None and refusal.code not in ("validation_failed", "version_stale"):
        refused_sales.tell(
            session,
            ledger_id=shown.ledger_id,
            till_id=shown.till_id,
            member_id=shown.member_id,
            presentation_id=shown.id,
            refusal=refusal,
        )


def _sell(session: Session, shown: Presentation, asked: dict[str, Any]) -> redemptions.Slip:
    """Redeem, and tell the phone that showed the code what was taken and what is left."""
    total = asked["expected_total_points"]
    way = way_agreed(asked.get("confirmation"), shown=shown, amount_points=total)
    slip = redemptions.redeem(
        session,
        ledger_id=shown.ledger_id,
        basket=basket_of(shown, _items(asked), till_id=shown.till_id, confirmed_by=way),
        expected_total_points=total,
        actor=actor(),
    )
    spent = shown.spent_code(actor().person_id)
    if spent is not None:
        facts = {"state": "done", "points": slip.total_points, "number": slip.number}
        facts |= {"balance_points": slip.balance_points, "shop": slip.shop_name}
        codes.note_result(session, spent, facts)
    return slip


@bp.get("/redemptions")
@allow(SIGNED_IN)
@bp.arguments(RedemptionFilterIn, location="query")
@bp.response(200, items_of(RedemptionOut))
def list_redemptions(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the redemptions of a shop or till (clerks, staff) or of a member (staff)."""
    ledger_id = standing.book_id(book)
    day = asked.pop("day", None)
    with reading() as session:
        if "shop_id" in asked:
            counter.shop_of_workers(session, ledger_id, asked["shop_id"], standing.READERS)
            found = listings.list_of_shop(session, ledger_id=ledger_id, day=day, **asked)
        elif "till_id" in asked:
            counter.till_of_workers(session, ledger_id, asked["till_id"], standing.READERS)
            found = listings.list_of_till(session, ledger_id=ledger_id, **asked)
        else:
            standing.member(session, ledger_id, asked["member_id"], standing.READERS)
            found = listings.list_of_member(session, ledger_id=ledger_id, **asked)
        return {"items": dressed(session, ledger_id, found)}


@bp.get("/me/redemptions")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(RedemptionOut))
def list_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List one's own redemptions of every state, the newest first."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        mine = standing.my_member(session, ledger_id).id
        found = listings.list_of_member(session, ledger_id=ledger_id, member_id=mine, **asked)
        return {"items": dressed(session, ledger_id, found)}


@bp.get("/redemptions/<number>")
@allow(SIGNED_IN)
@bp.response(200, RedemptionOut)
def show(book: str, number: str) -> ResponseReturnValue:
    """Show a redemption to its member, the shop's clerks and staff."""
    ledger_id = standing.book_id(book)
    with reading() as session:
        found = _known(session, ledger_id, number, standing.READERS, is_own_enough=True)
        return dressed(session, ledger_id, [found])[0]


@bp.post("/redemptions/<number>/cancel")
@allow(SIGNED_IN)
@bp.arguments(ReversalIn)
@bp.response(200, RefundSlipOut)
def cancel(asked: dict[str, Any], book: str, number: str) -> ResponseReturnValue:
    """Take back one's own sale: the same day, while the till is open (D36)."""
    return _take_back(refunds.cancel, asked, standing.book_id(book), number)


@bp.post("/redemptions/<number>/refund")
@allow(SIGNED_IN)
@bp.arguments(ReversalIn)
@bp.response(200, RefundSlipOut)
def refund(asked: dict[str, Any], book: str, number: str) -> ResponseReturnValue:
    """Take back a sale as staff of the shop's place, before it is settled (D36, E10)."""
    return _take_back(refunds.refund, asked, standing.book_id(book), number, is_staff_only=True)


def _take_back(
    move: Any, asked: dict[str, Any], ledger_id: int, number: str, *, is_staff_only: bool = False
) -> ResponseReturnValue:
    def verb(session: Session, _fact: None) -> Any:
        found = _known(session, ledger_id, number, standing.WORKERS)
        if is_staff_only:
            counter.shop_of_staff(session, ledger_id, found.shop_id)
        named = {"redemption_id": found.id, "reason": asked["reason"]}
        return move(session, ledger_id=ledger_id, **named, actor=actor())

    return act(verb, ledger_id=ledger_id, dump=RefundSlipOut().dump, status=200)


def _known(
    session: Session,
    ledger_id: int,
    number: str,
    names: tuple[str, ...],
    *,
    is_own_enough: bool = False,
) -> Redemption:
    """Return a redemption to whom it concerns."""
    found = listings.by_number(session, ledger_id=ledger_id, number=number)
    if is_own_enough and counter.is_member(session, ledger_id, found.member_id):
        return found
    counter.shop_of_workers(session, ledger_id, found.shop_id, names)
    return found


def dressed(session: Session, ledger_id: int, found: Sequence[Redemption]) -> list[dict[str, Any]]:
    """Return redemptions with their lines and masked names, in two statements."""
    lines = listings.lines_of(
        session, ledger_id=ledger_id, redemption_ids=[one.id for one in found]
    )
    owners = members.get_many(
        session, ledger_id=ledger_id, member_ids={one.member_id for one in found}
    )
    columns = RedemptionOut().fields.keys() - {"lines", "member_name_masked"}
    return [
        {
            **{name: getattr(one, name) for name in columns},
            "lines": lines[one.id],
            "member_name_masked": owners[one.member_id].name_masked,
        }
        for one in found
    ]


def _items(asked: dict[str, Any]) -> tuple[Item, ...]:
    return tuple(Item(one["goods_id"], one["quantity_count"]) for one in asked["items"])


def _sentences(refusals: Sequence[DomainError]) -> list[dict[str, Any]]:
    """Refusals as code, sentence and facts."""
    english = prefers_english()
    texts = [(one, text_of(one.code)) for one in refusals]
    return [
        {"code": one.code, "title": text.en if english else text.zh, "facts": one.facts}
        for one, text in texts
    ]
