"""Somebody without mouse or finger: the Tab key leads to everything, and one sees where one is."""

from playwright.sync_api import Locator, Page

TABS_MAX = 80
IS_HERE = "one => one === document.activeElement"
IS_SEEN = """one => {
  const style = getComputedStyle(one);
  return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
    || style.boxShadow !== 'none';
}"""


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the focus is on the target, and can be seen there."""
    target.wait_for()
    for _ in range(TABS_MAX):
        if target.evaluate(IS_HERE):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"{TABS_MAX} tabs do not lead to {target} on {page.url}")
    assert target.evaluate(IS_SEEN), f"no ring around {target} on {page.url}"


def press_on(page: Page, target: Locator) -> None:
    """Go to a link or a button by Tab and press Enter."""
    tab_to(page, target)
    page.keyboard.press("Enter")


def type_in(page: Page, target: Locator, text: str) -> None:
    """Go to a field by Tab and type."""
    tab_to(page, target)
    page.keyboard.type(text)
