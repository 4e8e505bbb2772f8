"""Work that waits at the demo's desk: made by the real verbs, behind the pages."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from playwright.sync_api import Page
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.db import db
from app.base.ids import new_id
from app.community import tree
from app.ledger import books, proof
from app.people import members, objections
from app.people.models import Member
from app.points import grants
from app.points.deeds import Deed
from tests.browser.people import sign_in
from tests.browser.street import Street

PLACE = "350902200001"
DESK = f"/staff/{PLACE}"
WEN, LIN, ZHONG, JIA = (f"NINGDE-00000{serial}" for serial in range(1, 5))
MINUTES = 120


def book_of(session: Session) -> int:
    return books.by_code(session, "ningde").id


def member_of(session: Session, number: str) -> Member:
    return members.by_volunteer_no(session, ledger_id=book_of(session), volunteer_no=number)


def let_wait(street: Street, *holds: str, count: int) -> list[UUID]:
    """Grants of two hours each that wait for staff, one a member; the leader made them."""
    with street.session() as session:
        ledger_id = book_of(session)
        node = tree.by_code(session, PLACE)
        found = members.list_in(session, ledger_id=ledger_id, node=node, limit=count, offset=20)
        deeds = [
            Deed(
                member_id=each.id,
                source_kind="attendance",
                source_id=new_id(),
                source_version=1,
                provenance="credited",
                minutes=MINUTES,
                category_code="tutoring",
                served_on=clock.today(),
                node_id=node.id,
                hold_reasons=holds,
            )
            for each in found
        ]
        leader = Actor(member_of(session, ZHONG).person_id)
        made = grants.grant(session, ledger_id=ledger_id, deeds=deeds, actor=leader)
        session.commit()
        return [each.id for each in made]


def object_to_a_grant(street: Street, claim: str) -> None:
    """温如许 thinks that one of their hours is wrong."""
    with street.session() as session:
        wen = member_of(session, WEN)
        key = {"ledger_id": wen.ledger_id, "member_id": wen.id}
        grant = grants.list_of_member(session, **key, limit=1)[0]
        objections.raise_objection(
            session,
            **key,
            record=objections.DisputedRecord(
                "grant", grant.id, wen.id, grant.made_by_id, wen.node_id
            ),
            claim=claim,
            actor=Actor(wen.person_id),
        )
        session.commit()


def totals(street: Street) -> tuple[int, int]:
    """Minutes and points that members hold."""
    with street.session() as session:
        return proof.totals(session, ledger_id=book_of(session))


@contextmanager
def counted(street: Street) -> Iterator[list[str]]:
    """Note every statement that the server sends to its database meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    with street.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def sit_down(page: Page, role: str = "staff", path: str = "/") -> None:
    """Sign in and open a page of the desk."""
    sign_in(page, role, to=f"{DESK}/")
    if path != "/":
        page.goto(DESK + path)


def number_in(text: str) -> int:
    """Read a number as the pages write it: +1,240 or −20; hours as tenths."""
    found = re.search(r"[−+-]?[\d,]+(\.\d)?", text)
    assert found, text
    plain = found[0].replace(",", "").replace("−", "-").replace("+", "").replace(".", "")
    return int(plain)
