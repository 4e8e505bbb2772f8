"""Orders on the phone and at the desk: asked for, given, done, rated; called and answered."""

import re
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest

from app.base.actors import SYSTEM, Actor
from app.people import duties, skills, team_members
from app.points import grants, photos
from app.service_orders import categories, filing, handling, listings
from app.service_orders.categories import Kind
from app.service_orders.filing import Request
from app.service_orders.models import FieldCall, Order
from tests.factories import activities as field
from tests.factories import desk as make
from tests.factories import people, pictures
from tests.factories.activities import DAY, at
from tests.web.answers import everything, no_change
from tests.web.forms_seen import forms_seen, only_this

KINDS = (
    Kind(code="errands", name="跑腿代办", credit_category_code="other", due_hours=24),
    Kind(code="lighting", name="楼道照明", handler_kind="staff", is_hard=True),
)


@pytest.fixture
def desk(stage, app, session):
    with at("07:00"):
        found = stage.put_up(a_street, "app", "session")
        yield found


def a_street(app, session):
    """A desk whose book takes two kinds of orders, and a team with a helper."""
    desk = make.a_desk(app, session)
    for kind in KINDS:
        categories.put(session, ledger_id=desk.ledger_id, kind=kind)
    leader, helper = desk.person("leading"), desk.person("helper")
    team = field.a_team(session, desk.ledger_id, desk.node, leader, "旗帜先锋")
    team_members.join(
        session, ledger_id=desk.ledger_id, team_id=team.id, member_id=helper.id, actor=SYSTEM
    )
    session.commit()
    desk.ids |= {"team": team.id, "helper": helper.id, "helper_no": helper.volunteer_no}
    return desk


def ask(desk, **more):
    """Ask for something on the phone; return its id."""
    fields = {"category_code": "errands", "order_title": "帮忙取药", **more}
    made = desk.at("volunteer").send("/orders/new", **fields)
    assert made.status_code == 303, made.text
    desk.ids["order"] = made.location.split("/orders/")[1].split("?")[0]
    return desk.ids["order"]


def one(desk):
    desk.session.rollback()
    desk.session.expire_all()
    found = desk.session.get(Order, (desk.ledger_id, UUID(desk.ids["order"])))
    desk.session.rollback()
    return found


def test_p12_home_has_both_entries_and_asking_takes_three_taps(desk):
    home = desk.at("volunteer").get("/")
    for href, name in (("/orders/new", "找志愿者"), ("/activities", "做志愿者")):
        assert re.search(rf'href="{href}"[^>]*>(<svg.*?</svg>)?{name}</a>', home.text, re.DOTALL)

    form = desk.at("volunteer").get("/orders/new")
    kinds = re.findall(r'name="category_code" value="([a-z]+)"', form.text)
    assert kinds == ["errands", "lighting"]
    ask(desk, order_text="三号楼，腿脚不便")
    shown = desk.at("volunteer").get(f"/orders/{desk.ids['order']}")
    assert "三号楼" in shown.text
    assert desk.at("helper").get(f"/orders/{desk.ids['order']}").status_code == 404


def test_what_is_not_said_is_asked_for_again_with_what_was_typed(desk):
    before = everything(desk.session)
    again = desk.at("volunteer").send("/orders/new", category_code="errands", order_text="三号楼")

    assert again.status_code == 422
    assert "三号楼" in again.text
    assert "请写一句" in again.text
    assert everything(desk.session) == before


def test_t8_from_the_phone_to_the_desk_to_the_team_to_the_stars(desk, session):
    with at("08:00"):
        ask(desk)
    with at("08:30"):
        desk.at("staff").send(
            make.ROOT + "/orders/{order}/assign".format(**desk.ids),
            hands=f"team:{desk.ids['team']}",
        )
    path = f"/tasks/{desk.ids['order']}"
    with at("08:40"):
        assert "帮忙取药" in desk.at("leading").get("/tasks").text
        assert desk.at("helper").get(path).status_code == 404
        desk.at("leading").send(f"{path}/accept")
        desk.at("leading").send(f"{path}/go-on", meaning="worked", note="在路上")
    with at("11:00"):
        work = {"served_on": DAY.isoformat(), "begins": "09:00", "ends": "10:30"}
        with no_change(desk.session):
            wrong = desk.at("leading").send(f"{path}/finish", member_ids=[str(desk.ids["helper"])])
            assert wrong.status_code == 422
        desk.at("leading").send(f"{path}/finish", member_ids=[str(desk.ids["helper"])], **work)
        assert one(desk).state == "finished"
        page = desk.at("volunteer").get(f"/orders/{desk.ids['order']}")
        assert "您满意吗" in page.text
    with at("12:00"):
        desk.at("volunteer").send(f"/orders/{desk.ids['order']}/rate", stars="5", note="谢谢")

    made = grants.list_of_member(session, ledger_id=desk.ledger_id, member_id=desk.ids["helper"])
    assert [(each.state, each.minutes) for each in made] == [("posted", 90)]


def test_k9_the_desk_gives_an_order_to_a_steward_and_sees_whether_it_is_paid(desk, session):
    give_duty(desk, session, "steward", is_paid=True)
    ask(desk)
    page = desk.at("staff").get(desk.path("/orders/{order}"))
    assert "红管家" in page.text
    desk.at("staff").send(desk.path("/orders/{order}/assign"), hands=f"person:{desk.ids['helper']}")

    assert one(desk).handler_kind == "staff"
    assert "有偿，不计时长" in desk.at("staff").get(desk.path("/orders/{order}")).text
    with at("08:00"):
        desk.at("helper").send(f"/tasks/{desk.ids['order']}/accept")
        desk.at("helper").send(f"/tasks/{desk.ids['order']}/go-on", meaning="worked")
    assert "不计时长" in desk.at("helper").get(f"/tasks/{desk.ids['order']}").text


def give_duty(desk, session, kind, *, is_paid=False):
    duties.give(
        session,
        ledger_id=desk.ledger_id,
        member_id=desk.ids["helper"],
        node=desk.node,
        kind_code=kind,
        is_paid=is_paid,
        actor=SYSTEM,
    )
    session.commit()


def test_t8_the_desk_reroutes_urges_and_opens_again_and_an_auditor_only_looks(desk):
    ask(desk)
    before = everything(desk.session)
    for who, status in (("auditor", 403), ("foreign_staff", 404), ("volunteer", 403)):
        answer = desk.at(who).send(desk.path("/orders/{order}/urge"), reason="天冷")
        assert answer.status_code == status
    assert everything(desk.session) == before

    desk.at("staff").send(desk.path("/orders/{order}/urge"), reason="天冷")
    assert one(desk).escalated_at is not None
    assert "帮忙取药" in desk.at("staff").get(desk.path("/orders?only=overdue")).text
    fields = {"category_code": "lighting", "reason": "是灯坏了"}
    desk.at("staff").send(desk.path("/orders/{order}/reroute"), **fields)
    assert (one(desk).category_code, one(desk).escalated_at) == ("lighting", None)
    assert "没有这样的服务单" in desk.at("staff").get(desk.path("/orders?only=overdue")).text


def test_s9_the_desk_writes_down_the_rating_of_somebody_without_an_account(desk):
    with at("08:00"):
        made = desk.at("staff").send(
            desk.path("/orders/new"),
            category_code="errands",
            order_title="陪诊",
            node_code=desk.node.code,
        )
        desk.ids["order"] = made.location.rsplit("/", 1)[-1]
        colleague = desk.person("colleague").volunteer_no
        desk.at("staff").send(desk.path("/orders/{order}/assign"), volunteer_no=colleague)
        path = "/tasks/{order}".format(**desk.ids)
        desk.at("colleague").send(f"{path}/accept")
        desk.at("colleague").send(f"{path}/go-on", meaning="worked")
        desk.at("colleague").send(f"{path}/finish", note="陪好了")
    with no_change(desk.session):
        own = desk.at("colleague").send(desk.path("/orders/{order}/rate"), stars="5")
        assert own.status_code == 403
    desk.at("staff").send(desk.path("/orders/{order}/rate"), stars="4")

    assert one(desk).stars == 4


def test_one_takes_back_what_nobody_took_on_and_gives_back_what_one_cannot_do(desk):
    ask(desk)
    desk.at("staff").send(desk.path("/orders/{order}/assign"), volunteer_no=desk.ids["helper_no"])
    path = "/tasks/{order}".format(**desk.ids)
    with no_change(desk.session):
        assert desk.at("helper").send(f"{path}/return").status_code == 422
    desk.at("helper").send(f"{path}/return", reason="今天走不开")
    assert (one(desk).handler_id, one(desk).step_no) == (None, 1)
    assert "今天走不开" in desk.at("staff").get(desk.path("/orders/{order}")).text

    mine = "/orders/{order}".format(**desk.ids)
    desk.at("volunteer").send(f"{mine}/withdraw", reason="不用了")
    assert one(desk).state == "withdrawn"


def served(desk):
    """What the volunteer asked for is done by the helper at eleven."""
    with at("08:00"):
        ask(desk)
        path = desk.path("/orders/{order}/assign")
        desk.at("staff").send(path, volunteer_no=desk.ids["helper_no"])
        desk.at("helper").send("/tasks/{order}/accept".format(**desk.ids))
        desk.at("helper").send("/tasks/{order}/go-on".format(**desk.ids), meaning="worked")
    with at("11:00"):
        desk.at("helper").send("/tasks/{order}/finish".format(**desk.ids), note="取好了")


def test_p1_the_desk_takes_back_in_the_name_of_who_has_no_phone(desk):
    ask(desk)
    page = desk.at("staff").get(desk.path("/orders/{order}")).text
    assert "撤回…" in page
    assert "本人怎么同意的" in page
    path, agreed = desk.path("/orders/{order}/withdraw"), {"consent_note": "本人来说的"}
    before = everything(desk.session)
    assert desk.at("staff").send(path, reason="好了").status_code == 422
    assert one(desk).state == "open"
    assert everything(desk.session) == before
    desk.at("staff").send(path, reason="好了", **agreed)
    assert one(desk).state == "withdrawn"


def test_p1_the_desk_rates_in_the_name_of_who_has_no_phone(desk):
    served(desk)
    assert "代本人评价…" in desk.at("staff").get(desk.path("/orders/{order}")).text
    path, agreed = desk.path("/orders/{order}/rate"), {"consent_note": "本人来说的"}
    before = everything(desk.session)
    assert desk.at("staff").send(path, stars="4").status_code == 422
    assert one(desk).stars is None
    assert everything(desk.session) == before
    desk.at("staff").send(path, stars="4", **agreed)
    assert one(desk).stars == 4


def test_a6_the_desk_offers_nothing_to_the_household_of_who_asked(desk, session):
    people.live_together(session, desk.person("volunteer"), desk.person("staff"))
    served(desk)
    own, other = (desk.at(who).get(desk.path("/orders/{order}")) for who in ("staff", "colleague"))
    rating = {"stars": "5", "consent_note": "本人来说的"}
    for words, step, said in (
        ("代本人评价…", "rate", rating),
        ("重新办…", "reopen", {"reason": "没有办好"}),
    ):
        assert (words in own.text, words in other.text) == (False, True)
        path = desk.path("/orders/{order}/" + step)
        with no_change(desk.session):
            assert desk.at("staff").send(path, **said).status_code == 403
    assert "请找同事" in own.text
    assert (one(desk).state, one(desk).stars) == ("finished", None)


def test_t9_the_phone_says_until_when_it_can_be_done_again_and_then_where_to_turn(desk):
    served(desk)
    mine = "/orders/{order}".format(**desk.ids)
    with at("12:00"):
        assert "其实没有办好" in desk.at("volunteer").get(mine).text
        desk.at("volunteer").send(f"{mine}/rate", stars="5")
        page = desk.at("volunteer").get(mine).text
        assert "其实没有办好" not in page
        assert "请到社区说" in page
        before = everything(desk.session)
        sent = desk.at("volunteer").send(f"{mine}/reopen", reason="想想不满意")
        assert sent.status_code == 409
        assert one(desk).state == "finished"
        assert everything(desk.session) == before


def test_t11_the_place_chooses_its_words_and_the_phone_uses_them(desk):
    desk.at("staff").send(desk.path("/order-kinds/workflow"), template_code="hongguanjia")
    ask(desk)
    page = desk.at("volunteer").get("/orders/{order}".format(**desk.ids))

    for step in ("上报", "派单", "红管家服务", "评价"):
        assert step in page.text
    assert "点单" not in page.text
    assert "上报—派单—红管家服务—评价" in desk.at("staff").get(desk.path("/order-kinds")).text


def test_t12_kinds_are_kept_where_the_programme_hangs(desk):
    fields = {
        "code": "parking",
        "name": "停车充电",
        "handler_kind": "staff",
        "due_hours": "48",
        "is_hard": "on",
        "is_open": "on",
    }
    with no_change(desk.session):
        refused = desk.at("staff").send(desk.path("/order-kinds"), **fields)
        assert refused.status_code == 404
    city = make.ROOT.replace("350902200001", desk.world.city.code)
    desk.at("city_administrator").send(f"{city}/order-kinds", **fields)

    assert "停车充电" in desk.at("volunteer").get("/orders/new").text


def test_t9_figures_stand_on_rows_and_each_number_leads_to_them(desk, session):
    for _ in range(2):
        ask(desk)
    ask(desk, category_code="lighting")
    page = desk.at("staff").get(desk.path("/order-figures"))

    assert "0.0%" in page.text
    assert "4 星以上 ÷ 评过的" in page.text
    href = re.search(r'href="([^"]*category=errands[^"]*)"', page.text)[1].replace("&amp;", "&")
    listed = desk.at("staff").get(href)
    assert len(re.findall(r'<th scope="row"><a', listed.text)) == 2
    count = listings.count_in(
        session, ledger_id=desk.ledger_id, node=desk.node, wanted=listings.Wanted()
    )
    assert count == 3


def counted(page, of):
    """Each number of a row of the figures with the address it leads to."""
    row = re.search(rf'<th scope="row">{of}.*?</tr>', page.text, re.DOTALL)[0]
    found = re.findall(r'<td class="is-num">(?:<a href="([^"]+)">)?([0-9,.%—]+)', row)
    return [(href.replace("&amp;", "&"), number) for href, number in found if "%" not in number]


def test_t9_every_figure_above_nothing_is_a_link_to_exactly_its_rows(desk):
    ask(desk)
    ask(desk, category_code="lighting")
    desk.at("staff").send(desk.path("/orders/{order}/assign"), volunteer_no=desk.ids["helper_no"])
    page = desk.at("staff").get(desk.path("/order-figures"))
    for of in ("跑腿代办", "其中难题", f"{desk.node.short_name}本身"):
        for href, number in counted(page, of):
            if number in ("0", "—"):
                continue
            listed = desk.at("staff").get(href)
            assert len(re.findall(r'<th scope="row"><a', listed.text)) == int(number), (of, href)


def test_the_file_of_the_list_holds_what_the_list_shows(desk):
    ask(desk)
    ask(desk, category_code="lighting", order_title="灯坏了")
    made = desk.at("staff").send(desk.path("/orders/file?hard=1&here=1"), kind="csv")
    fetched = desk.at("staff").get(f"{made.location}/file")

    assert "灯坏了" in fetched.text
    assert "帮忙取药" not in fetched.text
    assert "只看,难题、本身" in fetched.text


def test_s9_a_reviewer_rates_on_the_phone_what_the_desk_entered(desk, session):
    with at("08:00"):
        fields = {"category_code": "errands", "order_title": "陪诊", "node_code": desk.node.code}
        made = desk.at("staff").send(desk.path("/orders/new"), **fields)
        desk.ids["order"] = made.location.rsplit("/", 1)[-1]
        colleague = desk.person("colleague").volunteer_no
        desk.at("staff").send(desk.path("/orders/{order}/assign"), volunteer_no=colleague)
        path = "/tasks/{order}".format(**desk.ids)
        for step, said in (("accept", {}), ("go-on", {"meaning": "worked"}), ("finish", {})):
            desk.at("colleague").send(f"{path}/{step}", **said)
    assert "您不在评议岗位上" in desk.at("helper").get("/reviews").text
    refused = desk.at("helper").send("/reviews/{order}".format(**desk.ids), stars="5")
    assert (refused.status_code, one(desk).stars) == (403, None)
    give_duty(desk, session, "elder_reviewer")

    assert "请您评议" in desk.at("helper").get("/more").text
    assert "陪诊" in desk.at("helper").get("/reviews").text
    unsaid = desk.at("helper").send("/reviews/{order}".format(**desk.ids))
    assert (unsaid.status_code, one(desk).stars) == (422, None)
    desk.at("helper").send("/reviews/{order}".format(**desk.ids), stars="4")
    assert one(desk).stars == 4
    log = desk.at("staff").get(desk.path("/orders/{order}")).text
    assert "谁做的" in log
    assert "人staff" in log


def test_v15_the_desk_tries_a_list_takes_it_in_and_names_the_unknown_code(desk):
    text = "外部编号,网格编码,类别,事项\nW1,350902200001,楼道照明,灯坏了\nW2,999,楼道照明,灯坏了\n"
    before = everything(desk.session)
    file = {"file": (BytesIO(text.encode()), "list.csv")}
    tried = desk.at("staff").send(desk.path("/orders/import/try"), **file)
    assert "没有这个社区编码" in tried.text
    assert everything(desk.session)["service_orders_order"] == before["service_orders_order"]
    content = re.search(r'name="content" value="([^"]+)"', tried.text)[1]
    done = desk.at("staff").send(desk.path("/orders/import"), content=content)

    assert "导入好了" in done.text
    assert "W1" in desk.at("staff").get(desk.path("/orders")).text


def test_t25_the_list_is_ordered_as_a_file(desk):
    ask(desk)
    made = desk.at("staff").send(desk.path("/orders/file?state=open"), kind="csv")
    assert made.status_code == 303
    fetched = desk.at("staff").get(f"{made.location}/file")
    assert "居民问题清单" in fetched.text
    assert "帮忙取药" in fetched.text


def test_t13_a_call_from_the_phone_is_answered_at_the_desk(desk, session):
    with no_change(desk.session):
        refused = desk.at("helper").send("/calls", call_text="井盖翻了")
        assert refused.status_code == 403
    give_duty(desk, session, "grid_roving")
    assert "事项呼叫" in desk.at("helper").get("/more").text
    desk.at("helper").send("/calls", call_text="井盖翻了", spot="三号楼东侧")
    page = desk.at("staff").get(desk.path("/field-calls"))
    assert "未回应 1 件" in page.text
    assert "三号楼东侧" in page.text
    call = session.query(FieldCall).filter(FieldCall.ledger_id == desk.ledger_id).one()
    desk.ids["call"] = call.id
    session.rollback()
    desk.at("staff").send(desk.path("/field-calls/{call}/answer"), answer="已报市政")

    assert "未回应 0 件" in desk.at("staff").get(desk.path("/field-calls")).text
    assert "已报市政" in desk.at("helper").get("/calls").text


def test_t13_the_form_that_was_refused_is_open_with_what_was_typed_and_no_other_is(desk, session):
    give_duty(desk, session, "grid_roving")
    for text in ("井盖翻了", "路灯坏了"):
        desk.at("helper").send("/calls", call_text=text)
    calls = desk.path("/field-calls")
    shown = desk.at("staff").get(calls).text
    code = re.search(r'name="category_code".*?value="([a-z_]+)"', shown, re.DOTALL)[1]
    _first, second = re.findall(r'action="([^"]+/answer)"', shown)
    orders, before = re.findall(r'action="([^"]+/order)"', shown), everything(session)
    always = {each.path for each in forms_seen(shown) if each.is_open}

    long, order = {"answer": "长" * 501}, {"order_title": "修" * 65, "category_code": code}
    task = {"member_id": str(desk.ids["helper"]), "call_text": "看" * 501, "spot": "一号楼"}
    sent = [
        (second, ["answer"], long),
        (orders[0], ["order_title"], order),
        (calls, ["call_text"], task),
    ]
    for path, wrong, fields in sent:
        refused = desk.at("staff").send(path, **fields)
        assert refused.status_code == 422
        rest = only_this(refused.text, path, wrong, **fields)
        assert {each.path for each in rest if each.is_open} == always - {path}
    assert everything(session) == before


def test_t13_a_task_from_the_desk_is_answered_on_the_phone(desk, session):
    give_duty(desk, session, "grid_roving")
    fields = {"member_id": str(desk.ids["helper"]), "call_text": "去看二号楼电梯"}
    desk.at("staff").send(desk.path("/field-calls"), **fields)
    page = desk.at("helper").get("/calls")
    assert "等您回复" in page.text
    action = re.search(r'action="(/calls/[^"]+/answer)"', page.text)[1]
    desk.at("helper").send(action, answer="看过了，能用")

    assert "看过了，能用" in desk.at("staff").get(desk.path("/field-calls")).text
    with no_change(desk.session):
        again = desk.at("helper").send(action, answer="再说一次")
        assert again.status_code == 409


def test_t13_the_desk_takes_a_task_back_that_nobody_answers(desk, session):
    give_duty(desk, session, "grid_roving")
    fields = {"member_id": str(desk.ids["helper"]), "call_text": "去看二号楼电梯"}
    desk.at("staff").send(desk.path("/field-calls"), **fields)
    page = desk.at("staff").get(desk.path("/field-calls")).text
    action = re.search(r'action="(/staff/[^"]+/take-back)"', page)[1]
    before = everything(session)
    assert desk.at("staff").send(action).status_code == 422
    assert desk.at("auditor").send(action, reason="他住院了").status_code == 403
    assert everything(session) == before

    desk.at("staff").send(action, reason="他住院了")
    page = desk.at("staff").get(desk.path("/field-calls")).text
    assert "件件有回应" in page
    assert "他住院了" in page
    mine = desk.at("helper").get("/calls").text
    assert "收回了" in mine
    assert "/answer" not in mine


def test_a_photo_of_an_order_is_seen_by_who_does_it_and_by_nobody_else(desk, session):
    picture = {"photos": (BytesIO(pictures.photo()), "lamp.jpg")}
    ask(desk, **picture)
    desk.at("staff").send(desk.path("/orders/{order}/assign"), volunteer_no=desk.ids["helper_no"])
    key = {"ledger_id": desk.ledger_id, "kind": "order"}
    (kept,) = photos.list_of(session, **key, subject_ids=[one(desk).id])[one(desk).id]
    path = f"/tasks/{desk.ids['order']}/photos/{kept.id}"

    assert desk.at("helper").get(path).mimetype == "image/jpeg"
    assert desk.at("leading").get(path).status_code == 404
    assert desk.at("staff").get(desk.path(f"/photos/{kept.id}")).mimetype == "image/jpeg"


def test_a_long_list_has_a_next_page_on_the_phone(desk, session):
    member, helper = desk.person("volunteer"), desk.person("helper")
    key = {"ledger_id": desk.ledger_id}
    with at("07:00"):
        for number in range(51):
            order = filing.file(
                session,
                **key,
                node=desk.node,
                request=Request(
                    title=f"取药{number:02d}",
                    text="",
                    category_code="errands",
                    requester_id=member.id,
                ),
                actor=Actor(member.person_id),
            )
            named = {"order_id": order.id, "handler_id": helper.person_id}
            handling.assign(session, **key, **named, actor=SYSTEM)
        session.commit()

    for who, path in (("volunteer", "/orders"), ("helper", "/tasks")):
        first, second = (desk.at(who).get(f"{path}{page}").text for page in ("", "?offset=50"))
        assert first.count("取药") == 50
        assert f"{path}?offset=50" in first
        assert (second.count("取药"), "上一页" in second, "下一页" in second) == (1, True, False)
        assert desk.at(who).get(f"{path}?offset=x").text.count("取药") == 50


def test_late_hours_run_over_midnight(desk):
    with at("20:00"):
        ask(desk)
        desk.at("staff").send(
            desk.path("/orders/{order}/assign"), volunteer_no=desk.ids["helper_no"]
        )
        path = "/tasks/{order}".format(**desk.ids)
        desk.at("helper").send(f"{path}/accept")
        desk.at("helper").send(f"{path}/go-on", meaning="worked")
    with at("06:00", DAY + timedelta(days=1)):
        desk.at("helper").send(
            f"{path}/finish",
            member_ids=[str(desk.ids["helper"])],
            served_on=DAY.isoformat(),
            begins="23:00",
            ends="01:00",
        )
    assert one(desk).state == "finished"


def test_c21_a_holder_takes_on_the_order_that_the_desk_offers_to_their_skill(desk, session):
    ask(desk)
    key = {"ledger_id": desk.ledger_id, "actor": SYSTEM}
    skills.note(session, **key, member_id=desk.ids["helper"], skill="医生")
    session.commit()
    take = "/tasks/{order}/take".format(**desk.ids)
    with no_change(desk.session):
        assert desk.at("helper").send(take).status_code == 403
        assert desk.at("staff").send(desk.path("/orders/{order}/skills")).status_code == 422
    sent = desk.at("staff").send(desk.path("/orders/{order}/skills"), skill="医生")
    assert sent.status_code == 303
    assert "以前只给有这个专长的人" in desk.at("staff").get(desk.path("/orders/{order}")).text

    assert "派给我的事" in desk.at("helper").get("/more").text
    page = desk.at("helper").get("/tasks").text
    assert "在找您这样的人" in page
    assert "在找您这样的人" not in desk.at("leading").get("/tasks").text
    taken = desk.at("helper").send(take)
    assert taken.status_code == 303
    assert one(desk).handler_id == desk.person("helper").person_id
    with no_change(desk.session):
        again = desk.at("helper").send(take)
        assert again.status_code == 409
