"""What the field says of an activity, of a patrol, and of hours, shown at the real doors."""

from dataclasses import replace

import pypdfium2
import sqlalchemy as sa

from app.activities.models import Attendance
from app.base.actors import SYSTEM
from app.community import units
from app.ledger.models import Entry, Journal
from app.people import team_members, teams
from app.people.models import Member, Person
from app.points.models import Grant
from migrations.house import load_models
from tests.factories import onsite, pages, points
from tests.factories.onsite import EVE, at
from tests.web.answers import done, everything, refused

CHILD = ("child", "minor", "guardian", "pupil")


def rows(session, *models):
    session.expire_all()
    found = {}
    for model in models:
        query = sa.select(model.__table__).execution_options(cross_ledger=True)
        found[model.__tablename__] = sorted(map(repr, session.execute(query)))
    return found


def held(site, **more):
    """An activity that wen came to, and whose hours are confirmed."""
    path, (slot,) = site.opened(**more)
    site.been(site.wen, slot, "08:58", "11:00")
    grants = site.confirm(slot)
    return path, slot, grants


def test_c8_a_class_has_a_number_of_children_and_no_name_of_one(app, session, site):
    path, _slot, (grant,) = held(site, title="四点半课堂", category_code="after_school")
    people = rows(session, Member, Person)
    with at("12:10"):
        phone = pages.browser(app, session, site.leader.member)
        page = phone.get(f"/lead/activities/{pages.id_of(path)}")
        assert 'name="beneficiary_count"' in page.text
        named = {"beneficiary_count": 26, "beneficiary_names": ["小明"]}
        before = everything(session)
        refused(site.leader.post(f"{path}/close", named), "validation_failed", 422)
        assert everything(session) == before
        sent = phone.send(f"/lead/activities/{pages.id_of(path)}/close", beneficiary_count="26")
        assert sent.status_code in (200, 303)
        assert "26 人" in phone.get(f"/lead/activities/{pages.id_of(path)}").text
    assert rows(session, Member, Person) == people
    tables = load_models().tables.values()
    columns = {f"{each.name}.{column.name}" for each in tables for column in each.columns}
    assert [one for one in columns if any(word in one for word in CHILD)] == []
    assert grant["minutes"] == 120, "who helped is credited"


def test_c10_another_number_of_people_served_changes_no_hours(session, site):
    path, _slot, _grants = held(site)
    with at("12:10"):
        done(site.leader.post(f"{path}/close", {"beneficiary_count": 30}))
        before = rows(session, Grant, Journal, Entry, Attendance)
        leader = onsite.fresh(site.leader)
        changed = done(leader.post(f"{path}/beneficiaries", {"beneficiary_count": 512}))
    assert changed["beneficiary_count"] == 512
    assert rows(session, Grant, Journal, Entry, Attendance) == before


def test_c12_the_new_years_party_has_its_two_co_organisers_and_a_poster_to_print(
    app, session, site
):
    with at("08:10", EVE):
        both = [
            units.add(session, node=site.town.node, kind=kind, name=name, actor=SYSTEM)
            for kind, name in (("物业", "汇采物业"), ("业委会", "瑞云苑小区业主委员会"))
        ]
        ids = [each.id for each in both]
        session.commit()
    path, _slots = site.opened(
        title="邻里迎新春联欢", address="瑞云苑广场", unit_ids=ids, category_code="other"
    )
    with at("10:10", EVE):
        assert sorted(done(site.wen.get(path))["unit_ids"]) == sorted(ids)
        pdf = pypdfium2.PdfDocument(site.leader.get(f"{path}/poster").get_data())
        text = pdf[0].get_textpage().get_text_range()
        pdf.close()
        page = pages.browser(app, session, site.town.caller("staff").member).get(
            f"/staff/{site.town.node.code}/activities/{pages.id_of(path)}"
        )
    assert "邻里迎新春联欢" in text
    assert "瑞云苑广场" in text
    for each in both:
        assert each.name in page.text


def test_c15_a_patrol_of_eighteen_walks_and_the_hours_of_seventeen_are_posted_at_once(
    session, site
):
    town = site.town
    key = {"ledger_id": town.ledger_id, "actor": SYSTEM}
    with at("08:10", EVE):
        new = teams.NewTeam(town.node.id, "丰美巡逻小队", "巡逻队", "丰美小区党支部")
        squad = teams.create(session, team=new, **key)
        walkers = [site.wen, *(town.caller(f"巡逻{number:02}") for number in range(16))]
        team_members.join(
            session, team_id=squad.id, member_id=site.leader.member.id, role="leader", **key
        )
        team_members.join_many(
            session, team_id=squad.id, member_ids=[each.member.id for each in walkers], **key
        )
        session.commit()
    walkers.insert(0, site.leader)
    _path, (slot,) = replace(site, team=squad).opened(
        title="夜间巡逻",
        category_code="security_patrol",
        way="route",
        checkpoints=["东门岗亭", "3号楼楼下"],
        checkpoint_min_count=2,
    )
    with at("09:00"):
        gates = done(site.leader.get(f"{slot}/checkpoints"))["items"]
    for gate, text in zip(gates, ("09:01", "10:31"), strict=True):
        with at(text):
            for walker in walkers:
                reach(walker, gate)
    with at("10:35"):
        for walker in walkers:
            done(walker.post(f"{slot}/patrol-end"))
    grants = site.confirm(slot)
    states = {each["member_id"]: (each["state"], each["minutes"]) for each in grants}
    own, *others = (states.pop(str(each.member.id)) for each in walkers)
    assert states == {}
    assert others == [("posted", 90)] * 17
    assert own == ("waiting_level_2", 90), "nobody confirms their own hours"
    assert not any("parking" in name for name in load_models().tables)


def reach(walker, gate):
    """One of the patrol scans a place of the route."""
    seen = walker.client.post("/api/v1/checkins/seen", json={"token": gate["token"]})
    done(walker.post("/checkins/checkpoints", {"ticket": done(seen)["ticket"]}), 201)


def test_l11_a_lost_and_replaced_card_moves_no_hour_and_no_point(session, site):
    town, staff = site.town, site.town.caller("staff")
    points.grant(session, town.world, site.wen.member.id, 120)
    session.commit()
    with at("09:00", EVE):
        staff = onsite.fresh(staff)
        path = f"{site.book}/members/{site.wen.member.id}/cards"
        first = done(staff.post(path, {}), 201)
        kept = points.balances(session, town.ledger_id)
        before = rows(session, Journal, Entry)
        done(staff.post(f"{site.book}/cards/{first['id']}/loss"))
        second = done(staff.post(f"{site.book}/cards/{first['id']}/replacement", {}), 201)
    assert second["card_no"] != first["card_no"]
    assert points.balances(session, town.ledger_id) == kept != {}
    assert rows(session, Journal, Entry) == before
