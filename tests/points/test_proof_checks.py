"""The proof of the points room: it holds on honest books and names each kind of damage."""

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.base import clock
from app.base.ids import new_id
from app.ledger import posting
from app.ledger.posting import JournalDraft, Line
from app.points import backfills, grants, openings, proof_checks, wallets
from app.points.backfills import BackfillClaim
from app.points.models import Carry, Day, Grant, Opening
from app.points.openings import PaperBalance
from app.points.rates import Terms
from tests.factories import points as make

DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def on_a_monday_evening():
    with clock.held_at(make.at(DAY, 21)):
        yield


@pytest.fixture
def world(session: Session) -> make.World:
    """A book in which everything happened: posted, waiting, refused, reversed, opened, honorary."""
    world = make.world(session, mediation="pieces")
    make.rate(
        session, world, "environment", Terms(10, 60, "dropped", 15), valid_from_on=date(2025, 1, 1)
    )
    member, other = make.member(session, world), make.member(session, world, "任清和")
    first = make.grant(session, world, member.id, 105)
    make.grant(session, world, member.id, 30)
    make.grant(session, world, other.id, 125, category_code="cleanup")
    make.grant(session, world, other.id, 730, served_on=DAY - timedelta(days=2))
    refused = make.grant(session, world, member.id, hold_reasons=("roll",))
    make.decide(session, world, refused, verdict="refused", reason="未到场")
    held = make.grant(session, world, other.id, 50, hold_reasons=("roll",))
    make.decide(session, world, held)
    grants.reverse(
        session, ledger_id=world.ledger_id, grant_id=first.id, reason="误", actor=world.second
    )
    back_fill(session, world, member)
    opened = openings.request(
        session,
        ledger_id=world.ledger_id,
        document_no="3号",
        as_of_on=DAY,
        balances=[PaperBalance(member.id, 600, 10)],
        actor=world.staff,
    )
    openings.decide(
        session,
        ledger_id=world.ledger_id,
        opening_ids=[each.id for each in opened],
        verdict="approved",
        actor=world.second,
    )
    session.commit()
    return world


def back_fill(session: Session, world: make.World, member) -> None:
    claim = BackfillClaim(
        member_id=member.id,
        node_id=world.node.id,
        category_code="other",
        provenance="honorary",
        minutes=60,
        served_on=DAY,
        evidence="照片",
        applied_by_id=member.person_id,
    )
    entered = backfills.request(session, ledger_id=world.ledger_id, claim=claim, actor=world.staff)
    backfills.decide(
        session,
        ledger_id=world.ledger_id,
        backfill_id=entered.id,
        level=2,
        verdict="approved",
        reason=None,
        actor=world.second,
    )


def failing(session: Session, world: make.World) -> dict[str, str]:
    session.expire_all()
    found = proof_checks.checks(session, ledger_id=world.ledger_id)
    names = ["points_recomputed", "hours_agree", "one_source", "households_agree"]
    assert [check.name for check in found] == names
    return {check.name: check.detail for check in found if not check.is_ok}


def damage(session: Session, model: Any, where: Any, **values: Any) -> None:
    """Change one row behind the rooms' backs."""
    table = model.__table__
    keys = list(table.primary_key)
    query = sa.select(*keys).where(where).order_by(*keys).limit(1)
    query = query.execution_options(cross_ledger=True)
    row = session.execute(query).one()
    is_row = sa.and_(*(key == value for key, value in zip(keys, row, strict=True)))
    session.execute(sa.update(table).where(is_row).values(**values))
    session.commit()


POSTED = sa.and_(Grant.state == "posted", Grant.rate_version.is_not(None), Grant.points > 0)


def test_an_honest_book_passes(session, world):
    assert failing(session, world) == {}
    found = proof_checks.checks(session, ledger_id=world.ledger_id)
    assert found[0].detail == "8 grants"


def test_an_empty_book_passes(session):
    assert failing(session, make.world(session)) == {}


@pytest.mark.parametrize(
    ("model", "where", "values", "checks"),
    [
        (Grant, POSTED, {"points": Grant.points + 1}, {"points_recomputed"}),
        (Grant, POSTED, {"carry_after": Grant.carry_after + 1}, {"points_recomputed"}),
        (Grant, Grant.state == "reversed", {"points": 7}, {"points_recomputed"}),
        (Grant, Grant.source_kind == "opening", {"points": 11}, {"points_recomputed"}),
        (Opening, Opening.points == 10, {"points": 9}, {"points_recomputed"}),
        (Carry, Carry.remainder_quantity != 0, {"remainder_quantity": 1}, {"points_recomputed"}),
        (Day, Day.points > 0, {"points": Day.points + 1}, {"points_recomputed"}),
        (Day, Day.minutes > 0, {"minutes": Day.minutes + 1}, {"hours_agree"}),
        (
            Grant,
            Grant.provenance == "honorary",
            {"minutes": Grant.minutes + 1},
            {"hours_agree"},
        ),
        (Grant, POSTED, {"quantity": Grant.quantity - 1}, {"points_recomputed", "hours_agree"}),
        (Grant, Grant.state == "reversed", {"reversal_journal_id": None}, {"one_source"}),
        (Grant, POSTED, {"journal_id": None}, {"one_source"}),
    ],
)
def test_each_damage_is_found(session, world, model, where, values, checks):
    damage(session, model, where, **values)
    assert failing(session, world).keys() == checks


def test_a_journal_without_a_grant_is_found(session, world):
    member_id = next(
        iter(session.scalars(sa.select(Grant.member_id).where(Grant.ledger_id == world.ledger_id)))
    )
    line = Line(wallets.POINTS_ISSUANCE, wallets.wallet_ref(member_id), 5)
    draft = JournalDraft(f"grant:manual:{new_id()}:1", "grant", (line,), world.staff)
    posting.post_one(session, ledger_id=world.ledger_id, draft=draft)
    session.commit()
    assert failing(session, world) == {"one_source": "journals without their grant: 1"}


def test_hours_posted_past_the_grants_are_found(session, world):
    member_id = next(
        iter(session.scalars(sa.select(Grant.member_id).where(Grant.ledger_id == world.ledger_id)))
    )
    line = Line(wallets.MINUTES_ISSUANCE, wallets.hours_ref(member_id, "credited"), 5)
    draft = JournalDraft(f"grant:manual:{new_id()}:1", "grant", (line,), world.staff)
    posting.post_one(session, ledger_id=world.ledger_id, draft=draft)
    session.commit()
    assert failing(session, world).keys() == {"hours_agree", "one_source"}


def test_a_cap_does_not_hide_missing_points(session):
    world = make.world(session, terms=Terms(1, 60, cap_points_day=3))
    member = make.member(session, world)
    make.grant(session, world, member.id, 300)
    assert failing(session, world) == {}
    with clock.held_at(make.at(DAY + timedelta(days=1), 21)):
        make.grant(session, world, member.id, 120)
    session.commit()
    damage(session, Grant, Grant.points == 2, points=1)
    assert "points_recomputed" in failing(session, world)


def test_the_proof_costs_the_same_for_any_book(session, world):
    def statements() -> int:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        event.listen(session.get_bind(), "before_cursor_execute", note)
        assert failing(session, world) == {}
        session.commit()
        event.remove(session.get_bind(), "before_cursor_execute", note)
        return len(seen)

    few = statements()
    for number in range(5):
        make.grant(session, world, make.member(session, world, f"志愿者{number}").id, 95)
    session.commit()
    assert statements() == few
