"""Who gets an empty household's points: two people say so, or the pool after a wait (D29).

One person names a member, with the reason (who lived there, kin, an heir's papers), or the
common pool; another decides. To a member the lots go at once and keep their last days. To the
pool they go after as many working days as a notice is up, so that somebody may still come
forward; who once lived there is told. What the household owes is settled first.
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, workdays
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.community import settings, tree
from app.people import audit, households, inbox, members
from app.people.errors import AlreadyDecided
from app.points import empty_homes, home_passing_posting, second_person, verdicts
from app.points.errors import HomeLivedIn
from app.points.models import HomePassing

WAIT = "household.notice_workdays"
LIVE = ("waiting", "due")


def enter(
    session: Session,
    *,
    ledger_id: int,
    household_id: UUID,
    to_member_id: UUID | None,
    reason: str,
    actor: Actor,
) -> HomePassing:
    """Say who is to get an empty household's points; a second person decides.

    Args:
        to_member_id: The member; None: the common pool.

    Raises:
        ValidationFailed: No reason is given.
        NotFound: The household or the member does not exist.
        HomeLivedIn: Somebody belongs to the household.
        MemberNotActive: The member's membership is not active.
        AlreadyDecided: Somebody has been named, or the pool waits; fact `state`.
        SecondPersonRequired: It would come to oneself, or to one's household.
    """
    if not reason.strip():
        raise ValidationFailed("why they get it", field="reason")
    households.get(session, ledger_id=ledger_id, household_id=household_id)
    _require_empty(session, ledger_id, household_id)
    _require_receiver(session, ledger_id, to_member_id, actor, makers=[])
    live = _live(session, ledger_id, household_id)
    if live is not None:
        raise AlreadyDecided(state=live.state)
    made = HomePassing(
        ledger_id=ledger_id,
        id=new_id(),
        household_id=household_id,
        to_member_id=to_member_id,
        reason=reason.strip(),
        state="waiting",
        entered_by_id=actor.person_id,
        entered_at=clock.now(),
        points=0,
        settled_points=0,
    )
    session.add(made)
    session.flush()
    _audit(session, made, actor, "home_passing_entered")
    return made


def decide(
    session: Session,
    *,
    ledger_id: int,
    passing_id: UUID,
    verdict: str,
    reason: str | None,
    actor: Actor,
) -> HomePassing:
    """Approve or refuse; approved, a member gets the points at once, the pool after the wait.

    Raises:
        NotFound: There is no such passing.
        ValidationFailed: No verdict, no reason to refuse, or nothing is left to pass on.
        AlreadyDecided: It was decided before; fact `state`.
        SecondPersonRequired: The actor entered it, or it would come to them or their household.
        HomeLivedIn: Somebody belongs to the household again.
        LedgerReadOnly: The book is stopped.
    """
    verdicts.require(verdict, reason)
    found = _lock(session, ledger_id, passing_id)
    if found.state != "waiting":
        raise AlreadyDecided(state=found.state)
    _require_receiver(session, ledger_id, found.to_member_id, actor, makers=[found.entered_by_id])
    found.decided_by_id = actor.person_id
    if verdict == "refused":
        found.state, found.refusal_reason = "refused", (reason or "").strip()
    else:
        _require_empty(session, ledger_id, found.household_id)
        if found.to_member_id is None:
            _let_wait(session, found)
        else:
            home_passing_posting.post(session, found, actor)
    session.flush()
    _audit(session, found, actor, f"home_passing_{verdict}")
    return found


def withdraw(session: Session, *, ledger_id: int, passing_id: UUID, actor: Actor) -> HomePassing:
    """Take back what waits, since somebody came forward; the household is held again.

    Raises:
        NotFound: There is no such passing.
        AlreadyDecided: Nothing waits any more; fact `state`.
    """
    found = _lock(session, ledger_id, passing_id)
    if found.state not in LIVE:
        raise AlreadyDecided(state=found.state)
    found.state = "withdrawn"
    session.flush()
    _audit(session, found, actor, "home_passing_withdrawn")
    return found


def list_of(
    session: Session, *, ledger_id: int, household_ids: list[UUID]
) -> dict[UUID, HomePassing]:
    """Return what waits for each of these households."""
    query = sa.select(HomePassing).where(
        HomePassing.ledger_id == ledger_id,
        HomePassing.household_id.in_(household_ids),
        HomePassing.state.in_(LIVE),
    )
    return {each.household_id: each for each in session.scalars(query)}


def get(session: Session, *, ledger_id: int, passing_id: UUID) -> HomePassing:
    """Return a passing of the book.

    Raises:
        NotFound: There is none.
    """
    found = session.get(HomePassing, (ledger_id, passing_id))
    if found is None:
        raise NotFound("no such passing")
    return found


def _require_empty(session: Session, ledger_id: int, household_id: UUID) -> None:
    if not empty_homes.is_empty(session, ledger_id=ledger_id, household_id=household_id):
        raise HomeLivedIn


def _require_receiver(
    session: Session,
    ledger_id: int,
    member_id: UUID | None,
    actor: Actor,
    *,
    makers: list[UUID],
) -> None:
    """Who enters and who decides are two, and it comes to neither of them nor their household."""
    receivers = []
    if member_id is not None:
        found = members.get(session, ledger_id=ledger_id, member_id=member_id)
        members.require_active(found)
        receivers = [member_id]
    second_person.require(
        session, ledger_id=ledger_id, actor=actor, makers=makers, member_ids=receivers
    )


def _let_wait(session: Session, found: HomePassing) -> None:
    """Set the last day of the wait, and tell who once lived there."""
    key: dict[str, Any] = {"ledger_id": found.ledger_id}
    home = households.get(session, **key, household_id=found.household_id)
    node = tree.get(session, home.node_id)
    days = settings.read(session, node, WAIT)[WAIT]
    found.state = "due"
    found.closes_on = workdays.add_workdays(session, clock.today(), int(days))
    once = empty_homes.former_members(session, **key, household_ids=[home.id])
    facts = {"name": home.name, "closes_on": found.closes_on.isoformat()}
    notes = [
        inbox.Note(
            each.id, "home_to_pool", facts, natural_key=f"to_pool:{found.id.hex}:{each.id.hex}"
        )
        for each in once.get(home.id, [])
        if each.state == "active"
    ]
    inbox.tell(session, **key, notes=notes)


def _live(session: Session, ledger_id: int, household_id: UUID) -> HomePassing | None:
    return list_of(session, ledger_id=ledger_id, household_ids=[household_id]).get(household_id)


def _lock(session: Session, ledger_id: int, passing_id: UUID) -> HomePassing:
    query = sa.select(HomePassing).where(
        HomePassing.ledger_id == ledger_id, HomePassing.id == passing_id
    )
    found = session.scalar(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound("no such passing")
    return found


def _audit(session: Session, found: HomePassing, actor: Actor, action: str) -> None:
    audit.write(
        session,
        ledger_id=found.ledger_id,
        actor=actor,
        action=action,
        subject_kind="household",
        subject_id=found.household_id,
        passing_id=found.id,
        points=found.points,
    )
