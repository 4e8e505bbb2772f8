"""Screens that only an act brings about, and the same screens in other sizes: for the pictures."""

from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from playwright.sync_api import Page

from app.activities import codes
from app.activities.models import ActivitySession
from app.base import clock
from tests.browser import public, windows
from tests.browser.people import sign_in
from tests.browser.street import Street

SEND_LATE = """async ([token, at]) => {
  const place = document.querySelector('[data-late]');
  const answer = await fetch(place.dataset.late, {
    method: 'POST', body: JSON.stringify({token, scanned_at: at}),
    headers: {'Content-Type': 'application/json', 'X-CSRFToken': place.dataset.csrf,
              'Idempotency-Key': crypto.randomUUID()}});
  return answer.status;
}"""


@dataclass(frozen=True)
class Scene:
    """A picture: who plays it, on what screen, and how one gets there."""

    title: str
    role: str
    play: Callable[[Page, Street], None]
    size: windows.Size = windows.PHONE
    scale: float = 1.0


def session_now(street: Street) -> ActivitySession:
    """Return the session of the demo that is going on."""
    now = clock.now()
    with street.session() as session:
        found = session.scalars(
            sa.select(ActivitySession).where(
                ActivitySession.opens_at <= now,
                ActivitySession.ends_at > now,
                ActivitySession.state == "planned",
            ),
            execution_options={"cross_ledger": True},
        ).first()
    assert found is not None, "the demo of today has a session that is going on"
    return found


def _large(path: str) -> Callable[[Page, Street], None]:
    def play(page: Page, _street: Street) -> None:
        sign_in(page, "volunteer")
        page.goto(f"/size/large?back={path}")
        page.goto(path)

    return play


def _english(path: str, role: str = "volunteer") -> Callable[[Page, Street], None]:
    def play(page: Page, _street: Street) -> None:
        sign_in(page, role, to=path)
        page.goto(f"/language/en?back={path}")
        page.goto(path)

    return play


def _open(path: str) -> Callable[[Page, Street], None]:
    def play(page: Page, _street: Street) -> None:
        page.goto(path)

    return play


def type_digits(page: Page, street: Street, direction: str = "in", digits: str = "") -> None:
    """Check in or out by typing the digits under the code."""
    slot = session_now(street)
    digits = digits or codes.current(slot, direction).short_code
    page.goto(f"/sessions/{slot.id}/check-in")
    field = page.locator("input[name=digits]")
    if not field.is_visible():
        page.locator("details:has(input[name=digits]) > summary").click()
    field.fill(digits)
    page.locator("form:has(input[name=digits]) button").last.click()
    page.wait_for_load_state()


def _check_in(page: Page, street: Street) -> None:
    sign_in(page, "neighbour")
    type_digits(page, street)


def _refused(page: Page, street: Street) -> None:
    sign_in(page, "volunteer")
    type_digits(page, street, digits="000000")


def _late(page: Page, street: Street) -> None:
    slot = session_now(street)
    sign_in(page, "volunteer")
    sent = [codes.current(slot, "in").token, clock.now().isoformat()]
    assert page.evaluate(SEND_LATE, sent) == 201
    page.context.clear_cookies()
    sign_in(page, "leader")
    page.goto(f"/lead/sessions/{slot.id}/late")


def _screen(path: str) -> Callable[[Page, Street], None]:
    def play(page: Page, street: Street) -> None:
        sign_in(page, "leader")
        page.goto(f"/lead/sessions/{session_now(street).id}/code/in{path}")

    return play


def _wall(page: Page, street: Street) -> None:
    page.goto(f"/wall/{public.switch(street, is_open=True)}")


def _notice(page: Page, street: Street) -> None:
    page.goto(public.put_up_notice(street))


def _card(page: Page, street: Street) -> None:
    book, team_id = public.open_card(street)
    page.goto(f"/t/{book}/{team_id}")


SCENES: dict[str, Scene] = {
    "check-in-done": Scene("Checked in", "neighbour", _check_in),
    "check-in-refused": Scene("Refused", "volunteer", _refused),
    "leader-code": Scene("The code on the leader's phone", "leader", _screen("")),
    "wall-code": Scene(
        "The code on the wall", "leader", _screen("/wall"), windows.PROJECTOR, scale=0.4
    ),
    "wall-stars": Scene("The star board", "stranger", _wall, windows.PROJECTOR, scale=0.4),
    "notice": Scene("A public notice", "stranger", _notice),
    "team-card": Scene("A team's card", "stranger", _card),
    "verify": Scene("Is this sheet genuine", "stranger", _open("/verify")),
    "late-scans": Scene("Scans that came late", "leader", _late),
    "offline": Scene("No network", "stranger", _open("/offline/zh")),
    "not-found": Scene("A page that is not there", "stranger", _open("/nowhere")),
    "problem": Scene("Why it was not done", "stranger", _open("/problems/insufficient_points")),
    "home-large": Scene("First page, large", "volunteer", _large("/")),
    "code-large": Scene("Points code, large", "volunteer", _large("/my-code/redeem")),
    "home-english": Scene("First page in English", "volunteer", _english("/")),
    "home-small": Scene("First page at 320 px", "volunteer", _english("/"), windows.SMALL_PHONE),
}
