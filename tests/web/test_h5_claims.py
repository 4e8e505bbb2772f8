"""Claims, wishes and neighbours' help on the phone: every step by a form, refusals beside it."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest

from app.base import clock
from app.base.actors import Actor
from app.people import codes
from app.points import wallets
from app.service_orders import claims, exchanges, post_shifts, wishes
from app.web.pages import moment
from tests.factories import claims as make
from tests.factories import ledger, pages
from tests.factories.onsite import EVE, at
from tests.web.answers import everything, no_change


@pytest.fixture
def phones(app, session, site):
    """Two phones of neighbours, opened on the eve."""
    with at("08:00", EVE):
        other = site.caller("neighbour")
        return (
            pages.browser(app, session, site.wen.member),
            pages.browser(app, session, other.member),
            site.wen.member,
            other.member,
        )


def id_in(location: str) -> str:
    found = re.search(r"[0-9a-f]{8}-[0-9a-f-]{27}", location)
    assert found, location
    return found[0]


def actor_of(site):
    return Actor(site.leader.member.person_id)


def step(phone, path, **fields):
    """Send a form that is taken; return the page it leads to."""
    answer = phone.send(path, **fields)
    assert answer.status_code == 303, answer.text[-3000:]
    return phone.get(answer.location), answer.location


def test_t3_a_post_is_found_claimed_done_and_handed_in_on_a_phone(session, site, phones):
    phone, other, me, _them = phones
    world = site.town.world
    with at("08:00"):
        post = make.a_post(session, world, actor_of(site), slot_count=1)
        session.commit()
        assert "楼道清扫" in phone.get("/claims").text
        page, _ = step(phone, f"/claims/posts/{post.id}/claim")
        assert "认领好了" in page.text
        assert "前做完" in page.text
        assert "名额让给别人" in page.text
        assert "名额领完了" in other.get(f"/claims/posts/{post.id}").text
        before = everything(session)
        late = other.send(f"/claims/posts/{post.id}/claim")
        assert (late.status_code, "名额刚被领完了" in late.text) == (409, True)
        assert everything(session) == before
        claim_id = id_in(re.search(r"/claims/mine/[^/]+/work", page.text)[0])
    with at("11:00"):
        phone, other = (pages.browser(phone.client.application, session, who)
                        for who in (me, site.town.caller("neighbour").member))  # fmt: skip
        work = f"/claims/mine/{claim_id}/work"
        assert other.get(work).status_code == 404
        wrong = phone.send(work, on="2026-03-10", begins="10:00", ends="09:00")
        assert (wrong.status_code, "要在认领以后" in wrong.text) == (422, True)
        page, _ = step(phone, work, on="2026-03-10", begins="09:00", ends="10:30", note="扫完了")
        assert "等社区验收" in page.text
        assert "我的岗位" in phone.get("/claims/mine").text
    found = claims.get(session, ledger_id=world.ledger_id, claim_id=UUID(claim_id))
    assert (found.state, claims.note_of(found)) == ("submitted", "扫完了")


def test_t3_work_handed_in_on_a_phone_may_go_past_midnight(session, site, phones):
    phone, _other, me, _them = phones
    world = site.town.world
    with at("20:00", EVE):
        post = make.a_post(session, world, actor_of(site), slot_count=1)
        session.commit()
        page, _ = step(phone, f"/claims/posts/{post.id}/claim")
        claim_id = id_in(re.search(r"/claims/mine/[^/]+/work", page.text)[0])
    with at("06:00", EVE + timedelta(days=1)):
        phone = pages.browser(phone.client.application, session, me)
        night = {"on": EVE.isoformat(), "begins": "22:30", "ends": "00:45"}
        step(phone, f"/claims/mine/{claim_id}/work", **night)
    found = claims.get(session, ledger_id=world.ledger_id, claim_id=UUID(claim_id))
    assert (found.ends_at - found.starts_at).total_seconds() == 135 * 60


def test_t3_the_list_and_the_post_say_one_time_to_be_done_as_claimed_or_if_claimed_now(
    session, site, phones
):
    phone, other, _me, _them = phones
    with at("08:00"):
        due_at = clock.now() + timedelta(days=30)
        long = make.a_post(session, site.town.world, actor_of(site), due_at=due_at)
        session.commit()
        one, own = f"/claims/posts/{long.id}", moment(clock.day_bounds(date(2026, 3, 24))[1])
        for path in ("/claims", one):
            page = phone.get(path).text
            assert (f"{own} 前做完" in page, moment(due_at) in page) == (True, False), path
        step(phone, f"{one}/claim")
    with at("08:00", date(2026, 3, 11)):
        later = moment(clock.day_bounds(date(2026, 3, 25))[1])
        for who, said in ((phone, own), (other, later)):
            for path in ("/claims", one):
                assert f"{said} 前做完" in who.get(path).text


def test_c6_a_standing_project_shows_its_shifts_and_is_left_on_a_phone(session, site, phones):
    phone, _other, _me, _them = phones
    activity, _slots = site.opened()
    with at("08:00", EVE):
        project = make.a_post(
            session,
            site.town.world,
            actor_of(site),
            kind="project",
            title="理论宣传",
            due_at=None,
        )
        post_shifts.link(
            session,
            ledger_id=site.town.ledger_id,
            post_id=project.id,
            activity_id=UUID(pages.id_of(activity)),
        )
        session.commit()
        page, _ = step(phone, f"/claims/posts/{project.id}/claim")
        for text in ("到场签到就记时长", "接下来的班次", "健康义诊", "退出这个项目"):
            assert text in page.text
        assert "理论宣传" in phone.get("/claims/mine").text
        claim_id = id_in(re.search(r"/claims/mine/[^/]+/withdraw", page.text)[0])
        left, _ = step(phone, f"/claims/mine/{claim_id}/withdraw")
        assert "以前记的时长和积分都在" in left.text


def test_t6_a_wish_is_entered_claimed_fulfilled_and_rated_on_a_phone(session, site, phones):
    phone, other, me, _them = phones
    wish = {"title": "一副老花镜", "kind": "物品", "text": "三号楼 201", "value_max_yuan": "50"}
    with at("09:00", EVE):
        wrong = phone.send("/wishes/new", **{**wish, "title": " "})
        assert (wrong.status_code, "请写一句，64 个字以内" in wrong.text) == (422, True)
        page, where = step(phone, "/wishes/new", **wish)
        assert "看不到您的名字" in page.text
        path = where.split("?")[0]
        seen = other.get(path).text
        assert "一副老花镜" in other.get("/wishes").text
        assert "一副老花镜" not in phone.get("/wishes").text
        for hidden in ("三号楼 201", "温如许"):
            assert hidden not in seen
        own = phone.send(f"{path}/claim")
        assert (own.status_code, "自己和家人的心愿" in own.text) == (403, True)
        page, _ = step(other, f"{path}/claim")
        assert "三号楼 201" in page.text
        step(other, f"{path}/fulfil")
        none = phone.send(f"{path}/rate")
        assert (none.status_code, "请选 1 到 5 颗星" in none.text) == (422, True)
        page, _ = step(phone, f"{path}/rate", stars="5")
        assert "5 颗星" in page.text
        assert "一副老花镜" in phone.get("/wishes/mine").text
    found = wishes.get(session, ledger_id=me.ledger_id, wish_id=UUID(id_in(path)))
    assert (found.state, found.stars) == ("rated", 5)


def test_many_wishes_come_in_pages(session, site, phones):
    phone, other, me, _them = phones
    world = site.town.world
    with at("08:00"):
        for number in range(52):
            make.a_wish(session, world.ledger_id, me, f"心愿第{number:02d}个")
        session.commit()
        for browser, path in ((other, "/wishes"), (phone, "/wishes/mine")):
            first, second = browser.get(path).text, browser.get(f"{path}?offset=50").text
            assert (first.count("心愿第"), second.count("心愿第")) == (50, 2)
            assert "下一页" in first
            assert "下一页" not in second
            assert "上一页" in second


def test_c16_a_leader_takes_wishes_on_for_an_activity(app, session, site, phones):
    _phone, other, me, _them = phones
    activity, _slots = site.opened()
    activity_id = pages.id_of(activity)
    with at("09:00", EVE):
        wish = make.a_wish(session, me.ledger_id, me, "暑假有人带孩子")
        session.commit()
        leader = pages.browser(app, session, site.leader.member)
        path = f"/lead/activities/{activity_id}/wishes"
        assert "办哪些心愿" in leader.get(f"/lead/activities/{activity_id}").text
        assert "暑假有人带孩子" in leader.get(path).text
        with no_change(site.session):
            assert leader.send(path).status_code == 422
        assert other.get(path).status_code in (403, 404)
        page, _ = step(leader, path, wish_ids=str(wish.id))
        assert "已经接下的" in page.text
        assert "由这个活动来实现" in other.get(f"/wishes/{wish.id}").text
        session.refresh(wish)
        assert str(wish.activity_id) == activity_id
        session.commit()
        step(leader, f"/lead/activities/{activity_id}/cancel", reason="下大雨")
    session.refresh(wish)
    assert (wish.state, wish.activity_id) == ("open", None)


def points_for(session, site, member, points=50):
    line = ledger.Line(wallets.POINTS_ISSUANCE, wallets.wallet_ref(member.id), points)
    ledger.post(session, site.town.ledger_id, line, kind="test_earning")
    session.commit()


def test_l5_to_l7_help_is_asked_taken_on_confirmed_and_stands_in_both_passbooks(
    session, site, phones
):
    phone, other, me, them = phones
    wanted = {"title": "代管钥匙", "text": "三号楼 201", "points": "20", "minutes": "120"}
    with at("09:00"):
        points_for(session, site, me)
        with no_change(site.session):
            short = phone.send("/neighbours/ask", **{**wanted, "points": "51"})
            assert short.status_code == 422
        page, where = step(phone, "/neighbours/ask", **wanted)
        assert "20 积分托着" in page.text
        path = where.split("?")[0]
        seen = other.get(path).text
        assert "我来帮" in seen
        assert "三号楼 201" not in seen
        page, _ = step(other, f"{path}/accept")
        assert "三号楼 201" in page.text
        assert "出示确认码" in phone.get(path).text
    with at("11:30"):
        app = phone.client.application
        phone, other = (pages.browser(app, session, who) for who in (me, them))
        done = {"on": "2026-03-10", "begins": "09:10", "ends": "11:10"}
        key = {"ledger_id": me.ledger_id, "member_id": them.id}
        wrong = codes.issue(session, **key, purpose="confirm").digits
        session.commit()
        with no_change(site.session, but=("people_code",)):
            refused = other.send(f"{path}/confirm", **done, code=wrong)
            assert refused.status_code == 404
        digits = re.search(r'id="digits">([\d ]+)<', phone.send("/my-code/confirm").text)[1]
        page, _ = step(other, f"{path}/confirm", **done, code=digits)
        assert "积分和时长都记上了" in page.text
        number = exchanges.get(
            session, ledger_id=me.ledger_id, exchange_id=UUID(id_in(path))
        ).number
        for one in (phone, other):
            assert number in one.get("/passbook").text
            assert number in one.get(path).text
        assert "别人帮我" in phone.get("/neighbours").text
        assert number in other.get("/passbook?unit=minutes").text
    held = wallets.holding(session, ledger_id=me.ledger_id, member_id=them.id)
    assert held.spendable_points == 20


def test_an_offer_is_answered_and_a_request_taken_back(session, site, phones):
    phone, other, me, _them = phones
    with at("09:00"):
        points_for(session, site, me)
        page, _ = step(other, "/neighbours/offer", title="理发", points="5", minutes="30")
        assert "理发" in page.text
        street = phone.get("/neighbours").text
        offer = id_in(re.search(r"ask\?offer=[0-9a-f-]+", street)[0])
        form = phone.get(f"/neighbours/ask?offer={offer}")
        assert "理发" in form.text
        wanted = {"title": "理发", "points": "5", "minutes": "30", "offer_id": offer}
        _page, where = step(phone, "/neighbours/ask", **wanted)
        path = where.split("?")[0]
        assert "请您帮的" in other.get("/neighbours").text
        assert "帮不了" in other.get(path).text
        page, _ = step(other, f"{path}/decline")
        assert "别人可以接" in page.text
        assert "请您帮的" not in other.get("/neighbours").text
        page, _ = step(phone, f"{path}/withdraw")
        assert "积分退回来了" in page.text
        page, _ = step(other, f"/neighbours/offers/{offer}/end")
        assert "理发" not in phone.get("/neighbours").text.split("办完的")[0]
    assert wallets.holding(
        session, ledger_id=me.ledger_id, member_id=me.id
    ).spendable_points == 50  # fmt: skip
