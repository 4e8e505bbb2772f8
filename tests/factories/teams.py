"""A community with members, and teams, households and threads for tests of these."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import DomainError
from app.base.ids import new_id
from app.base.transactions import unit_of_work
from app.community.models import Kind, Node
from app.ledger.models import Book
from app.people import teams
from app.people.models import Member, Person, Team

STAFF = Actor(UUID(int=0xA1))
SECOND_STAFF = Actor(UUID(int=0xA2))


@dataclass(frozen=True, slots=True)
class Place:
    """A community (社区) with one grid (网格) below it, and the book of its programme."""

    ledger_id: int
    node_id: int
    grid_id: int


def a_place(session: Session, number: int = 1) -> Place:
    """Make a community, a grid in it and a book; `number` tells places apart."""
    for code in ("community", "grid"):
        if session.get(Kind, code) is None:
            session.add(Kind(code=code, label_zh=code, label_en=code, is_official=False))
    session.flush()
    place = Place(ledger_id=100 + number, node_id=number * 10, grid_id=number * 10 + 1)
    session.add(
        Book(
            id=place.ledger_id,
            code=f"jinxi{number}",
            name=f"金溪{number}",
            has_points=True,
            opened_on=clock.today(),
        )
    )
    _add_node(
        session, place.node_id, None, "community", f"{number}00000000000", f"/{place.node_id}/"
    )
    session.flush()
    path = f"/{place.node_id}/{place.grid_id}/"
    _add_node(session, place.grid_id, place.node_id, "grid", f"{number}00000000001", path)
    session.commit()
    return place


def _add_node(
    session: Session, node_id: int, parent_id: int | None, kind: str, code: str, path: str
) -> None:
    session.add(
        Node(
            id=node_id,
            parent_id=parent_id,
            kind_code=kind,
            code=code,
            name=f"{code}号",
            short_name=code,
            path=path,
            depth=path.count("/") - 2,
        )
    )


def members(session: Session, place: Place, count: int = 1, *, node_id: int = 0) -> list[Member]:
    """Make members of the place, who live in its community unless told otherwise."""
    known = session.scalar(
        sa.select(sa.func.count()).select_from(Member).where(Member.ledger_id == place.ledger_id)
    )
    made = []
    for number in range((known or 0) + 1, (known or 0) + 1 + count):
        person = Person(person_id=new_id(), created_at=clock.now())
        session.add(person)
        made.append(
            Member(
                ledger_id=place.ledger_id,
                id=new_id(),
                person_id=person.person_id,
                volunteer_no=f"JINXI-{number:06d}",
                node_id=node_id or place.node_id,
                name_masked="温*许",
                state="active",
                joined_on=clock.today(),
                joined_by_id=STAFF.person_id,
            )
        )
    session.add_all(made)
    session.commit()
    return made


def as_person(member: Member) -> Actor:
    """The member acts in person."""
    return Actor(member.person_id)


def a_team(session: Session, place: Place, name: str = "旗帜先锋", **details: Any) -> Team:
    """Make a team of the place."""
    new = teams.NewTeam(
        node_id=details.pop("node_id", place.node_id),
        name=name,
        kind=details.pop("kind", "志愿服务队"),
        lead_body=details.pop("lead_body", "金溪社区党委"),
        **details,
    )
    team = teams.create(session, ledger_id=place.ledger_id, team=new, actor=STAFF)
    session.commit()
    return team


def at_once(app: Flask, works: Sequence[Callable[[Session], Any]]) -> list[Any]:
    """Run each work in a thread and a unit of work of its own, all together.

    Returns what each returned, or the refusal it met, in the order of `works`.
    """
    answers: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(place: int, work: Callable[[Session], Any]) -> None:
        with app.app_context():
            start.wait()
            try:
                answers[place] = unit_of_work(work)
            except DomainError as refusal:
                answers[place] = refusal

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
