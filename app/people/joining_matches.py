"""Matching newcomers with who is known already: external id, phone, name, membership.

Set-based: five reads and at most one write, however many newcomers. The write is
the claim of unknown phones in the directory, where the phone's hash is the key:
of two who claim one phone at the same moment, the second finds the first.
"""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, crypto
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community.models import Node
from app.people import members, names
from app.people.errors import AlreadyMember, MemberNotActive
from app.people.models import Login, Member, Person
from app.people.newcomers import Candidate


def match(session: Session, *, ledger_id: int, candidates: list[Candidate]) -> None:
    """Give each candidate a person, and a standing member or a refusal where there is one."""
    _refuse_unknown_places(session, candidates)
    _match_external_ids(session, ledger_id, candidates)
    _match_phones(session, candidates)
    _match_persons(session, candidates)
    _match_members(session, ledger_id, candidates)


def first_of_each(candidates: list[Candidate]) -> list[Candidate]:
    """Return those to be written: the first candidate of every person not yet a member."""
    firsts: dict[UUID | None, Candidate] = {}
    for each in candidates:
        if each.is_open:
            firsts.setdefault(each.person_id, each)
    return list(firsts.values())


def _refuse_unknown_places(session: Session, candidates: list[Candidate]) -> None:
    wanted = {each.newcomer.node_id for each in candidates}
    open_places = sa.select(Node.id).where(Node.id.in_(wanted), Node.closed_on.is_(None))
    known = set(session.scalars(open_places))
    for each in candidates:
        if each.is_open and each.newcomer.node_id not in known:
            each.refusal = NotFound("no such place", field="node_id")


def _match_external_ids(session: Session, ledger_id: int, candidates: list[Candidate]) -> None:
    wanted = {each.newcomer.external_id for each in candidates if each.newcomer.external_id}
    if not wanted:
        return
    rows = session.scalars(
        sa.select(Member).where(Member.ledger_id == ledger_id, Member.external_id.in_(wanted))
    )
    standing = {member.external_id: member for member in rows}
    seen: set[str] = set()
    for each in candidates:
        number = each.newcomer.external_id
        if not each.is_open or number is None:
            continue
        if number in seen:
            each.refusal = ValidationFailed(
                "this number stands twice", field="external_id", reason="twice"
            )
        elif number in standing:
            _take_standing(each, standing[number])
        seen.add(number)


def _match_phones(session: Session, candidates: list[Candidate]) -> None:
    """Give every candidate a person: the phone's owner, or a new one."""
    hashes = {each.login_hash for each in candidates if each.is_open and each.login_hash}
    owners = _owners(session, hashes)
    claims: dict[bytes, UUID] = {}
    for each in candidates:
        if not each.is_open or each.person_id is not None:
            continue
        if each.login_hash is None:
            each.person_id = new_id()
        elif each.login_hash in owners:
            each.person_id, each.is_known_person = owners[each.login_hash], True
        else:
            each.person_id = claims.setdefault(each.login_hash, new_id())
    lost = claims.keys() - _claim(session, claims)
    owners = _owners(session, lost)
    for each in candidates:
        if each.is_open and each.login_hash in lost:
            each.person_id, each.is_known_person = owners[each.login_hash], True


def _owners(session: Session, hashes: Collection[bytes]) -> dict[bytes, UUID]:
    if not hashes:
        return {}
    rows = session.execute(
        sa.select(Login.login_hash, Login.person_id).where(Login.login_hash.in_(hashes))
    )
    return {row.login_hash: row.person_id for row in rows}


def _claim(session: Session, claims: dict[bytes, UUID]) -> set[bytes]:
    """Write unknown phones into the directory; return those that are ours now."""
    if not claims:
        return set()
    now = clock.now()
    rows: list[dict[str, Any]] = [
        {"login_hash": login_hash, "person_id": person_id, "kind": "phone", "created_at": now}
        # In sorted order, so that two batches with the same phones wait for each other once.
        for login_hash, person_id in sorted(claims.items())
    ]
    statement = insert_or_ignore(session, Login.__table__).returning(Login.login_hash)
    return set(session.scalars(statement, rows))


def _match_persons(session: Session, candidates: list[Candidate]) -> None:
    """Refuse who comes with somebody else's phone, in the tables or in this batch."""
    known = {each.person_id for each in candidates if each.is_open and each.is_known_person}
    name_of = _names_of(session, [person_id for person_id in known if person_id])
    for each in candidates:
        if not each.is_open or each.person_id is None:
            continue
        if not names.is_same(name_of.setdefault(each.person_id, each.name), each.name):
            each.refusal = AlreadyMember()


def _names_of(session: Session, person_ids: Collection[UUID]) -> dict[UUID, str]:
    if not person_ids:
        return {}
    rows = session.execute(
        sa.select(Person.person_id, Person.name_cipher).where(Person.person_id.in_(person_ids))
    )
    return {
        row.person_id: crypto.unseal(row.name_cipher, row.person_id) if row.name_cipher else ""
        for row in rows
    }


def _match_members(session: Session, ledger_id: int, candidates: list[Candidate]) -> None:
    known = {each.person_id for each in candidates if each.is_open and each.is_known_person}
    if not known:
        return
    rows = session.scalars(
        sa.select(Member).where(Member.ledger_id == ledger_id, Member.person_id.in_(known))
    )
    standing = {member.person_id: member for member in rows}
    for each in candidates:
        if each.is_open and each.person_id in standing:
            _take_standing(each, standing[each.person_id])


def _take_standing(candidate: Candidate, member: Member) -> None:
    """Take the standing membership, if it is live and is the same person's.

    A member who joined without an external id gets the one that comes with them now.
    """
    external_id = candidate.newcomer.external_id
    has_other_id = external_id is not None and member.external_id not in (None, external_id)
    if member.state != "active":
        candidate.refusal = MemberNotActive(state=member.state)
    elif has_other_id or not names.is_same(members.full_name(member), candidate.name):
        candidate.refusal = AlreadyMember()
    else:
        candidate.member = member
        member.external_id = external_id or member.external_id
