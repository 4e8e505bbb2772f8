"""Opening balances from paper: L12."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.db import NEVER
from app.base.errors import NotFound, SecondPersonRequired, ValidationFailed
from app.base.ids import NOBODY, new_id
from app.base.transactions import attempt
from app.ledger.models import Journal
from app.people import inbox
from app.people.errors import AlreadyDecided
from app.points import grants, openings
from app.points.errors import DocumentAlreadyUsed
from app.points.models import Grant
from app.points.openings import PaperBalance
from tests.factories import points as make

DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_a_monday_evening():
    with clock.held_at(make.at(DAY, 21)):
        yield


@pytest.fixture
def world(stage) -> make.World:
    return stage.put_up(make.world, "session")


def request(session: Session, world: make.World, *balances: PaperBalance, **more: Any):
    asked: dict[str, Any] = {"document_no": "金溪〔2025〕3号", "as_of_on": date(2025, 12, 31)}
    return openings.request(
        session,
        ledger_id=world.ledger_id,
        balances=balances,
        actor=world.staff,
        **{**asked, **more},
    )


def decide(session: Session, world: make.World, entered, **more: Any):
    chosen: dict[str, Any] = {"verdict": "approved", "actor": world.second}
    return openings.decide(
        session,
        ledger_id=world.ledger_id,
        opening_ids=[each.id for each in entered],
        **{**chosen, **more},
    )


def unchanged(session: Session, world: make.World, refusal, act) -> None:
    session.commit()
    before = make.snapshot(session, world.ledger_id)
    with pytest.raises(refusal), attempt(session):
        act()
    assert make.snapshot(session, world.ledger_id) == before


def test_l12_paper_hours_and_points_arrive_from_the_opening_account(session, world):
    first, second = make.member(session, world), make.member(session, world, "任清和")
    entered = request(
        session, world, PaperBalance(first.id, 6000, 100), PaperBalance(second.id, 0, 7)
    )
    assert make.balances(session, world.ledger_id) == {}
    decided = decide(session, world, entered)
    assert [each.state for each in decided] == ["approved", "approved"]
    assert make.hours_of(session, world, first.id, "historical") == 6000
    assert make.points_of(session, world, first.id) == 100
    book = make.balances(session, world.ledger_id)
    assert book["points", "opening", str(NOBODY), NEVER] == -107
    assert book["minutes", "opening", str(NOBODY), NEVER] == -6000
    grant = session.get(Journal, (world.ledger_id, decided[0].journal_id)).source_id
    assert session.get(Grant, (world.ledger_id, grant)).source_kind == "opening"


def test_l12_who_entered_a_document_does_not_approve_it(session, world):
    member = make.member(session, world)
    entered = request(session, world, PaperBalance(member.id, 60, 1))
    for actor in (world.staff, Actor(member.person_id)):
        unchanged(
            session,
            world,
            SecondPersonRequired,
            lambda actor=actor: decide(session, world, entered, actor=actor),
        )


def test_l12_a_document_opens_a_balance_once(session, world):
    member = make.member(session, world)
    entered = request(session, world, PaperBalance(member.id, 60, 1))
    again = request(session, world, PaperBalance(member.id, 60, 1))
    assert [each.id for each in again] == [each.id for each in entered]
    unchanged(
        session,
        world,
        DocumentAlreadyUsed,
        lambda: request(session, world, PaperBalance(member.id, 61, 1)),
    )
    decide(session, world, entered)
    unchanged(session, world, AlreadyDecided, lambda: decide(session, world, entered))


def test_a_senseless_line_is_refused(session, world):
    member = make.member(session, world)
    line = PaperBalance(member.id, 60, 1)
    for balances, more in [
        ([PaperBalance(member.id, 0, 0)], {}),
        ([PaperBalance(member.id, -1, 5)], {}),
        ([line, line], {}),
        ([], {}),
        ([line], {"document_no": " "}),
        ([line], {"as_of_on": date(2026, 3, 3)}),
    ]:
        unchanged(
            session,
            world,
            ValidationFailed,
            lambda balances=balances, more=more: request(session, world, *balances, **more),
        )
    unchanged(
        session, world, NotFound, lambda: request(session, world, PaperBalance(new_id(), 1, 1))
    )


def test_an_hours_only_programme_takes_over_hours_only(session):
    world = make.world(session, has_points=False)
    member = make.member(session, world)
    unchanged(
        session,
        world,
        ValidationFailed,
        lambda: request(session, world, PaperBalance(member.id, 60, 1)),
    )
    decide(session, world, request(session, world, PaperBalance(member.id, 60, 0)))
    assert make.hours_of(session, world, member.id, "historical") == 60


def test_a_refused_line_posts_nothing(session, world):
    entered = request(session, world, PaperBalance(make.member(session, world).id, 60, 1))
    decide(session, world, entered, verdict="refused", reason="无公章")
    assert make.balances(session, world.ledger_id) == {}
    (told,) = inbox.list_for(session, ledger_id=world.ledger_id, member_id=entered[0].member_id)
    assert told.topic == "opening_refused"
    assert told.facts == {"minutes": 60, "points": 1, "reason": "无公章"}


def test_an_opening_may_be_reversed_like_any_grant(session, world):
    member = make.member(session, world)
    decided = decide(session, world, request(session, world, PaperBalance(member.id, 6000, 100)))
    grant = session.get(Journal, (world.ledger_id, decided[0].journal_id)).source_id
    grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=grant, reason="重复", actor=world.staff
    )
    assert make.balances(session, world.ledger_id) == {}


def test_the_list_shows_what_waits(session, world):
    entered = request(session, world, PaperBalance(make.member(session, world).id, 60, 1))
    listed = openings.list_waiting(session, ledger_id=world.ledger_id, node=world.node)
    assert [each.id for each in listed] == [entered[0].id]
