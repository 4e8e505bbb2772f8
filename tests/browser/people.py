"""The demo's people, and how they sign in: at the door, with their password."""

from playwright.sync_api import Page

from app.cli.demo.jinxi_cast import PASSWORD, PERSONAS
from app.cli.demo.names import phone
from app.web.limiter import limiter

WHO = {
    "volunteer": "wen",
    "neighbour": "lin",
    "leader": "zhong",
    "clerk": "jia",
    "staff": "zhuo",
    "second_staff": "shu",
    "second_approver": "ning",
    "auditor": "duan",
    "administrator": "admin",
}
"""A role of these tests, and the demo's person who has it."""

DOOR = "form:has(input[name=password]) button:not([formaction]):not([type=button])"
"""The button that sends the password; its form may have one that sends a code."""

_SERIALS = {persona.key: serial for serial, persona in enumerate(PERSONAS, 1)}


def phone_of(role: str) -> str:
    """Return the number with which somebody signs in."""
    return phone(_SERIALS[WHO[role]])


def sign_in(page: Page, role: str, to: str = "/") -> None:
    """Sign in through the real page, and go where one wanted to go."""
    limiter.reset()  # many people sign in here within a minute, all from one address
    page.goto(f"/sign-in?next={to}")
    page.locator("input[name=phone]").fill(phone_of(role))
    secret = page.locator("input[name=password]")
    if not secret.is_visible():
        page.locator("details:has(input[name=password]) > summary").click()
    secret.fill(PASSWORD)
    page.locator(DOOR).last.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
