"""The desk's work as staff do it: the review, the balance explained, files, the proof."""

import base64
import io
import re

import pytest
import sqlalchemy as sa

from app.activities.models import Activity, Attendance
from app.ledger.models import Account, Book
from app.people.models import Audit, Merge
from app.points import grants, wallets
from app.points.models import Backfill, Grant
from app.web import background
from tests.factories import activities, points
from tests.factories import desk as builder
from tests.factories.desk import state_of
from tests.factories.doors import new_key
from tests.web.answers import everything, no_change


@pytest.fixture
def desk(stage):
    with activities.at("12:00"):
        yield stage.put_up(builder.a_busy_desk, "app", "session")


def box(page, grant_id):
    """The box of a grant in the review."""
    return re.search(rf'<input[^>]*value="{grant_id}"[^>]*>', page.text)


def upload(desk, who, path, content, **fields):
    browser = desk.at(who)
    hidden = {"csrf_token": browser.csrf(), "idempotency_key": new_key()}
    file = (io.BytesIO(content), "list.csv")
    return browser.client.post(path, data={**hidden, **fields, "file": file})


def test_today_counts_what_waits_for_this_person(desk):
    page = desk.at("staff").get(desk.path("/"))
    for title in (
        "考勤和入账等审核",
        "忘了签退",
        "活动等批准",
        "有人提出异议",
        "补录等审核",
        "纸本转入等审核",
        "合并成员等审核",
        "系统觉得奇怪的事",
    ):
        assert title in page.text

    elsewhere = desk.at("foreign_staff").get("/staff/350902200002/")
    assert "没有等您办的事" in elsewhere.text


def test_the_odd_ones_are_not_chosen_and_the_plain_ones_are(desk):
    page = desk.at("staff").get(desk.path("/review"))

    assert "checked" in box(page, desk.ids["waiting"])[0]
    assert "checked" not in box(page, desk.ids["manual"])[0]
    assert page.text.index("要看一看 1 条") < page.text.index("没有异常 1 条")
    assert "通过 1 条" in page.text


def test_who_entered_a_grant_finds_no_box_for_it(desk):
    page = desk.at("colleague").get(desk.path("/review"))

    assert box(page, desk.ids["manual"]) is None
    assert "您经手的，请同事审核" in page.text


def test_nothing_is_decided_before_it_was_confirmed(desk, session):
    desk.at("staff")
    before = everything(session)

    page = desk.at("staff").send(
        desk.path("/review/decide"), grant_ids=[str(desk.ids["waiting"])], verdict="approved"
    )

    assert page.status_code == 200
    assert "通过 1 条" in page.text
    assert 'name="confirmed"' in page.text
    assert everything(session) == before


def test_a_review_with_nothing_chosen_is_refused(desk, session):
    desk.at("staff")
    before = everything(session)

    answer = desk.at("staff").send(desk.path("/review/decide"), verdict="approved")

    assert answer.status_code == 422
    assert "选中的记录" in answer.text
    assert everything(session) == before


def test_what_another_must_decide_is_left_and_the_rest_is_done(desk):
    chosen = [str(desk.ids["waiting"]), str(desk.ids["manual"])]
    browser = desk.at("colleague")

    answer = browser.send(
        desk.path("/review/decide"), grant_ids=chosen, verdict="approved", confirmed="yes"
    )
    page = browser.get(answer.location)

    assert "已通过 1 条" in page.text
    assert "自己的事要别人来批" in page.text
    assert state_of(desk, Grant, desk.ids["waiting"]) == "posted"
    assert state_of(desk, Grant, desk.ids["manual"]) == "waiting_level_2"


def test_the_planner_and_the_asker_decide_on_nothing_of_their_own(desk, session):
    desk.at("colleague")
    before = everything(session)
    for path, fields in (
        ("/backfills/{backfill}/decide", {"verdict": "approved"}),
        ("/merges/{merge}/approve", {}),
        ("/people/{frozen}/release", {"reason": "弄错了"}),
        ("/openings/decide", {"opening_ids": [str(desk.ids["opening"])], "verdict": "approved"}),
    ):
        answer = desk.at("colleague").send(desk.path(path), **fields)
        assert answer.status_code == 403, path
        assert "自己的事要别人来批" in answer.text
    assert everything(session) == before

    for path, fields in (
        ("/backfills/{backfill}/decide", {"verdict": "approved"}),
        ("/merges/{merge}/approve", {}),
    ):
        assert desk.at("staff").send(desk.path(path), **fields).status_code == 303
    assert state_of(desk, Backfill, desk.ids["backfill"]) == "approved"
    assert state_of(desk, Merge, desk.ids["merge"]) == "approved"


def test_a_forgotten_check_out_is_honorary_by_one_and_credited_by_two(desk):
    record = "/records/{forgotten}"
    browser = desk.at("staff")
    browser.send(desk.path(record + "/confirm"), left_at="2026-03-10T10:30")
    page = browser.get(desk.path(record))
    assert "荣誉时长" in page.text
    assert state_of(desk, Attendance, desk.ids["forgotten"]) == "confirmed"

    with no_change(desk.session):
        alone = browser.send(desk.path(record + "/second"), reason="问过领队")
        assert alone.status_code == 403

    desk.at("colleague").send(desk.path(record + "/second"), reason="问过领队")
    page = desk.at("colleague").get(desk.path(record))
    assert "第二个人也确认了" in page.text
    assert "信用时长" in page.text


def test_a_balance_is_explained_back_to_doors_leader_and_rate(desk, session):
    page = desk.at("staff").get(desk.path("/people/{scanned}/why/points"))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))

    assert "为什么有 1 积分" in text
    assert "健康义诊" in text
    assert "扫码 08:55 到 11:05（扫码）" in text
    assert "任*和 确认" in text
    assert "2.0 小时 × 1（第 1 版" in text
    assert "换 食盐 1 件·金溪超市" in text
    assert "2 行加起来正好 1，和账本一致" in text
    assert "凭证 纸-1 转入 10.0 小时、400 积分，等审核" in text

    hours = desk.at("staff").get(desk.path("/people/{scanned}/why/minutes"))
    assert "为什么有 2.0 小时" in re.sub(r"<[^>]+>", "", hours.text)


def test_a_reversed_grant_is_explained_with_its_reason(desk):
    desk.at("staff").send(desk.path("/grants/{posted}/reverse"), reason="其实没有来")
    page = desk.at("staff").get(desk.path("/people/{scanned}/why/points"))

    assert "冲正：健康义诊" in page.text
    assert "其实没有来" in page.text
    assert "待追回 1 积分" in page.text
    assert "和账本一致" in page.text


def test_an_altered_balance_is_said_to_disagree(desk, session):
    session.execute(
        sa.update(Account)
        .where(
            Account.ledger_id == desk.ledger_id,
            Account.owner_id == desk.ids["scanned"],
            Account.kind == "wallet",
        )
        .values(credits_posted=Account.credits_posted + 5)
    )
    session.commit()

    page = desk.at("staff").get(desk.path("/people/{scanned}/why/points"))

    assert "对不上：各行加起来 1，账本是 6" in page.text


def test_a_damaged_book_stops_and_the_desk_says_so_on_every_page(desk, session):
    session.execute(
        sa.update(Account)
        .where(
            Account.ledger_id == desk.ledger_id,
            Account.owner_id == desk.ids["scanned"],
            Account.kind == "wallet",
        )
        .values(credits_posted=Account.credits_posted + 5)
    )
    session.commit()

    desk.at("auditor").send(desk.path("/proof"))
    page = desk.at("auditor").get(desk.path("/proof"))

    assert "余额等于流水" in page.text
    assert "balance_equals_entries" in page.text
    assert "对不上" in page.text
    assert "账本停了，只能看，不能记账" in desk.at("staff").get(desk.path("/people")).text
    with no_change(desk.session):
        answer = desk.at("staff").send(
            desk.path("/review/decide"),
            grant_ids=[str(desk.ids["waiting"])],
            verdict="approved",
            confirmed="yes",
        )
        assert answer.status_code == 423
    assert state_of(desk, Grant, desk.ids["waiting"]) == "waiting_level_2"


def test_a_stopped_book_is_reopened_after_a_good_proof_by_the_programmes_administrator(
    desk, session
):
    wallet = (
        sa.update(Account)
        .where(
            Account.ledger_id == desk.ledger_id,
            Account.owner_id == desk.ids["scanned"],
            Account.kind == "wallet",
        )
        .execution_options(synchronize_session=False)
    )
    session.execute(wallet.values(credits_posted=Account.credits_posted + 5))
    session.commit()
    path = desk.path("/proof").replace("350902200001", "3509")
    who = desk.at("city_administrator")
    who.send(path)
    reopened = {"reason": "从备份恢复了这一户"}
    with no_change(desk.session):
        assert who.send(path + "/reopen", **reopened).status_code == 423

    session.execute(wallet.values(credits_posted=Account.credits_posted - 5))
    session.commit()
    who.send(path)
    assert desk.at("administrator").send(desk.path("/proof/reopen"), **reopened).status_code in (
        403,
        404,
    )
    assert who.send(path + "/reopen", **reopened).status_code == 303
    session.expire_all()
    assert session.get(Book, desk.ledger_id).read_only_at is None


def exported(desk, who, path, **fields):
    """Order a file, look at its page and fetch it; return the page and the file."""
    browser = desk.at(who)
    ordered = browser.send(desk.path(path), **fields)
    assert ordered.status_code == 303, ordered.text
    page = browser.get(ordered.location)
    return page, browser.get(f"{ordered.location}/file")


def code_on(page):
    return re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", page.text)[0]


def test_an_export_carries_its_code_and_anybody_can_verify_it(desk, session, client):
    page, file = exported(
        desk, "auditor", "/exports/ranking?from=2026-01-01&to=2026-12-31", kind="csv"
    )
    code = code_on(page)

    assert file.status_code == 200
    assert "attachment" in file.headers["Content-Disposition"]
    assert "许若溪" in file.data.decode("utf-8-sig")
    assert code in file.data.decode("utf-8-sig")
    lines = session.scalars(
        sa.select(Audit).where(Audit.ledger_id == desk.ledger_id, Audit.action == "export_made")
    ).all()
    assert len(lines) == 1
    session.rollback()

    def verify(code, content):
        form = client.get(f"/verify?code={code_on(page)}").text
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', form)[1]
        data = {"csrf_token": csrf, "code": code, "file": (io.BytesIO(content), "r.csv")}
        return client.post("/verify", data=data)

    same = verify(code.lower().replace("-", ""), file.data)
    assert "没有改动过" in same.text
    assert "时长排行" in same.text
    assert "许若溪" not in same.text
    assert "改动过" in verify(code, file.data + b" ").text
    assert "没有改动过" not in verify(code, file.data + b" ").text
    assert verify("AAAA-BBBB-CCCC", file.data).status_code == 404
    assert verify(code, b"").status_code == 422


def test_a_code_alone_says_whether_the_file_still_stands(desk, client):
    page, _ = exported(desk, "staff", "/exports/ranking?from=2026-01-01&to=2026-12-31", kind="xlsx")
    found = client.get(f"/verify?code={code_on(page)}")
    assert "现在还算数" in found.text
    assert "许若溪" not in found.text
    assert client.get("/verify?code=AAAA-AAAA-AAAA").status_code == 404
    assert client.get("/verify?code=").status_code == 200


def test_an_export_sent_twice_is_one_export_with_the_same_bytes(desk, session):
    key, path = new_key(), "/exports/ranking"
    first = exported(desk, "staff", path, key=key, kind="xlsx")
    second = exported(desk, "staff", path, key=key, kind="xlsx")

    assert first[1].data == second[1].data
    assert code_on(first[0]) == code_on(second[0])
    with no_change(desk.session):
        assert desk.at("staff").send(desk.path(path), kind="pdf").status_code == 422
        assert desk.at("staff").send(desk.path(f"{path}?from=x"), kind="csv").status_code == 422


def test_a_statement_is_exported_with_a_code(desk, client):
    member = desk.people["scanned"]
    page, file = exported(
        desk, "staff", f"/exports/statement/{member.id}", kind="csv", unit="minutes"
    )
    assert member.volunteer_no in file.data.decode("utf-8-sig")
    found = client.get(f"/verify?code={code_on(page)}")
    assert "存折" in found.text
    assert member.volunteer_no not in found.text


def test_an_export_that_nobody_writes_shows_how_far_it_is(desk, monkeypatch):
    browser = desk.at("staff")
    with monkeypatch.context() as nobody:
        nobody.setattr(background, "write", lambda *_: False)
        ordered = browser.send(desk.path("/exports/ranking"), kind="csv")
        page = browser.get(ordered.location)
        assert "<progress" in page.text
        state = browser.get(f"{ordered.location}/state").get_json()
        assert (state["state"], state["percent"]) == ("queued", 0)
        assert browser.get(f"{ordered.location}/file").status_code == 409
    assert browser.get(f"{ordered.location}/state").get_json()["state"] == "queued"
    assert "下载表格" in browser.get(ordered.location).text
    assert "写好了" in browser.get(desk.path("/exports")).text
    other = desk.at("administrator").get(ordered.location)
    assert other.status_code == 404


def test_a_ranking_asks_for_no_more_than_ones_own_place(desk):
    page = desk.at("foreign_staff").get("/staff/350902200002/ranking")
    assert "没有入账的时长" in page.text
    team = f"/staff/350902200002/ranking?team={desk.ids['team']}"
    assert desk.people["scanned"].volunteer_no not in desk.at("foreign_staff").get(team).text

    late = desk.at("staff").get(desk.path("/ranking?from=2026-12-31&to=2026-01-01"))
    assert late.status_code == 422
    wrong = desk.at("staff").get(desk.path("/ranking?from=yesterday"))
    assert wrong.status_code == 422


def test_a_list_is_tried_before_it_is_taken_in(desk, session):
    content = (
        "外部编号,姓名,手机号,社区编码\n"
        "a1,白清禾,,350902200001\n"
        "a2,,,350902200001\n"
        "a3,梁书遥,,999\n"
    ).encode()
    desk.at("staff")
    before = everything(session)

    tried = upload(desk, "staff", desk.path("/people/import/try"), content)

    assert tried.status_code == 200
    assert "试过了" in tried.text
    assert "没有这个社区编码" in tried.text
    assert everything(session) == before
    carried = re.search(r'name="content" value="([^"]+)"', tried.text)[1]

    done = desk.at("staff").send(desk.path("/people/import"), content=carried)
    assert "新的 1 人" in done.text
    again = desk.at("staff").send(desk.path("/people/import"), content=carried)
    assert "新的 0 人" in again.text


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00nonsense", b"a,b\n1,2\n"])
def test_a_list_that_cannot_be_read_changes_nothing(desk, session, content):
    desk.at("staff")
    before = everything(session)

    answer = upload(desk, "staff", desk.path("/people/import/try"), content)

    assert answer.status_code in (400, 422)
    assert 'role="alert"' in answer.text
    assert everything(session) == before


def test_a_list_with_people_of_another_place_is_refused_whole(desk, session):
    content = "外部编号,姓名,手机号,社区编码\na1,白清禾,,350902200002\n".encode()
    desk.at("staff")
    before = everything(session)

    carried = base64.b64encode(content).decode()
    tried = upload(desk, "staff", desk.path("/people/import/try"), content)
    taken = desk.at("staff").send(desk.path("/people/import"), content=carried)

    assert (tried.status_code, taken.status_code) == (422, 422)
    assert everything(session) == before


def test_a_changed_setting_holds_below_and_says_who_set_it(desk):
    browser = desk.at("administrator")
    page = browser.get(desk.path("/settings"))
    version = re.search(r'name="version" value="(\w+)"', page.text)[1]
    path = desk.path("/settings/mall.refund_window_days")

    assert browser.send(path, value="15", version=version).status_code == 303
    assert "这里" in browser.get(desk.path("/settings")).text
    with no_change(desk.session):
        assert browser.send(path, value="16", version=version).status_code == 412
    fresh = re.search(r'name="version" value="(\w+)"', browser.get(desk.path("/settings")).text)[1]
    with no_change(desk.session):
        assert browser.send(path, value="-1", version=fresh).status_code == 422
    assert browser.send(path + "/clear", version=fresh).status_code == 303


def test_a_grid_too_large_is_added_and_warned_of(desk):
    browser = desk.at("administrator")
    answer = browser.send(desk.path("/node/grids"), name="大网格", household_count="1874")
    page = browser.get(answer.location)

    assert "大小不合适" in page.text
    assert "1,874" in page.text


def test_a_team_is_found_by_its_alias(desk):
    desk.at("staff").send(desk.path("/teams/{team}/aliases"), alias="旗织先锋")

    assert "旗帜先锋" in desk.at("staff").get(desk.path("/teams?text=旗织")).text


def test_a_refund_returns_goods_and_points(desk, session):
    before = wallets.holding(
        session, ledger_id=desk.ledger_id, member_id=desk.ids["scanned"]
    ).spendable_points
    session.rollback()

    answer = desk.at("staff").send(desk.path("/redemptions/{sale}/refund"), reason="盐是坏的")
    page = desk.at("staff").get(answer.location)

    assert "退回 1 积分" in page.text
    after = wallets.holding(
        session, ledger_id=desk.ledger_id, member_id=desk.ids["scanned"]
    ).spendable_points
    assert after == before + 1


def test_whoever_planned_an_activity_does_not_approve_it(desk):
    approved = desk.at("staff").send(desk.path("/activities/{plan}/approve"))
    again = desk.at("colleague").send(desk.path("/activities/{plan}/approve"))

    assert approved.status_code == 303
    assert again.status_code == 409
    assert state_of(desk, Activity, desk.ids["plan"]) == "called"


def test_an_administrator_of_a_community_adds_no_rate_to_the_citys_programme(desk, session):
    desk.at("administrator")
    before = everything(session)

    answer = desk.at("administrator").send(
        desk.path("/programme/rates/volunteering"),
        points="2",
        per_quantity="60",
        valid_from_on="2026-04-01",
    )

    assert answer.status_code in (403, 404)
    assert everything(session) == before
    assert "沿用" in desk.at("staff").get(desk.path("/programme")).text


def test_a_manual_grant_waits_and_is_posted_by_a_colleague(desk, session):
    fields = {
        "volunteer_no": desk.ids["scanned_no"],
        "category_code": "other",
        "hours": "1.5",
        "served_on": "2026-03-09",
        "reason": "停电",
    }
    before = everything(desk.session)
    timeless = desk.at("staff").send(desk.path("/manual"), **fields)
    assert (timeless.status_code, "从几点" in timeless.text) == (422, True)
    assert everything(desk.session) == before
    fields |= {"starts_at": "18:00", "ends_at": "19:30"}
    made = desk.at("staff").send(desk.path("/manual"), **fields)
    grant_id = made.location.rsplit("/", 1)[-1]
    decided = {"grant_ids": [grant_id], "verdict": "approved", "confirmed": "yes"}

    with no_change(desk.session):
        alone = desk.at("staff").send(desk.path("/review/decide"), **decided)
        assert alone.status_code == 403

    desk.at("second").send(desk.path("/review/decide"), **decided)
    found = grants.list_of_member(session, ledger_id=desk.ledger_id, member_id=desk.ids["scanned"])
    assert {str(each.id): each.state for each in found}[grant_id] == "posted"


def test_what_is_above_the_staffs_level_waits_for_the_second_approver(desk, session):
    made = points.grant(session, desk.world, desk.ids["rolled"], 730)
    session.commit()
    grant_id = str(made.id)
    decided = {"grant_ids": [grant_id], "verdict": "approved", "confirmed": "yes"}

    page = desk.at("staff").get(desk.path("/review"))
    assert box(page, grant_id) is None
    assert "等上一级审核" in page.text
    with no_change(desk.session):
        assert desk.at("staff").send(desk.path("/review/decide"), **decided).status_code == 403

    assert desk.at("second").send(desk.path("/review/decide"), **decided).status_code == 303
    assert state_of(desk, Grant, made.id) == "posted"


def test_an_auditor_looks_and_changes_nothing(desk, session):
    desk.at("auditor")
    before = everything(session)

    for path in ("/activities/{plan}/approve", "/merges/{merge}/approve", "/programme/categories"):
        answer = desk.at("auditor").send(desk.path(path), code="x", name="y")
        assert answer.status_code in (403, 404), path
    page = desk.at("auditor").get(desk.path("/people/{scanned}"))
    assert "冻结…" not in page.text
    assert everything(session) == before
