"""Joining a book: by oneself with a phone, by staff with or without one, or by import.

A phone is one person in the whole system. Who joins again with the same phone
and the same name is the same person: in another book they become a member there,
in the same book the standing membership is returned. With another name they are
refused, and nothing is said about whose phone it is.

A phone proves nothing by itself: before a door opens a session or calls
`join_oneself`, the phone must have answered a login code.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto, serials
from app.base.actors import Actor
from app.base.errors import DomainError, NotFound, ValidationFailed
from app.ledger.models import Book
from app.people import audit, consents, enlistment_links, joining_matches, names
from app.people.models import Consent, Home, Member, Person
from app.people.newcomers import Candidate, Newcomer, check

__all__ = [
    "Admission",
    "Newcomer",
    "admit_many",
    "join",
    "join_another_book",
    "join_many",
    "join_oneself",
]

SERIES = "volunteer_no"


@dataclass(frozen=True, slots=True)
class Admission:
    """What became of one newcomer: a member, new or standing, or a refusal."""

    member: Member | None
    is_new: bool
    refusal: DomainError | None


def join(session: Session, *, ledger_id: int, newcomer: Newcomer, actor: Actor) -> Member:
    """Take in one person by staff; with the same phone and name, the standing member.

    Raises:
        AlreadyMember: The phone or the external id belongs to another name.
        ValidationFailed: Name, phone, birth year or a version may not stand (D46).
        NotFound: There is no such place or book.
        MemberNotActive: This membership was merged, left or erased.
    """
    return join_many(session, ledger_id=ledger_id, newcomers=[newcomer], actor=actor)[0]


def join_oneself(session: Session, *, ledger_id: int, newcomer: Newcomer) -> Member:
    """Join by oneself at the first scan; the phone was proven by a code just before.

    Raises:
        ValidationFailed: There is no phone, or a field may not stand (D46).
        AlreadyMember: The phone belongs to another name.
        NotFound: There is no such place or book.
        MemberNotActive: This membership was merged, left or erased.
    """
    if not newcomer.phone:
        raise ValidationFailed("joining by oneself needs a phone", field="phone", reason="empty")
    admissions = _admit(session, ledger_id, [check(newcomer)], None)
    return _members(admissions)[0]


def join_another_book(
    session: Session,
    *,
    ledger_id: int,
    person_id: UUID,
    node_id: int,
    consent_version: str,
    actor: Actor,
) -> Member:
    """Make a known person a member of a further book, under their own name.

    Raises:
        NotFound: There is no such person, place or book.
        MemberNotActive: Their membership there was merged, left or erased.
    """
    person = session.get(Person, person_id)
    if person is None or person.name_cipher is None:
        raise NotFound("no such person")
    name = crypto.unseal(person.name_cipher, person_id)
    candidate = check(Newcomer(name, None, node_id, consent_version))
    candidate.person_id, candidate.is_known_person = person_id, True
    return _members(_admit(session, ledger_id, [candidate], actor))[0]


def join_many(
    session: Session, *, ledger_id: int, newcomers: Sequence[Newcomer], actor: Actor
) -> list[Member]:
    """Take in many in a fixed number of statements, all or none, in the order given.

    Raises:
        AlreadyMember, ValidationFailed, NotFound, MemberNotActive: As `join`, for the
            first newcomer who may not join (fact `index`).
    """
    return _members(admit_many(session, ledger_id=ledger_id, newcomers=newcomers, actor=actor))


def admit_many(
    session: Session, *, ledger_id: int, newcomers: Sequence[Newcomer], actor: Actor
) -> list[Admission]:
    """Take in all who may join and say of each what became of them; raises for nobody."""
    candidates = [check(newcomer) for newcomer in newcomers]
    return _admit(session, ledger_id, candidates, actor)


def _members(admissions: Sequence[Admission]) -> list[Member]:
    members: list[Member] = []
    for index, admission in enumerate(admissions):
        if admission.member is None:
            assert admission.refusal is not None, "neither a member nor a refusal"
            if len(admissions) > 1:
                admission.refusal.facts["index"] = index
            raise admission.refusal
        members.append(admission.member)
    return members


def _admit(
    session: Session, ledger_id: int, candidates: list[Candidate], actor: Actor | None
) -> list[Admission]:
    book_code = _book_code(session, ledger_id)
    # Who joins this book takes turns: a second with the same phone sees the first's rows.
    serials.lock(session, ledger_id=ledger_id, name=SERIES)
    joining_matches.match(session, ledger_id=ledger_id, candidates=candidates)
    fresh = joining_matches.first_of_each(candidates)
    if fresh:
        _write(session, ledger_id, book_code, fresh, actor)
    written = _written(session, ledger_id, fresh)
    return [
        Admission(
            member=each.member or written.get(each.person_id),
            is_new=each.is_open and written.get(each.person_id) is not None,
            refusal=each.refusal,
        )
        for each in candidates
    ]


def _book_code(session: Session, ledger_id: int) -> str:
    code = session.scalar(sa.select(Book.code).where(Book.id == ledger_id))
    if code is None or ledger_id == serials.HOUSE:
        raise NotFound("no such book")
    return code.upper()


def _write(
    session: Session,
    ledger_id: int,
    book_code: str,
    fresh: list[Candidate],
    actor: Actor | None,
) -> None:
    """Write persons, memberships, homes, consents and audit: one statement each."""
    first = serials.take(session, ledger_id=ledger_id, name=SERIES, count=len(fresh))
    numbers = [f"{book_code}-{first + index:06d}" for index in range(len(fresh))]
    actor = actor or Actor(_person_of(fresh[0]))
    persons = [_person_row(each) for each in fresh if not each.is_known_person]
    if persons:
        session.execute(sa.insert(Person), persons)
    rows = [_member_row(each, ledger_id, numbers[i], actor) for i, each in enumerate(fresh)]
    session.execute(sa.insert(Member), rows)
    session.execute(sa.insert(Home), [_home_row(each, ledger_id) for each in fresh])
    session.execute(sa.insert(Consent), [row for each in fresh for row in _consent_rows(each)])
    acts = [
        audit.Act("member_joined", "member", each.member_id, {"volunteer_no": number})
        for each, number in zip(fresh, numbers, strict=True)
    ]
    audit.write_all(session, ledger_id=ledger_id, actor=actor, acts=acts)
    enlistment_links.link_joined(session, ledger_id=ledger_id, joined=fresh)


def _written(session: Session, ledger_id: int, fresh: list[Candidate]) -> dict[UUID | None, Member]:
    if not fresh:
        return {}
    rows = session.scalars(
        sa.select(Member).where(
            Member.ledger_id == ledger_id, Member.id.in_([each.member_id for each in fresh])
        )
    )
    return {member.person_id: member for member in rows}


def _person_of(candidate: Candidate) -> UUID:
    assert candidate.person_id is not None, "matched candidates have a person"
    return candidate.person_id


def _person_row(candidate: Candidate) -> dict[str, object]:
    person_id = _person_of(candidate)
    return {
        "person_id": person_id,
        "name_cipher": crypto.seal(candidate.name, person_id),
        "phone_cipher": crypto.seal(candidate.phone, person_id) if candidate.phone else None,
        "birth_year": candidate.newcomer.birth_year,
        "created_at": clock.now(),
        "erased_at": None,
    }


def _member_row(
    candidate: Candidate, ledger_id: int, number: str, actor: Actor
) -> dict[str, object]:
    return {
        "ledger_id": ledger_id,
        "id": candidate.member_id,
        "person_id": _person_of(candidate),
        "volunteer_no": number,
        "node_id": candidate.newcomer.node_id,
        "name_cipher": crypto.seal(candidate.name, candidate.member_id),
        "name_masked": names.mask(candidate.name),
        "external_id": candidate.newcomer.external_id,
        "state": "active",
        "joined_on": clock.today(),
        "joined_by_id": actor.person_id,
        "merged_into_id": None,
    }


def _home_row(candidate: Candidate, ledger_id: int) -> dict[str, object]:
    return {
        "person_id": _person_of(candidate),
        "ledger_id": ledger_id,
        "member_id": candidate.member_id,
        "joined_at": clock.now(),
    }


def _consent_rows(candidate: Candidate) -> list[dict[str, object]]:
    newcomer, person_id = candidate.newcomer, _person_of(candidate)
    rows = [consents.row(person_id, "membership", newcomer.consent_version)]
    if newcomer.guardian_consent_version:
        rows.append(consents.row(person_id, "guardian", newcomer.guardian_consent_version))
    return rows
