"""Attendance: from presence to credit: auto-close, the leader's word, a second person's.

A leader confirms presence; scanned, in-limit stays post at once, others wait for
staff (`grounds.hold_reasons`). Attendance never posts: it hands deeds to
`points.grants`. A forgotten check-out counts nothing until it is confirmed by name;
by one person it is honorary, by leader and staff credited (D16, ruling 15).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import grounds, records, states, watching
from app.activities.closing import autoclose
from app.activities.crediting import BELOW_MIN_PRESENCE, ROUTE_UNFINISHED, Times, credit
from app.activities.errors import ActivityStateConflict, LogMissing
from app.activities.grounds import Ground
from app.activities.models import Attendance
from app.activities.shifts import logs
from app.activities.standing import (
    is_staff_at,
    own_circle,
    require_lead,
    require_outside_circle,
)
from app.base import clock
from app.base.actors import Actor
from app.base.db import apart
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.people import audit, inbox
from app.points import grants
from app.points.deeds import Deed
from app.points.models import Grant

__all__ = ["autoclose", "confirm", "refuse", "second"]

CONFIRMABLE = ("closed", "needs_confirmation")


def confirm(
    session: Session,
    *,
    ledger_id: int,
    session_id: UUID,
    actor: Actor,
    attendance_ids: Collection[UUID] | None = None,
    left_at: Mapping[UUID, datetime] | None = None,
    reason: str | None = None,
) -> list[Grant]:
    """Confirm presences and hand them to points; returns the grants made.

    Without names: every stay that was checked out. A forgotten check-out must be
    named; `left_at` says when its person left (default: the session's end). A stay
    below the minimum share is settled only once the session is over: a second one
    may still lift it.

    Args:
        reason: Why check-outs were forgotten, and how the leader knows; kept with them.

    Raises:
        PermissionDenied: The actor neither leads the activity nor is its staff.
        ActivityStateConflict: A named record cannot be confirmed; fact `state`.
        LogMissing: A named record's shift needs a log that is not written yet (T14).
        ValidationFailed: `left_at` lies outside the stay's session.

    Rule: D14–D17, D23, A4–A6, E1–E6, ruling 15.
    """
    ground = grounds.find(session, ledger_id=ledger_id, session_id=session_id)
    require_lead(session, activity=ground.activity, actor=actor)
    states.require_state(ground.activity, "open", "finished")
    stays = _lock_confirmable(session, ground, attendance_ids)
    circle = own_circle(session, ledger_id=ledger_id, actor=actor)
    settled = _settle_all(ground, stays, _others(session, ground, stays), left_at or {})
    if reason is not None:
        records.record_settled(session, settled, reason=reason, actor=actor)
    grounds.set_on_duty(session, ground, stays)
    forgotten, deeds = {stay.id for stay, _before in settled}, list[Deed | None]()
    for stay in stays:
        stay.state = "confirmed"
        stay.confirmed_by_id = actor.person_id
        stay.confirmed_at = clock.now()
        holds = grounds.hold_reasons(ground, stay, circle)
        provenance = "honorary" if stay.id in forgotten else "credited"
        deeds.append(grounds.deed_of(ground, stay, provenance=provenance, holds=holds))
    session.flush()
    _tell_zero(session, ground, [s for s, deed in zip(stays, deeds, strict=True) if not deed])
    _note(session, ground, actor, "attendance_confirmed", len(stays))
    watching.look_at_session(session, ledger_id=ledger_id, session_id=session_id)
    return grants.grant(session, ledger_id=ledger_id, deeds=list(filter(None, deeds)), actor=actor)


def second(
    session: Session, *, ledger_id: int, attendance_id: UUID, reason: str, actor: Actor
) -> Grant | None:
    """Confirm a forgotten check-out as the second person: honorary becomes credited.

    Raises:
        SecondPersonRequired: The actor confirmed it first, neither of the two is staff,
            or it is the actor's own or their household's.
        ActivityStateConflict: It is no forgotten check-out confirmed by one person.
        PermissionDenied: The actor neither leads the activity nor is its staff.

    Rule: D16, ruling 15.
    """
    stay = records.lock(session, ledger_id=ledger_id, attendance_id=attendance_id)
    ground = grounds.find(session, ledger_id=ledger_id, session_id=stay.session_id)
    standing = require_lead(session, activity=ground.activity, actor=actor)
    if stay.state != "confirmed" or stay.out_door != "auto" or stay.second_confirmed_by_id:
        raise ActivityStateConflict(state=stay.state)
    require_outside_circle(session, ledger_id=ledger_id, member_ids=[stay.member_id], actor=actor)
    first = Actor(stay.confirmed_by_id or actor.person_id)
    if actor.is_involved(first.person_id) or not (
        standing.is_staff or is_staff_at(session, node_id=ground.activity.node_id, actor=first)
    ):
        raise SecondPersonRequired("leader and staff together")
    grounds.take_back_grant(session, stay, reason=states.require_reason(reason), actor=actor)
    before = _times(ground, stay)
    stay.version += 1
    stay.second_confirmed_by_id = actor.person_id
    records.record(session, stay, before, stay.credited_minutes, reason=reason, actor=actor)
    holds = ("emergency",) if ground.activity.is_emergency else ()
    deed = grounds.deed_of(ground, stay, provenance="credited", holds=holds)
    made = grants.grant(session, ledger_id=ledger_id, deeds=[deed] if deed else [], actor=actor)
    return made[0] if made else None


def refuse(
    session: Session, *, ledger_id: int, attendance_id: UUID, reason: str, actor: Actor
) -> Attendance:
    """Refuse one record that is not confirmed yet, with the reason; the member is told.

    Raises:
        PermissionDenied: The actor neither leads the activity nor is its staff.
        ActivityStateConflict: It is open still, or decided; a confirmed one is corrected.
        ValidationFailed: There is no reason.
    """
    stay = records.lock(session, ledger_id=ledger_id, attendance_id=attendance_id)
    ground = grounds.find(session, ledger_id=ledger_id, session_id=stay.session_id)
    require_lead(session, activity=ground.activity, actor=actor)
    why = states.require_reason(reason)
    if stay.state not in CONFIRMABLE:
        raise ActivityStateConflict(state=stay.state)
    before = _times(ground, stay)
    minutes_before = stay.credited_minutes
    stay.state = "refused"
    stay.credited_minutes = 0
    stay.version += 1
    records.record(session, stay, before, minutes_before, reason=why, actor=actor)
    facts = {"title": ground.activity.title, "reason": why}
    note = inbox.Note(stay.member_id, "attendance_refused", facts)
    inbox.tell(session, ledger_id=ledger_id, notes=[note])
    return stay


def _lock_confirmable(
    session: Session, ground: Ground, attendance_ids: Collection[UUID] | None
) -> list[Attendance]:
    """Lock the stays to confirm, in order of coming; a named one that cannot be is refused."""
    query = (
        sa.select(Attendance)
        .where(
            Attendance.ledger_id == ground.slot.ledger_id,
            Attendance.session_id == ground.slot.id,
        )
        .order_by(apart(Attendance.id))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    if attendance_ids is None:
        stays = list(session.scalars(query.where(Attendance.state == "closed")))
        unlogged = _unlogged(session, ground, stays)
        return _in_time(
            [stay for stay in stays if _is_settled(ground, stay) and stay.id not in unlogged]
        )
    stays = list(session.scalars(query.where(Attendance.id.in_(attendance_ids))))
    if len(stays) != len(set(attendance_ids)):
        raise NotFound("no such record in this session")
    for stay in stays:
        if stay.state not in CONFIRMABLE or not _is_settled(ground, stay):
            raise ActivityStateConflict(state=stay.state)
    if _unlogged(session, ground, stays):
        raise LogMissing("a log comes first")
    return _in_time(stays)


def _unlogged(session: Session, ground: Ground, stays: Sequence[Attendance]) -> set[UUID]:
    """Return the stays that must wait for their log (T14)."""
    if ground.attending is None or not ground.attending.needs_log:
        return set()
    ids = [stay.id for stay in stays]
    logged = logs.with_log(session, ledger_id=ground.slot.ledger_id, attendance_ids=ids)
    return set(ids) - logged


def _in_time(stays: Sequence[Attendance]) -> list[Attendance]:
    """Of two stays of one day the earlier is credited first: the later one may cross a line."""
    return sorted(stays, key=lambda stay: (stay.checked_in_at, stay.id))


def _is_settled(ground: Ground, stay: Attendance) -> bool:
    """A stay below the share may still be lifted by a second one while the session runs."""
    may_grow = stay.zero_reason in (BELOW_MIN_PRESENCE, ROUTE_UNFINISHED)
    return not may_grow or clock.now() >= ground.slot.ends_at


def _times(ground: Ground, stay: Attendance) -> Times:
    """Return a record's times; one without a check-out ends with its session."""
    return Times(stay.checked_in_at, stay.checked_out_at or ground.slot.ends_at)


def _settle_all(
    ground: Ground,
    stays: Sequence[Attendance],
    others: Mapping[UUID, Sequence[Times]],
    left_at: Mapping[UUID, datetime],
) -> list[tuple[Attendance, Times]]:
    """Reckon every forgotten check-out; return each with the times it had before."""
    settled = []
    for stay in stays:
        if stay.state == "needs_confirmation":
            settled.append((stay, _times(ground, stay)))
            _settle_forgotten(ground, stay, others.get(stay.member_id, []), left_at.get(stay.id))
    return settled


def _settle_forgotten(
    ground: Ground, stay: Attendance, others: Sequence[Times], left_at: datetime | None
) -> None:
    """Reckon a forgotten check-out by the leader's word for when its person left."""
    out_at = left_at or ground.slot.ends_at
    if not stay.checked_in_at <= out_at <= ground.slot.ends_at:
        raise ValidationFailed("they left within the session", field="left_at")
    terms = ground.terms_of(stay.member_id)
    mine = credit([*others, Times(stay.checked_in_at, out_at)], terms)[-1]
    stay.checked_out_at = out_at
    stay.credited_minutes = mine.minutes
    stay.zero_reason = mine.zero_reason


def _others(
    session: Session, ground: Ground, stays: Sequence[Attendance]
) -> dict[UUID, list[Times]]:
    """List the finished stays of who forgot to check out: the share is of all (D15)."""
    members = {stay.member_id for stay in stays if stay.state == "needs_confirmation"}
    found: dict[UUID, list[Times]] = {}
    if not members:
        return found
    rows = session.execute(
        sa.select(Attendance.member_id, Attendance.checked_in_at, Attendance.checked_out_at).where(
            Attendance.ledger_id == ground.slot.ledger_id,
            Attendance.session_id == ground.slot.id,
            Attendance.member_id.in_(members),
            Attendance.state.in_(("closed", "confirmed")),
        )
    )
    for row in rows:
        stay = Times(row.checked_in_at, row.checked_out_at)
        found.setdefault(row.member_id, []).append(stay)
    return found


def _tell_zero(session: Session, ground: Ground, stays: Sequence[Attendance]) -> None:
    """Tell who was there but credited nothing; the others hear from points."""
    facts = {"title": ground.activity.title, "minutes": 0}
    notes = [
        inbox.Note(
            stay.member_id,
            "attendance_confirmed",
            facts,
            natural_key=f"attendance_confirmed:{stay.id}:{stay.version}",
        )
        for stay in stays
    ]
    inbox.tell(session, ledger_id=ground.slot.ledger_id, notes=notes)


def _note(session: Session, ground: Ground, actor: Actor, action: str, count: int) -> None:
    audit.write(
        session,
        ledger_id=ground.slot.ledger_id,
        actor=actor,
        action=action,
        subject_kind="session",
        subject_id=ground.slot.id,
        count=count,
    )
