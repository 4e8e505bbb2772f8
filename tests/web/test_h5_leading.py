"""What a leader does on the phone: plan, respond, show codes, take people in, confirm, close."""

import re

import pytest
import sqlalchemy as sa

from app.activities import attendance
from app.activities.models import Activity, ActivitySession, Attendance, Organiser
from app.base import clock
from app.base.actors import SYSTEM
from app.community import units
from app.people import codes
from app.points import wallets
from tests.factories import pages
from tests.factories.onsite import EVE, at
from tests.web.answers import done, no_change

OUTER = ("base_idempotency", "base_serial")
PLAN = {
    "title": "交通劝导",
    "category_code": "traffic",
    "address": "实验小学北门路口",
    "on_1": "2026-03-10",
    "begins_1": "09:00",
    "ends_1": "11:00",
    "quota_count": "12",
    "description": "带红马甲",
}


def rows(session, model):
    session.expire_all()
    query = sa.select(model).order_by(*sa.inspect(model).primary_key)
    return list(session.scalars(query.execution_options(cross_ledger=True)))


def lead_path(slot, rest):
    return f"/lead/sessions/{pages.id_of(slot)}{rest}"


def test_a_leader_plans_changes_and_hands_in(site, lead, session):
    plan = PLAN | {"team_id": str(site.team.id)}
    with at("09:00", EVE):
        kept = lead.send("/lead/plan", then="draft", **plan)
        draft = rows(session, Activity)[0]
        path = f"/lead/activities/{draft.id}"
        shown = lead.get(f"{path}/plan").text
        changed = lead.send(
            f"{path}/plan", then="submit", version=draft.version, **(plan | {"quota_count": ""})
        )

    assert kept.status_code == changed.status_code == 303
    assert 'value="2026-03-10"' in shown
    assert 'value="09:00"' in shown
    (made,) = rows(session, Activity)
    assert (made.state, made.title, made.team_id) == ("submitted", "交通劝导", site.team.id)


def test_a_plan_names_its_partners_and_repeats_every_week(site, lead, session):
    with at("08:30", EVE):
        unit = units.add(
            session, node=site.town.node, name="供电公司", kind="partner", actor=SYSTEM
        )
        session.commit()
    plan = PLAN | {"team_id": str(site.team.id), "weeks": "3", "then": "draft"}
    with at("09:00", EVE):
        foreign = lead.send("/lead/plan", **plan, alliance_id=str(site.team.id))
        lead.send("/lead/plan", **plan, unit_ids=str(unit.id))
        (made,) = rows(session, Activity)
        shown = lead.get(f"/lead/activities/{made.id}/plan").text
        held = rows(session, ActivitySession)

    assert foreign.status_code == 422
    assert [clock.local_date(each.starts_at).day for each in held] == [10, 17, 24]
    assert [each.unit_id for each in rows(session, Organiser)] == [unit.id]
    assert 'value="2026-03-24"' in shown
    assert re.search(rf'value="{unit.id}" checked', shown)


def test_sending_a_plan_twice_keeps_one(site, lead, session):
    plan = PLAN | {"team_id": str(site.team.id), "then": "draft"}
    with at("09:00", EVE):
        first = lead.send("/lead/plan", key="c" * 24, **plan)
        second = lead.send("/lead/plan", key="c" * 24, **plan)

    assert first.location == second.location
    assert len(rows(session, Activity)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "补录三月的活动"},
        {"title": ""},
        {"address": "北门"},
        {"on_1": "2026-02-01"},
        {"on_1": "明天"},
        {"begins_1": ""},
        {"ends_1": "08:00"},
        {"quota_count": "很多"},
        {"quota_count": "0"},
        {"category_code": "nothing"},
        {"team_id": "00000000-0000-7000-8000-000000000001"},
    ],
)
def test_a_wrong_plan_keeps_what_was_typed_and_changes_nothing(site, lead, session, wrong):
    plan = PLAN | {"team_id": str(site.team.id), "then": "submit"} | wrong
    with at("09:00", EVE), no_change(session, but=OUTER):
        answer = lead.send("/lead/plan", **plan)

    assert answer.status_code in (404, 422)
    assert 'role="alert"' in answer.text
    assert "带红马甲" in answer.text
    assert "11:00" in answer.text or wrong.get("ends_1") == "08:00"


def test_a_stale_draft_is_not_overwritten(site, lead, session):
    with at("09:00", EVE):
        lead.send("/lead/plan", then="draft", team_id=str(site.team.id), **PLAN)
        draft = rows(session, Activity)[0]
        with no_change(session, but=OUTER):
            answer = lead.send(
                f"/lead/activities/{draft.id}/plan",
                then="draft",
                version=draft.version + 1,
                team_id=str(site.team.id),
                **PLAN,
            )

    assert answer.status_code == 412


def test_a_leader_responds_takes_it_back_and_calls_off(site, lead, session):
    path = f"/lead/activities/{pages.id_of(site.called())}"
    team = {"team_id": str(site.team.id)}
    with at("10:00", EVE):
        assert "我们队响应" in lead.get(path).text
        nobody = lead.send(f"{path}/respond", team_id="x")
        lead.send(f"{path}/respond", **team)
        opened = rows(session, Activity)[0].state
        lead.send(f"{path}/respond/withdraw", **team)
        called = rows(session, Activity)[0].state
        silent = lead.send(f"{path}/cancel", reason=" ")
        gone = lead.send(f"{path}/cancel", reason="下大雨")

    assert nobody.status_code == silent.status_code == 422
    assert (opened, called) == ("open", "called")
    assert gone.status_code == 303
    assert rows(session, Activity)[0].state == "cancelled"


def test_the_screen_shows_the_code_that_a_phone_can_redeem(site, lead, client):
    _, (slot,) = site.opened()
    with at("08:50"):
        page = lead.get(lead_path(slot, "/code/in"))
        wall = lead.get(lead_path(slot, "/code/in/wall"))
        sideways = lead.get(lead_path(slot, "/code/sideways"))
        now = lead.get(lead_path(slot, "/code/in/now")).get_json()
        shown = done(site.leader.get(f"{slot}/codes/in"))
        typed = re.search(r'data-field="short">([\d ]+)<', page.text)[1]
        digits = {"book": "ningde", "session_id": pages.id_of(slot)}
        seen = client.post(
            "/api/v1/checkins/seen", json={**digits, "digits": typed.replace(" ", "")}
        )

    assert sideways.status_code == 404
    assert "js/code_screen.js" in page.text
    assert shown["svg"] in page.text
    assert shown["svg"] in wall.text
    assert (now["came_count"], now["inside_count"], now["gone_count"]) == (0, 0, 0)
    assert now["key_version"] == 1
    assert done(seen)["direction"] == "in"


def test_the_screen_shows_no_code_that_is_good_for_nothing(site, lead):
    _, (slot,) = site.opened()
    with at("11:10"):
        coming, going = (lead.get(lead_path(slot, f"/code/{way}")) for way in ("in", "out"))
    with at("11:30"):
        late = lead.get(lead_path(slot, "/code/out"))

    assert "这个码停用了" in coming.text
    assert "<svg xmlns" not in coming.text
    assert "<svg xmlns" in going.text
    assert "这个码停用了" in late.text


def test_the_screen_counts_who_came_and_masks_their_names(site, lead):
    _, (slot,) = site.opened()
    site.scan(site.wen, slot, "in", "08:50")
    with at("08:55"):
        now = lead.get(lead_path(slot, "/code/in/now")).get_json()

    assert (now["came_count"], now["inside_count"]) == (1, 1)
    assert "08:50" in now["latest"]
    assert "人wen" not in now["latest"]


def test_revoked_codes_open_nothing_any_more(site, lead, client):
    _, (slot,) = site.opened()
    with at("08:50"):
        old = site.token(slot, "in")
        assert lead.send(lead_path(slot, "/code/in/revoke")).status_code == 303
        answer = client.post("/api/v1/checkins/seen", json={"token": old})

    assert answer.get_json()["code"] == "key_revoked"


def test_a_card_and_a_personal_code_are_taken_at_the_door(site, lead, session):
    _, (slot,) = site.opened()
    path = lead_path(slot, "/door")
    member = site.town.member("池映月")
    with at("08:50"):
        card = lead.send(path, direction="in", presented=site.card_of(member))
        code = codes.issue(
            session, ledger_id=site.town.ledger_id, member_id=site.wen.member.id, purpose="attend"
        )
        session.commit()
        digits = lead.send(path, direction="in", presented=code.digits)
        again = lead.send(path, direction="in", presented=code.digits)
        empty = lead.send(path, direction="in", presented="")
        unknown = lead.send(path, direction="in", presented="乱写的")
    with at("11:00"):
        out = lead.send(path, direction="out", presented=site_card(session, member))

    assert "池*月 签到好了" in card.text
    assert "签到好了" in digits.text
    assert again.status_code == 409
    assert empty.status_code == 422
    assert unknown.status_code == 404
    assert "乱写的" in unknown.text
    assert "池*月 签退好了" in out.text
    assert {stay.in_door for stay in rows(session, Attendance)} == {"card", "personal_code"}


def site_card(session, member):
    from app.base.actors import SYSTEM
    from app.people import card_register, cards

    (card,) = cards.list_of(session, ledger_id=member.ledger_id, member_id=member.id)
    issued = card_register.reprint(
        session, ledger_id=member.ledger_id, card_id=card.id, actor=SYSTEM
    )
    session.commit()
    return issued.token


def test_the_roll_takes_in_and_lets_out_and_names_who_cannot_be(site, lead, session):
    _, (slot,) = site.opened()
    member = site.town.member("池映月")
    own = site.leader.member
    with at("11:00", EVE):
        done(site.wen.post(f"{slot}/enrolments", {}), 201)
    with at("08:50"):
        listed = lead.get(lead_path(slot, "/roll/in")).text
        nobody = lead.send(lead_path(slot, "/roll/in"))
        unknown = lead.send(
            lead_path(slot, "/roll/in"), member_ids=str(site.wen.member.id), numbers="NO-1"
        )
        taken = lead.send(
            lead_path(slot, "/roll/in"),
            member_ids=str(site.wen.member.id),
            numbers=f"{member.volunteer_no} {own.volunteer_no}",
        )
    with at("11:00"):
        inside = lead.get(lead_path(slot, "/roll/out")).text
        lead.send(lead_path(slot, "/roll/out"), member_ids=str(member.id))

    assert site.wen.member.volunteer_no in listed
    assert nobody.status_code == 422
    assert unknown.status_code == 404
    assert "NO-1" in unknown.text
    assert "签到了 2 人" in taken.text
    assert "自己的事要别人来批" in taken.text
    assert member.volunteer_no in inside
    states = {stay.member_id: stay.state for stay in rows(session, Attendance)}
    assert states == {site.wen.member.id: "open", member.id: "closed"}


def test_confirming_posts_hours_and_points_once(site, lead, session):
    _, (slot,) = site.opened()
    stay = site.been(site.wen, slot, "08:50", "11:00")["attendance_id"]
    path = lead_path(slot, "/confirm")
    with at("12:00"):
        assert stay in lead.get(path).text
        nobody = lead.send(path)
        first = lead.send(path, attendance_ids=stay, key="d" * 24)
        second = lead.send(path, attendance_ids=stay, key="d" * 24)
        third = lead.send(path, attendance_ids=stay)

    assert nobody.status_code == 422
    assert first.status_code == second.status_code == 303
    assert third.status_code == 409
    held = wallets.holding(session, ledger_id=site.town.ledger_id, member_id=site.wen.member.id)
    assert held.spendable_points == 2


def test_d16_a_forgotten_check_out_is_settled_by_name_and_time(site, lead, session):
    _, (slot,) = site.opened()
    stay = site.scan(site.wen, slot, "in", "08:50").get_json()["attendance_id"]
    with at("11:40"):
        attendance.autoclose(session, ledger_id=site.town.ledger_id, now=clock.now())
        session.commit()
        path = lead_path(slot, "/confirm")
        assert "忘了签退的 1 人" in lead.get(path).text
        said = {"reason": "看着他走的"}
        late = lead.send(path, **{"attendance_ids": stay, f"left_{stay}": "11:30"}, **said)
        silent = lead.send(path, **{"attendance_ids": stay, f"left_{stay}": "10:45"})
        why = {"reason": "手机没电，我看着他走的"}
        fine = lead.send(path, **{"attendance_ids": stay, f"left_{stay}": "10:45"}, **why)

    assert late.status_code == silent.status_code == 422
    assert 'value="11:30"' in late.text
    assert fine.status_code == 303
    (row,) = rows(session, Attendance)
    assert (row.state, row.credited_minutes) == ("confirmed", 105)


def test_a_record_is_refused_with_a_reason_only(site, lead, session):
    _, (slot,) = site.opened()
    stay = site.been(site.wen, slot, "08:50", "11:00")["attendance_id"]
    path = f"/lead/stays/{stay}/refuse"
    with at("12:00"):
        assert lead.get(path).status_code == 200
        silent = lead.send(path, reason="")
        assert rows(session, Attendance)[0].state == "closed"
        said = lead.send(path, reason="人不在现场")

    assert silent.status_code == 422
    assert said.status_code == 303
    assert rows(session, Attendance)[0].state == "refused"


def test_an_activity_is_closed_with_the_number_of_people_served(site, lead, session):
    path, (slot,) = site.opened()
    site.been(site.wen, slot, "08:50", "11:00")
    page = f"/lead/activities/{pages.id_of(path)}"
    with at("10:30"):
        early = lead.send(f"{page}/close", beneficiary_count="40")
    with at("12:00"):
        wrong = lead.send(f"{page}/close", beneficiary_count="很多")
        right = lead.send(f"{page}/close", beneficiary_count="40")

    assert early.status_code == wrong.status_code == 422
    assert "很多" in wrong.text
    assert right.status_code == 303
    (made,) = rows(session, Activity)
    assert (made.state, made.beneficiary_count) == ("finished", 40)


@pytest.mark.parametrize("rest", ["/door", "/roll/in", "/confirm", "/code/in/revoke"])
def test_a_volunteer_does_nothing_at_the_leaders_doors(app, site, session, rest):
    _, (slot,) = site.opened()
    with at("08:50"):
        phone = pages.browser(app, session, site.wen.member)
        with no_change(session):
            answer = phone.send(lead_path(slot, rest), presented="x", member_ids=str(slot))

    assert answer.status_code == 403
    assert re.search("这件事您还不能办", answer.text)
