"""Orders over HTTP: asked for, given, done, rated and credited; counted; in and out (T8–T13)."""

from datetime import timedelta

import pytest

from app.base.actors import SYSTEM
from app.people import duties, team_members
from app.points import grants, indicators, programmes
from app.service_orders import categories
from app.service_orders.categories import Kind
from tests.factories import activities as field
from tests.factories.activities import at
from tests.factories.pictures import photo
from tests.web.answers import done, everything, no_change, once, refused

WANTED = {"title": "帮忙取药", "text": "腿脚不便", "category_code": "errands"}
KINDS = (
    Kind(code="errands", name="跑腿代办", credit_category_code="other", due_hours=24),
    Kind(code="lighting", name="楼道照明", handler_kind="staff", is_hard=True),
    Kind(code="keys", name="代管钥匙", credit_category_code="other"),
)


@pytest.fixture
def street(town):
    for kind in KINDS:
        categories.put(town.session, ledger_id=town.ledger_id, kind=kind)
    town.session.commit()
    return Street(town)


class Street:
    """The town, whose people ask for things."""

    def __init__(self, town):
        self.town, self.asker = town, town.caller("volunteer")
        self.staff, self.helper = town.caller("staff"), town.caller("helper")

    def at(self, order, step=""):
        return f"{self.town.book}/orders/{order['id']}{step}"

    def mine(self, order, step):
        return f"{self.town.book}/me/orders/{order['id']}/{step}"

    def file(self, **more):
        return done(self.asker.post(f"{self.town.book}/me/orders", {**WANTED, **more}), 201)

    def given(self, who=None, **more):
        order, who = self.file(**more), who or self.helper
        hands = {"member_id": str(who.member.id)}
        done(self.staff.post(self.at(order, "/assignment"), hands))
        return order

    def finished(self, who=None, *, works=True, **more):
        """Given at eight, done at eleven; a volunteer tells an hour and a half."""
        who = who or self.helper
        with at("08:00"):
            order = self.given(who, **more)
        with at("09:00"):
            done(who.post(self.at(order, "/acceptance")))
            done(who.post(self.at(order, "/progress"), {"meaning": "worked"}))
        with at("11:00") as now:
            work = {
                "member_id": str(who.member.id),
                "starts_at": (now - timedelta(minutes=120)).isoformat(),
                "ends_at": (now - timedelta(minutes=30)).isoformat(),
            }
            told = {"note": "办好了", "works": [work] if works else []}
            return done(who.post(self.at(order, "/finish"), told))

    def duty(self, kind, *, is_paid=False):
        """A duty of the helper at the town's place."""
        duties.give(
            self.town.session,
            ledger_id=self.town.ledger_id,
            member_id=self.helper.member.id,
            node=self.town.node,
            kind_code=kind,
            is_paid=is_paid,
            actor=SYSTEM,
        )
        self.town.session.commit()

    def credited(self, who=None):
        town, who = self.town, who or self.helper
        town.session.rollback()
        return [
            (each.state, each.minutes)
            for each in grants.list_of_member(
                town.session, ledger_id=town.ledger_id, member_id=who.member.id
            )
        ]


def test_t8_four_sign_ins_take_an_order_from_the_asking_to_the_credit(street):
    made = once(street.asker, f"{street.town.book}/me/orders", WANTED, {**WANTED, "title": "x"})
    assert (made["step"], made["next_step"], made["text"]) == ("点单", "派单", "腿脚不便")

    order = street.finished()
    assert (order["state"], order["step"], order["next_step"]) == ("finished", "办结", "评单")
    assert street.credited() == []
    seen = done(street.asker.get(street.at(order)))
    assert [stage["state"] for stage in seen["stages"]] == ["done"] * 5 + ["now"]
    with at("12:00"):
        rated = done(street.asker.post(street.mine(order, "rating"), {"stars": 5, "note": "谢谢"}))

    assert (rated["step"], rated["stars"]) == ("评单", 5)
    assert street.credited() == [("posted", 90)]
    with no_change(street.town.session):
        refused(
            street.asker.post(street.mine(order, "rating"), {"stars": 1}), "order_step_conflict"
        )


def test_t8_a_bad_rating_holds_the_hours_and_paid_hands_earn_none(street):
    order = street.finished()
    with at("12:00"):
        done(street.asker.post(street.mine(order, "rating"), {"stars": 1}))
    assert street.credited() == [("waiting_level_2", 90)]

    colleague = street.town.caller("colleague")
    with at("13:00"):
        duty = street.given(colleague)
        assert done(street.staff.get(street.at(duty)))["handler_kind"] == "staff"
        done(colleague.post(street.at(duty, "/acceptance")))
        done(colleague.post(street.at(duty, "/progress"), {"meaning": "worked"}))
    with at("15:00") as now:
        work = {
            "member_id": str(colleague.member.id),
            "starts_at": (now - timedelta(hours=1)).isoformat(),
            "ends_at": now.isoformat(),
        }
        path = street.at(duty, "/finish")
        with no_change(street.town.session):
            refused(colleague.post(path, {"works": [work]}), "no_volunteer_work", 422)
        done(colleague.post(path, {"note": "修好了"}))
        done(street.asker.post(street.mine(duty, "rating"), {"stars": 5}))
    assert street.credited(colleague) == []


def test_k9_a_steward_is_paid_or_not_as_the_duty_says(street):
    assert done(street.staff.get(street.at(street.given())))["handler_kind"] == "volunteer"
    street.duty("steward", is_paid=True)

    assert done(street.staff.get(street.at(street.given())))["handler_kind"] == "staff"


def test_t28_a_neighbours_help_is_credited_only_after_the_neighbour_confirms(street):
    order = street.finished(title="代管钥匙", category_code="keys")
    assert street.credited() == []
    with at("12:00"):
        done(street.asker.post(street.mine(order, "rating"), {"stars": 4}))

    assert street.credited() == [("posted", 90)]


def test_t11_a_place_names_the_steps_and_the_order_keeps_them(street):
    node = f"/nodes/{street.town.node.code}/order-workflow"
    before = street.file()
    done(street.staff.put(node, {"template_code": "hongguanjia"}))
    after = street.file()

    assert [step["name"] for step in after["stages"]] == ["上报", "派单", "红管家服务", "评价"]
    assert [step["name"] for step in before["stages"]][0] == "点单"
    shown = done(street.asker.get(f"{street.town.book}/me/order-workflow"))
    assert shown["name"] == "上报—派单—红管家服务—评价"
    assert done(street.staff.put(node, {"template_code": None}))["code"] == "diandan"


def test_t22_a_step_of_the_five_is_never_skipped(street):
    node = f"/nodes/{street.town.node.code}/order-workflow"
    done(street.staff.put(node, {"template_code": "wushi"}))
    order = street.given()
    before = everything(street.town.session)
    for step, body in (("/finish", {"note": "办了"}), ("/progress", {"meaning": "worked"})):
        refused(street.helper.post(street.at(order, step), body), "order_step_conflict", 409)
        assert everything(street.town.session) == before

    done(street.helper.post(street.at(order, "/progress"), {"meaning": "deliberated"}))
    seen = done(street.helper.post(street.at(order, "/finish"), {"note": "办了"}))
    assert (seen["step"], seen["next_step"]) == ("联合办事", "居民评事")


def test_a_workflow_of_ones_own_is_added_once_and_never_changed(street):
    boss = street.town.caller("administrator")
    steps = [
        {"code": "a", "name": "报", "meaning": "filed"},
        {"code": "b", "name": "分", "meaning": "assigned"},
        {"code": "c", "name": "办", "meaning": "finished"},
        {"code": "d", "name": "评", "meaning": "rated"},
    ]
    body = {"code": "sizi", "name": "四字法", "steps": steps}
    once(boss, "/order-templates", body, {**body, "name": "x"})
    names = {each["code"] for each in done(boss.get("/order-templates"))["items"]}
    assert names == {"diandan", "hongguanjia", "wushi", "sizi"}
    with no_change(street.town.session):
        refused(boss.post("/order-templates", body), "validation_failed", 422)
        refused(boss.post("/order-templates", {**body, "code": "x", "steps": steps[:3]}),
                "validation_failed")  # fmt: skip


def test_t8_an_order_is_rerouted_returned_urged_and_opened_again(street):
    order = street.given()
    path = street.at(order, "/return")
    back = done(street.helper.post(path, {"reason": "今天走不开"}))
    assert (back["step"], back["hands"]) == ("点单", "")
    moved = done(
        street.staff.post(
            street.at(order, "/rerouting"), {"category_code": "lighting", "reason": "灯坏了"}
        )
    )
    assert (moved["category_name"], moved["handler_kind"]) == ("楼道照明", "staff")
    urged = done(street.staff.post(street.at(order, "/urging"), {"reason": "天黑了"}))
    assert urged["escalated_at"]
    (late,) = done(street.staff.get(f"{street.town.book}/orders?only_overdue=true"))["items"]
    assert late["id"] == order["id"]

    over = street.finished()
    with at("14:00"):
        again = done(street.staff.post(street.at(over, "/reopening"), {"reason": "取错了"}))
    assert (again["state"], again["reopened_count"]) == ("open", 1)
    assert [line["act"] for line in again["history"]][-1] == "reopened"


def test_one_takes_ones_own_back_and_nobody_elses(street):
    order, other = street.file(), street.town.caller("neighbour")
    before = everything(street.town.session)
    for step, body in (("withdrawal", {"reason": "x"}), ("rating", {"stars": 5})):
        refused(other.post(street.mine(order, step), body), "not_found", 404)
    refused(other.get(street.at(order)), "permission_denied", 403)
    refused(other.post(street.at(order, "/acceptance")), "not_found", 404)
    assert everything(street.town.session) == before

    gone = done(street.asker.post(street.mine(order, "withdrawal"), {"reason": "不用了"}))
    assert (gone["state"], gone["next_step"]) == ("withdrawn", None)
    assert [each["id"] for each in done(street.asker.get(f"{street.town.book}/me/orders"))["items"]]


def test_s9_nobody_rates_what_they_handled_for_whom_they_entered_it(street):
    colleague = street.town.caller("colleague")
    entered = {**WANTED, "node_code": street.town.node.code}
    with at("08:00"):
        order = done(street.staff.post(f"{street.town.book}/orders", entered), 201)
        hands = {"member_id": str(colleague.member.id)}
        done(street.staff.post(street.at(order, "/assignment"), hands))
        done(colleague.post(street.at(order, "/acceptance")))
        done(colleague.post(street.at(order, "/progress"), {"meaning": "worked"}))
        done(colleague.post(street.at(order, "/finish"), {"note": "好了"}))
    with no_change(street.town.session):
        refused(colleague.post(street.at(order, "/rating"), {"stars": 5}), "own_order_rating", 403)

    assert done(street.staff.post(street.at(order, "/rating"), {"stars": 4}))["stars"] == 4
    mine = street.finished()
    path, agreed = street.at(mine, "/rating"), {"stars": 5, "consent_note": "本人电话里说的"}
    before = everything(street.town.session)
    refused(street.staff.post(path, {"stars": 5}), "validation_failed", 422)
    refused(street.helper.post(path, agreed), "permission_denied", 403)
    assert everything(street.town.session) == before
    assert done(street.staff.post(path, agreed))["stars"] == 5


def test_p1_the_desk_takes_back_and_opens_again_for_who_has_no_phone(street):
    given, agreed = street.given(), {"reason": "自己去了", "consent_note": "本人当面说的"}
    path = street.at(given, "/withdrawal")
    before = everything(street.town.session)
    refused(street.staff.post(path, {"reason": "自己去了"}), "validation_failed", 422)
    refused(street.helper.post(path, agreed), "permission_denied", 403)
    assert everything(street.town.session) == before
    gone = done(street.staff.post(path, agreed))
    assert (gone["state"], gone["history"][-1]["note"]) == ("withdrawn", "自己去了；本人当面说的")

    over = street.finished()
    with at("12:00"):
        done(street.asker.post(street.mine(over, "rating"), {"stars": 5}))
        before = everything(street.town.session)
        why = {"reason": "取错了"}
        refused(street.asker.post(street.mine(over, "reopening"), why), "reopening_over", 409)
        assert everything(street.town.session) == before
        assert done(street.staff.post(street.at(over, "/reopening"), why))["state"] == "open"


def entered(street):
    """An order of somebody who is no member, done by the helper."""
    with at("08:00"):
        body = {**WANTED, "node_code": street.town.node.code}
        order = done(street.staff.post(f"{street.town.book}/orders", body), 201)
        hands = {"member_id": str(street.helper.member.id)}
        done(street.staff.post(street.at(order, "/assignment"), hands))
    with at("11:00"):
        for step, said in (("acceptance", {}), ("progress", {"meaning": "worked"}), ("finish", {})):
            done(street.helper.post(street.at(order, f"/{step}"), said))
    return order


def give_duty(street, who):
    duties.give(
        street.town.session,
        ledger_id=street.town.ledger_id,
        member_id=street.town.caller(who).member.id,
        node=street.town.node,
        kind_code="elder_reviewer",
        actor=SYSTEM,
    )
    street.town.session.commit()


def test_s9_a_reviewer_rates_what_no_member_asked_for_but_never_their_own(street):
    order, path = entered(street), f"{street.town.book}/me/order-reviews"
    reviewer, stars = street.town.caller("neighbour"), {"stars": 4, "note": "问过了"}
    before = everything(street.town.session)
    refused(reviewer.post(f"{path}/{order['id']}", stars), "permission_denied", 403)
    assert done(reviewer.get(path))["items"] == []
    assert everything(street.town.session) == before

    for who in ("neighbour", "helper"):
        give_duty(street, who)
    asked = street.finished()
    before = everything(street.town.session)
    assert done(street.helper.get(path))["items"] == []
    refused(street.helper.post(f"{path}/{order['id']}", stars), "own_order_rating", 403)
    refused(reviewer.post(f"{path}/{asked['id']}", stars), "permission_denied", 403)
    assert everything(street.town.session) == before

    (waiting,) = done(reviewer.get(path))["items"]
    assert "text" not in waiting
    assert done(reviewer.post(f"{path}/{order['id']}", stars))["stars"] == 4
    assert done(reviewer.get(path))["items"] == []


def test_t8_the_log_names_staff_to_staff_and_everybody_else_by_their_part(street):
    order = street.finished()
    with at("12:00"):
        done(street.asker.post(street.mine(order, "rating"), {"stars": 5}))
    at_desk = [each["by"] for each in done(street.staff.get(street.at(order)))["history"]]
    at_home = [each["by"] for each in done(street.asker.get(street.at(order)))["history"]]

    assert at_desk == ["求助人", "人staff", *["办理人"] * 3, "求助人", "系统"]
    assert at_home == ["求助人", "工作人员", *["办理人"] * 3, "求助人", "系统"]


def led_by_nobody(town):
    """A team whose leader leads no more."""
    member = town.caller("leader").member
    team = field.a_team(town.session, town.ledger_id, town.node, member)
    team_members.set_role(
        town.session,
        ledger_id=town.ledger_id,
        team_id=team.id,
        member_id=member.id,
        role="member",
        actor=SYSTEM,
    )
    town.session.commit()
    return team


def test_t22_work_before_the_talk_and_a_team_without_a_leader_are_refused(street):
    town = street.town
    workflow = f"/nodes/{town.node.code}/order-workflow"
    done(street.staff.put(workflow, {"template_code": "wushi"}))
    with at("08:00"):
        order = street.file()
        team = {"team_id": str(led_by_nobody(town).id)}
        before = everything(town.session)
        refused(street.staff.post(street.at(order, "/assignment"), team),
                "team_without_leader", 409)  # fmt: skip
        assert everything(town.session) == before
        hands = {"member_id": str(street.helper.member.id)}
        done(street.staff.post(street.at(order, "/assignment"), hands))
    with at("10:45"):
        done(street.helper.post(street.at(order, "/progress"), {"meaning": "deliberated"}))
    with at("11:00") as now:
        work = {
            "member_id": str(street.helper.member.id),
            "starts_at": (now - timedelta(minutes=120)).isoformat(),
            "ends_at": (now - timedelta(minutes=30)).isoformat(),
        }
        before = everything(town.session)
        told = {"note": "办好了", "works": [work]}
        refused(street.helper.post(street.at(order, "/finish"), told), "work_before_talk", 422)
        assert everything(town.session) == before


def test_tasks_are_listed_for_whom_they_were_given_to(street):
    order, path = street.given(), f"{street.town.book}/me/order-tasks"
    assert [each["id"] for each in done(street.helper.get(path))["items"]] == [order["id"]]
    assert done(street.asker.get(path))["items"] == []
    over = street.finished()
    ids = [each["id"] for each in done(street.helper.get(f"{path}?is_done=true"))["items"]]
    assert ids == [over["id"]]


def test_t9_figures_are_counted_from_rows_and_every_sum_agrees(street):
    for stars in (5, 3):
        order = street.finished()
        with at("12:00"):
            done(street.asker.post(street.mine(order, "rating"), {"stars": stars}))
    street.file(category_code="lighting")
    sheet = done(street.staff.get(f"{street.town.book}/orders/figures"))

    whole = sheet["total"]
    assert (whole["filed_count"], whole["finished_count"], whole["open_count"]) == (3, 2, 1)
    assert (whole["finished_percent"], whole["good_percent"]) == ("66.7", "50.0")
    assert sheet["hard"]["filed_count"] == 1
    for cut in ("by_category", "by_place"):
        assert sum(each["filed_count"] for each in sheet[cut]) == 3
    far = done(street.staff.get(f"{street.town.book}/orders/figures?to=2020-01-01"))["total"]
    assert (far["filed_count"], far["finished_percent"]) == (0, None)


LIST = "external_id,node_code,category,title,status\n"


def test_v15_a_list_comes_in_by_grid_code_and_an_unknown_code_is_named(street):
    path, code = f"{street.town.book}/orders/import", street.town.node.code
    text = (
        f"{LIST}W1,{code},errands,取药,\nW2,999,errands,取药,\nW3,{code},楼道照明,灯坏了,已办结\n"
    )
    dry = done(street.staff.upload(path, text, dry_run="true"))
    assert (dry["new_count"], dry["bad_count"], dry["is_dry_run"]) == (2, 1, True)
    found = done(street.staff.upload(path, text))
    assert (found["new_count"], found["bad_rows"][0]["line_no"]) == (2, 3)
    assert found["bad_rows"][0]["reason"] == "unknown_place"
    again = done(street.staff.upload(path, text))
    assert (again["new_count"], again["unchanged_count"]) == (0, 2)
    elsewhere = done(street.town.caller("foreign_staff").upload(path, text))
    assert (elsewhere["new_count"], elsewhere["bad_count"]) == (0, 3)
    sheet = street.staff.upload(f"{path}/corrections", text)
    assert sheet.status_code == 200
    assert sheet.data[:2] == b"PK"


def test_t25_the_list_goes_out_with_number_code_and_status_and_nothing_to_run(street):
    path, code = f"{street.town.book}/orders", street.town.node.code
    done(street.staff.upload(f"{path}/import", f"{LIST}W1,{code},errands,=1+1,\n"))
    street.file(category_code="lighting")
    job = done(street.staff.post(f"{path}/exports", {"kind": "csv"}), 202)
    text = street.staff.get(f"{street.town.book}/exports/{job['id']}/file").data.decode("utf-8-sig")

    assert text.startswith("居民问题清单")
    row = next(line for line in text.splitlines() if ",W1," in line)
    assert f"W1,{code}," in row
    assert ",'=1+1,办理中,点单," in row
    seen = done(street.staff.get(f"{street.town.book}/exports/{job['id']}"))
    verified = done(street.staff.get(f"/exports/standing?code={seen['verification_code']}"))
    assert (verified["said"], verified["is_standing"]) == ({"orders": 2, "finished": 0}, True)


def test_t13_a_call_is_answered_and_the_list_of_the_unanswered_shrinks(street):
    book, code = street.town.book, street.town.node.code
    said = {"text": "井盖翻了", "spot": "三号楼东侧"}
    with no_change(street.town.session):
        refused(street.helper.post(f"{book}/me/field-calls", said), "permission_denied", 403)
    street.duty("grid_roving")
    call = once(street.helper, f"{book}/me/field-calls", said, {**said, "spot": "四号楼"})
    worker = {"member_id": str(street.helper.member.id), "node_code": code}
    task = done(street.staff.post(f"{book}/field-calls", {**worker, "text": "去看电梯"}), 201)
    waiting = f"{book}/field-calls?only_unanswered=true"
    assert [each["id"] for each in done(street.staff.get(waiting))["items"]] == [
        call["id"],
        task["id"],
    ]
    sent = street.helper.upload(f"{book}/field-calls/{call['id']}/photos", photo())
    kept = done(sent, 201)
    assert street.staff.get(f"{book}/photos/{kept['id']}").mimetype == "image/jpeg"
    refused(street.asker.get(f"{book}/photos/{kept['id']}"), "permission_denied", 403)

    answer = {"text": "看了，能用"}
    with no_change(street.town.session):
        refused(street.asker.post(f"{book}/field-calls/{task['id']}/answer", answer),
                "permission_denied", 403)  # fmt: skip
    done(street.helper.post(f"{book}/field-calls/{task['id']}/answer", answer))
    order = {"title": "井盖翻了", "category_code": "lighting"}
    made = done(street.staff.post(f"{book}/field-calls/{call['id']}/order", order), 201)
    assert made["text"] == "三号楼东侧\n井盖翻了"
    assert done(street.staff.get(waiting))["items"] == []
    mine = done(street.helper.get(f"{book}/me/field-calls"))["items"]
    assert {each["answer"] for each in mine} == {"看了，能用", f"点单 {made['number']}"}
    before = everything(street.town.session)
    path = f"{book}/field-calls/{call['id']}/answer"
    refused(street.staff.post(path, answer), "field_call_answered", 409)
    path, why = f"{book}/field-calls/{task['id']}/withdrawal", {"reason": "不用看了"}
    refused(street.staff.post(path, why), "field_call_answered", 409)
    refused(street.asker.post(path, why), "permission_denied", 403)
    assert everything(street.town.session) == before


def test_kinds_are_kept_by_who_is_in_charge_of_the_programme(street):
    path = f"{street.town.book}/order-categories/parking"
    body = {"name": "停车充电", "is_hard": True, "handler_kind": "staff"}
    with no_change(street.town.session):
        refused(street.staff.put(path, body), "not_found", 404)
    done(street.town.caller("city_administrator").put(path, body))
    names = {
        each["name"]
        for each in done(street.asker.get(f"{street.town.book}/order-categories"))["items"]
    }
    assert names == {"跑腿代办", "楼道照明", "代管钥匙", "停车充电"}


def test_c33_what_counts_in_cases_is_no_order_and_no_post(street):
    town = street.town
    programme = programmes.of_ledger(town.session, town.ledger_id)
    key = {"programme": programme, "actor": SYSTEM}
    indicators.add_indicator(town.session, **key, code="cases", name="调解", measure="pieces")
    named = {"code": "settled", "name": "调解成功", "indicator_code": "cases"}
    indicators.add_category(town.session, **key, **named)
    town.session.commit()
    path = f"{town.book}/order-categories/dispute"
    body = {"name": "邻里纠纷", "credit_category_code": "settled"}
    boss = town.caller("city_administrator")
    before = everything(town.session)
    refused(boss.put(path, body), "counted_in_cases", 422)
    post = {
        "node_code": town.node.code,
        "kind": "project",
        "title": "调解员",
        "category_code": "settled",
        "slot_count": 2,
    }
    refused(street.staff.post(f"{town.book}/posts", post), "counted_in_cases", 422)
    assert everything(town.session) == before
