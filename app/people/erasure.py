"""Erasing an identity (D47): the name and the phone go, the books stay.

What was earned and spent remains under the member's id, which names nobody any
more; boards and statements show 已注销. Whether points are left, or an act is
still under way, is for the door to say to the person before.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.actors import Actor
from app.base.errors import NotFound
from app.people import (
    agents,
    audit,
    cards,
    duties,
    enlistment_links,
    households,
    members,
    names,
    phone_changes,
    phones,
    sessions,
    skills,
    team_members,
)
from app.people.models import (
    Agent,
    Consent,
    Credential,
    Home,
    LoginCode,
    Member,
    Person,
    RoleGrant,
    SignInSession,
)


def erase(session: Session, *, person_id: UUID, actor: Actor) -> None:
    """Blank the identity of a person in every book and end all that acts in their name (D47).

    Raises:
        NotFound: There is no such person, or they were erased before.
    """
    person = session.scalars(
        sa.select(Person)
        .where(Person.person_id == person_id, Person.erased_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if person is None:
        raise NotFound("no such person")
    for home in members.list_homes(session, person_id=person_id):
        _erase_member(session, home, actor)
    _forget_phone(session, person)
    _end_access(session, person_id)
    person.name_cipher = person.phone_cipher = person.birth_year = None
    person.erased_at = clock.now()
    session.flush()
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor,
        action="person_erased",
        subject_kind="person",
        subject_id=person_id,
    )


def _erase_member(session: Session, home: Home, actor: Actor) -> None:
    ledger_id, member_id = home.ledger_id, home.member_id
    member = members.get(session, ledger_id=ledger_id, member_id=member_id)
    if member.state == "active":
        _cancel_cards(session, member, actor)
        _leave_household(session, member, actor)
        for team in team_members.teams_of(session, ledger_id=ledger_id, member_id=member_id):
            team_members.leave(
                session, ledger_id=ledger_id, team_id=team.id, member_id=member_id, actor=actor
            )
    agents.end_all(session, ledger_id=ledger_id, person_id=home.person_id)
    for held in duties.list_of_member(session, ledger_id=ledger_id, member_id=member_id):
        duties.end(session, ledger_id=ledger_id, duty_id=held.duty.id, actor=actor)
    skills.forget(session, ledger_id=ledger_id, member_id=member_id)
    enlistment_links.unlink(session, ledger_id=ledger_id, member_id=member_id)
    member.name_cipher = member.external_id = None
    member.name_masked = names.ERASED
    # A merged membership still points to the kept one: its history is read there.
    member.state = "erased" if member.state != "merged" else "merged"
    session.flush()
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="member_erased",
        subject_kind="member",
        subject_id=member_id,
        volunteer_no=member.volunteer_no,
    )


def _cancel_cards(session: Session, member: Member, actor: Actor) -> None:
    for card in cards.list_of(session, ledger_id=member.ledger_id, member_id=member.id):
        if card.state in ("active", "lost"):
            cards.cancel(session, ledger_id=member.ledger_id, card_id=card.id, actor=actor)


def _leave_household(session: Session, member: Member, actor: Actor) -> None:
    """Leave the household; a head hands over to the first of the others."""
    ledger_id = member.ledger_id
    household = households.household_of(session, ledger_id=ledger_id, member_id=member.id)
    if household is None:
        return
    of_it = households.list_members(session, ledger_id=ledger_id, household_id=household.id)
    others = [each.id for each in of_it if each.id != member.id]
    if household.head_member_id == member.id and others:
        households.set_head(
            session,
            ledger_id=ledger_id,
            household_id=household.id,
            member_id=others[0],
            actor=actor,
        )
    households.leave(
        session, ledger_id=ledger_id, household_id=household.id, member_id=member.id, actor=actor
    )


def _forget_phone(session: Session, person: Person) -> None:
    if person.phone_cipher is None:
        return
    phone = crypto.unseal(person.phone_cipher, person.person_id)
    phone_changes.forget(session, phone=phone, person_id=person.person_id)
    session.execute(sa.delete(LoginCode).where(LoginCode.login_hash == phones.login_hash(phone)))


def _end_access(session: Session, person_id: UUID) -> None:
    """Passwords, sessions, roles and consents end; what agents were told of the person goes."""
    now = clock.now()
    sessions.revoke_all(session, person_id=person_id)
    session.execute(sa.delete(Credential).where(Credential.person_id == person_id))
    changes = (
        sa.update(SignInSession)
        .where(SignInSession.person_id == person_id)
        .values(device_hash=None),
        sa.update(RoleGrant)
        .where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
        .values(revoked_at=now),
        sa.update(Consent)
        .where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
        .values(withdrawn_at=now),
        sa.update(Agent).where(Agent.person_id == person_id).values(consent_note="", relation=""),
    )
    for change in changes:
        session.execute(change.execution_options(synchronize_session="fetch"))
