"""Neighbours' help as API and phone both do it: who may take it on, and the helped one's code."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.base.errors import DomainError, NotFound
from app.community import grids, tree
from app.people import codes, members
from app.people.codes import SpentCode
from app.people.models import Member
from app.service_orders import confirming, exchanges
from app.service_orders.confirming import Done
from app.service_orders.models import Exchange
from app.web.session import person


def require_neighbour(
    session: Session, *, ledger_id: int, exchange_id: UUID, me: Member
) -> Exchange:
    """Return a request of my own, one I help with, or one of my community.

    Raises:
        NotFound: It is of another place.
    """
    found = exchanges.get(session, ledger_id=ledger_id, exchange_id=exchange_id)
    around = grids.neighbourhood(session, tree.get(session, me.node_id))
    is_mine = me.id in (found.asker_id, found.helper_id)
    if not is_mine and not found.node_path.startswith(around.path):
        raise NotFound("no such request in your community")
    return found


def spend_code(session: Session, *, ledger_id: int, presented: str) -> SpentCode:
    """Use up the code that the helped neighbour shows; it is spent even if the rest is refused.

    Raises:
        NotFound, WrongAudience, CodeAlreadyUsed, CodeExpired: As `codes.consume`.
    """
    return codes.consume(
        session,
        ledger_id=ledger_id,
        presented=presented,
        purpose="confirm",
        used_by_id=person().person_id,
    )


def confirm_by_code(
    session: Session,
    *,
    spent: SpentCode,
    exchange_id: UUID,
    me: Member,
    starts_at: datetime,
    ends_at: datetime,
) -> Exchange:
    """Confirm my help with the code of the neighbour I helped: points to me, my hours on record.

    Raises:
        NotFound: I do not help here, or the code is another neighbour's.
        ExchangeStateConflict, ValidationFailed: As `confirming.confirm`.
    """
    ledger_id = spent.ledger_id
    found = exchanges.get(session, ledger_id=ledger_id, exchange_id=exchange_id)
    if found.helper_id != me.id or found.asker_id != spent.member_id:
        raise NotFound("no such help of yours and of this neighbour")
    asker = members.get(session, ledger_id=ledger_id, member_id=spent.member_id)
    done = confirming.confirm(
        session,
        ledger_id=ledger_id,
        exchange_id=exchange_id,
        done=Done(starts_at=starts_at, ends_at=ends_at, confirmed_by="code"),
        actor=Actor(asker.person_id),
    )
    codes.note_result(session, spent, {"exchange": done.number, "points": done.points})
    return done


def note_refusal(session: Session, spent: SpentCode | None, refusal: DomainError) -> None:
    """Let the neighbour's phone say that their code came to nothing."""
    if spent is not None:
        codes.note_result(session, spent, {"refused": refusal.code})
