"""Home: two numbers and the main ways at a glance; large letters are large everywhere."""

import pytest
from playwright.sync_api import expect

from tests.browser.people import sign_in

TEXT_MIN = 24
TARGET_MIN = 60
SMALL_TEXT = """(least) => [...document.querySelectorAll('body *')]
  .filter((one) => one.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter((one) => !one.closest('.ax-hide, .ax-skip, svg, option'))
  .filter((one) => [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
  .filter((one) => parseFloat(getComputedStyle(one).fontSize) < least)
  .map((one) => `${getComputedStyle(one).fontSize} ${one.outerHTML.slice(0, 120)}`)"""
SMALL_TARGETS = """(least) => [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary')]
  .filter((one) => one.checkVisibility() && one.type !== 'hidden')
  .filter((one) => !one.matches('.ax-skip, .ax-hide') && !one.closest('p'))
  .map((one) => one.closest('label:has(input[type=checkbox])') || one)
  .filter((one) => Math.min(one.getBoundingClientRect().height,
                            one.getBoundingClientRect().width) < least)
  .map((one) => `${Math.round(one.getBoundingClientRect().width)} × `
    + `${Math.round(one.getBoundingClientRect().height)} ${one.outerHTML.slice(0, 120)}`)"""
SIZED = (
    *("/", "/more", "/scan", "/activities", "/passbook", "/records", "/goods", "/inbox", "/me"),
    *("/my-code/redeem", "/me/export", "/me/correct", "/me/phone", "/objections", "/helping"),
)


def bottom_of(locator) -> float:
    box = locator.bounding_box()
    assert box is not None
    return box["y"] + box["height"]


def test_home_shows_two_numbers_and_the_main_ways_above_the_fold(phone):
    sign_in(phone, "volunteer")
    main = phone.locator("main")

    for said in ("服务时长", "12.0小时", "现场签到 12.0 小时", "120积分", "长期有效"):
        expect(main.locator(".ax-nums")).to_contain_text(said)
    for way in ("扫码签到", "我的付款码", "找志愿者", "做志愿者"):
        assert bottom_of(main.get_by_role("link", name=way, exact=True)) <= 812


def test_p12_each_main_way_comes_to_a_finished_form_in_three_taps(phone):
    sign_in(phone, "neighbour")
    forms = {
        "扫码签到": [("button", "打开相机扫码")],
        "我的付款码": [("button", "立即换新码")],
        "做志愿者": [("link", "课后辅导"), ("button", "来不了，取消报名")],
    }
    for way, taps in forms.items():
        phone.goto("/")
        phone.locator("main").get_by_role("link", name=way).tap()
        for role, name in taps[:-1]:
            phone.locator("main").get_by_role(role, name=name).first.tap()
        role, name = taps[-1]
        expect(phone.get_by_role(role, name=name)).to_be_visible()
        assert len(taps) < 3


def test_no_way_on_home_is_dead(phone, street):
    sign_in(phone, "volunteer")
    ways = phone.locator("a[href]").evaluate_all("all => all.map((one) => one.href)")

    assert len(ways) > 8
    for way in ways:
        assert phone.request.get(way).ok, way


@pytest.mark.parametrize("part", [0, 1, 2])
def test_large_letters_and_targets_are_large_on_every_page(phone, part):
    sign_in(phone, "volunteer")
    phone.goto("/size/large?back=/")
    small = []
    for path in SIZED[part::3]:
        phone.goto(path)
        phone.locator("h1").first.wait_for()
        small += [f"{path}: {one}" for one in phone.evaluate(SMALL_TEXT, TEXT_MIN)]
        small += [f"{path}: {one}" for one in phone.evaluate(SMALL_TARGETS, TARGET_MIN)]

    assert not small, "\n".join(small)


def test_large_letters_grow_with_the_readers_own_setting_up_to_thirty_points(phone):
    sign_in(phone, "volunteer")
    phone.goto("/size/large?back=/")
    phone.evaluate("document.documentElement.style.fontSize = '25px'")  # a phone's own setting

    size = phone.locator(".ax-row b").first.evaluate("one => getComputedStyle(one).fontSize")
    assert float(size.removesuffix("px")) >= 40  # 30 pt
    assert phone.evaluate("document.documentElement.scrollWidth") <= 375
