"""Reading a code or card at a till. The code is used up by it, whatever comes after (D34).

Wrong guesses are counted per till and minute, and outlive the refusal.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound, RateLimited
from app.mall.models import Till
from app.people import cards, codes
from app.risk import limits
from app.risk.limits import Counter
from app.web import tickets
from app.web.api import counter
from app.web.session import person
from app.web.tickets import Presentation

WRONG_MAX = 5
WRONG_RULE = "mall.wrong_codes"


def read(session: Session, *, ledger_id: int, till_id: UUID, presented: str) -> Presentation:
    """Use up a one-time code, or read a card, at one's own open till: outer facts of a door.

    Raises:
        NotFound, TillClosed, PermissionDenied: This till is not the clerk's to use.
        RateLimited: Five wrong codes were tried here within this minute.
        NotFound, WrongAudience, CodeAlreadyUsed, CodeExpired: As `codes.consume`.
        CardNotActive, MemberNotActive: As `cards.identify`.
    """
    till = counter.own_till(session, ledger_id, till_id)
    require_guesses_left(session, till)
    try:
        return _identify(session, till, presented)
    except NotFound:
        count_wrong(session, till)
        raise


def require_guesses_left(session: Session, till: Till) -> None:
    """Refuse once five wrong codes or PINs of nobody were tried at a till within a minute.

    Raises:
        RateLimited: They were.
    """
    tried = limits.used_of(session, ledger_id=till.ledger_id, counter=_counter(till))
    if tried >= WRONG_MAX:
        raise RateLimited("too many wrong codes at this till", retry_after_seconds=60)


def count_wrong(session: Session, till: Till) -> None:
    """Count a wrong guess; call it outside the savepoint of the verb."""
    named = _counter(till)._asdict()
    limits.use(session, ledger_id=till.ledger_id, **named, amount=1, maximum=None)


def _counter(till: Till) -> Counter:
    return Counter(till.id, WRONG_RULE, f"{clock.now():%Y-%m-%dT%H:%M}")


def _identify(session: Session, till: Till, presented: str) -> Presentation:
    ledger_id = till.ledger_id
    if presented.startswith(cards.PREFIX + "."):
        card, owner = cards.identify(session, token=presented, ledger_id=ledger_id)
        return tickets.presentation(
            ledger_id=ledger_id, till_id=till.id, member_id=owner.id, card_id=card.id
        )
    spent = codes.consume(
        session,
        ledger_id=ledger_id,
        presented=presented,
        purpose="redeem",
        used_by_id=person().person_id,
    )
    return tickets.presentation(
        ledger_id=ledger_id,
        till_id=till.id,
        member_id=spent.member_id,
        code_hash=spent.code_hash,
    )
