"""Reporting-in: entered once, counted apart, linked to who joins; hours count once (T1, T2)."""

import time
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM
from app.base.errors import CsvUnreadable, ValidationFailed
from app.base.transactions import attempt
from app.community import tree, units
from app.people import enlistment_imports, enlistments, erasure, own_record, team_members
from app.people.enlistments import NewEnlistment
from app.people.models import Enlistment, Member
from app.reports import enlistment_hours
from tests.factories import community, people, points, teams

HEADER = "外部编号,姓名,手机号,工作单位,居住地编码,身份,来源,报到日期\n"


@pytest.fixture
def here(session):
    world = points.world(session)
    for name in ("税务局", "一小"):
        units.add(session, node=world.node, kind="机关", name=name, actor=SYSTEM)
    session.commit()
    return world


def run(session, here, text, header=HEADER):
    steps = enlistment_imports.import_enlistments(
        BytesIO((header + text).encode()),
        ledger_id=here.ledger_id,
        unit=lambda work: work(session),
        book_node=here.city,
        takes=lambda _session, node: tree.contains(here.node, node),
        actor=SYSTEM,
    )
    found = list(steps)
    session.commit()
    sums = tuple(sum(getattr(s, name) for s in found) for name in ("new", "changed", "unchanged"))
    return sums, [(row.line_no, row.reason) for s in found for row in s.bad]


def line(number, name=None, phone="", unit="税务局", code="350902200001", **more):
    words = {"standing": "在职", "source": "线上", "on": "2025-03-01"} | more
    cells = (f"E{number}", name or f"报到{number}", phone, unit, code, *words.values())
    return ",".join(cells) + "\n"


def rows(session, here):
    query = sa.select(Enlistment).where(Enlistment.ledger_id == here.ledger_id)
    return {
        row.external_id: row
        for row in session.scalars(query.execution_options(populate_existing=True))
    }


def test_t2_a_file_of_5570_good_lines_and_6_bad_ones_takes_seconds_and_changes_nothing_twice(
    session, here
):
    bad = (
        ",无号,,税务局,350902200001,在职,线上,2025-03-01\n"
        + line(6001, code="999")
        + line(6002, unit="无此单位")
        + line(6003, standing="党员")
        + line(6004, source="电话")
        + line(1)
    )
    text = "".join(line(n, standing="在职" if n % 5 else "离退休") for n in range(1, 5_571))
    began = time.monotonic()
    sums, wrong = run(session, here, text + bad)
    assert time.monotonic() - began < 20
    assert sums == (5_570, 0, 0)
    assert wrong == [
        (5_572, "empty"),
        (5_573, "unknown_place"),
        (5_574, "unknown_unit"),
        (5_575, "unknown_standing"),
        (5_576, "unknown_source"),
        (5_577, "repeated"),
    ]
    again, wrong = run(session, here, text + bad)
    assert (again, len(wrong)) == ((0, 0, 5_570), 6)
    key = {"ledger_id": here.ledger_id, "node": here.node}
    assert enlistments.count_in(session, **key) == 5_570
    assert enlistments.tags_in(session, **key) == {
        ("serving", "online"): 4_456,
        ("retired", "online"): 1_114,
    }
    query = sa.select(sa.func.count()).select_from(Member)
    assert session.scalar(query.where(Member.ledger_id == here.ledger_id)) == 0


def test_t2_a_changed_row_is_changed_and_another_name_is_refused(session, here):
    run(session, here, line(1) + line(2))
    assert run(session, here, line(1, unit="一小", standing="离退休") + line(2, "别人")) == (
        (0, 1, 0),
        [(3, "already_member")],
    )
    found = rows(session, here)
    assert (found["E1"].standing, found["E2"].name_masked) == ("retired", "报*2")


def test_t2_a_list_without_a_column_leaves_what_was_known_by_it(session, here):
    run(session, here, line(1, phone="00000000001") + line(2))
    before = rows(session, here)
    short = "外部编号,姓名,居住地编码,身份,来源\n"
    text = "E1,报到1,350902200001,在职,线上\nE2,报到2,350902200001,离退休,线上\n"
    assert run(session, here, text, header=short) == ((0, 1, 1), [])
    after = rows(session, here)
    for number in ("E1", "E2"):
        assert after[number].unit_id == before[number].unit_id is not None
    assert after["E1"].phone_hash == before["E1"].phone_hash is not None
    assert after["E2"].standing == "retired"
    assert run(session, here, line(1, unit="")) == ((0, 1, 0), [])
    assert rows(session, here)["E1"].unit_id is None


def test_t2_nobody_takes_over_a_row_of_a_home_that_is_not_in_their_charge(session, here):
    other = community.make_node(session, here.city, code="c9")
    enlistments.enlist(
        session,
        ledger_id=here.ledger_id,
        new=NewEnlistment("E1", "报到1", other.id, None, "serving", "online", date(2025, 3, 1)),
        takes=lambda *_: True,
        actor=SYSTEM,
    )
    session.commit()
    assert run(session, here, line(1) + line(2)) == ((1, 0, 0), [(2, "not_in_charge")])
    assert rows(session, here)["E1"].node_id == other.id


def test_whose_charge_a_home_is_is_asked_once_and_only_where_something_changes(session, here):
    people_of = [
        NewEnlistment(
            f"E{n}", f"报到{n}", here.node.id, None, "serving", "online", date(2025, 3, 1)
        )
        for n in range(3)
    ]
    asked = []
    key = {
        "ledger_id": here.ledger_id,
        "takes": lambda _session, node: asked.append(node.id) or True,
        "actor": SYSTEM,
    }
    for _time in (1, 2):
        enlistments.enlist_many(session, people=people_of, **key)
    assert asked == []
    retired = [replace(each, standing="retired") for each in people_of]
    assert enlistments.enlist_many(session, people=retired, **key).changed == 3
    assert asked == [here.node.id]


def test_no_political_standing_is_asked_for_or_kept(session, here):
    header = HEADER.replace("来源", "来源,政治面貌")
    with pytest.raises(CsvUnreadable), attempt(session):
        run(session, here, "E1,甲,,,350902200001,在职,线上,某,2025-03-01\n", header=header)
    assert rows(session, here) == {}
    columns = set(Enlistment.__table__.columns.keys())
    assert not [name for name in columns if "party" in name or "politic" in name]


def test_t1_who_joins_later_or_joined_before_is_linked_by_phone_and_name(session, here):
    early = people.member(session, here.ledger_id, here.node, "温如许", "000-0000-0101")
    run(
        session,
        here,
        line(1, "温如许", "000-0000-0101")
        + line(2, "任清和", "000-0000-0102")
        + line(3, "苏小满", "000-0000-0103")
        + line(4, "林晚舟"),
    )
    later = people.member(session, here.ledger_id, here.node, "任清和", "000-0000-0102")
    people.member(session, here.ledger_id, here.node, "别的人", "000-0000-0103")
    by_number = people.member(
        session, here.ledger_id, here.node, "林晚舟", "000-0000-0104", external_id="E4"
    )
    session.commit()
    linked = {number: row.member_id for number, row in rows(session, here).items()}
    assert linked == {"E1": early.id, "E2": later.id, "E3": None, "E4": by_number.id}


def test_t1_who_reported_in_twice_is_known_by_the_first_day(session, here):
    run(
        session,
        here,
        line(1, "温如许", "000-0000-0101", unit="一小", on="2025-03-02")
        + line(2, "温如许", "000-0000-0101", on="2025-03-01")
        + line(3, "温如许", "000-0000-0101", unit="一小", on="2025-03-01"),
    )
    member = people.member(session, here.ledger_id, here.node, "温如许", "000-0000-0101")
    session.commit()

    found = rows(session, here)
    assert {name: row.member_id for name, row in found.items()} == {
        "E1": None,
        "E2": member.id,
        "E3": None,
    }


def test_t1_hours_count_once_for_the_residence_and_the_unit_shows_them_as_a_part(session, here):
    run(
        session,
        here,
        line(1, "温如许", "000-0000-0101")
        + line(2, "任清和", "000-0000-0102", unit="一小")
        + line(3, "苏小满", "000-0000-0103", unit="")
        + line(9, "温如许", "000-0000-0101", unit="一小"),
    )
    whose = [
        people.member(session, here.ledger_id, here.node, name, phone)
        for name, phone in (
            ("温如许", "000-0000-0101"),
            ("任清和", "000-0000-0102"),
            ("苏小满", "000-0000-0103"),
        )
    ]
    for member, minutes in zip(whose, (120, 60, 30), strict=True):
        points.grant(session, here, member.id, minutes)
    session.commit()
    found = enlistment_hours.of_place(session, ledger_id=here.ledger_id, node=here.node)

    (home,) = found.residences
    assert (home.enlisted_count, home.joined_count, home.minutes) == (4, 3, 210)
    assert found.minutes == 210
    assert {u.name: (u.enlisted_count, u.minutes) for u in found.units} == {
        "一小": (2, 60),
        "税务局": (1, 120),
    }
    (unit_id,) = [u.unit_id for u in found.units if u.name == "税务局"]
    unit = units.get(session, unit_id)
    of_unit = enlistments.list_of_unit(session, ledger_id=here.ledger_id, unit=unit)
    at_home = enlistments.list_at_home(session, ledger_id=here.ledger_id, node=here.node)
    assert {row.external_id for row in of_unit} <= {row.external_id for row in at_home}


def test_o11_those_who_reported_in_team_members_and_card_holders_are_three_counts(session, here):
    run(session, here, "".join(line(n) for n in range(1, 8)))
    place = teams.Place(here.ledger_id, here.node.id, here.node.id)
    for name in ("甲队", "乙队"):
        team = teams.a_team(session, place, name)
        for member in [people.member(session, here.ledger_id, here.node, f"{name}员")]:
            team_members.join(
                session,
                ledger_id=here.ledger_id,
                team_id=team.id,
                member_id=member.id,
                actor=SYSTEM,
            )
    found = enlistment_hours.populations(session, ledger_id=here.ledger_id, node=here.node)
    assert (found.enlisted_count, found.team_people_count, found.card_holder_count) == (7, 2, 0)
    assert not [name for name in dir(found) if "total" in name or "sum" in name]


def test_a13_who_is_entered_elsewhere_is_flagged_and_nothing_is_refused(session, here):
    other = tree.add(
        session,
        parent=tree.get(session, here.node.parent_id),
        kind_code="community",
        code="350902200077",
        name="别处社区",
        actor=SYSTEM,
    )
    run(session, here, line(1, "温如许", "000-0000-0101") + line(2, "任清和", "000-0000-0102"))
    away = people.member(session, here.ledger_id, other, "温如许", "000-0000-0101")
    people.member(session, here.ledger_id, here.node, "任清和", "000-0000-0102")
    session.commit()
    found = rows(session, here)
    flagged = enlistment_hours.elsewhere(session, ledger_id=here.ledger_id, node=here.node)
    assert flagged == {found["E1"].id}
    assert points.grant(session, here, away.id, 60).state == "posted"


def test_t1_a_unit_reports_in_to_a_community_once(session, here):
    unit = units.list_in(session, here.node)[0]
    for _time in (1, 2):
        enlistments.enlist_unit(
            session, ledger_id=here.ledger_id, unit=unit, node=here.node, actor=SYSTEM
        )
    listed = enlistments.list_units(session, ledger_id=here.ledger_id, node=here.city)
    assert [(one.name, node.id) for one, node in listed] == [(unit.name, here.node.id)]


def test_an_unknown_standing_enters_nobody(session, here):
    new = enlistments.NewEnlistment(
        "E1", "温如许", here.node.id, None, "member", "online", points.RATES_FROM
    )
    with pytest.raises(ValidationFailed), attempt(session):
        enlistments.enlist(
            session, ledger_id=here.ledger_id, new=new, takes=lambda *_: True, actor=SYSTEM
        )
    assert rows(session, here) == {}


def test_d47_erasure_takes_the_name_off_the_register_and_leaves_the_count(session, here):
    run(session, here, line(1, "温如许", "000-0000-0101"))
    member = people.member(session, here.ledger_id, here.node, "温如许", "000-0000-0101")
    session.commit()
    record = own_record.my_record(session, person_id=member.person_id, ledger_id=here.ledger_id)
    assert [each["external_id"] for each in record["membership"]["reporting_in"]] == ["E1"]
    erasure.erase(session, person_id=member.person_id, actor=SYSTEM)
    (row,) = rows(session, here).values()
    assert (row.name_cipher, row.phone_hash, row.member_id) == (None, None, None)
    assert "温" not in row.name_masked
    assert enlistments.count_in(session, ledger_id=here.ledger_id, node=here.node) == 1
