"""Rules that no one room keeps alone, seen on a book in which everything happened."""

import re

import pytest
import sqlalchemy as sa

from app.base import clock
from app.ledger.accounts import KINDS_OF_UNIT
from app.ledger.models import KINDS
from app.ledger.tables import ACCOUNT, JOURNAL, TRANSFER
from migrations.house import load_models
from tests.factories import lives, points
from tests.web.answers import done

pytestmark = pytest.mark.slow


@pytest.fixture
def life(stage):
    with clock.held_at(points.at(lives.TODAY, 10)):
        yield stage.put_up(lives.live, "session", "client")


def moves(life):
    """Every movement: the journal's kind, its unit, and the kinds of account at both ends."""
    debited, credited = ACCOUNT.alias("debited"), ACCOUNT.alias("credited")
    tables = (TRANSFER, JOURNAL, debited, credited)
    query = (
        sa.select(JOURNAL.c.kind, TRANSFER.c.unit, debited.c.kind, credited.c.kind)
        .join_from(TRANSFER, JOURNAL, JOURNAL.c.id == TRANSFER.c.journal_id)
        .join(debited, debited.c.id == TRANSFER.c.debit_account_id)
        .join(credited, credited.c.id == TRANSFER.c.credit_account_id)
        .where(*(table.c.ledger_id == life.ledger_id for table in tables))
    )
    found = {tuple(row) for row in life.session.execute(query)}
    life.session.rollback()
    return found


def test_d33_points_go_to_a_shop_for_goods_and_to_no_other_member(life):
    """No purchase, no gift of money's worth, no cash: only a merge moves them between wallets."""
    left_wallets = {(kind, to) for kind, unit, of, to in moves(life) if of == "wallet"}

    assert left_wallets == {
        ("redemption", "shop"),
        ("reservation", "shop"),
        ("expiry", "expired"),
        ("grant_reversal", "issuance"),
        ("merge", "wallet"),
    }


def test_d33_no_door_sells_points_or_passes_them_on(app):
    words = ("transfer", "purchase", "recharge", "top-up", "cash", "withdrawals", "pay-out")
    given = ("gift", "donat", "giving")  # to kin and to the common pool, within limits (D32)

    figures = "/figures/withdrawals"  # a wrong figure is withdrawn from the pages, nothing else
    rules = [rule for rule in app.url_map.iter_rules() if figures not in rule.rule]
    named = [rule.rule for rule in rules for word in words if word in rule.rule]
    giving = {
        rule.endpoint.rsplit(".", 1)[0] for rule in rules for word in given if word in rule.rule
    }

    assert named == []
    assert giving == {"common_pool", "gifts", "h5.giving"}


def test_d33_no_account_and_no_column_holds_money():
    """Money is named where a shop's month is settled, and as the most a wish may cost (D40)."""
    money = re.compile(r"yuan|(^|_)fen($|_)|money|cash|currency|rmb|bank")
    named = {
        f"{table.name}.{column.name}"
        for table in load_models().tables.values()
        for column in table.columns
        if money.search(column.name)
    }

    assert set(KINDS_OF_UNIT) == {"minutes", "points"}
    assert not [kind for kind in KINDS if money.search(kind)]
    assert named == {
        "mall_settlement.amount_fen",
        "mall_settlement.reference_fen",
        "service_orders_wish.value_max_yuan",
    }


def test_d9_no_journal_turns_hours_into_points_and_spending_leaves_hours_alone(life, session):
    hours = {
        member.id: points.hours_of(session, life.town.world, member.id) for member in cast(life)
    }
    session.rollback()

    done(life.clerk.post(f"{life.town.book}/redemptions", life.basket(life.wen)), 201)

    session.expire_all()
    after = {
        member.id: points.hours_of(session, life.town.world, member.id) for member in cast(life)
    }
    assert after == hours
    for kind, unit, of, to in moves(life):
        is_hours = unit == "minutes"
        assert {"wallet", "shop", "expired"}.isdisjoint({of, to}) or not is_hours, kind
        assert not (of.startswith("hours_") or to.startswith("hours_")) or is_hours, kind
    assert not {kind for kind, unit, _, _ in moves(life) if unit == "minutes"} & {
        "redemption",
        "expiry",
        "reservation",
    }


def cast(life):
    return (life.wen, life.su, life.lin)
