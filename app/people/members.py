"""Members: who belongs to one book, found by number, person or phone, shown by mask.

A member's row repeats the encrypted and the masked name, so that a till reads
one machine only. The public `volunteer_no` carries its book: `JINXI-000123`.
"""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import crypto
from app.base.errors import NotFound, ValidationFailed
from app.community import tree
from app.community.models import Node
from app.ledger.models import Book
from app.people import names, phones
from app.people.errors import MemberNotActive
from app.people.models import Card, Home, Login, Member

SEARCHED_MAX = 5_000
"""How many names a search may decrypt: a community, not a city (rulings §3)."""


def get(session: Session, *, ledger_id: int, member_id: UUID) -> Member:
    """Return a member of the book.

    Raises:
        NotFound: The book has no such member.
    """
    found = session.get(Member, (ledger_id, member_id))
    if found is None:
        raise NotFound("no such member in this book")
    return found


def get_many(
    session: Session, *, ledger_id: int, member_ids: Collection[UUID]
) -> dict[UUID, Member]:
    """Return members by id in one statement; unknown ids are left out."""
    rows = session.scalars(
        sa.select(Member).where(Member.ledger_id == ledger_id, Member.id.in_(set(member_ids)))
    )
    return {member.id: member for member in rows}


def find_of_person(session: Session, *, ledger_id: int, person_id: UUID) -> Member | None:
    """Return the person's membership in this book, or None."""
    return session.scalars(
        sa.select(Member).where(Member.ledger_id == ledger_id, Member.person_id == person_id)
    ).one_or_none()


def of_persons(
    session: Session, *, ledger_id: int, person_ids: Collection[UUID]
) -> dict[UUID, Member]:
    """Return the memberships of people in this book by person, in one statement."""
    query = sa.select(Member).where(
        Member.ledger_id == ledger_id, Member.person_id.in_(set(person_ids))
    )
    return {member.person_id: member for member in session.scalars(query)}


_ID_OF_PERSON = sa.select(Member.__table__.c.id).where(
    Member.__table__.c.ledger_id == sa.bindparam("in_ledger"),
    Member.__table__.c.person_id == sa.bindparam("of_person"),
)


def find_id(session: Session, *, ledger_id: int, person_id: UUID) -> UUID | None:
    """Return the id of the person's membership in this book, or None. For the hot path."""
    values = {"in_ledger": ledger_id, "of_person": person_id}
    return session.connection().execute(_ID_OF_PERSON, values).scalar_one_or_none()


def by_volunteer_no(session: Session, *, ledger_id: int, volunteer_no: str) -> Member:
    """Return the member with this number, typed in any case.

    Raises:
        NotFound: The book has no such member.
    """
    found = session.scalars(
        sa.select(Member).where(
            Member.ledger_id == ledger_id, Member.volunteer_no == volunteer_no.strip().upper()
        )
    ).one_or_none()
    if found is None:
        raise NotFound("no such member in this book")
    return found


def by_number(session: Session, volunteer_no: str) -> Member:
    """Return the member with this number in whichever book the number names.

    Raises:
        NotFound: There is no such book or member.
    """
    code, _, _serial = volunteer_no.strip().rpartition("-")
    ledger_id = session.scalar(
        sa.select(Book.id).where(sa.func.lower(Book.code) == code.lower(), Book.code != "house")
    )
    if ledger_id is None:
        raise NotFound("this number names no book")
    return by_volunteer_no(session, ledger_id=ledger_id, volunteer_no=volunteer_no)


def find_by_phone(session: Session, *, ledger_id: int, phone: str) -> Member | None:
    """Return the member of this book with this phone, or None.

    Raises:
        ValidationFailed: It is no mobile number.
    """
    person_id = find_person_by_phone(session, phone)
    if person_id is None:
        return None
    return find_of_person(session, ledger_id=ledger_id, person_id=person_id)


def find_person_by_phone(session: Session, phone: str) -> UUID | None:
    """Return whose phone this is, by the directory; None when nobody joined with it.

    Raises:
        ValidationFailed: It is no mobile number.
    """
    login_hash = phones.login_hash(phones.normalise(phone))
    return session.scalar(sa.select(Login.person_id).where(Login.login_hash == login_hash))


def list_homes(session: Session, *, person_id: UUID) -> list[Home]:
    """List the books a person is a member of, in the order of joining."""
    return list(
        session.scalars(
            sa.select(Home)
            .where(Home.person_id == person_id)
            .order_by(Home.joined_at, Home.ledger_id)
        )
    )


def follow_merge(session: Session, member: Member) -> Member:
    """Return the membership that stands for this one: itself, or the kept one (L13)."""
    while member.merged_into_id is not None:
        member = get(session, ledger_id=member.ledger_id, member_id=member.merged_into_id)
    return member


def surviving_person(session: Session, person_id: UUID) -> UUID:
    """Return the person for whom this one stands since every membership was merged (L13).

    Two records of one person end as one: whoever proves the old phone is the kept person.
    Itself, while any membership of its own goes on, or the kept ones are of several people.
    """
    homes = list_homes(session, person_id=person_id)
    kept = [
        follow_merge(session, get(session, ledger_id=home.ledger_id, member_id=home.member_id))
        for home in homes
    ]
    survivors = {member.person_id for member in kept if member.state == "active"}
    if person_id in survivors or len(survivors) != 1:
        return person_id
    return survivors.pop()


def full_name(member: Member) -> str:
    """Decrypt the member's name; erased members have none but the mask.

    Only for the member, for staff of the subtree, and for boards with consent (D43).
    """
    if member.name_cipher is None:
        return member.name_masked
    return crypto.unseal(member.name_cipher, member.id)


def mask(name: str) -> str:
    """Mask a name: 温如许 becomes 温*许, 温许 becomes 温* (D43)."""
    return names.mask(name)


def require_active(member: Member) -> Member:
    """Return the member if the membership is live.

    Raises:
        MemberNotActive: It was merged, left or erased.
    """
    if member.state != "active":
        raise MemberNotActive(state=member.state)
    return member


def list_in(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    text: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Member]:
    """List the active members of a subtree by number; `text` is a phone, a number or a name.

    A phone and the numbers of member and card must be whole; a name may be a part,
    and is found by decrypting the subtree's names.

    Raises:
        ValidationFailed: The subtree has too many names to search (fact `members_max`).
    """
    scope = _scope(ledger_id, node)
    text = (text or "").strip()
    if text:
        ids = _ids_matching(session, scope, ledger_id=ledger_id, text=text)
        scope = scope.where(Member.id.in_(ids))
    page = scope.order_by(Member.volunteer_no).limit(limit).offset(offset)
    return list(session.scalars(page))


def _scope(ledger_id: int, node: Node) -> sa.Select[Member]:
    return (
        sa.select(Member)
        .join(Node, Node.id == Member.node_id)
        .where(
            Member.ledger_id == ledger_id,
            Member.state == "active",
            tree.within(Node.path, node),
        )
    )


def _ids_matching(
    session: Session, scope: sa.Select[Member], *, ledger_id: int, text: str
) -> list[UUID]:
    if phones.is_phone(text):
        found = find_by_phone(session, ledger_id=ledger_id, phone=text)
        return [found.id] if found else []
    number = text.upper()
    by_card = sa.select(Card.member_id).where(Card.ledger_id == ledger_id, Card.card_no == number)
    by_member = sa.select(Member.id).where(
        Member.ledger_id == ledger_id, Member.volunteer_no == number
    )
    return list(session.scalars(sa.union(by_card, by_member))) or _ids_of_name(session, scope, text)


def _ids_of_name(session: Session, scope: sa.Select[Member], text: str) -> list[UUID]:
    ciphers = session.execute(
        scope.with_only_columns(Member.id, Member.name_cipher).limit(SEARCHED_MAX + 1)
    ).all()
    if len(ciphers) > SEARCHED_MAX:
        raise ValidationFailed(
            "too many names here; search a smaller place or by number",
            field="text",
            reason="too_wide",
            members_max=SEARCHED_MAX,
        )
    return [
        member_id
        for member_id, cipher in ciphers
        if cipher and names.holds(crypto.unseal(cipher, member_id), text)
    ]
