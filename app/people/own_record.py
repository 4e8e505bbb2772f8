"""What this room holds of a person, in clear, for the person alone (PIPL 45).

Other rooms add theirs at the door: statements, attendances, redemptions.
"""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import crypto
from app.base.errors import NotFound
from app.people import (
    agents,
    cards,
    consents,
    duties,
    enlistment_links,
    households,
    inbox,
    members,
    roles,
    sessions,
    skills,
    team_members,
)
from app.people.models import Member, Person
from app.people.plain_facts import plain

MESSAGES_MAX = 10_000


def my_record(session: Session, *, person_id: UUID, ledger_id: int) -> dict[str, Any]:
    """Return the person and their membership in one book, ready for JSON.

    Raises:
        NotFound: There is no such person, or they are no member of this book.
    """
    person = session.get(Person, person_id)
    member = members.find_of_person(session, ledger_id=ledger_id, person_id=person_id)
    if person is None or member is None:
        raise NotFound("no such person in this book")
    record = {
        "person": _person(person),
        "membership": _membership(session, member),
        "books": [
            {"ledger_id": home.ledger_id, "joined_at": home.joined_at}
            for home in members.list_homes(session, person_id=person_id)
        ],
        "consents": [
            _columns(each, "purpose", "text_version", "given_at", "withdrawn_at")
            for each in consents.list_of(session, person_id=person_id)
        ],
        "roles": [
            _columns(each, "role", "node_id", "granted_at", "until_on")
            for each in roles.list_of(session, person_id=person_id)
        ],
        "sessions": [
            _columns(each, "created_at", "seen_at", "expires_at")
            for each in sessions.list_live(session, person_id=person_id)
        ],
        "agents": [
            _columns(each, "relation", "consent_note", "begun_at", "ended_at")
            for each in agents.list_of(session, person_id=person_id)
        ],
    }
    return plain(record)


def _person(person: Person) -> dict[str, Any]:
    def opened(cipher: bytes | None) -> str | None:
        return crypto.unseal(cipher, person.person_id) if cipher else None

    return {
        "name": opened(person.name_cipher),
        "phone": opened(person.phone_cipher),
        "birth_year": person.birth_year,
        "since": person.created_at,
    }


def _membership(session: Session, member: Member) -> dict[str, Any]:
    ledger_id, member_id = member.ledger_id, member.id
    household = households.household_of(session, ledger_id=ledger_id, member_id=member_id)
    teams = team_members.teams_of(session, ledger_id=ledger_id, member_id=member_id)
    held = cards.list_of(session, ledger_id=ledger_id, member_id=member_id)
    messages = inbox.list_for(session, ledger_id=ledger_id, member_id=member_id, limit=MESSAGES_MAX)
    return {
        **_columns(member, "volunteer_no", "node_id", "external_id", "state", "joined_on"),
        "name": members.full_name(member),
        "household": household.name if household else None,
        "teams": [team.name for team in teams],
        "skills": skills.of_member(session, ledger_id=ledger_id, member_id=member_id),
        "duties": [
            _columns(each.duty, "kind_code", "node_id", "is_paid", "begun_on")
            for each in duties.list_of_member(session, ledger_id=ledger_id, member_id=member_id)
        ],
        "reporting_in": [
            _columns(each, "external_id", "unit_id", "node_id", "standing", "source", "enlisted_on")
            for each in enlistment_links.of_member(
                session, ledger_id=ledger_id, member_id=member_id
            )
        ],
        "cards": [_columns(each, "card_no", "state", "issued_at", "ended_at") for each in held],
        "messages": [_columns(each, "topic", "facts", "sent_at", "read_at") for each in messages],
    }


def _columns(row: object, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
