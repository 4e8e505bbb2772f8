"""Gifts (赠予): points to a registered relative, so many a year, never given on (D32).

Each lot keeps its last day. What was a gift stays the last that a lot still holds: only
what is above it may be given.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.community import settings, tree
from app.ledger import posting
from app.ledger.errors import InsufficientPoints
from app.ledger.posting import JournalDraft, Line
from app.people import audit, inbox, members, relatives
from app.people.models import Member
from app.points import gift_marks, holders, pooling, programmes, wallets
from app.points.errors import GiftStays
from app.points.models import Gift, GiftLot
from app.points.purses import Purse
from app.risk import freezes, limits
from app.risk.errors import LimitExceeded

KIND = "gift"
MAX_YEAR, FRIENDS = "gift.max_points_year", "gift.friends_allowed"


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a member may still give: today, and by the year's limit; whole points."""

    giftable_points: int
    year_left_points: int


def give(
    session: Session,
    *,
    ledger_id: int,
    giver_id: UUID,
    relative_id: UUID,
    points: int,
    actor: Actor,
) -> Gift:
    """Give points to a relative whose kinship is confirmed; the soonest to expire first.

    Args:
        relative_id: The entry of `people.relatives` that joins the two.

    Raises:
        NotFound: No such confirmed relative of the giver.
        ValidationFailed: Not 1 point or more, a friend where only kin may be given to, or
            one of the giver's own household, whose points are one account.
        MemberNotActive, AccountFrozen: One of the two is not active; the giver is frozen.
        InsufficientPoints: Fact `short_points`.
        GiftStays: Points that were a gift are not given on; fact `giftable_points`.
        LimitExceeded: More than the year's limit.
        LedgerReadOnly: The book is stopped.
    """
    if points < 1:
        raise ValidationFailed("1 point or more", field="points")
    giver, receiver = _two(session, ledger_id, giver_id, relative_id)
    _use(session, giver, points, _require_allowed(session, giver, ledger_id, relative_id))
    held = _purses(session, ledger_id, (giver.id, receiver.id))
    mine, theirs = held[giver.id], held[receiver.id]
    if theirs.home_id is not None and mine.shared is theirs.shared:
        raise ValidationFailed("one household has one account", field="relative_id")
    parts = _parts(session, ledger_id, mine, points)
    gift = Gift(
        ledger_id=ledger_id,
        id=new_id(),
        giver_id=giver.id,
        receiver_id=receiver.id,
        to_owner_id=theirs.home_id or receiver.id,
        relative_id=relative_id,
        points=points,
        given_on=clock.today(),
        given_at=clock.now(),
        given_by_id=actor.person_id,
    )
    gift.journal_id = _post(session, gift, parts, theirs, actor)
    _keep(session, gift, parts)
    _tell(session, gift, giver)
    _audit(session, gift, actor)
    return gift


def allowance(session: Session, *, ledger_id: int, member_id: UUID) -> Allowance:
    """Return what a member may still give."""
    purse = wallets.purses(session, ledger_id=ledger_id, holder_ids=[member_id])[member_id]
    member = members.get(session, ledger_id=ledger_id, member_id=member_id)
    maximum = settings.read(session, tree.get(session, member.node_id), MAX_YEAR)[MAX_YEAR]
    counter = _use_of(member_id, 0, maximum).counter
    used = limits.used_many(session, ledger_id=ledger_id, counters=[counter])[counter]
    free = sum(part for _, _, part in _giftable(session, ledger_id, purse))
    spendable = purse.spendable_points(clock.today())
    return Allowance(min(free, spendable), max(0, maximum - used))


def list_of_member(
    session: Session, *, ledger_id: int, member_id: UUID, limit: int = 50, offset: int = 0
) -> list[Gift]:
    """List what a member gave and got, latest first."""
    query = (
        sa.select(Gift)
        .where(
            Gift.ledger_id == ledger_id,
            sa.or_(Gift.giver_id == member_id, Gift.receiver_id == member_id),
        )
        .order_by(Gift.given_at.desc(), Gift.id)
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def _two(
    session: Session, ledger_id: int, giver_id: UUID, relative_id: UUID
) -> tuple[Member, Member]:
    found = relatives.get(session, ledger_id=ledger_id, relative_id=relative_id)
    other_id = relatives.other_of(found, giver_id)
    if found.state != "confirmed":
        raise NotFound("no such confirmed relative")
    holders.of(session, ledger_id=ledger_id, member_ids=[giver_id, other_id], lock=True)
    two = members.get_many(session, ledger_id=ledger_id, member_ids=[giver_id, other_id])
    for each in two.values():
        members.require_active(each)
    freezes.require_free(session, ledger_id=ledger_id, subject_ids=[giver_id])
    return two[giver_id], two[other_id]


def _require_allowed(session: Session, giver: Member, ledger_id: int, relative_id: UUID) -> int:
    """Refuse friends where only kin are given to; return the year's limit."""
    rules = settings.read(session, tree.get(session, giver.node_id), MAX_YEAR, FRIENDS)
    found = relatives.get(session, ledger_id=ledger_id, relative_id=relative_id)
    if found.relation == "friend" and not rules[FRIENDS]:
        raise ValidationFailed("close kin only", field="relative_id")
    return int(rules[MAX_YEAR])


def _use(session: Session, giver: Member, points: int, maximum: int) -> None:
    use = _use_of(giver.id, points, maximum)
    try:
        limits.use_many(session, ledger_id=giver.ledger_id, uses=[use])
    except LimitExceeded as refused:
        facts = {name: refused.facts[name] for name in ("used", "maximum")}
        raise LimitExceeded(rule_code=MAX_YEAR, **facts) from refused


def _use_of(giver_id: UUID, points: int, maximum: int) -> limits.Use:
    return limits.Use(giver_id, MAX_YEAR, str(clock.today().year), points, maximum)


def _purses(session: Session, ledger_id: int, two: tuple[UUID, UUID]) -> dict[UUID, Purse]:
    held = wallets.purses(session, ledger_id=ledger_id, holder_ids=two, lock=True)
    programme = programmes.of_ledger(session, ledger_id)
    pooling.pool(session, programme=programme, purses=held)
    return held


def _parts(
    session: Session, ledger_id: int, purse: Purse, points: int
) -> list[tuple[Purse, date, int]]:
    """Choose what is given: first-expiring first, of each lot only what was no gift (D28, D32)."""
    short = points - purse.spendable_points(clock.today())
    if short > 0:
        raise InsufficientPoints(short_points=short)
    free = _giftable(session, ledger_id, purse)
    giftable = sum(part for _, _, part in free)
    if points > giftable:
        raise GiftStays(giftable_points=giftable)
    chosen = []
    for pot, vintage, most in free:
        part = min(points, most)
        points -= part
        if part:
            chosen.append((pot, vintage, part))
    return chosen


def _giftable(session: Session, ledger_id: int, purse: Purse) -> list[tuple[Purse, date, int]]:
    got = gift_marks.received(
        session, ledger_id=ledger_id, owner_ids={pot.holder_id for pot in purse.pots}
    )
    today = clock.today()
    free = [
        (pot, vintage, max(0, lot - got.get((pot.holder_id, vintage), 0)))
        for pot in purse.pots
        for vintage, lot in pot.lots.items()
        if vintage >= today
    ]
    return sorted(free, key=lambda each: each[1])


def _post(
    session: Session,
    gift: Gift,
    parts: list[tuple[Purse, date, int]],
    theirs: Purse,
    actor: Actor,
) -> UUID:
    """Move each part to the relative, with its last day; what they owe is recovered first."""
    lines: list[Line] = []
    for pot, vintage, part in parts:
        pot.lots[vintage] -= part
        lines += theirs.earn(part, vintage, source=pot.ref(vintage))
    draft = JournalDraft(
        key=f"gift:{gift.id}",
        kind=KIND,
        lines=tuple(lines),
        actor=actor,
        source_id=gift.id,
    )
    return posting.post_one(session, ledger_id=gift.ledger_id, draft=draft)


def _keep(session: Session, gift: Gift, parts: list[tuple[Purse, date, int]]) -> None:
    session.add(gift)
    session.flush()
    session.add_all(_lots(gift, parts))
    session.flush()


def _lots(gift: Gift, parts: list[tuple[Purse, date, int]]) -> list[GiftLot]:
    sums: dict[date, int] = {}
    for _, vintage, part in parts:
        sums[vintage] = sums.get(vintage, 0) + part
    return [
        GiftLot(ledger_id=gift.ledger_id, gift_id=gift.id, vintage_on=vintage, points=points)
        for vintage, points in sums.items()
    ]


def _tell(session: Session, gift: Gift, giver: Member) -> None:
    facts = {"points": gift.points, "name": giver.name_masked}
    note = inbox.Note(gift.receiver_id, "gift_received", facts, natural_key=f"gift:{gift.id}")
    inbox.tell(session, ledger_id=gift.ledger_id, notes=[note])


def _audit(session: Session, gift: Gift, actor: Actor) -> None:
    audit.write(
        session,
        ledger_id=gift.ledger_id,
        actor=actor,
        action="gift_given",
        subject_kind="member",
        subject_id=gift.giver_id,
        receiver_id=gift.receiver_id,
        points=gift.points,
    )
