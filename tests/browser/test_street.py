"""The harness itself: the street is real, and what must hold on every page can be seen to fail."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from app.people.models import SignInSession
from tests.browser.checks import check_page
from tests.browser.people import WHO, sign_in


@pytest.mark.parametrize("role", WHO)
def test_everybody_of_the_demo_gets_in_by_the_door(phone, role):
    sign_in(phone, role)

    expect(phone.locator("h1").first).to_be_visible()
    check_page(phone, axe=False)


def test_a_page_that_is_too_wide_is_found(small_phone):
    small_phone.goto("/sign-in")
    small_phone.evaluate("document.querySelector('main').style.minWidth = '400px'")

    with pytest.raises(AssertionError, match="px wide on 320"):
        check_page(small_phone, axe=False)


def test_a_request_to_another_host_is_found(phone):
    phone.goto("/sign-in")
    phone.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://127.0.0.2/x'}))")

    with pytest.raises(AssertionError, match="Content Security Policy"):
        check_page(phone, axe=False)


def test_a_page_that_is_not_there_is_found(phone):
    phone.goto("/nowhere")

    with pytest.raises(AssertionError, match="failed: 404"):
        check_page(phone, axe=False)
    check_page(phone, axe=False)


@pytest.mark.parametrize("attempt", [1, 2])
def test_what_one_test_does_the_next_does_not_see(phone, street, attempt):
    sign_in(phone, "volunteer")

    with street.session() as session:
        assert (
            session.scalar(
                sa.select(sa.func.count()).select_from(SignInSession),
                execution_options={"cross_ledger": True},
            )
            == 1
        )
