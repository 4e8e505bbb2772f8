"""Patrols, visits and rosters on the community of `activities`, on the same Tuesday."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.activities.models import Activity, ActivitySession
from app.activities.models_shift import RosterShift
from app.activities.shifts import checkpoint_codes, routes, visits
from app.activities.shifts.routes import Scanned
from app.base import clock
from app.base.actors import Actor
from app.base.ids import new_id
from app.community import agreements, units, venues
from app.community.agreements import Terms
from app.community.models import Node
from app.people import codes
from app.people.codes import SpentCode
from app.people.models import Member
from tests.factories import activities as make
from tests.factories.activities import World, at

GATES = ("东门岗亭", "3号楼楼下", "菜市场口")
EVENING = ("20:00", "21:30")


def a_patrol(
    session: Session, world: World, *spans: tuple[str, str], **more: Any
) -> tuple[Activity, list[ActivitySession]]:
    """A patrol of three checkpoints, of which two make it count; 20:00 to 21:30."""
    values = {
        "title": "畲乡枫警夜巡",
        "category_code": "security_patrol",
        "way": "route",
        "checkpoints": GATES,
        "checkpoint_min_count": 2,
    }
    return make.opened(session, world, *(spans or (EVENING,)), **(values | more))


def a_visit(
    session: Session, world: World, *spans: tuple[str, str], **more: Any
) -> tuple[Activity, list[ActivitySession]]:
    """A visit to homes, 09:00 to 11:00 unless told otherwise."""
    values = {"title": "生活困难温暖到家", "category_code": "home_hardship", "way": "visit"}
    return make.opened(session, world, *spans, **(values | more))


def seen(
    session: Session, slot: ActivitySession, ordinal: int
) -> checkpoint_codes.CheckpointTicket:
    """What scanning a checkpoint's code now gives."""
    return checkpoint_codes.redeem(session, token=checkpoint_codes.token_of(slot, ordinal))


def reach(
    session: Session, world: World, slot: ActivitySession, member: Member, ordinal: int, text: str
) -> Scanned:
    """The member scans a checkpoint."""
    with at(text):
        done = routes.scan(
            session,
            ledger_id=world.ledger_id,
            member_id=member.id,
            ticket=seen(session, slot, ordinal),
            actor=Actor(member.person_id),
        )
        session.commit()
    return done


def end(
    session: Session, world: World, slot: ActivitySession, member: Member, text: str
) -> routes.CheckedOut:
    """The member ends the patrol on their phone."""
    with at(text):
        done = routes.finish(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_id=member.id,
            actor=Actor(member.person_id),
        )
        session.commit()
    return done


def go_in(session: Session, world: World, slot: ActivitySession, member: Member, text: str) -> UUID:
    """The member begins a visit; return the record's id."""
    with at(text):
        done = visits.begin(
            session,
            ledger_id=world.ledger_id,
            session_id=slot.id,
            member_id=member.id,
            actor=Actor(member.person_id),
        )
        session.commit()
    return done.attendance_id


def code_of(
    session: Session, resident: Member, used_by: Member, purpose: str = "confirm"
) -> SpentCode:
    """The resident shows a one-time code on their phone, and the volunteer scans it."""
    issued = codes.issue(
        session, ledger_id=resident.ledger_id, member_id=resident.id, purpose=purpose
    )
    return codes.consume(
        session,
        ledger_id=resident.ledger_id,
        presented=issued.token,
        purpose=purpose,
        used_by_id=used_by.person_id,
    )


def some(session: Session, ledger_id: int, node: Node, actor: Actor) -> dict[str, Any]:
    """One venue with a shift of staff, one unit and its agreement, by names of their addresses."""
    venue = venues.add(
        session, node=node, kind="近邻驿站", name="近邻之家", address="架空层", actor=actor
    )
    unit = units.add(session, node=node, kind="企事业单位", name="供电公司", actor=actor)
    terms = Terms("joint", "共建协议", date(2026, 3, 1))
    made = agreements.sign(session, unit=unit, node=node, terms=terms, actor=actor)
    kept, gone = (_staff_shift(session, ledger_id, venue.id, actor) for _nth in range(2))
    names = {"venue_id": venue.id, "shift_id": kept}
    names |= dict.fromkeys(
        ("venue_use.remove_shift.shift_id", "staff.rosters.remove.shift_id"), gone
    )
    return {**names, "agreement_id": made.id, "venues.sign.unit_id": unit.id}


def _staff_shift(session: Session, ledger_id: int, venue_id: int, actor: Actor) -> UUID:
    """A shift of staff tomorrow, which nobody holds."""
    soon = clock.now() + timedelta(days=1)
    made = RosterShift(
        ledger_id=ledger_id,
        id=new_id(),
        venue_id=venue_id,
        kind="resident",
        starts_at=soon,
        ends_at=soon + timedelta(hours=1),
        planned_by_id=actor.person_id,
    )
    session.add(made)
    session.flush()
    return made.id
