"""Which member somebody who reported in is: found by phone or external id, and by the same name.

Asked when they join, and when a list comes in after they joined. Constant statements.
"""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import crypto
from app.people import members, names
from app.people.models import Enlistment, Login, Member
from app.people.newcomers import Candidate


class Numbered(Protocol):
    """Somebody with a number of another system and perhaps a phone."""

    @property
    def external_id(self) -> str:
        """Their number in the other system."""
        ...

    @property
    def phone_hash(self) -> bytes | None:
        """The keyed hash of their phone."""
        ...


def link_known(session: Session, *, ledger_id: int, people: Sequence[Numbered]) -> None:
    """Link rows that just came in to those of them who are members already."""
    numbers = {each.external_id for each in people}
    open_rows = _open(session, ledger_id, Enlistment.external_id.in_(numbers))
    if not open_rows:
        return
    by_number, by_phone = _members(session, ledger_id, open_rows)
    found = {each.id for each in (*by_number.values(), *by_phone.values())}
    taken = _taken(session, ledger_id, found)
    for row in open_rows:
        member = by_number.get(row.external_id) or by_phone.get(row.phone_hash or b"")
        if member is None or member.id in taken:
            continue
        if _is_same(row, members.full_name(member)):
            row.member_id = member.id
            taken.add(member.id)
    session.flush()


def link_joined(session: Session, *, ledger_id: int, joined: Sequence[Candidate]) -> None:
    """Link those who join now to the rows by which they reported in before."""
    phones = {each.login_hash for each in joined if each.login_hash}
    numbers = {each.newcomer.external_id for each in joined if each.newcomer.external_id}
    if not phones and not numbers:
        return
    by_either = sa.or_(Enlistment.phone_hash.in_(phones), Enlistment.external_id.in_(numbers))
    by_phone = {each.login_hash: each for each in joined if each.login_hash}
    by_number = {each.newcomer.external_id: each for each in joined}
    taken: set[UUID] = set()
    for row in _open(session, ledger_id, by_either):
        found = by_number.get(row.external_id) or by_phone.get(row.phone_hash or b"")
        if found is not None and found.member_id not in taken and _is_same(row, found.name):
            row.member_id = found.member_id
            taken.add(found.member_id)
    session.flush()


def of_member(session: Session, *, ledger_id: int, member_id: UUID) -> list[Enlistment]:
    """List by which row a member reported in: one or none."""
    query = sa.select(Enlistment).where(
        Enlistment.ledger_id == ledger_id, Enlistment.member_id == member_id
    )
    return list(session.scalars(query))


def unlink(session: Session, *, ledger_id: int, member_id: UUID) -> None:
    """Blank what names a member who is being erased; that somebody reported in stays (D47)."""
    session.execute(
        sa.update(Enlistment)
        .where(Enlistment.ledger_id == ledger_id, Enlistment.member_id == member_id)
        .values(name_cipher=None, name_masked=names.ERASED, phone_hash=None, member_id=None)
        .execution_options(synchronize_session="fetch")
    )


def move(session: Session, *, ledger_id: int, old_id: UUID, kept_id: UUID) -> None:
    """Let a merged membership's row name the kept one, unless that has one of its own (L13)."""
    kept = None if _taken(session, ledger_id, {kept_id}) else kept_id
    session.execute(
        sa.update(Enlistment)
        .where(Enlistment.ledger_id == ledger_id, Enlistment.member_id == old_id)
        .values(member_id=kept)
        .execution_options(synchronize_session="fetch")
    )


def _taken(session: Session, ledger_id: int, member_ids: Collection[UUID]) -> set[UUID]:
    """Return which members have a row already: nobody's hours count twice."""
    query = sa.select(Enlistment.member_id).where(
        Enlistment.ledger_id == ledger_id, Enlistment.member_id.in_(member_ids)
    )
    return {member_id for member_id in session.scalars(query) if member_id is not None}


def _open(session: Session, ledger_id: int, condition: sa.ColumnElement[bool]) -> list[Enlistment]:
    """List rows that are nobody's yet; of somebody who reported in twice, the first counts."""
    query = (
        sa.select(Enlistment)
        .where(Enlistment.ledger_id == ledger_id, Enlistment.member_id.is_(None), condition)
        .order_by(Enlistment.enlisted_on, Enlistment.id)
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _members(
    session: Session, ledger_id: int, rows: Collection[Enlistment]
) -> tuple[dict[str, Member], dict[bytes, Member]]:
    """Return active members by external id and by phone."""
    numbers = {row.external_id for row in rows}
    hashes = {row.phone_hash for row in rows if row.phone_hash}
    logins = session.execute(
        sa.select(Login.login_hash, Login.person_id).where(Login.login_hash.in_(hashes))
    ).all()
    persons = {row.person_id: row.login_hash for row in logins}
    found = session.scalars(
        sa.select(Member).where(
            Member.ledger_id == ledger_id,
            Member.state == "active",
            sa.or_(Member.external_id.in_(numbers), Member.person_id.in_(persons)),
        )
    )
    by_number, by_phone = {}, {}
    for member in found:
        if member.external_id in numbers:
            by_number[str(member.external_id)] = member
        if member.person_id in persons:
            by_phone[persons[member.person_id]] = member
    return by_number, by_phone


def _is_same(row: Enlistment, name: str) -> bool:
    return row.name_cipher is not None and names.is_same(
        crypto.unseal(row.name_cipher, row.id), name
    )
