"""People for tests: a place with a book, members, and persons with a role.

Names are invented; phones are `000-0000-NNNN`, which reach nobody.
"""

from dataclasses import dataclass
from functools import cache
from itertools import count
from uuid import UUID

from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.ledger import books
from app.people import credentials, households, joining, merges, roles, sign_in
from app.people import members as people_members
from app.people.models import Credential, Household, Member

CONSENT = "2026-01"
_serial = count(1)


@dataclass(frozen=True)
class Place:
    """A book and the tree on which it hangs: city over township over community."""

    ledger_id: int
    city: Node
    township: Node
    community: Node


def place(session: Session, *, ledger_id: int = 1, code: str = "jinxi") -> Place:
    """A city, a township and a community with a book of their own."""
    city = tree.add(
        session, parent=None, kind_code="city", code=f"{code}-1", name="甲市", actor=SYSTEM
    )
    township = tree.add(
        session, parent=city, kind_code="township", code=f"{code}-2", name="乙镇", actor=SYSTEM
    )
    community = tree.add(
        session,
        parent=township,
        kind_code="community",
        code=f"{code}-3",
        name="丙社区",
        actor=SYSTEM,
    )
    books.open_book(
        session,
        book_id=ledger_id,
        code=code,
        name="爱心银行",
        has_points=True,
        opened_on=clock.today(),
    )
    return Place(ledger_id, city, township, community)


def phone() -> str:
    """A phone that nobody in this test has yet, and that reaches nobody."""
    return f"000-0000-{next(_serial) % 10_000:04d}"


def newcomer(
    node: Node, name: str = "温如许", phone: str | None = None, **more
) -> joining.Newcomer:
    """Somebody who wants to join at a node."""
    return joining.Newcomer(
        name=name, phone=phone, node_id=node.id, consent_version=CONSENT, **more
    )


def member(
    session: Session,
    ledger_id: int,
    node: Node,
    name: str = "温如许",
    phone: str | None = None,
    **more,
) -> Member:
    """A member of the book, without a phone unless one is given."""
    return joining.join(
        session, ledger_id=ledger_id, newcomer=newcomer(node, name, phone, **more), actor=SYSTEM
    )


def members(session: Session, ledger_id: int, node: Node, count: int) -> list[Member]:
    """Many members without phones, named 甲一, 甲二, …"""
    newcomers = [newcomer(node, f"志愿者{number}") for number in range(1, count + 1)]
    return joining.join_many(session, ledger_id=ledger_id, newcomers=newcomers, actor=SYSTEM)


def with_role(
    session: Session, place: Place, role: str, *, node: Node | None = None, name: str = "任清和"
) -> Actor:
    """A member of the place's book with a role at the node (the community unless said)."""
    node = node or place.community
    person_id = member(session, place.ledger_id, place.community, name).person_id
    return holder(session, person_id, role, node)


def live_together(
    session: Session, head: Member, *kin: Member, name: str = "一户", relation: str = "配偶"
) -> Household:
    """Put members into one household."""
    key = {"ledger_id": head.ledger_id, "actor": SYSTEM}
    home = households.create(
        session, **key, node_id=head.node_id, name=name, head_member_id=head.id
    )
    for each in kin:
        households.join(session, **key, household_id=home.id, member_id=each.id, relation=relation)
    session.commit()
    return home


def merged(session: Session, old: Member, kept: Member) -> merges.MergedPair:
    """One number of a person merged into another: one asks, another approves."""
    key = {"ledger_id": old.ledger_id}
    named = {"old_member_id": old.id, "kept_member_id": kept.id, "reason": "同一人"}
    asked = merges.request(session, **key, **named, actor=Actor(new_id()))
    return merges.approve(session, **key, merge_id=asked.id, actor=Actor(new_id()))


def acting(member: Member) -> Actor:
    """A member who acts for themselves."""
    return Actor(member.person_id)


def member_of(session: Session, ledger_id: int, actor: Actor) -> Member:
    """The membership of who acts."""
    found = people_members.find_of_person(session, ledger_id=ledger_id, person_id=actor.person_id)
    assert found is not None
    return found


def holder(session: Session, person_id: UUID, role: str, node: Node) -> Actor:
    """Give a known person a role; return them as an actor."""
    roles.grant(session, person_id=person_id, node_id=node.id, role=role, actor=SYSTEM)
    return Actor(person_id)


def let_in(session: Session, person_id: UUID, password: str) -> str:
    """Give a person a password and open a session for them; return its token.

    As if they had come through the door: its own tests prove passwords, and each hash
    is meant to take its time.
    """
    known = Credential(
        person_id=person_id,
        password_hash=_hash_of(password),
        failed_count=0,
        pin_failed_count=0,
        changed_at=clock.now(),
    )
    session.merge(known)
    return sign_in.open_session(session, person_id=person_id)


@cache
def _hash_of(password: str) -> str:
    return credentials._hasher.hash(password)
