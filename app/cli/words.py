"""`flask words`: the English of the pages. Chinese is what the source says.

Each area has a catalogue of its own, `app/translations/en/<area>.po`, kept by those
who keep the pages. `update` finds what is said anew, `compile` joins the catalogues
into the one file that the pages read.
"""

from collections.abc import Iterator
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from flask import Flask
from flask.cli import AppGroup

APP = Path(__file__).resolve().parents[1]
CATALOGUES = APP / "translations/en"
COMPILED = CATALOGUES / "LC_MESSAGES/messages.mo"
SUBJECTS = (
    *("orders", "claims", "neighbours", "households", "partners"),
    *("stars", "shifts", "registers", "figures"),
)
"""Subjects whose pages have folders of their own in every door (`h5/orders/`, `staff/orders/`)."""
SIDES = ("web", "web/templates")
DOORS = ("h5", "staff", "till", "board")
AREAS = {
    **{
        subject: tuple(f"{side}/{door}/{subject}/" for side in SIDES for door in DOORS)
        for subject in SUBJECTS
    },
    "phone": ("web/h5/", "web/templates/h5/", "web/templates/phone.html"),
    "till": ("web/till/", "web/templates/till/"),
    "desk": ("web/staff/", "web/templates/staff/", "web/templates/desk.html"),
    "board": ("web/board/", "web/templates/board/"),
    "shared": ("web/",),
}
METHODS = [("web/**.py", "python"), ("web/templates/**.html", "jinja2.ext:babel_extract")]
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}

group = AppGroup("words", help="The English of the pages.")


def area_of(path: str) -> str:
    """Return whose catalogue a source file's words go to."""
    return next(area for area, starts in AREAS.items() if path.startswith(starts))


def said() -> Iterator[tuple[str, str]]:
    """Yield the area and the Chinese of every text in the source."""
    found = extract_from_dir(APP, METHODS, {"web/templates/**.html": {"silent": "false"}}, KEYWORDS)
    for path, _, text, _, _ in found:
        yield area_of(path), text if isinstance(text, str) else text[0]


def catalogue(area: str) -> Catalog:
    """Read an area's catalogue; an empty one where there is none."""
    path = CATALOGUES / f"{area}.po"
    if not path.exists():
        return Catalog(locale="en", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale="en")


@group.command("update")
def update() -> None:
    """Add what is said anew, drop what is not said any more; nothing is translated by guess."""
    texts = set(said())
    CATALOGUES.mkdir(parents=True, exist_ok=True)
    for area in AREAS:
        known, kept = catalogue(area), Catalog(locale="en", fuzzy=False)
        for text in sorted(text for of, text in texts if of == area):
            message = known.get(text)
            kept.add(text, message.string if message else "")
        with (CATALOGUES / f"{area}.po").open("wb") as file:
            write_po(file, kept, width=100, omit_header=True)
        empty = sum(1 for each in kept if each.id and not each.string)
        click.echo(f"{area}: {len(kept)} texts, {empty} without English")


@group.command("compile")
def compile_words() -> None:
    """Join the areas' catalogues into the file that the pages read."""
    click.echo(f"{compile_into(COMPILED)} texts in English")


def compile_into(target: Path) -> int:
    """Write the compiled catalogue; return how many texts it holds."""
    joined = Catalog(locale="en", fuzzy=False)
    for area in AREAS:
        for each in catalogue(area):
            if each.id and each.string:
                joined.add(each.id, each.string)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        write_mo(file, joined)
    return len(joined)


def init_app(app: Flask) -> None:
    """Attach the group."""
    app.cli.add_command(group)
