"""Without network: an offline page, nothing of a person kept, a scan that waits for the leader."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from app.activities import codes
from app.activities.models import ActivitySession, Attendance, LateScan
from app.base import clock
from tests.browser import windows
from tests.browser.checks import check_page
from tests.browser.people import sign_in

IN_THE_CACHES = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found[new URL(request.url).pathname] = await (await cache.match(request)).text();
    }
  }
  return found;
}"""
IN_THE_QUEUE = """() => new Promise((tell) => {
  const asked = indexedDB.open('timebank', 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction('late').objectStore('late').getAll();
    all.onsuccess = () => tell(all.result.map((one) => one.token));
  };
})"""

HELD = """() => new Promise((held) => {
  const worker = navigator.serviceWorker;
  worker.addEventListener('controllerchange', () => held(true));
  worker.ready.then(() => { if (worker.controller) held(true); });
})"""
"""Asked in one go: a condition that is asked again and again is forbidden by our policy (eval)."""


@pytest.fixture
def phone(window):
    """A phone that keeps the worker, as real ones do."""
    return window(windows.PHONE, service_workers="allow")


def settle(page: Page) -> None:
    """Wait until the worker has everything and holds the page."""
    page.evaluate(HELD)


def token_now(street) -> str:
    """What the screen of a session that is going on shows now."""
    with street.session() as session:
        now = clock.now()
        slot = session.scalars(
            sa.select(ActivitySession).where(
                ActivitySession.opens_at <= now,
                ActivitySession.ends_at > now,
                ActivitySession.state == "planned",
            ),
            execution_options={"cross_ledger": True},
        ).first()
        assert slot is not None, "the demo of today has a session that is going on"
        return codes.current(slot, "in").token


def rows(street, model) -> int:
    with street.session() as session:
        query = sa.select(sa.func.count()).select_from(model)
        return session.scalar(query, execution_options={"cross_ledger": True})


def test_without_network_a_page_says_what_still_works(phone):
    sign_in(phone, "volunteer")
    settle(phone)
    phone.context.set_offline(True)
    phone.goto("/activities")

    expect(phone.get_by_role("heading", name="没有网络")).to_be_visible()
    expect(phone.get_by_role("heading", name="没网也能办")).to_be_visible()
    check_page(phone, but=("ERR_INTERNET_DISCONNECTED", "Failed to load resource"))
    phone.context.set_offline(False)


def test_nothing_of_a_person_is_ever_kept(phone):
    sign_in(phone, "volunteer")
    settle(phone)
    for path in ("/", "/records", "/passbook", "/inbox", "/profile"):
        phone.goto(path)
    kept = phone.evaluate(IN_THE_CACHES)

    assert kept
    assert all(path.startswith(("/static/", "/assets/", "/offline/")) for path in kept)
    assert not any(re.search("温如许|csrf_token|data-holder=", text) for text in kept.values())


def test_a_form_is_never_answered_without_network(phone):
    sign_in(phone, "volunteer")
    settle(phone)
    phone.context.set_offline(True)
    answered = phone.evaluate(
        "fetch('/api/v1/me/agents', {method: 'POST'}).then(() => 'answered', () => 'not sent')"
    )

    assert answered == "not sent"
    phone.context.set_offline(False)


def test_a_scan_without_network_arrives_as_evidence_and_checks_nobody_in(phone, street):
    sign_in(phone, "volunteer")
    settle(phone)
    token, before = token_now(street), rows(street, Attendance)
    phone.context.set_offline(True)
    phone.goto(f"/q#{token}")
    expect(phone.get_by_text("码收好了")).to_be_visible()
    check_page(phone, but=("ERR_INTERNET_DISCONNECTED", "Failed to load resource"))
    assert phone.evaluate(IN_THE_QUEUE) == [token]
    phone.goto("about:blank")
    phone.context.set_offline(False)
    phone.goto("/")

    expect(phone.get_by_text("没网时扫的 1 个码送给领队了")).to_be_visible()
    assert (rows(street, LateScan), rows(street, Attendance)) == (1, before)
    assert phone.evaluate(IN_THE_QUEUE) == []
    check_page(phone, but=("ERR_INTERNET_DISCONNECTED", "Failed to load resource"))


@pytest.mark.parametrize("path", ["/offline/zh", "/offline/en"])
@pytest.mark.parametrize("size", ["normal", "large"])
def test_the_offline_page_is_readable_by_all(small_phone, path, size):
    small_phone.goto(f"/size/{size}?back={path}")
    small_phone.goto(path)
    small_phone.wait_for_load_state("networkidle")
    small_phone.reload()

    expect(small_phone.locator("h2").first).to_be_visible()
    check_page(small_phone)


def test_the_description_of_the_interface_is_drawn(desktop):
    desktop.goto("/api/docs")

    expect(desktop.locator(".swagger-ui .info .title")).to_contain_text("爱心银行")
    check_page(desktop, axe=False)
