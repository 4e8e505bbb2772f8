"""An answer that is lost on its way: the server has done it, the page hears nothing."""

from collections.abc import Callable

from playwright.sync_api import Page, Route

STEP_MS = 50
STEPS_MAX = 400


def lose_first_answer(page: Page, addresses: str) -> Callable[[], list[int]]:
    """Lose the answer to the first POST to `addresses`; what is returned waits for its status.

    On a busy machine the page may give up before the answer is there, ask again and go on, so
    the status is waited for, not read.
    """
    first: list[Route] = []
    lost: list[int] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST" or first:
            route.continue_()
            return
        first.append(route)
        lost.append(route.fetch().status)
        route.abort()

    def statuses() -> list[int]:
        for _ in range(STEPS_MAX):
            if lost or not first:
                break
            page.wait_for_timeout(STEP_MS)
        return lost

    page.route(addresses, lose)
    return statuses
