"""An order from home in three taps to the stars, and a call from the field, in real windows."""

import pytest
from playwright.sync_api import expect

from app.base.actors import SYSTEM
from app.base.transactions import unit_of_work
from app.community import tree
from app.people import duties, members
from app.points import programmes
from app.service_orders import categories
from app.service_orders.categories import Kind
from tests.browser import checks, windows
from tests.browser.people import phone_of, sign_in
from tests.browser.street import Street

PLACE = "/staff/350902200001"
KINDS = (
    Kind(code="errands", name="跑腿代办", credit_category_code="other"),
    Kind(code="keys", name="代管钥匙", credit_category_code="other"),
    Kind(code="lighting", name="楼道照明", handler_kind="staff", is_hard=True),
)


@pytest.fixture
def asked(street: Street) -> Street:
    """The street, which takes three kinds of orders; the neighbour is a roving grid worker."""

    def prepare(session) -> None:
        node = tree.by_code(session, PLACE.rsplit("/", 1)[-1])
        ledger_id = programmes.of_node(session, node).ledger_id
        for kind in KINDS:
            categories.put(session, ledger_id=ledger_id, kind=kind)
        for role, kind_code in (("neighbour", "grid_roving"), ("leader", "steward")):
            held = members.find_by_phone(session, ledger_id=ledger_id, phone=phone_of(role))
            assert held is not None
            duties.give(
                session,
                ledger_id=ledger_id,
                member_id=held.id,
                node=node,
                kind_code=kind_code,
                actor=SYSTEM,
            )

    with street.app.app_context():
        unit_of_work(prepare)
    return street


def test_p12_an_order_goes_from_home_in_three_taps_to_the_stars(asked, window):
    phone, desk, hands = (window(size) for size in (windows.PHONE, windows.DESKTOP, windows.PHONE))
    sign_in(phone, "volunteer")
    phone.locator("main").get_by_role("link", name="找志愿者", exact=True).tap()
    phone.get_by_label("代管钥匙").tap()
    phone.get_by_label("一句话说清楚").fill("装修要留人看着")
    checks.check_page(phone)
    phone.get_by_role("button", name="交给社区").tap()
    expect(phone.get_by_text("记下了。有人来办会发消息给您")).to_be_visible()
    checks.check_page(phone)
    way = phone.url.split("?")[0]

    sign_in(desk, "staff", to=f"{PLACE}/orders")
    checks.check_page(desk)
    desk.get_by_role("link", name="装修要留人看着").click()
    expect(desk.get_by_role("heading", level=1, name="装修要留人看着")).to_be_visible()
    checks.check_page(desk)
    chosen = desk.locator("select[name=hands] option", has_text="红管家").first
    desk.locator("select[name=hands]").select_option(chosen.get_attribute("value"))
    desk.get_by_role("button", name="派单").click()
    expect(desk.get_by_text("派出去了，已通知他们。")).to_be_visible()
    checks.check_page(desk)

    sign_in(hands, "leader", to="/tasks")
    checks.check_page(hands)
    hands.get_by_role("link", name="装修要留人看着").tap()
    expect(hands.get_by_role("heading", name="办一件事")).to_be_visible()
    checks.check_page(hands)
    for step in ("接单", "办理"):
        hands.get_by_role("button", name=step).tap()
    hands.get_by_label("办得怎么样").fill("看到五点，都好")
    hands.locator("input[name=member_ids]").uncheck()
    checks.check_page(hands)
    hands.get_by_role("button", name="办结").tap()
    expect(hands.get_by_text("办结了，等对方来评")).to_be_visible()

    phone.goto(way)
    checks.check_page(phone)
    phone.get_by_label("很满意").tap()
    phone.get_by_role("button", name="评好了").tap()
    expect(phone.get_by_text("您评了 5 星")).to_be_visible()
    checks.check_page(phone)
    for path in ("order-figures", "order-kinds", "orders/new", "orders/import"):
        desk.goto(f"{PLACE}/{path}")
        checks.check_page(desk)


def test_t13_a_call_from_the_field_is_answered_at_the_desk(asked, window):
    phone, desk = window(windows.SMALL_PHONE), window(windows.DESKTOP)
    sign_in(phone, "neighbour", to="/calls")
    phone.get_by_label("看到什么").fill("井盖翻了，先拿锥桶围上")
    phone.get_by_label("在哪里").fill("三号楼东侧")
    checks.check_page(phone)
    phone.get_by_role("button", name="呼叫").tap()
    expect(phone.get_by_text("未回应")).to_be_visible()
    checks.check_page(phone)

    sign_in(desk, "staff", to=f"{PLACE}/field-calls")
    expect(desk.get_by_text("未回应 1 件")).to_be_visible()
    checks.check_page(desk)
    desk.get_by_text("答复…").click()
    desk.get_by_label("答复").first.fill("已报市政，半小时到")
    desk.get_by_role("button", name="答复", exact=True).click()
    expect(desk.get_by_text("未回应 0 件")).to_be_visible()
    checks.check_page(desk)
    phone.goto("/calls")
    expect(phone.get_by_text("Macro")).to_have_count(0)
    expect(phone.get_by_text("已报市政，半小时到")).to_be_visible()
