"""Cards of a member: issued, lost, found, replaced, cancelled, frozen, printed."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import card_register, cards
from app.people.models import Card
from app.risk import freezes
from app.web import qr
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import ReasonIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.member import draw
from app.web.staff.member_steps import step
from app.web.translate import _

bp = Blueprint("cards", __name__, url_prefix="/<place>/people/<uuid:member_id>/cards")


@bp.post("")
@allow(SIGNED_IN)
def issue(member_id: UUID) -> ResponseReturnValue:
    """Give a member a card."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        desk.member(session, member_id, desk.WORKERS)
        cards.issue(session, ledger_id=desk.ledger_id(), member_id=member_id, actor=actor())

    return step(verb, member_id, _("已发卡，点“打印”印出来。"))


@bp.post("/<uuid:card_id>/lost")
@allow(SIGNED_IN)
def lost(member_id: UUID, card_id: UUID) -> ResponseReturnValue:
    """Stop a lost card; the points stay with the member."""
    return _change(cards.report_lost, member_id, card_id, _("已挂失，积分还在本人名下。"))


@bp.post("/<uuid:card_id>/found")
@allow(SIGNED_IN)
def found(member_id: UUID, card_id: UUID) -> ResponseReturnValue:
    """Take back a loss report."""
    return _change(cards.report_found, member_id, card_id, _("已解挂，卡可以用了。"))


@bp.post("/<uuid:card_id>/replace")
@allow(SIGNED_IN)
def replace(member_id: UUID, card_id: UUID) -> ResponseReturnValue:
    """Void a card and issue one in its place."""
    return _change(cards.replace, member_id, card_id, _("已补发新卡，旧卡作废。积分没有变。"))


@bp.post("/<uuid:card_id>/cancel")
@allow(SIGNED_IN)
def cancel(member_id: UUID, card_id: UUID) -> ResponseReturnValue:
    """End a card for good."""
    return _change(cards.cancel, member_id, card_id, _("卡已注销。积分没有变。"))


@bp.post("/<uuid:card_id>/freeze")
@allow(SIGNED_IN)
def freeze(member_id: UUID, card_id: UUID) -> ResponseReturnValue:
    """Freeze a card, with the reason."""
    return _hold(freezes.freeze, desk.WORKERS, member_id, card_id, _("卡已冻结。"))


@bp.post("/<uuid:card_id>/release")
@allow(SIGNED_IN)
def release(member_id: UUID, card_id: UUID) -> ResponseReturnValue:
    """Lift a card's freeze that another person set."""
    return _hold(freezes.release, desk.DECIDERS, member_id, card_id, _("卡已解冻。"))


@bp.post("/<uuid:card_id>/print")
@allow(SIGNED_IN)
def print_card(member_id: UUID, card_id: UUID) -> ResponseReturnValue:
    """Show the card's QR once more, to print it; audited.

    The token is read after the act: it must not stand in the stored answer.
    """
    menu.at("people")
    tokens: list[str] = []

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        _owned(session, member_id, card_id, desk.WORKERS)
        printed = card_register.reprint(
            session, ledger_id=desk.ledger_id(), card_id=card_id, actor=actor()
        )
        tokens[:] = [printed.token]

    _done, problem = forms.send(verb)
    if problem or not tokens:
        return draw(member_id, problem)
    with reading() as session:
        card = cards.get(session, ledger_id=desk.ledger_id(), card_id=card_id)
        member = desk.member(session, member_id)
    svg = qr.svg(tokens[0], label=_("积分卡 %(no)s", no=card.card_no))
    return forms.page("card_print.html", card=card, member=member, svg=svg)


def _change(
    change: Callable[..., Any], member_id: UUID, card_id: UUID, said: str
) -> ResponseReturnValue:
    def verb(session: Session, _asked: dict[str, Any]) -> None:
        _owned(session, member_id, card_id, desk.WORKERS)
        change(session, ledger_id=desk.ledger_id(), card_id=card_id, actor=actor())

    return step(verb, member_id, said)


def _hold(
    hold: Callable[..., Any], names: tuple[str, ...], member_id: UUID, card_id: UUID, said: str
) -> ResponseReturnValue:
    def verb(session: Session, asked: dict[str, Any]) -> None:
        _owned(session, member_id, card_id, names)
        hold(
            session,
            ledger_id=desk.ledger_id(),
            subject_kind="card",
            subject_id=card_id,
            actor=actor(),
            **asked,
        )

    return step(verb, member_id, said, ReasonIn)


def _owned(session: Session, member_id: UUID, card_id: UUID, names: tuple[str, ...]) -> Card:
    """Return a card of exactly this member, in scope."""
    desk.member(session, member_id, names)
    card = cards.get(session, ledger_id=desk.ledger_id(), card_id=card_id)
    if card.member_id != member_id:
        raise NotFound("a card of somebody else")
    return card
