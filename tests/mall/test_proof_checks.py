"""The mall's proof sees every kind of damage, by name, and nothing else."""

import pytest
import sqlalchemy as sa

from app.base.ids import new_id
from app.mall import proof_checks, refunds
from app.mall.models import Goods, Redemption, RedemptionLine, StockMovement
from tests.factories import mall as make


@pytest.fixture
def mall(stage):
    return stage.put_up(make.a_mall, "session")


@pytest.fixture
def slips(session, mall):
    """One redemption that stands and one that was cancelled, of two kinds each."""
    member = make.a_member(session, mall, points=500)
    shelf = [make.put_goods(session, mall, price=price) for price in (20, 30)]
    made = [make.redeem(session, mall, member, *((one, 1) for one in shelf)) for _ in range(2)]
    refunds.cancel(
        session,
        ledger_id=mall.ledger_id,
        redemption_id=made[1].redemption_id,
        reason="拿错了",
        actor=mall.clerk,
    )
    session.flush()
    return made


def detail(session, mall):
    (check,) = proof_checks.checks(session, ledger_id=mall.ledger_id)
    assert check.name == "redemption_has_stock"
    assert check.is_ok == (check.detail == "stock, lines and journals agree")
    return check.detail


def change(session, model, mall, *conditions, **values):
    where = [model.ledger_id == mall.ledger_id, *conditions]
    changed = session.execute(
        sa.update(model).where(*where).values(**values).returning(model.ledger_id)
    )
    assert changed.all()


def test_a_sound_mall_is_ok(session, mall, slips):
    assert detail(session, mall) == "stock, lines and journals agree"


def test_an_empty_mall_is_ok(session, mall):
    assert detail(session, mall) == "stock, lines and journals agree"


def test_a_changed_line_is_seen(session, mall, slips):
    line = RedemptionLine.redemption_id == slips[0].redemption_id
    change(session, RedemptionLine, mall, line, RedemptionLine.line == 1, quantity_count=2)
    found = detail(session, mall)
    assert f"stock differs from lines: 1 ({slips[0].number})" in found
    assert f"lines differ from total: 1 ({slips[0].number})" in found


def test_a_changed_total_is_seen(session, mall, slips):
    change(session, Redemption, mall, Redemption.number == slips[0].number, total_points=51)
    found = detail(session, mall)
    assert f"lines differ from total: 1 ({slips[0].number})" in found
    assert f"journal differs from total: 1 ({slips[0].number})" in found


def test_a_lost_journal_is_seen(session, mall, slips):
    change(session, Redemption, mall, Redemption.number == slips[0].number, journal_id=None)
    assert f"journal differs from total: 1 ({slips[0].number})" in detail(session, mall)


def test_a_state_that_hides_a_return_is_seen(session, mall, slips):
    change(session, Redemption, mall, Redemption.number == slips[1].number, state="done")
    found = detail(session, mall)
    assert f"stock differs from lines: 1 ({slips[1].number})" in found
    assert f"reversal differs from total: 1 ({slips[1].number})" in found


def test_a_state_that_claims_a_return_is_seen(session, mall, slips):
    change(session, Redemption, mall, Redemption.number == slips[0].number, state="refunded")
    found = detail(session, mall)
    assert f"stock differs from lines: 1 ({slips[0].number})" in found
    assert f"reversal differs from total: 1 ({slips[0].number})" in found


def test_a_changed_stock_is_seen(session, mall, slips):
    salt = slips[0].lines[0]
    change(session, Goods, mall, Goods.id == salt.goods_id, stock_count=3)
    assert detail(session, mall) == f"shelf differs from movements: 1 ({salt.number})"


def a_movement(mall, slip, line, **values):
    row = {
        "ledger_id": mall.ledger_id,
        "goods_id": line.goods_id,
        "seq": 5,
        "kind": "redemption",
        "change_count": -1,
        "stock_after": 8,
        "redemption_id": slip.redemption_id,
        "actor_id": new_id(),
        "moved_at": slip.redeemed_at,
    }
    return sa.insert(StockMovement).values(row | values)


def test_a_movement_without_its_goods_is_seen(session, mall, slips):
    salt = slips[0].lines[0]
    session.execute(a_movement(mall, slips[0], salt))
    found = detail(session, mall)
    assert f"stock differs from lines: 1 ({slips[0].number})" in found
    assert f"shelf differs from movements: 1 ({salt.number})" in found


def test_a_movement_of_goods_outside_the_lines_is_seen(session, mall, slips):
    other = make.put_goods(session, mall, stock_count=1)
    change(session, Goods, mall, Goods.id == other.id, stock_count=0, movement_count=2)
    moved = {"goods_id": other.id, "seq": 2, "stock_after": 0}
    session.execute(a_movement(mall, slips[0], slips[0].lines[0], **moved))
    assert detail(session, mall) == f"stock moved without a line: 1 ({slips[0].number})"


def test_a_gap_in_the_movements_is_seen(session, mall, slips):
    salt = slips[0].lines[0]
    change(session, Goods, mall, Goods.id == salt.goods_id, stock_count=10, movement_count=5)
    moved = {"seq": 6, "kind": "intake", "change_count": 1, "stock_after": 10}
    session.execute(a_movement(mall, slips[0], salt, redemption_id=None, **moved))
    assert detail(session, mall) == f"shelf differs from movements: 1 ({salt.number})"


def test_a_movement_that_does_not_run_on_is_seen(session, mall, slips):
    salt = slips[0].lines[0]
    change(session, Goods, mall, Goods.id == salt.goods_id, stock_count=10, movement_count=5)
    moved = {"kind": "intake", "change_count": 1, "stock_after": 12}
    session.execute(a_movement(mall, slips[0], salt, redemption_id=None, **moved))
    assert detail(session, mall) == f"movements do not run on: 1 ({salt.number})"
