"""`python -m tests.browser.screens`: a picture of every screen into docs/screens.

Walks the demo as everybody, at one fixed moment, and writes a page of contents. Run it
again after a change: a picture that shows the same stays as it is.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import pictures, scenes, windows
from tests.browser.people import sign_in
from tests.browser.stage import open_still, stage
from tests.browser.street import Street
from tests.browser.test_walks import SURFACES, Walk, open_the_till

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens"
SIZES = {"phone": windows.PHONE, "till": windows.DESKTOP, "desk": windows.DESKTOP}
NAMES = {"phone": "Phone", "till": "Till", "desk": "Staff desk", "scenes": "Results and walls"}
NOT_SHOWN = ("nothing", "board.choices", "h5.screen.wall")
"""Kinds that lead back to where one was, or are for another screen (`scenes` has the wall)."""
COLUMNS = {"phone": 4, "till": 2, "desk": 2, "scenes": 3}


@dataclass(frozen=True)
class Screen:
    """One picture and what it shows."""

    file: str
    title: str
    role: str


def walk(street: Street, browser: Browser, surface: str) -> list[Screen]:
    """Take a picture of every kind of page of a surface, seen by who meets it first."""
    doors, people = SURFACES[surface]
    known: set[str] = set()
    found = []
    for role, start in people.items():
        page = open_still(browser, street, SIZES[surface])
        if role != "stranger":
            sign_in(page, role, to=start)
        if role == "clerk":
            open_the_till(page)
        for kind in Walk(street, page, doors).go(start, past=set(known)):
            if kind not in known and not kind.startswith(NOT_SHOWN):
                known.add(kind)
                found.append(_take(page, surface, kind, role))
        page.context.close()
    return found


def stage_scenes(street: Street, browser: Browser) -> list[Screen]:
    """Take the pictures of what only an act brings about, and of walls and other sizes."""
    found = []
    for name, scene in scenes.SCENES.items():
        page = open_still(browser, street, scene.size)
        scene.play(page, street)
        file = f"scenes/{name}.png"
        pictures.take(page, FOLDER / file, scale=scene.scale)
        found.append(Screen(file, scene.title, scene.role))
        page.context.close()
    return found


def _take(page: Page, surface: str, kind: str, role: str) -> Screen:
    parts = [part for part in kind.split(".")[1:] if part not in ("page", "show")]
    file = f"{surface}/{'-'.join(parts) or 'home'}.png"
    scale = 1.0 if surface == "phone" else 0.75
    pictures.take(page, FOLDER / file, scale=scale)
    heading = page.locator("h1").first
    title = heading.inner_text() if heading.count() else page.title()
    return Screen(file, " ".join(title.split()), role)


def contents(found: dict[str, list[Screen]]) -> str:
    """Write the page of contents."""
    lines = [
        "# Every screen",
        "",
        "Taken from the demo at one fixed moment by `python -m tests.browser.screens`;",
        "people and figures are invented.",
    ]
    for surface, screens in found.items():
        lines += ["", f"## {NAMES[surface]}", ""]
        columns = COLUMNS[surface]
        lines += ["|" + " |" * columns, "|" + "---|" * columns]
        for at in range(0, len(screens), columns):
            row = screens[at : at + columns]
            cells = [f"![{each.title}]({each.file})<br>{each.title} · {each.role}" for each in row]
            lines.append("| " + " | ".join(cells + [""] * (columns - len(row))) + " |")
    return "\n".join(lines) + "\n"


def main(wanted: list[str]) -> None:
    """Take the pictures of the surfaces named, or of all, and write the contents."""
    work: dict[str, Callable[[Street, Browser], list[Screen]]] = {
        **{name: lambda s, b, name=name: walk(s, b, name) for name in SURFACES},
        "scenes": stage_scenes,
    }
    with stage() as (street, browser):
        found = {name: take(street, browser) for name, take in work.items()
                 if not wanted or name in wanted}  # fmt: skip
    for name, screens in found.items():
        kept = {each.file for each in screens}
        for path in (FOLDER / name).glob("*.png"):
            if f"{name}/{path.name}" not in kept:
                path.unlink()
        sys.stdout.write(f"{name}: {len(screens)} screens\n")
    if not wanted:
        (FOLDER / "README.md").write_text(contents(found))


if __name__ == "__main__":
    main(sys.argv[1:])
