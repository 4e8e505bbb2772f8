"""Each kind of damage, done with SQL behind the program's back, and what the proof does then.

The real command finds it, by its own check alone, and stops the book: nothing is posted
over HTTP until somebody has repaired the rows, proved the book again and reopened it.
"""

import json
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.actors import Actor
from app.base.ids import new_id
from app.ledger.batches import dialect_of
from app.ledger.guards import GUARDED
from app.ledger.models import Proof
from app.ledger.tables import ACCOUNT, ENTRY, JOURNAL, TRANSFER
from app.mall.models import Goods
from app.points.models import Day, Grant
from app.points.quarters import closing
from app.points.quarters.calendar import Quarter
from app.reports import proofs
from app.reports.models import QuarterLine
from app.reports.quarters import freezing
from app.service_orders import exchanges
from app.service_orders.exchanges import HelpWanted
from app.service_orders.models import Exchange
from tests.factories import lives, points
from tests.ledger import damage
from tests.web.answers import done, refused

pytestmark = pytest.mark.slow


@pytest.fixture
def life(stage):
    with clock.held_at(points.at(lives.TODAY, 10)):
        yield stage.put_up(lives.live, "session", "client")


def rewrite(life, table, where, values):
    """Change the rows that a condition picks, past the append-only guard."""
    own = sa.and_(table.c.ledger_id == life.ledger_id, where)
    with damage.unguarded(life.session, *{table.name}.intersection(GUARDED)):
        life.session.execute(sa.update(table).where(own).values(**values))
    life.session.commit()


@contextmanager
def changed(life, model, where, **values):
    """One row is changed, and afterwards put back as it was."""
    table = getattr(model, "__table__", model)
    query = sa.select(table).where(table.c.ledger_id == life.ledger_id, where).limit(1)
    row = life.session.execute(query).one()._mapping
    is_row = sa.and_(*(key == row[key.name] for key in table.primary_key))
    rewrite(life, table, is_row, values)
    yield
    rewrite(life, table, is_row, {name: row[name] for name in values})


def wallet_of(life, member):
    """The member's fullest wallet."""
    query = (
        sa.select(ACCOUNT.c.id)
        .where(ACCOUNT.c.ledger_id == life.ledger_id, ACCOUNT.c.kind == "wallet")
        .where(ACCOUNT.c.owner_id == member.id)
        .order_by((ACCOUNT.c.credits_posted - ACCOUNT.c.debits_posted).desc())
    )
    return life.session.execute(query.limit(1)).scalar_one()


@contextmanager
def two_entries_point_to_each_others_transfer(life):
    is_issuance = ENTRY.c.account_id == issuance(life)
    query = (
        sa.select(ENTRY.c.seq, ENTRY.c.delta, ENTRY.c.transfer_id)
        .where(ENTRY.c.ledger_id == life.ledger_id, is_issuance)
        .order_by(ENTRY.c.seq)
    )
    rows = life.session.execute(query).all()
    one, other = rows[0], next(row for row in rows if row.delta != rows[0].delta)

    def swap(pairs):
        for seq, transfer_id in pairs:
            where = sa.and_(is_issuance, ENTRY.c.seq == seq)
            rewrite(life, ENTRY, where, {"transfer_id": transfer_id})

    swap([(one.seq, other.transfer_id), (other.seq, one.transfer_id)])
    yield
    swap([(one.seq, one.transfer_id), (other.seq, other.transfer_id)])


def issuance(life):
    """The account out of which points come."""
    query = sa.select(ACCOUNT.c.id).where(
        ACCOUNT.c.ledger_id == life.ledger_id,
        ACCOUNT.c.kind == "issuance",
        ACCOUNT.c.unit == "points",
    )
    return life.session.execute(query).scalar_one()


def expired_points_are_counted_as_minutes(life):
    return changed(life, ACCOUNT, ACCOUNT.c.kind == "expired", unit="minutes")


@contextmanager
def a_point_moves_from_one_wallet_to_another(life):
    more, less = ACCOUNT.c.credits_posted + 1, ACCOUNT.c.credits_posted - 1
    to_su = ACCOUNT.c.id == wallet_of(life, life.su)
    to_wen = ACCOUNT.c.id == wallet_of(life, life.wen)
    with (
        changed(life, ACCOUNT, to_su, credits_posted=more),
        changed(life, ACCOUNT, to_wen, credits_posted=less),
    ):
        yield


def a_hold_is_forgotten(life):
    return changed(life, ACCOUNT, ACCOUNT.c.debits_pending > 0, debits_pending=0)


def a_wallet_loses_its_floor(life):
    return changed(life, ACCOUNT, ACCOUNT.c.kind == "wallet", floor_amount=None)


def a_grant_carries_more_than_its_rest(life):
    return changed(life, Grant, Grant.carry_after > 0, carry_after=Grant.carry_after + 1)


def a_day_total_has_a_point_too_many(life):
    return changed(life, Day, Day.points > 0, points=Day.points + 1)


def an_expiry_is_told_in_minutes(life):
    """No sum of one journal or account shows it: only what left the book per unit does."""
    own = sa.select(JOURNAL.c.id).where(
        JOURNAL.c.ledger_id == life.ledger_id, JOURNAL.c.kind == "expiry"
    )
    return changed(life, TRANSFER, TRANSFER.c.journal_id.in_(own), unit="minutes")


def a_packet_of_salt_is_gone_from_the_shelf(life):
    return changed(life, Goods, Goods.stock_count > 0, stock_count=Goods.stock_count - 1)


def a_reversed_grant_forgets_its_reversal(life):
    return changed(life, Grant, Grant.state == "reversed", reversal_journal_id=None)


def a_running_balance_is_rewritten(life):
    is_one = sa.and_(ENTRY.c.account_id == wallet_of(life, life.wen), ENTRY.c.seq == 1)
    return changed(life, ENTRY, is_one, balance_after=ENTRY.c.balance_after + 1)


def a_closing_is_rewritten(life):
    return changed(life, Proof, sa.true(), closing_points=Proof.closing_points + 1)


def a_day_total_has_a_minute_too_many(life):
    return changed(life, Day, Day.minutes > 0, minutes=Day.minutes + 1)


def guard_off(table):
    """The damage of taking the guard off a table."""

    @contextmanager
    def the_guard_is_taken_off(life):
        session = life.session
        if dialect_of(session) == "postgresql":
            find = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = :name"
            name = f"tg_{table}_append_only"
        else:
            find = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = :name"
            name = f"tg_{table}_no_update"
        made_by = session.execute(sa.text(find), {"name": name}).scalar_one()
        damage.drop_guard(session, table)
        session.commit()
        yield
        session.connection().exec_driver_sql(made_by)
        session.commit()

    the_guard_is_taken_off.__name__ = f"the_guard_of_{table}_is_taken_off"
    return the_guard_is_taken_off


@contextmanager
def a_frozen_score_is_rewritten(life):
    """A quarter was closed, and somebody gives one of its lines a better score."""
    days = sa.select(sa.func.max(Day.counted_on)).where(Day.ledger_id == life.ledger_id)
    last_on = life.session.scalar(days.where(Day.counted_on < Quarter.of(lives.TODAY).begins_on))
    key = {"ledger_id": life.ledger_id, "quarter": Quarter.of(last_on)}
    closing.propose(life.session, **key, actor=Actor(new_id()))
    freezing.close(life.session, **key, actor=Actor(new_id()))
    life.session.commit()
    with changed(life, QuarterLine, sa.true(), score=999_999):
        yield


@contextmanager
def a_journal_stands_there_without_lines(life):
    now, journal_id = clock.now(), new_id()
    row = {
        "ledger_id": life.ledger_id, "id": journal_id, "key": "nothing",
        "content_hash": bytes(32), "kind": "note", "source_id": new_id(), "actor_id": new_id(),
        "reason": "", "occurred_at": now, "posted_at": now,
    }  # fmt: skip
    life.session.execute(sa.insert(JOURNAL).values(row))
    life.session.commit()
    yield
    with damage.unguarded(life.session, "ledger_journal"):
        is_it = sa.and_(JOURNAL.c.ledger_id == life.ledger_id, JOURNAL.c.id == journal_id)
        life.session.execute(sa.delete(JOURNAL).where(is_it))
    life.session.commit()


@contextmanager
def a_request_promises_a_point_too_many(life):
    """A neighbour asks for help, and the request says more than escrow holds."""
    asked = exchanges.ask(
        life.session,
        ledger_id=life.ledger_id,
        asker=life.wen,
        wanted=HelpWanted(title="代管钥匙", points=1, minutes=60),
        actor=Actor(life.wen.person_id),
    )
    life.session.commit()
    with changed(life, Exchange, Exchange.__table__.c.id == asked.id, points=2):
        yield


@contextmanager
def a_grant_names_another_pot(life):
    """A grant says that a household got its points, and the member's own wallet did."""
    grants = Grant.__table__
    posted = (
        sa.select(grants.c.id)
        .where(grants.c.ledger_id == life.ledger_id, grants.c.state == "posted")
        .where(grants.c.points > 0)
        .limit(1)
    )
    grant_id = life.session.scalar(posted)
    with changed(life, Grant, grants.c.id == grant_id, household_id=new_id()):
        yield


DAMAGES = [
    ("legs_balance", two_entries_point_to_each_others_transfer),
    ("trial_zero", expired_points_are_counted_as_minutes),
    ("balance_equals_entries", a_point_moves_from_one_wallet_to_another),
    ("balance_equals_entries", a_hold_is_forgotten),
    ("floors", a_wallet_loses_its_floor),
    ("points_recomputed", a_grant_carries_more_than_its_rest),
    ("points_recomputed", a_day_total_has_a_point_too_many),
    ("outstanding", an_expiry_is_told_in_minutes),
    ("redemption_has_stock", a_packet_of_salt_is_gone_from_the_shelf),
    ("exchange_in_escrow", a_request_promises_a_point_too_many),
    ("one_source", a_reversed_grant_forgets_its_reversal),
    ("households_agree", a_grant_names_another_pot),
    ("chain", a_running_balance_is_rewritten),
    ("opening_equals_closing", a_closing_is_rewritten),
    ("hours_agree", a_day_total_has_a_minute_too_many),
    ("quarters_frozen", a_frozen_score_is_rewritten),
    ("append_only_guards", guard_off("people_audit")),
    ("append_only_guards", guard_off("points_star_fall")),
    ("append_only_guards", guard_off("reports_quarter")),
    ("append_only_guards", guard_off("reports_quarter_line")),
    ("orphans", a_journal_stands_there_without_lines),
]


def prove(app):
    """Run the real command; return its exit code and what it told."""
    proved = app.test_cli_runner().invoke(args=["ledger", "proof", "--json"])
    return proved.exit_code, json.loads(proved.output)


def failing(told):
    """The names of the checks that failed, of every book."""
    found = [check for one in told["ledgers"] for check in one["checks"]]
    return [check["name"] for check in found if not check["ok"]]


def decide(life):
    """The second person approves the grant that waits: it would post."""
    body = {"grant_ids": [str(life.waiting.id)], "verdict": "approved"}
    return life.town.caller("second").post(f"{life.town.book}/grants/decide", body)


def redeem(life):
    """A member's code at the till: it would post."""
    return life.clerk.post(f"{life.town.book}/redemptions", life.basket(life.wen))


def reopen(life):
    """The administrator opens the book again."""
    body = {"reason": "已按凭证修复"}
    return life.town.caller("city_administrator").post(f"{life.town.book}/proof/reopen", body)


def test_every_check_has_its_damage():
    assert {name for name, _ in DAMAGES} == set(proofs.ORDER)


def test_d7_the_book_in_which_everything_happened_is_in_order(app, life):
    exit_code, told = prove(app)

    assert exit_code == 0
    assert told["ok"] is True
    (book,) = told["ledgers"]
    assert [check["name"] for check in book["checks"]] == list(proofs.ORDER)
    assert failing(told) == []
    assert book["read_only"] is False
    # minutes: 105 + 30 + 300 + 61 + 60 honorary + 600 from paper + 300 + 480;
    # points: 5 and 8 of the new year, less 2 that are owed
    assert book["totals"] == {"minutes": 1936, "points": 11}


def unsold(life):
    """All that is kept, but that a refused sale used up its code and told its member."""
    told = ("people_code", "people_message")
    return {name: rows for name, rows in life.everything().items() if name not in told}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "damaged"), DAMAGES, ids=[f"{name}-{do.__name__}" for name, do in DAMAGES]
)
def test_damage_is_found_by_its_own_check_and_stops_the_book(app, life, name, damaged):
    with damaged(life):
        exit_code, told = prove(app)
        assert exit_code == 1
        assert told["ok"] is False
        assert failing(told) == [name]
        (book,) = told["ledgers"]
        assert (book["ok"], book["read_only"]) == (False, True)

        life.sign_in()
        before = unsold(life)
        refused(decide(life), "ledger_read_only")
        refused(redeem(life), "ledger_read_only")
        refused(reopen(life), "ledger_read_only")
        assert unsold(life) == before

    exit_code, told = prove(app)
    assert (exit_code, told["ok"]) == (0, True)
    assert told["ledgers"][0]["read_only"] is True, "a good proof alone does not lift the stop"
    refused(redeem(life), "ledger_read_only")

    done(reopen(life))
    done(decide(life))
    done(redeem(life), 201)
    exit_code, told = prove(app)
    assert (exit_code, failing(told)) == (0, [])
    assert told["ledgers"][0]["read_only"] is False
