"""Grants, spends and decisions that race: one line is passed once, no wallet runs dry."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.ids import new_id
from app.ledger import posting
from app.ledger.accounts import AccountRef
from app.ledger.errors import AlreadyReversed, InsufficientPoints
from app.ledger.posting import JournalDraft
from app.points import approvals, grants, proof_checks, wallets
from app.points.errors import GrantStateConflict
from app.points.models import Carry, Grant
from tests.factories import points as make
from tests.factories.teams import at_once

pytestmark = pytest.mark.slow

TIMES = 6


@pytest.fixture
def world(stage) -> make.World:
    return stage.put_up(make.world, "session")


def states(session: Session, world: make.World) -> list[str]:
    session.expire_all()
    query = sa.select(Grant.state).where(Grant.ledger_id == world.ledger_id)
    return sorted(session.scalars(query))


def require_proven(session: Session, world: make.World) -> None:
    session.rollback()
    found = proof_checks.checks(session, ledger_id=world.ledger_id)
    assert all(check.is_ok for check in found), found
    assert set(make.trial_balance(session, world.ledger_id).values()) <= {0}


def test_parallel_grants_of_one_day_pass_the_line_once(app, session, world):
    """Six times two hours: eight hours are credited, two deeds wait."""
    member = make.member(session, world)
    session.commit()

    def grant(session: Session) -> None:
        make.grant(session, world, member.id, 120)

    at_once(app, [grant] * TIMES)
    assert states(session, world) == ["posted"] * 4 + ["waiting_level_2"] * 2
    require_proven(session, world)


def test_parallel_deeds_of_one_time_are_credited_once(app, session, world):
    member = make.member(session, world)
    day = clock.today() - timedelta(days=1)
    session.commit()

    def grant(session: Session) -> None:
        make.grant(session, world, member.id, **make.stay(day, 9, 10))

    at_once(app, [grant] * TIMES)
    assert states(session, world) == ["posted"] + ["waiting_level_2"] * (TIMES - 1)
    require_proven(session, world)


def test_parallel_carries_lose_nothing(app, session, world):
    member = make.member(session, world)
    session.commit()
    days = [clock.today() - timedelta(days=number) for number in range(TIMES)]

    def on(day: date):
        return lambda session: make.grant(session, world, member.id, 50, served_on=day)

    at_once(app, [on(day) for day in days])
    assert make.points_of(session, world, member.id) == 5
    carry = sa.select(Carry.remainder_quantity).where(Carry.ledger_id == world.ledger_id)
    assert session.scalar(carry) == 0
    require_proven(session, world)


def test_a_grant_is_decided_once_by_parallel_deciders(app, session, world):
    member = make.member(session, world)
    waiting = make.grant(session, world, member.id, hold_reasons=("roll",))
    session.commit()

    def decide(session: Session) -> str:
        return approvals.decide(
            session,
            ledger_id=world.ledger_id,
            grant_ids=[waiting.id],
            level=2,
            verdict="approved",
            reason=None,
            actor=world.second,
        )[0].state

    answers = at_once(app, [decide] * TIMES)
    assert answers.count("posted") == 1
    assert sum(isinstance(each, GrantStateConflict) for each in answers) == TIMES - 1
    require_proven(session, world)


def test_a_grant_is_reversed_once_by_parallel_reversers(app, session, world):
    member = make.member(session, world)
    grant = make.grant(session, world, member.id, 120)
    session.commit()

    def reverse(session: Session) -> str:
        return grants.reverse(
            session, ledger_id=world.ledger_id, grant_id=grant.id, reason="误", actor=world.second
        ).state

    answers = at_once(app, [reverse] * TIMES)
    assert answers.count("reversed") == 1
    assert sum(isinstance(each, AlreadyReversed) for each in answers) == TIMES - 1
    require_proven(session, world)


def test_parallel_spends_use_every_point_of_every_lot(app, session):
    """Two lots of 2 and 3 points, six spends of 1: five succeed, whichever lot they meet."""
    world = make.world(session, expiry_policy="calendar_year")
    member = make.member(session, world)
    for year, points in ((2090, 2), (2091, 3)):
        with clock.held_at(make.at(date(year, 1, 5), 12)):
            make.grant(session, world, member.id, points * 60)
    session.commit()
    shop = AccountRef("points", "shop", new_id())

    def spend(session: Session) -> str:
        lines = wallets.spend_lines(
            session, ledger_id=world.ledger_id, member_id=member.id, amount_points=1, to=shop
        )
        draft = JournalDraft(f"redeem:{new_id()}", "redemption", lines, world.staff)
        posting.post_one(session, ledger_id=world.ledger_id, draft=draft)
        return "done"

    answers = at_once(app, [spend] * TIMES)
    assert answers.count("done") == 5
    assert sum(isinstance(each, InsufficientPoints) for each in answers) == 1
    assert make.points_of(session, world, member.id) == 0
    require_proven(session, world)
