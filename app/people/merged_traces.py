"""What an ended membership leaves behind moves to the kept one, or dies: cards, codes, stays."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.upserts import insert_for
from app.people import agents, duties, enlistment_links, groups, skills, team_members
from app.people.models import Card, Code, Household, HouseholdMember, Member, TeamMember


def move_traces(session: Session, *, old: Member, kept: Member) -> None:
    """Cancel the old membership's cards, codes and agents; move its stays to the kept one."""
    _cancel_cards(session, old)
    _end_codes(session, old)
    agents.end_all(session, ledger_id=old.ledger_id, person_id=old.person_id)
    _move_team_stays(session, old, kept)
    _move_household_stay(session, old, kept)
    groups.move(session, ledger_id=old.ledger_id, old_id=old.id, kept_id=kept.id)
    duties.move(session, ledger_id=old.ledger_id, old_id=old.id, kept_id=kept.id)
    skills.move(session, ledger_id=old.ledger_id, old_id=old.id, kept_id=kept.id)
    enlistment_links.move(session, ledger_id=old.ledger_id, old_id=old.id, kept_id=kept.id)


def _cancel_cards(session: Session, old: Member) -> None:
    session.execute(
        sa.update(Card)
        .where(
            Card.ledger_id == old.ledger_id,
            Card.member_id == old.id,
            Card.state.in_(("active", "lost")),
        )
        .values(state="cancelled", ended_at=clock.now())
        .execution_options(synchronize_session="fetch")
    )


def _end_codes(session: Session, old: Member) -> None:
    now = clock.now()
    session.execute(
        sa.update(Code)
        .where(
            Code.ledger_id == old.ledger_id,
            Code.member_id == old.id,
            Code.used_at.is_(None),
            Code.expires_at > now,
        )
        .values(expires_at=now)
    )


def _move_team_stays(session: Session, old: Member, kept: Member) -> None:
    """The kept one joins where the old one was; who led there still leads."""
    live = sa.select(TeamMember.team_id, TeamMember.role, TeamMember.member_id).where(
        TeamMember.ledger_id == old.ledger_id,
        TeamMember.member_id.in_((old.id, kept.id)),
        TeamMember.left_on.is_(None),
    )
    stays = session.execute(live).all()
    own = {row.team_id: row.role for row in stays if row.member_id == kept.id}
    moving = {row.team_id: row.role for row in stays if row.member_id == old.id}
    _end_stays(session, TeamMember, old)
    arriving = [
        {
            "ledger_id": old.ledger_id,
            "team_id": team_id,
            "member_id": kept.id,
            "joined_on": clock.today(),
            "role": role,
            "left_on": None,
        }
        for team_id, role in moving.items()
        if team_id not in own
    ]
    if arriving:
        team_members.open_stays(session, arriving)
    promoted = [team_id for team_id in own if moving.get(team_id) == "leader"]
    if promoted:
        session.execute(
            sa.update(TeamMember)
            .where(
                TeamMember.ledger_id == old.ledger_id,
                TeamMember.member_id == kept.id,
                TeamMember.team_id.in_(promoted),
                TeamMember.left_on.is_(None),
            )
            .values(role="leader")
        )


def _move_household_stay(session: Session, old: Member, kept: Member) -> None:
    """The kept one takes the old one's place, unless they belong to a household of their own."""
    live = sa.select(HouseholdMember).where(
        HouseholdMember.ledger_id == old.ledger_id,
        HouseholdMember.member_id.in_((old.id, kept.id)),
        HouseholdMember.left_on.is_(None),
    )
    stays = {stay.member_id: stay for stay in session.scalars(live)}
    leaving, own = stays.get(old.id), stays.get(kept.id)
    if leaving is None:
        return
    _end_stays(session, HouseholdMember, old)
    if own is None:
        _take_place(session, leaving, kept)
    _hand_over_head(session, leaving, kept)


def _hand_over_head(session: Session, leaving: HouseholdMember, kept: Member) -> None:
    """Where the old one was head: the kept one is now, else who has been there longest.

    The kept one is the same person, whose consent to the honour list stays theirs (D43).
    """
    present = (
        sa.select(HouseholdMember.member_id)
        .where(
            HouseholdMember.ledger_id == leaving.ledger_id,
            HouseholdMember.household_id == leaving.household_id,
            HouseholdMember.left_on.is_(None),
        )
        .order_by(HouseholdMember.joined_on, HouseholdMember.member_id)
    )
    heirs = list(session.scalars(present))
    changed: dict[str, object] = {"head_member_id": kept.id}
    if kept.id not in heirs:
        changed = {"honoured_at": None} | ({"head_member_id": heirs[0]} if heirs else {})
    session.execute(
        sa.update(Household)
        .where(
            Household.ledger_id == leaving.ledger_id,
            Household.id == leaving.household_id,
            Household.head_member_id == leaving.member_id,
        )
        .values(changed)
        .execution_options(synchronize_session="fetch")
    )


def _take_place(session: Session, leaving: HouseholdMember, kept: Member) -> None:
    insert = insert_for(session, HouseholdMember.__table__).values(
        ledger_id=leaving.ledger_id,
        household_id=leaving.household_id,
        member_id=kept.id,
        joined_on=clock.today(),
        relation=leaving.relation,
    )
    upsert = insert.on_conflict_do_update(
        index_elements=["ledger_id", "household_id", "member_id", "joined_on"],
        set_={"left_on": None, "relation": insert.excluded.relation},
    )
    session.execute(upsert)


def _end_stays(session: Session, stays: Any, old: Member) -> None:
    session.execute(
        sa.update(stays)
        .where(stays.ledger_id == old.ledger_id, stays.member_id == old.id, stays.left_on.is_(None))
        .values(left_on=clock.today())
        .execution_options(synchronize_session="fetch")
    )
