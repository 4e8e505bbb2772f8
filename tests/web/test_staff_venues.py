"""Venues, rosters and agreements at the desk, and venues on the phone: V1, V2, O15, T18."""

import io
import re
from urllib.parse import urlsplit

import pytest
from openpyxl import load_workbook

from app.activities import joint_counts
from app.base.actors import SYSTEM
from app.community import agreements, units, venues
from tests.factories import pages
from tests.factories.activities import DAY, EVE, at
from tests.factories.community import make_node
from tests.ledger.statements_counted import counted
from tests.web.answers import done, no_change
from tests.web.forms_seen import only_this

VENUE = {
    "name": "近邻之家",
    "kind": "近邻驿站",
    "address": "瑞云苑3号楼架空层",
    "opening": "周一至周日 8:30–21:00",
    "tags": ["饮水", "协商议事"],
    "aliases": "近邻红色驿站\n老活动室",
}


@pytest.fixture
def desk(app, session, site):
    with at("08:30", EVE):
        staff = site.caller("staff")
        return pages.browser(app, session, staff.member), f"/staff/{site.town.node.code}"


def a_venue(session, site):
    with at("08:20", EVE):
        return venues.add(
            session,
            node=site.town.node,
            kind="党群服务中心",
            name="党群服务中心",
            address="金溪路1号",
            actor=SYSTEM,
        )


def test_o15_v1_v2_venues_at_the_desk_and_on_the_phone(app, session, site, desk):
    staff, base = desk
    centre = a_venue(session, site)
    session.commit()
    with at("08:40", EVE):
        with no_change(site.session):
            bad = staff.send(f"{base}/venues", **VENUE | {"name": " "})
            assert bad.status_code == 422
        made = staff.send(f"{base}/venues", **VENUE, parent_id=str(centre.id))
        assert made.status_code == 303
        page = staff.get(made.location).text
        listed = staff.get(f"{base}/venues").text
        roster = made.location.split("?")[0] + "/roster"
        assert staff.get(roster).text.count("没有排班") == 7
        plan = {"monday": "2026-03-09", "begins": "09:00", "ends": "11:00", "weekdays": ["1", "3"]}
        with no_change(site.session):
            assert (
                staff.send(roster, **plan | {"monday": "2026-03-10"}, kind="rotating").status_code
                == 422
            )
        assert staff.send(roster, **plan, kind="rotating", people_count="2").status_code == 303
        assert staff.send(roster, **plan, kind="resident").status_code == 303
        week = staff.get(f"{roster}?monday=2026-03-09").text
        holders = re.findall(r'action="([^"]+/holder[^"]*)"', week)
        number = site.town.caller("staff").member.volunteer_no
        with no_change(site.session):
            wrong = staff.send(holders[0], volunteer_no="N" * 41)
            assert wrong.status_code == 422
        nobody = {"volunteer_no": "N" * 41}
        rest = only_this(wrong.text, urlsplit(holders[0]).path, ["volunteer_no"], **nobody)
        assert not any(each.is_open for each in rest if each.path.endswith("/holder"))
        bad = staff.send(roster, **plan | {"weekdays": []}, kind="resident", volunteer_no="一号")
        sent = {"kind": "resident", "begins": "09:00", "volunteer_no": "一号"}
        only_this(bad.text, urlsplit(roster).path, [], **sent)
        assert staff.send(holders[0], volunteer_no=number).status_code == 303
        filled = staff.get(f"{roster}?monday=2026-03-09").text
        removal = re.findall(r'action="([^"]+/remove[^"]*)"', filled)
        assert staff.send(removal[1]).status_code == 303
        rest = staff.get(f"{roster}?monday=2026-03-09").text
    assert (len(holders), len(removal)) == (2, 2)
    assert "3 班没有人" in filled
    assert "2 班没有人" in rest
    for text in ("近邻红色驿站", "老活动室", "饮水、协商议事", "周一至周日 8:30–21:00"):
        assert text in page
    assert "└" in listed
    assert listed.count("闲着") == 2
    assert "4 班没有人" in week
    assert "志愿者 0 / 2 人" in week
    assert "等批准" in week

    venue_id = re.search(r"/venues/(\d+)", made.location)[1]
    _path, (slot,) = site.opened(venue_id=int(venue_id))
    site.been(site.wen, slot, "09:00", "11:00")
    with at("12:00"):
        staff = pages.browser(app, session, site.caller("staff").member)
        use = staff.get(f"{base}/venues/use").text
        file = staff.send(f"{base}/venues/use/file")
        foreign = pages.browser(app, session, site.town.caller("foreign_staff").member)
        assert foreign.get(f"{base}/venues").status_code == 404
        volunteer = pages.browser(app, session, site.wen.member)
        assert volunteer.get(f"{base}/venues/use").status_code == 403
        near = volunteer.get("/venues?has=饮水").text
        one = volunteer.get(f"/venues/{venue_id}").text
    assert "健康义诊" in use
    assert "100%" in use
    assert "1 个阵地三十天没有人用" in use
    cells = [[cell.value for cell in row] for row in load_workbook(io.BytesIO(file.data)).active]
    assert cells[-1][0] == DAY.isoformat()
    assert "近邻之家" in near
    assert "党群服务中心" not in near.split("<main", 1)[1]
    assert "瑞云苑3号楼架空层" in one
    assert "这两周没有要报名的值班" in one, "not approved yet"


def test_t18_t19_t20_agreements_at_the_desk(session, site, desk):
    staff, base = desk
    with at("08:30", EVE):
        estate = make_node(session, site.town.node, name="金涵小区二期", kind_code="estate")
        building = make_node(session, estate, name="B区17号楼", kind_code="building")
        unit = units.add(
            session, node=site.town.node, kind="职能部门", name="市委宣传部", actor=SYSTEM
        )
        session.commit()
    body = {
        "unit_id": str(unit.id),
        "node_code": building.code,
        "kind": "claim",
        "title": "认领楼栋",
        "standard": "五星楼道",
        "begins_on": str(EVE),
    }
    with at("08:40", EVE):
        assert staff.send(f"{base}/agreements", **body).status_code == 303
        twice = staff.send(f"{base}/agreements", **body)
        assert (twice.status_code, "已经有单位认领" in twice.text) == (409, True)
        shown = staff.get(f"{base}/agreements?kind=claim").text
        assert "已认领" in shown
        assert "金涵小区二期 / B区17号楼" in shown
        end = re.search(r'action="(/staff/[^"]+/end)"', shown)[1]
        assert staff.send(end, reason="换一栋").status_code == 303
        assert "换一栋" in staff.get(f"{base}/agreements").text


def test_v7_a_venue_is_public_with_its_hours_and_duty_and_names_nobody(
    app, client, session, site, desk
):
    staff, base = desk
    with at("08:40", EVE):
        made = staff.send(f"{base}/venues", **VENUE)
        roster = made.location.split("?")[0] + "/roster"
        plan = {"monday": "2026-03-09", "begins": "14:00", "ends": "16:00", "weekdays": ["2"]}
        staff.send(roster, **plan, kind="rotating", people_count="2")
        staff.send(roster, **plan | {"weekdays": ["3"]}, kind="resident")
    venue_id = int(re.search(r"/venues/(\d+)", made.location)[1])
    public = f"/places/{site.town.node.code}/venues"
    site.opened(venue_id=venue_id)
    with at("08:00"):
        listed, page = client.get(public), client.get(f"{public}/{venue_id}")
        elsewhere = client.get(f"/places/{site.town.elsewhere.code}/venues/{venue_id}")
        place = client.get(f"/places/{site.town.node.code}")

    assert "近邻之家" in listed.text
    assert public in place.text
    for said in ("近邻驿站", "饮水、协商议事", "周一至周日 8:30–21:00", "近邻红色驿站", "健康义诊"):
        assert said in page.text
    assert page.text.count("还没有人") == 1, "the volunteers' shift is not approved yet"
    assert "只写有没有人" in page.text
    assert "人staff" not in page.text
    assert elsewhere.status_code == client.get(f"{public}/999999").status_code == 404


def test_c9_units_sum_to_more_than_the_whole_and_the_screen_says_why(app, session, site, desk):
    _staff, base = desk
    with at("08:30", EVE):
        both = [
            units.add(session, node=site.town.node, kind=kind, name=f"金溪{kind}", actor=SYSTEM)
            for kind in ("业委会", "物业")
        ]
        session.commit()
    path, (slot,) = site.opened(unit_ids=[each.id for each in both])
    site.been(site.wen, slot, "09:00", "11:00")
    site.confirm(slot)
    with at("12:30"):
        done(site.leader.post(f"{path}/close", {"beneficiary_count": 30}))
        staff = pages.browser(app, session, site.caller("staff").member)
        page = staff.get(f"{base}/organisers").text
        own = staff.get(f"{base}/organisers?unit={both[0].id}").text
        none = staff.get(f"{base}/organisers?unit={both[0].id}&to=2020-01-01").text

    assert "在几个单位各算一次" in page
    assert page.count(">1</a>") == 2
    assert "健康义诊" in own.split("金溪业委会参加的", 1)[1]
    assert "健康义诊" not in none


def test_t17_what_units_do_with_a_place_is_counted_at_once(app, session, site, desk):
    _staff, base = desk
    with at("08:30", EVE):
        signed = [
            units.add(session, node=site.town.node, kind="业委会", name=f"单位{nth}", actor=SYSTEM)
            for nth in range(3)
        ]
        session.commit()
    path, (slot,) = site.opened(unit_ids=[each.id for each in signed[:2]])
    site.been(site.wen, slot, "09:00", "11:00")
    site.confirm(slot)
    sent = []
    with at("12:30"):
        done(site.leader.post(f"{path}/close", {"beneficiary_count": 30}))
        staff = pages.browser(app, session, site.caller("staff").member)
        for unit in signed:
            terms = agreements.Terms("joint", "共建协议", EVE)
            agreements.sign(session, unit=unit, node=site.town.node, terms=terms, actor=SYSTEM)
            session.commit()
            with counted(session) as statements:
                page = staff.get(f"{base}/agreements")
            sent.append(len(statements))
        held = joint_counts.count_by_unit(
            session, ledger_id=site.town.ledger_id, node=site.town.node,
            unit_ids={each.id for each in signed},
        )  # fmt: skip
    assert page.status_code == 200
    assert len(set(sent)) == 1, sent
    assert [held[each.id] for each in signed] == [1, 1, 0]
