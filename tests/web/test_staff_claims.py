"""Claims, wishes, campaigns and neighbours at the desk: entered, accepted, signed, counted."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.people.models import Audit
from app.points import wallets
from app.reports.models import Export
from app.risk import freezes, signals
from app.service_orders import (
    campaigns,
    claims,
    exchanges,
    post_shifts,
    posts,
    rings,
    wish_links,
    wishes,
)
from app.service_orders.exchanges import HelpWanted
from app.service_orders.models import Claim, Exchange, Post, Wish
from tests.factories import activities, ledger, people
from tests.factories import claims as make
from tests.factories import desk as builder
from tests.factories.desk import state_of
from tests.web.answers import everything, no_change


@pytest.fixture
def desk(stage):
    with activities.at("12:00"):
        yield stage.put_up(builder.a_busy_desk, "app", "session")


def only(desk, model):
    desk.session.rollback()
    desk.session.expire_all()
    found = desk.session.scalars(sa.select(model).where(model.ledger_id == desk.ledger_id))
    return found.one()


def sent(desk, who, path, **fields):
    """Send a form of the desk that is taken; return the page it leads to."""
    browser = desk.at(who)
    answer = browser.send(desk.path(path), **desk.fill(fields))
    assert answer.status_code == 303, answer.text[-2500:]
    return browser.get(answer.location)


CALL = {
    "kind": "post",
    "title": "楼道清扫",
    "category_code": "cleanup",
    "slot_count": "2",
    "due_at": "2026-03-12T18:00",
}


def test_t3_a_post_is_put_up_claimed_and_its_work_accepted_by_another(desk, session):
    assert (
        "要多少人"
        in desk.at("staff").send(desk.path("/claims"), **{**CALL, "slot_count": "0"}).text
    )
    page = sent(desk, "staff", "/claims", **CALL)
    assert "附近的志愿者可以认领" in page.text
    post = only(desk, Post)
    colleague = desk.people["colleague"]
    key = {"ledger_id": desk.ledger_id}
    found = claims.claim(session, **key, post_id=post.id, member=colleague)
    session.commit()
    with activities.at("14:30"):
        claims.submit(
            session,
            **key,
            claim_id=found.id,
            member=colleague,
            starts_at=activities.moment("12:05"),
            ends_at=activities.moment("14:05"),
            note="扫到六楼",
        )
        session.commit()
    with activities.at("12:20"):
        desk.ids["claim"] = found.id
        assert "认领的活等验收" in desk.at("staff").get(desk.path("/")).text
        assert (
            "自己或家人的，请同事验收" in desk.at("colleague").get(desk.path("/claims/work")).text
        )
        before = everything(session)
        own = desk.at("colleague").send(desk.path("/claims/work/{claim}/accept"))
        assert own.status_code == 403
        for who in ("auditor", "clerk", "volunteer"):
            assert desk.at(who).send(desk.path("/claims/work/{claim}/accept")).status_code == 403
        assert everything(session) == before
    with activities.at("14:31"):
        browser = builder.pages.browser(desk.app, session, desk.people["staff"])
        answer = browser.send(desk.path("/claims/work/{claim}/accept"))
        assert answer.status_code == 303, answer.text[-2000:]
        assert "扫到六楼" in browser.get(desk.path(f"/claims/{post.id}")).text
    assert state_of(desk, Claim, found.id) == "accepted"


def test_t3_the_desk_gives_a_post_more_time(desk):
    sent(desk, "staff", "/claims", **CALL)
    desk.ids["post"] = only(desk, Post).id
    assert "延长期限…" in desk.at("staff").get(desk.path("/claims/{post}")).text
    before = everything(desk.session)
    for who, status in (("auditor", 403), ("staff", 422)):
        early = desk.at(who).send(desk.path("/claims/{post}/extend"), due_at="2026-03-11T18:00")
        assert early.status_code == status
    assert everything(desk.session) == before

    page = sent(desk, "staff", "/claims/{post}/extend", due_at="2026-03-20T18:00")
    assert "期限延长了" in page.text
    assert only(desk, Post).due_at == activities.moment("18:00", date(2026, 3, 20))


def test_c6_a_standing_project_gets_an_activity_as_its_shifts(desk, session):
    standing = {**CALL, "kind": "project", "title": "道德宣讲", "due_at": ""}
    page = sent(desk, "staff", "/claims", **standing)
    assert "常设" in page.text
    desk.ids["post"] = only(desk, Post).id
    page = sent(desk, "staff", "/claims/{post}/shifts", activity_id="{activity}")
    assert "健康义诊" in page.text
    key = {"ledger_id": desk.ledger_id}
    named = {**key, "activity_id": desk.ids["activity"]}
    assert [each.title for each in post_shifts.posts_of(session, **named)] == ["道德宣讲"]
    sent(desk, "staff", "/claims/{post}/shifts/remove", activity_id="{activity}")
    sent(desk, "staff", "/claims/{post}/close")
    assert post_shifts.posts_of(session, **named) == []
    assert posts.get(session, **key, post_id=desk.ids["post"]).state == "closed"


def test_t6_a_wish_is_entered_for_somebody_done_and_rated_at_the_desk(desk, session):
    wish = {"volunteer_no": "{scanned_no}", "title": "修一修纱窗", "kind": "维修", "text": "二楼"}
    with no_change(desk.session):
        wrong = desk.at("staff").send(
            desk.path("/wishes"), **desk.fill({**wish, "volunteer_no": "X-1"})
        )
        assert wrong.status_code == 404
    page = sent(desk, "staff", "/wishes", **wish)
    assert "二楼" in page.text
    desk.ids["wish"] = only(desk, Wish).id
    before = everything(session)
    own = desk.at("staff").send(
        desk.path("/wishes/{wish}/claim"), volunteer_no=desk.ids["scanned_no"]
    )
    assert (own.status_code, "自己和家人的心愿" in own.text) == (403, True)
    assert desk.at("auditor").send(desk.path("/wishes/{wish}/fulfil")).status_code == 403
    assert desk.at("foreign_staff").get(
        "/staff/350902200002/wishes/" + str(desk.ids["wish"])
    ).status_code == 404  # fmt: skip
    assert everything(session) == before
    sent(desk, "staff", "/wishes/{wish}/claim", volunteer_no="{rolled_no}")
    sent(desk, "staff", "/wishes/{wish}/fulfil")
    page = sent(desk, "staff", "/wishes/{wish}/rate", stars="5")
    assert "5 颗星" in page.text
    found = only(desk, Wish)
    assert (found.state, found.stars) == ("rated", 5)
    second = make.a_wish(session, desk.ledger_id, desk.people["scanned"], "一艘游船")
    session.commit()
    desk.ids["second"] = second.id
    sent(desk, "staff", "/wishes/{second}/return", reason="办不了")
    assert state_of(desk, Wish, second.id) == "returned"


def test_c16_c22_wishes_ticked_for_an_activity_come_true_at_its_close_and_are_counted(
    desk, session
):
    world = desk.people["scanned"]
    made = [make.a_wish(session, desk.ledger_id, world, f"托管 {n}") for n in range(4)]
    session.commit()
    ids = [str(each.id) for each in made[:3]]
    sent(desk, "staff", "/activities/{activity}/wishes", wish_ids=[ids[0], str(made[3].id)])
    last = str(made[3].id)
    page = sent(desk, "staff", "/activities/{activity}/wishes/remove", wish_ids=last)
    assert "拿掉了" in page.text
    page = sent(desk, "staff", "/activities/{activity}/wishes", wish_ids=ids)
    assert "托管 2" in page.text
    sent(desk, "staff", "/activities/{activity}/close", beneficiary_count="9")
    states = [state_of(desk, Wish, each.id) for each in made]
    assert states == ["fulfilled"] * 3 + ["open"]
    page = desk.at("staff").get(desk.path("/claims/figures"))
    assert "收集 4 个，已兑现 3 个" in page.text
    file = desk.at("staff").send(desk.path("/claims/figures/file"), table="wishes", kind="csv")
    text = file.data.decode("utf-8-sig")
    assert "收集数,已兑现数,已认领数,待认领数,退回数" in text
    assert text.strip().endswith(",4,3,0,1,0")
    session.rollback()
    export = only(desk, Export)
    assert (export.kind, export.row_count) == ("wishes_by_place.csv", 1)
    kept = sa.select(Audit).where(Audit.action == "export_made")
    assert session.scalars(kept, execution_options={"cross_ledger": True}).all()


def test_a11_the_wish_of_who_closes_the_activity_waits_at_the_desk_for_a_colleague(desk, session):
    desk.at("staff")
    own = make.a_wish(session, desk.ledger_id, desk.people["staff"], "一床薄被")
    session.commit()
    desk.ids["wish"] = own.id
    mine = desk.at("staff").get(desk.path("/activities/{activity}/wishes"))
    assert "一床薄被" not in mine.text
    path = desk.path("/activities/{activity}/wishes")
    before = everything(session)
    assert desk.at("staff").send(path, wish_ids=str(own.id)).status_code == 403
    assert everything(session) == before
    sent(desk, "colleague", "/activities/{activity}/wishes", wish_ids=str(own.id))
    sent(desk, "staff", "/activities/{activity}/close", beneficiary_count="9")
    assert state_of(desk, Wish, own.id) == "open"
    assert "等人核实的" in desk.at("staff").get(desk.path("/wishes")).text
    assert "请同事来记" in desk.at("staff").get(desk.path("/wishes/{wish}")).text
    before = everything(session)
    assert desk.at("staff").send(desk.path("/wishes/{wish}/came-true")).status_code == 403
    assert everything(session) == before
    page = sent(desk, "colleague", "/wishes/{wish}/came-true")
    assert "请同事记评价" in page.text
    assert state_of(desk, Wish, own.id) == "fulfilled"
    assert "等人核实的" not in desk.at("staff").get(desk.path("/wishes")).text


def test_c16_a_wish_that_an_activity_elsewhere_left_is_put_back_at_its_own_place(desk, session):
    wisher = people.member(session, desk.ledger_id, desk.elsewhere, "许阿婆")
    wish = make.a_wish(session, desk.ledger_id, wisher, "一床薄被")
    sent(desk, "staff", "/activities/{activity}/close", beneficiary_count="9")
    key = {"ledger_id": desk.ledger_id, "activity_id": desk.ids["activity"]}
    wish_links.link(session, **key, wish_ids=[wish.id], actor=SYSTEM)
    session.commit()
    path, foreign = f"/staff/{desk.elsewhere.code}/wishes/{wish.id}", desk.at("foreign_staff")
    page = foreign.get(path).text
    assert ("健康义诊" in page, f"/activities/{desk.ids['activity']}" in page) == (True, False)
    before = everything(session)
    assert desk.at("staff").send(f"{path}/put-back").status_code == 404
    assert everything(session) == before
    answer = foreign.send(f"{path}/put-back")
    assert (answer.status_code, answer.location) == (303, path)
    assert "拿掉了" in foreign.get(path).text
    session.expire_all()
    assert wishes.get(session, ledger_id=desk.ledger_id, wish_id=wish.id).activity_id is None
    before = everything(session)
    assert foreign.send(f"{path}/put-back").status_code == 409
    assert everything(session) == before


def test_a6_the_desk_offers_no_stars_to_the_household_of_who_closed_the_activity(desk, session):
    wish = make.a_wish(session, desk.ledger_id, desk.people["scanned"], "一床薄被")
    people.live_together(session, desk.people["staff"], desk.people["colleague"])
    desk.ids["wish"] = wish.id
    session.commit()
    sent(desk, "staff", "/activities/{activity}/wishes", wish_ids=str(wish.id))
    sent(desk, "staff", "/activities/{activity}/close", beneficiary_count="9")
    assert state_of(desk, Wish, wish.id) == "fulfilled"
    for who in ("staff", "colleague"):
        page = desk.at(who).get(desk.path("/wishes/{wish}")).text
        assert ("请同事记评价" in page, "许愿的人怎么说…" in page) == (True, False)
        with no_change(desk.session):
            assert desk.at(who).send(desk.path("/wishes/{wish}/rate"), stars="5").status_code == 403
    assert state_of(desk, Wish, wish.id) == "fulfilled"


def test_t7_c31_a_campaign_counts_its_wishes_and_activities_here(desk, session):
    code = {"code": "5250", "name": "5250(我爱我邻)"}
    assert desk.at("staff").send(desk.path("/campaigns"), **code).status_code in (403, 404)
    campaigns.make(session, ledger_id=desk.ledger_id, **code)
    wish = make.a_wish(session, desk.ledger_id, desk.people["scanned"])
    session.commit()
    desk.ids["wish"] = wish.id
    for kind in ("wish", "activity"):
        tag = {"code": "5250", "kind": kind, "subject_id": "{" + kind + "}"}
        assert "5250(我爱我邻)" in sent(desk, "staff", "/campaigns/tag", **tag).text
    page = desk.at("auditor").get(desk.path("/campaigns/5250"))
    assert "心愿 1 个，已兑现 0 个；岗位和项目 0 个；活动 1 场" in page.text
    assert "健康义诊" in page.text
    listed = desk.at("staff").get(desk.path("/wishes?campaign=5250"))
    assert "一副老花镜" in listed.text
    sent(desk, "staff", "/campaigns/untag", code="5250", kind="wish", subject_id="{wish}")
    page = desk.at("staff").get(desk.path("/campaigns/5250"))
    assert "心愿 0 个" in page.text


def test_l6_staff_sign_for_who_has_no_phone_but_not_for_their_own(desk, session):
    asker, helper = desk.people["scanned"], desk.people["colleague"]
    key = {"ledger_id": desk.ledger_id}
    ledger.post(
        session,
        desk.ledger_id,
        ledger.Line(wallets.POINTS_ISSUANCE, wallets.wallet_ref(asker.id), 50),
        kind="test_earning",
    )
    with activities.at("08:00"):
        asked = exchanges.ask(
            session,
            **key,
            asker=asker,
            wanted=HelpWanted(title="代看施工", points=20, minutes=120),
            actor=Actor(asker.person_id),
        )
        exchanges.accept(session, **key, exchange_id=asked.id, helper=helper)
        signals.raise_signal(
            session,
            **key,
            rule_code=rings.RULE,
            subject_kind="member",
            subject_id=helper.id,
            score=60,
            exchange_number=asked.number,
            exchange_count=5,
        )
        session.commit()
    desk.ids["exchange"] = asked.id
    span = {"starts_at": "2026-03-10T09:00", "ends_at": "2026-03-10T11:00"}
    freezes.freeze(
        session,
        **key,
        subject_kind="member",
        subject_id=asker.id,
        reason="核实",
        actor=desk.actor("colleague"),
    )
    session.commit()
    page = desk.at("staff").get(desk.path("/neighbours?limit=1"))
    assert "核实再签" in page.text
    assert "下一页" in page.text
    assert page.text.count("冻结着，核实再签") == 1
    assert "代看施工" not in desk.at("staff").get(desk.path("/neighbours?offset=1")).text
    page = desk.at("staff").get(desk.path("/neighbours"))
    for text in ("代看施工", "互相帮得太勤的", "互助次数 5", asked.number):
        assert text in page.text
    before = everything(session)
    for who, status in (("colleague", 403), ("auditor", 403), ("volunteer", 403)):
        path = desk.path("/neighbours/{exchange}/sign")
        assert desk.at(who).send(path, **span).status_code == status
    late = {**span, "ends_at": "2026-03-10T23:00"}
    assert (
        desk.at("staff").send(desk.path("/neighbours/{exchange}/sign"), **late).status_code == 422
    )
    assert everything(session) == before
    sent(desk, "staff", "/neighbours/{exchange}/sign", **span)
    found = only(desk, Exchange)
    assert (found.state, found.confirmed_by) == ("done", "staff")
    held = wallets.holding(session, **key, member_id=helper.id)
    assert held.spendable_points == 20
    assert clock.now() - found.asked_at > timedelta(hours=3)
    assert wishes is not None


def test_l5_the_desk_asks_neighbours_for_who_has_no_phone_and_takes_it_back(desk, session):
    asker = desk.people["scanned"]
    key = {"ledger_id": desk.ledger_id}
    ledger.post(
        session,
        desk.ledger_id,
        ledger.Line(wallets.POINTS_ISSUANCE, wallets.wallet_ref(asker.id), 50),
        kind="test_earning",
    )
    session.commit()
    path = desk.path("/neighbours/new")
    page = desk.at("staff").get(f"{path}?volunteer_no={asker.volunteer_no}")
    assert "现在可以用 51 积分" in page.text
    assert desk.at("auditor").get(path).status_code == 403
    wanted = {
        "volunteer_no": asker.volunteer_no,
        "help_title": "代买菜",
        "minutes": "60",
        "points": "20",
    }
    with no_change(desk.session):
        unsaid = desk.at("staff").send(path, **wanted)
        assert unsaid.status_code == 422
    assert session.query(Exchange).filter(Exchange.ledger_id == desk.ledger_id).count() == 0
    sent(desk, "staff", "/neighbours/new", **wanted, consent_note="本人当面同意")

    found = only(desk, Exchange)
    desk.ids["exchange"] = found.id
    listed = desk.at("staff").get(desk.path("/neighbours")).text
    assert "代提" in listed
    assert "代买菜" in listed
    back = desk.path("/neighbours/{exchange}/take-back")
    with no_change(desk.session):
        assert desk.at("staff").send(back).status_code == 422
    sent(desk, "staff", "/neighbours/{exchange}/take-back", consent_note="本人来说不用了")
    assert only(desk, Exchange).state == "withdrawn"
    assert wallets.holding(session, **key, member_id=asker.id).spendable_points == 51
