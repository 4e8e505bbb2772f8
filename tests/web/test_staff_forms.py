"""Every form of the desk: done once however often it is sent; refused, it changes nothing.

A refusal shows the form again with what was typed. Whoever holds no office here, or holds
one elsewhere, changes nothing either.
"""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.factories import activities
from tests.factories import desk as builder
from tests.factories.doors import new_key
from tests.web.answers import everything

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Form:
    """A form with who may send it, what is right and what is wrong to type."""

    path: str
    who: str
    good: dict[str, Any] = field(default_factory=dict)
    bad: dict[str, Any] | None = None
    status: int = 422
    kept: str = ""
    closed_to: str = "auditor"


REASON = {"reason": "核对过签到表"}
LONG = {"reason": "长" * 201}
TIMES = {"checked_in_at": "2026-03-10T09:00", "checked_out_at": "2026-03-10T10:30"}

PLAN = {
    "title": "冬至包汤圆",
    "category_code": "other",
    "address": "党群服务中心一楼厨房",
    "on_1": "2026-03-15",
    "begins_1": "10:00",
    "ends_1": "12:00",
    "weeks": 2,
    "then": "submit",
}

FORMS = {
    "plan_new": Form(
        "/activities/new", "staff", PLAN, {**PLAN, "on_1": "2026-03-01"}, kept="冬至包汤圆"
    ),
    "unit_new": Form(
        "/units", "staff", {"name": "闽东医院", "kind": "医院"}, {"name": "闽东医院"},
        kept="闽东医院",
    ),
    "activity_approve": Form("/activities/{plan}/approve", "staff"),
    "activity_refuse": Form("/activities/{plan}/refuse", "staff", REASON, LONG, kept="长长"),
    "activity_cancel": Form("/activities/{plan}/cancel", "staff", REASON, {}),
    "activity_close": Form(
        "/activities/{activity}/close", "staff", {"beneficiary_count": 30},
        {"beneficiary_count": "many"},
    ),
    "record_confirm": Form(
        "/records/{forgotten}/confirm",
        "staff",
        {"left_at": "2026-03-10T10:40"},
        {"left_at": "2026-03-10T08:00"},
        kept="2026-03-10T08:00",
    ),
    "record_refuse": Form("/records/{forgotten}/refuse", "staff", REASON, {}),
    "record_correct": Form(
        "/records/{stay}/correct",
        "staff",
        {**TIMES, **REASON, "version": 1},
        {**TIMES, "version": 1, "checked_out_at": "2026-03-10T23:30", "reason": "走得早"},
        kept="走得早",
    ),
    "record_reverse": Form(
        "/records/{stay}/reverse",
        "staff",
        {**REASON, "version": 1},
        {**REASON, "version": 9},
        status=412,
    ),
    "member_name": Form("/people/{scanned}/name", "auditor", closed_to="foreign_staff"),
    "member_new": Form(
        "/people/new",
        "staff",
        {"name": "白清禾", "node_code": "350902200001", "agreed": "yes", "has_card": "on"},
        {"name": "白清禾", "node_code": "350902200002", "agreed": "yes"},
        status=404,
        kept="白清禾",
    ),
    "member_freeze": Form("/people/{scanned}/freeze", "staff", REASON, {}),
    "member_release": Form("/people/{frozen}/release", "staff", REASON, {}),
    "member_unlock": Form("/people/{scanned}/unlock", "staff"),
    "member_agent": Form(
        "/people/{scanned}/agents",
        "staff",
        {"volunteer_no": "{rolled_no}", "relation": "女儿", "consent_note": "当面同意"},
        {"volunteer_no": "NINGDE-999999", "relation": "女儿", "consent_note": "当面"},
        status=404,
        kept="NINGDE-999999",
    ),
    "member_household": Form(
        "/people/{scanned}/household",
        "staff",
        {"volunteer_no": "{rolled_no}", "relation": "配偶"},
        {"volunteer_no": "{rolled_no}"},
    ),
    "member_merge": Form(
        "/people/{frozen}/merge",
        "staff",
        {"volunteer_no": "{scanned_no}", **REASON},
        {"volunteer_no": "{scanned_no}"},
    ),
    "card_issue": Form("/people/{rolled}/cards", "staff"),
    "card_lost": Form("/people/{scanned}/cards/{card}/lost", "staff"),
    "card_replace": Form("/people/{scanned}/cards/{card}/replace", "staff"),
    "card_cancel": Form("/people/{scanned}/cards/{card}/cancel", "staff"),
    "card_freeze": Form("/people/{scanned}/cards/{card}/freeze", "staff", REASON, {}),
    "card_print": Form("/people/{scanned}/cards/{card}/print", "staff"),
    "merge_approve": Form("/merges/{merge}/approve", "staff"),
    "merge_refuse": Form("/merges/{merge}/refuse", "staff"),
    "team_new": Form(
        "/teams", "staff", {"name": "畲乡枫警", "lead_body": "派出所", "aliases": "畚乡枫警"},
        {"name": "旗帜先锋", "lead_body": "某单位"}, status=409, kept="某单位",
    ),
    "team_alias": Form("/teams/{team}/aliases", "staff", {"alias": "先锋旗帜"}, {}),
    "team_join": Form(
        "/teams/{team}/members", "staff", {"volunteer_no": "{scanned_no}", "role": "leader"},
        {"volunteer_no": "{scanned_no}", "role": "boss"},
    ),
    "team_follow": Form("/teams/{team}/members/{leader}/follow", "staff"),
    "team_close": Form("/teams/{team}/close", "staff"),
    "alliance_new": Form(
        "/alliances", "staff", {"name": "银龄同盟"}, {"name": "近邻志愿同盟"}, 409
    ),
    "alliance_join": Form(
        "/alliances/{alliance}/join", "staff", {"team_id": "{team}"}, {"team_id": "nothing"}
    ),
    "manual": Form(
        "/manual",
        "staff",
        {
            "volunteer_no": "{scanned_no}", "category_code": "other", "hours": "1.5",
            "served_on": "2026-03-09", "reason": "停电", "case_no": "",
            "starts_at": "18:00", "ends_at": "20:00",
        },
        {
            "volunteer_no": "{scanned_no}", "category_code": "other", "hours": "1.55",
            "served_on": "2026-03-09", "reason": "停电了",
        },
        kept="停电了",
        closed_to="administrator",
    ),
    "grant_reverse": Form("/grants/{posted}/reverse", "staff", REASON, {}),
    "backfill": Form(
        "/backfills",
        "staff",
        {
            "volunteer_no": "{scanned_no}", "provenance": "honorary", "hours": "2",
            "served_on": "2026-03-06", "evidence": "签到表",
        },
        {
            "volunteer_no": "{scanned_no}", "provenance": "honorary", "hours": "2",
            "served_on": "2026-04-06", "evidence": "未来的事",
        },
        kept="未来的事",
        closed_to="administrator",
    ),
    "backfill_decide": Form(
        "/backfills/{backfill}/decide", "staff", {"verdict": "approved"}, {"verdict": "refused"}
    ),
    "opening": Form(
        "/openings",
        "staff",
        {"document_no": "纸-2", "as_of_on": "2026-03-01", "lines": "{scanned_no} 12.5 30\n"},
        {"document_no": "纸-3", "as_of_on": "2026-03-01", "lines": "{scanned_no} 十二\n"},
        kept="十二",
        closed_to="administrator",
    ),
    "opening_decide": Form(
        "/openings/decide",
        "staff",
        {"opening_ids": ["{opening}"], "verdict": "approved"},
        {"opening_ids": ["{opening}"], "verdict": "refused"},
    ),
    "review_decide": Form(
        "/review/decide",
        "staff",
        {"grant_ids": ["{waiting}", "{manual}"], "verdict": "approved", "confirmed": "yes"},
        {"grant_ids": ["{waiting}"], "verdict": "refused", "confirmed": "yes"},
    ),
    "rate": Form(
        "/programme/rates/volunteering",
        "city_administrator",
        {"points": 2, "per_quantity": 60, "valid_from_on": "2026-04-01"},
        {"points": 2, "per_quantity": 0, "valid_from_on": "2026-04-01"},
        closed_to="city_auditor",
    ),
    "merchant": Form("/merchants", "staff", {"name": "爱心商户"}, {}),
    "merchant_sign": Form(
        "/merchants/{merchant}/sign", "staff",
        {"agreement_no": "协2", "from_on": "2026-03-10", "until_on": "2027-03-09"},
        {"agreement_no": "协二号", "from_on": "2026-03-10", "until_on": "2026-03-09"},
        kept="协二号",
    ),
    "merchant_suspend": Form("/merchants/{merchant}/suspend", "staff"),
    "shop_new": Form(
        "/shops", "staff", {"merchant_id": "{merchant}", "name": "二店"},
        {"merchant_id": "{merchant}", "name": "金溪超市"}, status=409, kept="金溪超市",
    ),
    "shop_suspend": Form("/shops/{shop}/suspend", "staff"),
    "clerk_add": Form(
        "/shops/{shop}/clerks", "staff", {"volunteer_no": "{scanned_no}"},
        {"volunteer_no": "X-1"}, 404,
    ),
    "clerk_end": Form("/shops/{shop}/clerks/{clerk_person}/end", "staff"),
    "goods_new": Form(
        "/shops/{shop}/goods", "staff", {"number": "G02", "name": "牙膏", "price_points": 60},
        {"number": "G01", "name": "又一种盐", "price_points": 1}, status=409, kept="又一种盐",
    ),
    "goods_edit": Form(
        "/shops/{shop}/goods/{goods}/edit", "staff",
        {"name": "碘盐", "price_points": 2, "version": 1, "is_on_sale": "on"},
        {"name": "碘盐", "price_points": 2, "version": 7}, status=412,
    ),
    "goods_intake": Form(
        "/shops/{shop}/goods/{goods}/intake", "staff", {"count": 5}, {"count": "five"}
    ),
    "goods_count": Form(
        "/shops/{shop}/goods/{goods}/count", "staff",
        {"count": 8, "reason": "少了一袋"}, {"count": 3},
    ),
    "goods_write_off": Form(
        "/shops/{shop}/goods/{goods}/write-off", "staff",
        {"count": 1, "reason": "受潮"}, {"count": 1},
    ),
    "refund": Form("/redemptions/{sale}/refund", "staff", REASON, {}),
    "proof": Form("/proof", "auditor", closed_to="staff"),
    "role": Form(
        "/roles", "administrator", {"volunteer_no": "{scanned_no}", "role": "staff"},
        {"volunteer_no": "{scanned_no}", "role": "emperor"},
    ),
    "role_revoke": Form(
        "/roles/revoke/{colleague_no}", "administrator",
        {"role": "staff", "node_code": "350902200001"},
        {"role": "auditor", "node_code": "350902200001"}, 404,
    ),
    "setting": Form(
        "/settings/mall.refund_window_days", "administrator",
        {"value": 15, "version": "{version}"}, {"value": 15, "version": "old"}, 412,
        closed_to="staff",
    ),
    "grid": Form(
        "/node/grids", "administrator", {"name": "一网格", "household_count": 400},
        {"name": "一网格", "number": 1000}, kept="一网格", closed_to="staff",
    ),
    "objection": Form(
        "/objections/{objection}/answer", "staff", {"verdict": "rejected", **REASON},
        {"verdict": "maybe", "reason": "看不清"},
    ),
    "signal": Form(
        "/signals/{signal}/decide", "staff", {"verdict": "dismissed"}, {"verdict": "maybe"}
    ),
}  # fmt: skip
REFUSED = [name for name, form in FORMS.items() if form.bad is not None]


@pytest.fixture
def desk(stage):
    with activities.at("12:00"):
        yield stage.put_up(builder.a_busy_desk, "app", "session")


def version_of_settings(desk):
    import re

    page = desk.at("administrator").get(desk.path("/settings"))
    return re.search(r'name="version" value="(\w+)"', page.text)[1]


def prepared(desk):
    """Sign everybody in first, and learn what a form needs to know."""
    desk.ids["version"] = version_of_settings(desk)
    desk.ids["colleague_no"] = desk.person("colleague").volunteer_no
    return desk


@pytest.mark.parametrize("name", FORMS)
def test_a_form_sent_twice_is_done_once(desk, session, name):
    form, key = FORMS[name], new_key()
    prepared(desk)
    path, fields = desk.path(form.path), desk.fill(form.good)
    before = everything(session)

    first = desk.at(form.who).send(path, key=key, **fields)
    after = everything(session)
    second = desk.at(form.who).send(path, key=key, **fields)

    assert first.status_code in (200, 303), first.text[-600:]
    assert after != before
    assert second.status_code == first.status_code
    assert everything(session) == after


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_form_is_shown_again_and_changes_nothing(desk, session, name):
    form = FORMS[name]
    prepared(desk)
    desk.at(form.who)
    before = everything(session)

    answer = desk.at(form.who).send(desk.path(form.path), **desk.fill(form.bad))

    assert answer.status_code == form.status, answer.text[-600:]
    assert 'role="alert"' in answer.text
    assert form.kept in answer.text
    assert everything(session) == before


@pytest.mark.once
@pytest.mark.parametrize("name", FORMS)
def test_nobody_else_may_send_a_form(desk, session, name):
    form = FORMS[name]
    prepared(desk)
    expected = {"foreign_staff": 404, "volunteer": 403, "clerk": 403, form.closed_to: None}
    for who in expected:
        desk.at(who)
    before = everything(session)

    for who, status in expected.items():
        answer = desk.at(who).send(desk.path(form.path), **desk.fill(form.good))
        assert answer.status_code in ((status,) if status else (403, 404)), f"{who}: {answer}"
    elsewhere = desk.path(form.path).replace("350902200001", "350902200002")
    if "{" in form.path:
        assert desk.at("foreign_staff").send(elsewhere, **desk.fill(form.good)).status_code in (
            403,
            404,
        )

    assert everything(session) == before


@pytest.mark.parametrize("name", ["activity_approve", "member_freeze", "role", "proof"])
def test_a_form_without_its_token_changes_nothing(desk, session, name):
    form = FORMS[name]
    prepared(desk)
    browser = desk.at(form.who)
    before = everything(session)

    answer = browser.client.post(
        desk.path(form.path), data={**desk.fill(form.good), "idempotency_key": new_key()}
    )

    assert answer.status_code == 403
    assert everything(session) == before


def test_a_form_without_its_key_changes_nothing(desk, session):
    prepared(desk)
    desk.at("staff")
    before = everything(session)

    answer = desk.at("staff").send(desk.path("/activities/{plan}/approve"), key=" ")

    assert answer.status_code == 400
    assert everything(session) == before
