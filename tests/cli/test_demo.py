"""The demo world comes out at the mission's figures (mechanisms §7.7, ruling 22).

Loaded once through the real command (`tests/demo.py`); the tests only read it, or load
it again.
"""

import csv
import json
from collections import Counter
from datetime import date

import openpyxl
import pytest
import sqlalchemy as sa

from app.activities.models import Activity, Attendance, Enrolment
from app.base import clock
from app.base.db import Base
from app.base.transactions import reading
from app.community import tree
from app.ledger import books
from app.ledger.models import Account, Entry, Journal, Transfer
from app.mall.models import Goods, Redemption, RedemptionLine, Shop
from app.people import teams
from app.people.models import AllianceTeam, Member, TeamMember
from app.points import wallets
from app.points.models import Grant
from tests.conftest import take_keys
from tests.factories import points

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def loaded(copy_demo):
    return copy_demo()


@pytest.fixture
def world(loaded):
    """The application with the demo loaded."""
    take_keys(loaded)
    return loaded


@pytest.fixture
def read(world):
    """A session that reads the demo and holds no lock while a command writes."""
    with world.app_context(), reading() as session:
        yield session


@pytest.fixture
def ningde(read):
    return books.by_code(read, "ningde")


@pytest.fixture
def panji(read):
    return books.by_code(read, "panji")


def invoke(world, *words):
    return world.test_cli_runner().invoke(args=list(words))


def test_c1_c2_ten_teams_stand_in_one_alliance(read, ningde):
    community = tree.find(read, "金溪社区")
    listed = teams.list_in(read, ledger_id=ningde.id, node=community, limit=50)
    joined = read.scalars(
        sa.select(TeamMember.member_id).where(TeamMember.ledger_id == ningde.id)
    ).all()
    allied = read.scalars(
        sa.select(AllianceTeam.team_id).where(AllianceTeam.ledger_id == ningde.id)
    ).all()

    assert len(listed) == 10
    assert len(set(joined)) == 214
    assert set(allied) == {team.id for team in listed}


def test_c2_either_spelling_finds_the_team(read, ningde):
    found = [
        [team.name for team in teams.search(read, ledger_id=ningde.id, text=text)]
        for text in ("畲乡枫警", "畚乡枫警")
    ]

    assert found == [["畲乡枫警"], ["畲乡枫警"]]


def test_c4_c5_the_funnel_is_61_58_1104_1016(read, ningde):
    states = Counter(read.scalars(sa.select(Activity.state).where(Activity.ledger_id == ningde.id)))
    enrolled = Counter(
        read.scalars(sa.select(Enrolment.state).where(Enrolment.ledger_id == ningde.id))
    )
    present = read.scalars(
        sa.select(Attendance.state).where(Attendance.ledger_id == ningde.id)
    ).all()

    assert states == {"archived": 58, "no_response": 3}
    assert enrolled == {"enrolled": 1016, "absent": 88}
    assert Counter(present) == {"confirmed": 1016}


def test_every_hour_was_scanned_in_and_out(read, ningde):
    doors = read.execute(
        sa.select(Attendance.in_door, Attendance.out_door)
        .where(Attendance.ledger_id == ningde.id)
        .distinct()
    ).all()

    assert [tuple(row) for row in doors] == [("code", "code")]


def test_wen_ruxu_holds_120_points_for_12_hours(read, ningde):
    wen = read.scalars(
        sa.select(Member).where(Member.ledger_id == ningde.id, Member.external_id == "wen")
    ).one()

    holding = wallets.holding(read, ledger_id=ningde.id, member_id=wen.id)

    assert holding.spendable_points == 120


def test_the_shop_of_jinxi_is_stocked_and_nothing_is_redeemed(read, ningde):
    goods = read.scalars(sa.select(Goods).where(Goods.ledger_id == ningde.id)).all()

    assert len(goods) == 8
    assert all(each.stock_count > 0 and each.is_on_sale for each in goods)
    assert not read.scalar(
        sa.select(Redemption.id).where(Redemption.ledger_id == ningde.id).limit(1)
    )


def test_ruling_22_wumiao_sold_40_orders_for_1470_points(read, panji):
    rows = read.execute(
        sa.select(Goods.name, sa.func.sum(RedemptionLine.quantity_count))
        .join(
            RedemptionLine,
            (RedemptionLine.ledger_id == Goods.ledger_id) & (RedemptionLine.goods_id == Goods.id),
        )
        .where(Goods.ledger_id == panji.id, RedemptionLine.ledger_id == panji.id)
        .group_by(Goods.name)
    ).all()
    orders, points = read.execute(
        sa.select(sa.func.count(), sa.func.sum(Redemption.total_points)).where(
            Redemption.ledger_id == panji.id, Redemption.state == "done"
        )
    ).one()
    issued = read.scalar(sa.select(sa.func.sum(Grant.points)).where(Grant.ledger_id == panji.id))

    assert {name: int(count) for name, count in rows} == {
        "食盐": 12,
        "洗衣粉 1kg": 10,
        "牙膏": 8,
        "抽纸": 6,
        "食用油 1.8L": 2,
        "大米 5kg": 2,
    }
    assert (orders, int(points), int(issued)) == (40, 1470, 2000)
    assert read.scalars(sa.select(Shop.name).where(Shop.ledger_id == panji.id)).one() == (
        "架河武庙村积分超市"
    )


def test_the_proof_is_clean_and_says_what_members_hold(world):
    proved = invoke(world, "ledger", "proof", "--json")

    told = json.loads(proved.output)
    assert proved.exit_code == 0
    assert told["ok"] is True
    assert {one["name"]: one["totals"] for one in told["ledgers"]} == {
        "爱心银行": {"minutes": 120_060, "points": 20_010},
        "积分制": {"minutes": 3_600, "points": 530},
    }
    assert all(check["ok"] for one in told["ledgers"] for check in one["checks"])
    assert not any(one["read_only"] for one in told["ledgers"])


def test_the_ranking_equals_a_recomputation_from_the_entries(world, read, ningde, tmp_path):
    out = tmp_path / "r.xlsx"
    period = ["--from", "2025-01-01", "--to", "2026-02-28"]
    made = invoke(world, "hours", "ranking", "--node", "350902200001", *period, "--out", str(out))
    assert made.exit_code == 0, made.output

    page = openpyxl.load_workbook(out).active
    lines = [row for row in page.iter_rows(values_only=True) if isinstance(row[0], int | float)]
    listed = [(int(row[0]), row[1], int(row[8])) for row in lines]

    assert listed == recomputed(read, ningde.id, date(2025, 1, 1), date(2026, 2, 28))


def recomputed(read, ledger_id, begins_on, ends_on):
    """Rank by the entries of hours accounts alone, by the day the deed happened."""
    rows = read.execute(
        sa.select(Account.owner_id, Journal.occurred_at, Entry.delta)
        .join(Account, (Account.ledger_id == Entry.ledger_id) & (Account.id == Entry.account_id))
        .join(
            Transfer,
            (Transfer.ledger_id == Entry.ledger_id) & (Transfer.id == Entry.transfer_id),
        )
        .join(
            Journal,
            (Journal.ledger_id == Transfer.ledger_id) & (Journal.id == Transfer.journal_id),
        )
        .where(Entry.ledger_id == ledger_id, Account.kind.like("hours_%"))
    )
    minutes = Counter()
    for owner_id, occurred_at, delta in rows:
        if begins_on <= clock.local_date(occurred_at) <= ends_on:
            minutes[owner_id] += delta
    named = sa.select(Member.id, Member.volunteer_no).where(Member.ledger_id == ledger_id)
    numbers = {row.id: row.volunteer_no for row in read.execute(named)}
    ordered = sorted(
        ((count, numbers[owner]) for owner, count in minutes.items() if count > 0),
        key=lambda pair: (-pair[0], pair[1]),
    )
    totals = [count for count, _ in ordered]
    return [(totals.index(count) + 1, number, count) for count, number in ordered]


def test_the_csv_ranking_has_the_same_lines(world, tmp_path):
    out = tmp_path / "r.csv"
    period = ["--from", "2025-01-01", "--to", "2026-02-28"]
    made = invoke(world, "hours", "ranking", "--node", "金溪社区", *period, "--out", str(out))
    assert made.exit_code == 0, made.output

    rows = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))

    assert sum(int(row[8]) for row in rows if row and row[0].isdigit()) == 120_060


def test_an_ambiguous_place_lists_its_candidates(world, tmp_path):
    asked = invoke(
        world, "hours", "ranking", "--node", "城关村民委员会", "--from", "2025-01-01",
        "--to", "2025-12-31", "--out", str(tmp_path / "r.csv"),
    )  # fmt: skip

    assert asked.exit_code == 2


def test_loading_again_changes_nothing(world, read):
    before = row_counts(read)

    again = invoke(world, "demo", "load")

    assert again.exit_code == 0, again.output
    read.rollback()
    assert row_counts(read) == before


def row_counts(read):
    return {
        table.name: read.execute(
            sa.select(sa.func.count()).select_from(table).execution_options(cross_ledger=True)
        ).scalar_one()
        for table in Base.metadata.sorted_tables
        if table.name != "ledger_proof"
    }


def test_a_database_with_other_data_is_left_alone(app, session):
    made = points.world(session)
    points.member(session, made)

    asked = app.test_cli_runner().invoke(args=["demo", "load"])

    assert asked.exit_code == 1
    assert "other data" in asked.output
    assert session.query(Member).execution_options(cross_ledger=True).count() == 1
