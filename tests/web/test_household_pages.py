"""Household points through the pages: deductions from the desk to the phone and back (P7, D30)."""

import re
from datetime import date, timedelta

import pytest

from app.base import clock
from app.base.actors import SYSTEM
from app.cli import jobs
from app.community import settings
from app.points import backfills, deductions, indicators, pooling, programmes
from app.points.backfills import BackfillClaim
from app.points.rates import Terms
from app.web.staff.households import applications as desk_applications
from tests.factories import desk as desks
from tests.factories import households as make
from tests.factories import mall as malls
from tests.factories import people, points
from tests.ledger.statements_counted import counted
from tests.web.answers import everything, no_change


@pytest.fixture
def desk(stage):
    return stage.put_up(a_village, "app", "session")


def a_village(app, session):
    """The desk's place pools by household, and litter takes 15."""
    made = desks.a_desk(app, session)
    named = {"programme": made.world.programme, "actor": SYSTEM}
    indicators.add_minus_indicator(
        session, code="litter", name="乱堆乱放", measure="times", **named
    )
    points.rate(session, made.world, "litter", Terms(15, 1))
    pooling.set_pooling(session, pooling="household", **named)
    session.commit()
    return made


def at_home(desk, *who, name="温家"):
    """A household of these people; the first is its head."""
    kin = [desk.person(each) for each in who]
    return people.live_together(desk.session, *kin, name=name, relation="家人")


def cleaning(desk, points_each):
    """清理楼道 is counted in 次."""
    named = {"programme": desk.world.programme, "actor": SYSTEM}
    programmes.add_indicator(desk.session, code="clean", name="清洁", measure="times", **named)
    programmes.add_category(
        desk.session, code="cleans", name="清理楼道", indicator_code="clean", **named
    )
    points.rate(desk.session, desk.world, "clean", Terms(points_each, 1))
    desk.session.commit()


def score(desk, home):
    desk.session.expire_all()
    return pooling.score(desk.session, ledger_id=desk.ledger_id, household_id=home.id)


def enter_and_approve(desk, who):
    """Somebody enters a deduction at the desk, and a colleague approves it."""
    fields = {
        "volunteer_no": desk.person(who).volunteer_no,
        "indicator_code": "litter",
        "quantity": 1,
        "happened_on": clock.today().isoformat(),
        "reason": "楼道堆放杂物",
    }
    said = desk.at("staff").send(desk.path("/deductions"), **fields)
    assert said.status_code == 303
    (found,) = deductions.list_in(desk.session, ledger_id=desk.ledger_id, node=desk.node)
    door = desk.path(f"/deductions/{found.id}/decide")
    assert desk.at("staff").send(door, verdict="approved").status_code == 403
    assert desk.at("second").send(door, verdict="approved").status_code == 303
    return found.id


def put_up(desk):
    day = clock.today().isoformat()
    fields = {
        "kind": "applied",
        "title": "三月积分公示",
        "begins_on": day,
        "ends_on": day,
        "workdays": "5",
        "contact": "党群服务中心一楼",
    }
    return desk.at("staff").send(desk.path("/notices/new"), **fields)


def let_the_clock_run(desk, days):
    """The nightly job of so many days later."""
    desk.session.commit()
    with clock.held_at(clock.now() + timedelta(days=days)):
        jobs.post_applications(desk.session, desk.ledger_id)
        desk.session.commit()


def test_d30_a_deduction_is_put_up_without_a_name_and_its_household_objects_on_the_phone(desk):
    home = at_home(desk, "wen", "zhi")
    enter_and_approve(desk, "wen")
    page = desk.at("staff").get(desk.path("/deductions")).text
    assert "等公示" in page
    assert "发公示" in page
    made = put_up(desk)
    notice_id = re.search(r"notices/([0-9a-f-]{36})", made.location)[1]
    public = desk.at("volunteer").get(f"/notices/ningde/{notice_id}").text
    assert "扣分，不写名字" in public
    assert desk.person("wen").name_masked not in public
    phone = desk.at("zhi").get("/deductions").text
    assert "正在公示，还没扣" in phone
    assert desk.person("wen").name_masked in phone
    door = re.search(r"/objections/new/notice/[0-9a-f-]{36}", phone)[0]
    assert "第 1 行" in desk.at("zhi").get(door).text
    assert desk.at("zhi").send(door, claim="那是楼下的").status_code == 303
    let_the_clock_run(desk, 20)
    assert score(desk, home).score_points == 100
    opened = desk.at("colleague").get(desk.path("/objections")).text
    answer = re.search(r"/objections/[0-9a-f-]{36}/answer", opened)[0]
    said = {"verdict": "upheld", "reason": "看过，不是他家的"}
    with no_change(desk.session):
        assert desk.at("second").send(desk.path(answer), **said).status_code == 403
    assert desk.at("colleague").send(desk.path(answer), **said).status_code == 303
    let_the_clock_run(desk, 21)
    assert score(desk, home).score_points == 100
    assert "异议成立，积分没有动" in desk.at("wen").get("/deductions").text


def test_p7_who_lost_points_objects_on_the_phone_and_two_people_give_them_back(desk):
    home = at_home(desk, "wen", "zhi")
    enter_and_approve(desk, "wen")
    put_up(desk)
    let_the_clock_run(desk, 20)
    assert score(desk, home).score_points == 85
    phone = desk.at("zhi").get("/deductions").text
    door = re.search(r"/objections/new/deduction/[0-9a-f-]{36}", phone)[0]
    assert desk.at("volunteer").get(door).status_code == 404
    assert "楼道堆放杂物" in desk.at("zhi").get(door).text
    assert desk.at("zhi").send(door, claim="那是楼下的").status_code == 303
    before = everything(desk.session)
    assert desk.at("zhi").send(door, claim="再说一次").status_code == 409
    assert everything(desk.session) == before
    opened = desk.at("colleague").get(desk.path("/objections")).text
    answer = re.search(r"/objections/[0-9a-f-]{36}/answer", opened)[0]
    said = {"verdict": "upheld", "reason": "看过，不是他家的"}
    before = everything(desk.session)
    for who in ("staff", "second"):
        refused = desk.at(who).send(desk.path(answer), **said)
        assert refused.status_code == 403, "who entered it, and who approved it"
    assert everything(desk.session) == before
    assert desk.at("colleague").send(desk.path(answer), **said).status_code == 303
    assert score(desk, home).score_points == 85, "a second person confirms"
    assert "等第二个工作人员确认" in desk.at("zhi").get("/deductions").text
    page = desk.at("staff").get(desk.path("/deductions")).text
    confirm = desk.path(re.search(r"/deductions/[0-9a-f-]{36}/reversal/decide", page)[0])
    before = everything(desk.session)
    assert desk.at("colleague").send(confirm, verdict="approved").status_code == 403
    assert everything(desk.session) == before
    assert desk.at("staff").send(confirm, verdict="approved").status_code == 303
    assert score(desk, home).score_points == 100
    assert desk.at("zhi").get(door).status_code == 409
    assert "看过，不是他家的" in desk.at("wen").get("/deductions").text


def test_l4_a_deduction_comes_back_at_the_desk_by_two_people_and_shows_as_two_lines(desk):
    home = at_home(desk, "wen")
    found_id = enter_and_approve(desk, "wen")
    put_up(desk)
    let_the_clock_run(desk, 20)
    assert score(desk, home).score_points == 85
    assert "扣了" in desk.at("wen").get("/deductions").text
    door = desk.path(f"/deductions/{found_id}/reversal")
    with no_change(desk.session):
        assert desk.at("auditor").send(door, reason="认错了").status_code == 403
    assert desk.at("staff").send(door, reason="认错了楼道").status_code == 303
    page = desk.at("colleague").get(desk.path("/deductions")).text
    assert "要退回：认错了楼道" in page
    confirm = f"{door}/decide"
    with no_change(desk.session):
        assert desk.at("staff").send(confirm, verdict="approved").status_code == 403
    assert score(desk, home).score_points == 85
    assert desk.at("colleague").send(confirm, verdict="approved").status_code == 303
    assert score(desk, home).score_points == 100
    mine = desk.at("wen").get("/household").text
    assert mine.count("扣分退回") == 1
    assert ">扣分<" in mine
    assert "积分已退回。原因：认错了楼道" in desk.at("wen").get("/deductions").text


def test_d29_an_empty_household_is_on_the_desks_list_until_two_people_pass_it_on(desk):
    home = at_home(desk, "wen")
    points.grant(desk.session, desk.world, desk.person("wen").id, 120)
    desk.session.commit()
    left = score(desk, home).spendable_points
    assert left > 0
    step = desk.path(f"/people/{desk.person('wen').id}/household/leave")
    assert desk.at("staff").send(step).status_code == 303
    assert "没有人的户，还有积分" in desk.at("staff").get(desk.path("/")).text
    page = desk.at("staff").get(desk.path("/empty-homes")).text
    assert "温家" in page
    door = desk.path(f"/empty-homes/{home.id}/passing")
    heir = desk.person("heir")
    with no_change(desk.session):
        assert desk.at("auditor").send(door, volunteer_no="", reason="x").status_code == 403
    said = {"volunteer_no": heir.volunteer_no, "reason": "长女，看过户口簿"}
    assert desk.at("staff").send(door, **said).status_code == 303
    waits = desk.at("second").get(desk.path("/empty-homes")).text
    decide = re.search(r"/empty-homes/[0-9a-f-]{36}/decide", waits)[0]
    with no_change(desk.session):
        assert desk.at("staff").send(desk.path(decide), verdict="approved").status_code == 403
    assert desk.at("second").send(desk.path(decide), verdict="approved").status_code == 303
    assert points.points_of(desk.session, desk.world, heir.id) == left
    assert "没有空着还有积分的户" in desk.at("staff").get(desk.path("/empty-homes")).text
    assert "收到一户留下的积分" in desk.at("heir").get("/inbox").text


def test_who_is_the_last_of_a_household_reads_what_becomes_of_its_points_before_leaving(desk):
    at_home(desk, "wen", "zhi")
    points.grant(desk.session, desk.world, desk.person("wen").id, 120)
    desk.session.commit()
    assert "户里只有您了" not in desk.at("wen").get("/me/erase").text
    step = desk.path(f"/people/{desk.person('zhi').id}/household/leave")
    assert desk.at("staff").send(step).status_code == 303
    assert "户里只有您了" in desk.at("wen").get("/me/erase").text


def test_d28_the_desk_and_the_household_read_when_the_common_points_expire(desk):
    at_home(desk, "wen", "zhi")
    desk.world.programme.expiry_policy = "calendar_year"
    points.grant(desk.session, desk.world, desk.person("zhi").id, 120)
    desk.session.commit()
    year = clock.today().year
    with clock.held_at(points.at(date(year, 12, 10), 10)):
        page = desk.at("staff").get(desk.path("/people/expiring")).text
        assert "家庭：温家" in page
        assert desk.person("wen").name_masked in page
        phone = desk.at("zhi").get("/household").text
        assert "12月31日到期" in phone
        assert "还有 21 天" in phone


def test_d30_the_form_says_until_when_each_choice_is_up_and_takes_the_places_setting(desk):
    name = "household.notice_workdays"
    settings.put(desk.session, node=desk.node, name=name, value=6, actor=SYSTEM)
    desk.session.commit()
    with clock.held_at(points.at(date(2026, 3, 20), 10)):
        page = desk.at("staff").get(desk.path("/notices/new?kind=applied")).text
        assert re.search(r'<option value="6" selected>\s*6 个工作日，到 3月30日 周一为止', page)
        assert "7 个工作日，到 3月31日 周二为止（中间 4 天不上班，不算）" in page
        assert 'value="10"' not in page
        plain = desk.at("staff").get(desk.path("/notices/new")).text
        assert re.search(r'<option value="5" selected>\s*5 个工作日，到 3月27日 周五为止', plain)
        assert "15 个工作日" in plain


def test_e8_a_household_of_137_reads_what_it_may_spend_and_is_7_short_of_44(desk):
    """From the phone's form over the desk, the notice and the clock to the shop."""
    cleaning(desk, 37)
    home = at_home(desk, "wen", "zhi")
    oil = malls.put_goods(desk.session, desks.a_shop(desk), price=44, name="食用油")
    desk.session.commit()
    said = {
        "category_code": "cleans",
        "served_on": clock.today().isoformat(),
        "amount": "1",
        "text": "清了 3 号楼的楼道",
    }
    assert desk.at("zhi").send("/applications/new", **said).status_code == 303
    listed = desk.at("staff").get(desk.path("/applications")).text
    review = re.search(r"/applications/[0-9a-f-]{36}/review", listed)[0]
    assert desk.at("staff").send(desk.path(review), verdict="approved").status_code == 303
    assert put_up(desk).status_code == 303
    assert score(desk, home).score_points == 100
    let_the_clock_run(desk, 20)
    page = desk.at("wen").get("/household").text
    for words in ("137", "37", "100 分底分"):
        assert words in page
    before = points.snapshot(desk.session, desk.ledger_id)
    buy = f"/partners/reserve/{oil.id}"
    refused = desk.at("wen").send(buy, quantity_count="1", price_points="44")
    assert refused.status_code == 422
    assert "还差 7 积分" in refused.text
    assert points.snapshot(desk.session, desk.ledger_id) == before
    assert score(desk, home).spendable_points == 37


def test_d30_many_applications_leave_the_reviewed_and_the_button_in_sight(desk, monkeypatch):
    """Those on notice filled the list, and what was reviewed later could not be put up."""
    cleaning(desk, 10)
    monkeypatch.setattr(desk_applications, "SHOWN_MAX", 2)
    wen = desk.person("wen")
    day = clock.today()
    asked = {"category_code": "cleans", "served_on": day}

    def applied(count):
        return [make.apply(desk.session, desk.world, wen, **asked) for _ in range(count)]

    def review(found):
        for each in found:
            make.review(desk.session, desk.world, each, actor=desk.actor("staff"))

    review(applied(3))
    make.put_up(desk.session, desk.world, begins_on=day, ends_on=day)
    review(applied(3))
    applied(3)
    desk.session.commit()
    page = desk.at("staff").get(desk.path("/applications?limit=2&offset=2")).text
    for words in ("3 份等审核", "发公示（3 份）", "另有 3 份正在公示", "先报的 2 份，共 3 份"):
        assert words in page
    assert len(re.findall(r"/applications/[0-9a-f-]{36}/review", page)) == 3, "one of them, thrice"
    assert "第 3–3 条，共 3 条" in page
    with counted(desk.session) as few:
        desk.at("staff").get(desk.path("/applications?limit=1"))
    with counted(desk.session) as many:
        desk.at("staff").get(desk.path("/applications"))
    assert len(many) == len(few)


def test_d30_an_application_that_waits_once_more_is_not_called_posted_on_the_phone(desk):
    wen, day = desk.person("wen"), clock.today() - timedelta(days=1)
    hours = {**points.stay(day, 9, 11), "category_code": "other", "quantity": 0}
    found = make.apply(desk.session, desk.world, wen, **hours)
    make.review(desk.session, desk.world, found, actor=desk.actor("staff"))
    make.put_up(desk.session, desk.world, begins_on=day, ends_on=day)
    points.grant(desk.session, desk.world, wen.id, **points.stay(day, 10, 12))
    desk.session.commit()
    let_the_clock_run(desk, 20)
    page = desk.at("wen").get("/applications").text
    assert "现在还没有记" in page
    assert "记上了" not in page


def test_p7_the_rate_card_says_who_approves_and_the_phone_asks_for_the_photo(desk):
    charge = desk.at("city_administrator")
    path = "/staff/3509/programme"
    assert charge.send(
        f"{path}/indicators/volunteering/demands", approver_role="second_approver", evidence="photo"
    ).status_code == 303  # fmt: skip
    row = re.search(r"<tr><th scope=\"row\">志愿服务活动</th><td>([^<]+)</td><td>([^<]+)</td>",
                    charge.get(path).text)  # fmt: skip
    assert row.groups() == ("上一级审核人", "照片")
    assert "按小时，要照片" in desk.at("wen").get("/applications/new").text
    before = points.snapshot(desk.session, desk.ledger_id)
    said = {
        "category_code": "other",
        "served_on": (clock.today() - timedelta(days=1)).isoformat(),
        "starts_at": "09:00",
        "ends_at": "10:30",
        "text": "陪老人看病",
    }
    refused = desk.at("wen").send("/applications/new", **said)
    assert (refused.status_code, "要有凭证" in refused.text) == (422, True)
    assert points.snapshot(desk.session, desk.ledger_id) == before
    assert "还没有申报过" in desk.at("wen").get("/applications").text


def test_p7_the_phone_says_that_a_case_wants_its_number_and_a_photo_too(desk):
    named = {"programme": desk.world.programme, "code": "mediate", "actor": SYSTEM}
    programmes.add_indicator(desk.session, **named, name="调解", measure="pieces")
    programmes.add_category(desk.session, **named, name="调解纠纷", indicator_code="mediate")
    desk.session.commit()
    assert "调解纠纷（按件，要编号）" in desk.at("wen").get("/applications/new").text
    demands = "/staff/3509/programme/indicators/mediate/demands"
    desk.at("city_administrator").send(demands, approver_role="", evidence="photo")
    assert "调解纠纷（按件，要照片，要编号）" in desk.at("wen").get("/applications/new").text


@pytest.mark.parametrize(
    ("said", "where", "why"),
    [
        ({"amount": "3"}, "amount", "不能比从几点到几点还长"),
        ({"amount": "99"}, "amount", "按小时的写小时"),
        ({"category_code": "cleans", "amount": "21"}, "amount", "按次的最多 20 次"),
        ({"category_code": "cleans", "amount": "1.5"}, "amount", "按小时的写小时"),
        ({"ends_at": "22:00"}, "ends_at", "最多 12 小时"),
    ],
)
def test_p7_what_is_wrong_with_how_much_is_marked_where_it_was_typed(desk, said, where, why):
    cleaning(desk, 10)
    wen = desk.at("wen")
    form = {
        "category_code": "other",
        "served_on": (clock.today() - timedelta(days=1)).isoformat(),
        "starts_at": "09:00",
        "ends_at": "10:30",
        "text": "陪老人看病",
    }
    before = points.snapshot(desk.session, desk.ledger_id)
    refused = wen.send("/applications/new", **(form | said))
    assert (refused.status_code, why in refused.text) == (422, True)
    marked = re.findall(r'name="(\w+)"[^>]*aria-invalid', refused.text)
    assert marked == [where]
    assert points.snapshot(desk.session, desk.ledger_id) == before


def test_a3_who_decides_on_a_day_reads_what_is_credited_of_it_already(desk):
    """What bore no time of day cannot overlap: a person looks at the sum."""
    today = clock.today() - timedelta(days=1)
    points.grant(desk.session, desk.world, desk.person("wen").id, 90, served_on=today)
    for who in ("wen", "zhi"):
        said = {
            "category_code": "other",
            "served_on": today.isoformat(),
            "starts_at": "09:00",
            "ends_at": "10:30",
            "text": "陪老人看病",
        }
        assert desk.at(who).send("/applications/new", **said).status_code == 303
        claim = BackfillClaim(
            member_id=desk.person(who).id,
            node_id=desk.node.id,
            category_code="other",
            provenance="honorary",
            minutes=60,
            served_on=today,
            evidence="签到表",
            applied_by_id=desk.person(who).person_id,
        )
        backfills.request(
            desk.session, ledger_id=desk.ledger_id, claim=claim, actor=desk.actor("staff")
        )
        desk.session.commit()
    for path in ("/applications", "/backfills"):
        assert desk.at("colleague").get(desk.path(path)).text.count("这天已记 1.5 小时") == 1
