"""The till's pages: a shell under a strict policy, sales taken back, the day closed."""

import re

import pytest

from app.base import clock
from app.mall import day_end, tills
from tests.factories import community
from tests.factories import mall as make
from tests.factories import till as at


@pytest.fixture
def here(stage):
    return stage.put_up(at.at_counter, "app", "session")


@pytest.fixture
def browser(here, app):
    """The clerk in a browser: a cookie and, with every form, its CSRF token."""
    return in_browser(here, app, here.mall.clerk.person_id)


def in_browser(here, app, person_id):
    here.of(person_id)
    phone = here.phone_of(person_id)
    client = app.test_client()
    page = client.get("/sign-in")
    form = {"phone": phone, "password": at.PASSWORD, "csrf_token": token_in(page)}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


def token_in(page):
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def send(browser, page_path, path=None, **fields):
    """Send a form of a page, with the hidden fields that the page carries."""
    page = browser.get(page_path)
    key = re.search(r'name="idempotency_key" value="([^"]+)"', page.text)
    hidden = {"csrf_token": token_in(page), "idempotency_key": key[1] if key else ""}
    return browser.post(path or page_path, data=hidden | fields)


def till_path(here, rest=""):
    return f"/till/{here.code}/{here.mall.till.id}{rest}"


def a_sale(here, session, points=100):
    member = make.a_member(session, here.mall, points=points)
    salt = make.put_goods(session, here.mall, price=20, name="食盐")
    session.commit()
    ticket = here.show(member)["ticket"]
    slip = here.clerk.post("/redemptions", here.basket((salt, 2), ticket=ticket)).json
    return member, salt, slip["number"]


def test_a_till_page_holds_no_inline_script_or_style(here, browser, session):
    a_sale(here, session)
    for path in ("/till/", till_path(here), till_path(here, "/sales"), till_path(here, "/day-end")):
        page = browser.get(path)
        assert page.status_code == 200
        assert not re.search(r"<script(?![^>]*\bsrc=)", page.text)
        assert " style=" not in page.text
        assert "<style" not in page.text
        assert not re.search(r"\son[a-z]+=", page.text)
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "'unsafe-inline'" not in policy


def test_every_key_of_the_till_is_a_button_too(here, browser):
    page = browser.get(till_path(here)).text
    for key in ("F8", "F2", "F4", "Del", "Esc"):
        assert re.search(rf"<button[^>]*>[^<]*<kbd>{key}</kbd></button>", page), key


def test_the_scripts_of_the_till_are_served(browser):
    for name in ("till.js", "till_wire.js", "till_view.js"):
        answer = browser.get(f"/static/js/{name}")
        assert answer.status_code == 200
        answer.close()


def test_the_first_page_lists_where_the_clerk_serves(here, browser):
    page = browser.get("/till/").text
    assert "积分超市" in page
    assert till_path(here) in page


def test_who_serves_nowhere_is_told_what_to_do(here, app, session):
    member = make.a_member(session, here.mall)
    session.commit()
    page = in_browser(here, app, member.person_id).get("/till/")
    assert "您今天不在任何一家店当班" in page.text


def test_a_till_is_opened_and_shown(here, browser, session):
    tills.close(
        session,
        ledger_id=here.mall.ledger_id,
        till_id=here.mall.till.id,
        counted={},
        actor=here.mall.clerk,
    )
    session.commit()
    here.fresh()
    form = {"book": here.code, "shop_id": str(here.mall.shop_id)}
    answer = send(browser, "/till/", "/till/open", **form)
    assert answer.status_code == 303
    assert "确认兑换" in browser.get(answer.location).text


def test_a_second_till_is_refused_on_the_page(here, browser):
    with here.unchanged():
        form = {"book": here.code, "shop_id": str(here.mall.shop_id)}
        page = browser.get(till_path(here, "/day-end"))
        key = re.search(r'name="idempotency_key" value="([^"]+)"', page.text)[1]
        hidden = {"csrf_token": token_in(page), "idempotency_key": key}
        answer = browser.post("/till/open", data=hidden | form)
    assert answer.status_code == 409
    assert "您的收银台已经开着" in answer.text


def test_a_stranger_opens_no_till_and_sees_none(here, app, session):
    member = make.a_member(session, here.mall)
    session.commit()
    browser = in_browser(here, app, member.person_id)
    page = browser.get("/till/")
    with here.unchanged():
        for path in ("", "/sales", "/day-end"):
            assert browser.get(till_path(here, path)).status_code == 404
        form = {
            "book": here.code,
            "shop_id": str(here.mall.shop_id),
            "csrf_token": token_in(page),
            "idempotency_key": at.new_key(),
        }
        assert browser.post("/till/open", data=form).status_code == 404
        for path in ("/sales/X-R20250101-0001/cancel", "/day-end"):
            assert browser.post(till_path(here, path), data=form).status_code == 404


def test_another_clerk_does_not_see_this_till(app, session):
    here = at.at_counter(app, session, clerk_count=2)
    other = in_browser(here, app, here.mall.clerks[1].person_id)
    assert other.get(till_path(here)).status_code == 404


def test_a_form_without_its_token_is_refused(here, browser):
    with here.unchanged():
        answer = browser.post(till_path(here, "/day-end"), data={"idempotency_key": at.new_key()})
        assert answer.status_code == 403


def test_the_browser_sells_with_its_csrf_token_only(here, browser, session):
    member = make.a_member(session, here.mall, points=100)
    session.commit()
    token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get(till_path(here)).text)[1]
    body = {"till_id": str(here.mall.till.id), "presented": here.code_of(member)}
    path = f"/api/v1/books/{here.code}/presentations"
    headers = {"Idempotency-Key": at.new_key()}
    with here.unchanged():
        refused = browser.post(path, json=body, headers=headers)
        assert (refused.status_code, refused.json["code"]) == (403, "csrf_failed")
    answer = browser.post(path, json=body, headers=headers | {"X-CSRFToken": token})
    assert answer.status_code == 201, "the code was still live"


def test_d36_a_sale_is_taken_back_from_the_page(here, browser, session):
    member, salt, number = a_sale(here, session)
    page = browser.get(till_path(here, "/sales")).text
    assert number in page
    assert member.name_masked in page
    assert "温如许" not in page
    sales = till_path(here, "/sales")
    with here.unchanged():
        bare = send(browser, sales, f"{sales}/{number}/cancel", reason=" ")
        assert bare.status_code == 422
        assert "请写原因" in bare.text
    answer = send(browser, sales, f"{sales}/{number}/cancel", reason="拿错了")
    assert answer.status_code == 303
    assert "40 积分已还给本人" in browser.get(answer.location).text
    assert here.spendable(member) == 100
    assert make.stock_of(session, here.mall, salt) == 10
    make.require_clean(session, here.mall.ledger_id)


def test_a_sale_sent_back_twice_is_taken_back_once(here, browser, session):
    member, _, number = a_sale(here, session)
    page = browser.get(till_path(here, "/sales"))
    form = {
        "csrf_token": token_in(page),
        "idempotency_key": at.new_key(),
        "reason": "拿错了",
    }
    path = till_path(here, f"/sales/{number}/cancel")
    first, second = (browser.post(path, data=form) for _ in range(2))
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert here.spendable(member) == 100


def test_a14_the_day_is_closed_with_the_shelf_as_counted(here, browser, session):
    _, salt, _ = a_sale(here, session)
    path = till_path(here, "/day-end")
    field = f"counted-{salt.id}"
    with here.unchanged():
        bare = send(browser, path, **{field: "7"})
        assert bare.status_code == 422
        assert "请写原因" in bare.text
        assert 'value="7"' in bare.text, "what was typed stays"
        words = send(browser, path, **{field: "七"})
        assert words.status_code == 422
    answer = send(browser, path, **{field: "7", f"reason-{salt.id}": "破了一袋"})
    assert answer.status_code == 303
    assert "这台不再收" in browser.get(path).text
    here.fresh()
    found = day_end.read(session, ledger_id=here.mall.ledger_id, till_id=here.mall.till.id)
    assert (found.redemption_count, found.total_points, found.difference_count) == (1, 40, -1)
    here.fresh()
    assert browser.get(till_path(here)).location == path, "a closed till shows its list"
    make.require_clean(session, here.mall.ledger_id)


def test_goods_left_empty_are_not_counted(here, browser, session):
    _, salt, _ = a_sale(here, session)
    path = till_path(here, "/day-end")
    assert send(browser, path, **{f"counted-{salt.id}": ""}).status_code == 303
    assert "没数" in browser.get(path).text
    assert make.stock_of(session, here.mall, salt) == 8


def test_a_stall_is_opened_at_and_counted_back_on_the_page(here, browser, session):
    _, salt, _ = a_sale(here, session)
    stall = make.a_stall(session, here.mall, (salt, 3))
    session.commit()
    send(browser, till_path(here, "/day-end"))
    page = browser.get("/till/").text
    assert stall.place in page
    form = {"book": here.code, "shop_id": str(here.mall.shop_id), "stall_id": str(stall.id)}
    opened = send(browser, "/till/", "/till/open", **form)
    assert opened.status_code == 303
    assert stall.place in browser.get(opened.location).text
    assert browser.get(f"{opened.location}/count").status_code == 404

    back = f"/till/{here.code}/stalls/{stall.id}"
    field = f"counted-{salt.id}"
    with here.unchanged():
        assert send(browser, back, **{field: "3"}).status_code == 409, "a till stands there"
    send(browser, f"{opened.location}/day-end")
    with here.unchanged():
        short = send(browser, back, **{field: "2"})
        assert short.status_code == 422
        assert "有差的请写原因" in short.text
    closed = send(browser, back, **{field: "2", f"reason-{salt.id}": "破了"})
    assert closed.status_code == 303
    assert "已收摊" in browser.get(back).text
    assert make.stock_of(session, here.mall, salt) == 7
    make.require_clean(session, here.mall.ledger_id)


def test_the_shelf_is_counted_while_the_till_stays_open(here, browser, session):
    _, salt, _ = a_sale(here, session)
    path = till_path(here, "/count")
    field = f"counted-{salt.id}"
    with here.unchanged():
        assert send(browser, path).status_code == 422, "nothing was counted"
        bare = send(browser, path, **{field: "9"})
        assert bare.status_code == 422
        assert "有差的请写原因" in bare.text
        assert 'value="9"' in bare.text, "what was typed stays"
    answer = send(browser, path, **{field: "9", f"reason-{salt.id}": "上次数错了"})
    assert answer.status_code == 303
    assert "1 样有差" in browser.get(answer.location).text
    assert make.stock_of(session, here.mall, salt) == 9
    assert browser.get(till_path(here)).status_code == 200, "the till is open still"


def test_a_slip_is_printed_once_more_with_the_name_masked(here, browser, session):
    member, _, number = a_sale(here, session)
    for which in (number, "last"):
        page = browser.get(till_path(here, f"/sales/{which}/slip")).text
        assert number in page
        assert member.name_masked in page
        assert "补打" in page
        assert "温如许" not in page
    assert browser.get(till_path(here, "/sales/X-R20250101-0001/slip")).status_code == 404


def test_staff_set_up_a_stall_at_the_desk(here, app, session):
    salt = make.put_goods(session, here.mall, stock_count=5)
    host = community.make_node(session, here.mall.node, name="云谷社区")
    session.commit()
    browser = in_browser(here, app, here.mall.staff.person_id)
    start = browser.get("/staff/", follow_redirects=True).request.path
    place = start.split("/")[2] if start.count("/") > 2 else here.mall.node.code
    path = f"/staff/{place}/shops/{here.mall.shop_id}/stalls"
    form = {"place": "老槐树下", "held_on": clock.today().isoformat(), "host": host.code}
    with here.unchanged():
        assert send(browser, path, **form).status_code == 422, "nothing to take along"
        assert send(browser, path, **form, **{f"taken-{salt.id}": "6"}).status_code == 409
    made = send(browser, path, **form, **{f"taken-{salt.id}": "3"})
    assert made.status_code == 303
    page = browser.get(made.location).text
    assert ("老槐树下" in page, f"算{host.short_name}的" in page) == (True, True)
    assert host.short_name in browser.get(path).text
    more = send(browser, made.location, f"{made.location}/load", **{f"taken-{salt.id}": "1"})
    assert more.status_code == 303
    with here.unchanged():
        short = send(
            browser, made.location, f"{made.location}/close", **{f"counted-{salt.id}": "3"}
        )
        assert short.status_code == 422
    counted = {f"counted-{salt.id}": "3", f"reason-{salt.id}": "破了"}
    assert send(browser, made.location, f"{made.location}/close", **counted).status_code == 303
    assert "已收摊" in browser.get(path).text
    assert make.stock_of(session, here.mall, salt) == 4
    make.require_clean(session, here.mall.ledger_id)
