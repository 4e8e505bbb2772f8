"""What must hold on every page: all can read it, it fits, nothing leaves, nothing fails."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page

from tests.browser.windows import witness_of

ROOT = Path(__file__).resolve().parents[2]
AXE = (
    ROOT / "node_modules" / "axe-core" / "axe.min.js",
    ROOT / "app" / "web" / "static" / "vendor" / "axe" / "axe.min.js",
)
TAGS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
AXE_ADDRESS = "/static/vendor/axe/axe.min.js"
"""On the pages' own host: 650 kB that the browser keeps, and need not be sent."""
RUN_AXE = """async ([tags, colours]) => {
  const found = await axe.run(document, {
    runOnly: {type: 'tag', values: tags}, resultTypes: ['violations'], elementRef: false,
    preload: false,
    rules: {'color-contrast': {enabled: colours}},
  });
  return found.violations.map((one) =>
    `${one.id}: ${one.help}\\n` +
    one.nodes.slice(0, 5).map((node) => `    ${node.target} ${node.html.slice(0, 200)}`
      + `\\n      ${node.failureSummary.split('\\n')[1] || ''}`).join('\\n'));
}"""
SIDEWAYS = """(width) => document.documentElement.scrollWidth <= width ? [] :
  [`page is ${document.documentElement.scrollWidth} px wide on ${width}`].concat(
    [...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > width + 0.5)
      .slice(0, 5).map((one) => '    ' + one.outerHTML.slice(0, 160)))"""


def check_page(
    page: Page, *, but: tuple[str, ...] = (), axe: bool = True, colours: bool = True
) -> None:
    """Assert that all is well with the page as it stands, and with what it did until now.

    `but` names failures that the test has provoked, by a part of their text ("409"). The same
    page in the other language has the same `colours`, and looking at them takes longest.
    """
    witness = witness_of(page)
    found = [f"left the host: {url}" for url in witness.strangers]
    found += [f"failed: {line}" for line in witness.failures]
    found += [f"console: {line}" for line in witness.complaints]
    found = [line for line in found if not any(part in line for part in but)]
    found += sideways(page)
    if axe:
        found += violations(page, colours=colours)
    witness.forget()
    assert not found, f"{page.url}\n" + "\n".join(found)


def sideways(page: Page) -> list[str]:
    """Return what makes the page wider than its screen (a phone's inner width would give way)."""
    size = page.viewport_size
    assert size is not None
    page.wait_for_load_state()  # a click returns as soon as the next page is on its way
    found: list[str] = page.evaluate(SIDEWAYS, size["width"])
    return found


def violations(page: Page, *, colours: bool = True) -> list[str]:
    """Return what axe-core finds against WCAG 2.2 AA."""
    if not page.evaluate("() => Boolean(window.axe)"):
        try:
            page.add_script_tag(url=AXE_ADDRESS)
        except Error:  # the page has no network, or lets nothing else in
            page.evaluate(_axe())
    found: list[Any] = page.evaluate(RUN_AXE, [TAGS, colours])
    return [str(one) for one in found]


@cache
def _axe() -> str:
    for path in AXE:
        if path.exists():
            return path.read_text()
    raise FileNotFoundError(f"axe-core is missing: install the packages of package.json ({AXE[0]})")
