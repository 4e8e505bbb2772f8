"""阵地使用台账: rows from check-ins, shares that add up to 100, what stands idle (V1)."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from app.base import clock
from app.base.actors import SYSTEM
from app.community import venues
from app.reports import exports, venue_use, venue_use_files
from app.reports.venue_use import Span, Use
from tests.factories import activities as make
from tests.factories.activities import DAY, EVE, a_world, at

SPAN = Span(EVE, DAY)


@pytest.fixture
def world(stage):
    return stage.put_up(a_world, "session")


def station(session, world, name):
    with at("08:10", EVE):
        made = venues.add(session, node=world.node, kind="近邻驿站", name=name, actor=SYSTEM)
        session.commit()
    return made


def test_v1_three_activities_make_three_rows_that_nobody_typed(session, world):
    used, idle = station(session, world, "近邻之家"), station(session, world, "友邻之家")
    member, other = make.a_member(session, world), make.a_member(session, world, "邱晚晴")
    kinds = ("health_clinic", "haircut", "health_clinic")
    times = (("08:00", "09:00"), ("10:00", "11:00"), ("14:00", "15:00"))
    for span, kind in zip(times, kinds, strict=True):
        slot = make.opened(session, world, span, category_code=kind, venue_id=used.id)[1][0]
        make.been(session, world, slot, member, span[0], span[1])
        if kind == "haircut":
            make.been(session, world, slot, other, span[0], span[1])
    make.opened(session, world, ("16:00", "17:00"), venue_id=idle.id)  # nobody comes
    elsewhere = make.opened(session, world, ("18:00", "19:00"))[1][0]
    make.been(session, world, elsewhere, member, "18:00", "19:00")

    key = {"ledger_id": world.ledger_id, "node": world.node}
    found = venue_use.rows(session, **key, span=SPAN)
    assert [
        (each.venue_name, each.category_name, each.people_count, each.minutes) for each in found
    ] == [
        ("近邻之家", "健康义诊", 1, 60),
        ("近邻之家", "义剪", 2, 120),
        ("近邻之家", "健康义诊", 1, 60),
    ]
    assert {each.held_on for each in found} == {DAY}
    assert venue_use.frequency(found) == {used.id: 3}
    assert [(each.name, each.count, each.percent) for each in venue_use.preferences(found)] == [
        ("健康义诊", 2, 67),
        ("义剪", 1, 33),
    ]
    assert [each.id for each in venue_use.idle(session, **key, on=DAY)] == [idle.id]
    later = DAY + timedelta(days=venue_use.IDLE_DAYS)
    assert [each.id for each in venue_use.idle(session, **key, on=later - timedelta(days=1))] == [
        idle.id
    ]
    assert len(venue_use.idle(session, **key, on=later)) == 2
    assert venue_use.rows(session, **key, span=SPAN, venue_id=idle.id) == []


def test_v1_the_register_leaves_the_house_as_a_sheet_with_its_shares(session, world):
    used = station(session, world, "近邻之家")
    member = make.a_member(session, world)
    slot = make.opened(session, world, venue_id=used.id)[1][0]
    make.been(session, world, slot, member, "09:00", "11:00")
    file = io.BytesIO()
    with at("20:00"):
        content = venue_use_files.content(
            session, ledger_id=world.ledger_id, node=world.node, span=SPAN
        )
        made = exports.write(content, file, "xlsx", operator_name="林知远")
    sheet = load_workbook(file).active
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert made.row_count == 1
    assert ["需求偏好", "健康义诊 100%"] in [row[:2] for row in cells]
    assert cells[-1][:4] == [DAY.isoformat(), "近邻之家", "健康义诊", "健康义诊"]
    assert cells[-1][5:7] == [1, 2]
    assert member.name_masked not in str(cells)


@pytest.mark.parametrize("counts", [(1, 1, 1), (1,), (2, 1), (5, 3, 3, 1), (1,) * 7, ()])
def test_v1_the_shares_add_up_to_a_hundred(counts):
    found = [
        Use(1, "站", None, "题", "号", DAY, str(nth), f"类{nth}", 1, 1)
        for nth, count in enumerate(counts)
        for _each in range(count)
    ]
    shares = venue_use.preferences(found)
    assert sum(each.percent for each in shares) == (100 if counts else 0)
    assert sum(each.count for each in shares) == sum(counts)
    assert clock.local_date(SPAN.ends_at) == DAY + timedelta(days=1)
