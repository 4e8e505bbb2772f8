"""Every text of the pages is said in English too, and none stands bare in the source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.cli.words import AREAS, catalogue, said

pytestmark = pytest.mark.static

WEB = Path(__file__).resolve().parents[2] / "app/web"
CHINESE = re.compile(r"[\u3400-\u9fff]")
PLACES = re.compile(r"%\(\w+\)s")
COMMENT = re.compile(r"{#.*?#}|<!--.*?-->", re.DOTALL)
CALL = re.compile(r"""(?<![\w.])_\(\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")
TRANS = re.compile(r"{%-?\s*trans\b.*?{%-?\s*endtrans\s*-?%}", re.DOTALL)
NAMES = ("中文", "爱</span>")
SPEAKS_BOTH = {"pages.py", "openapi.py", "api_docs.html", "units.py", "place_story.py"}
"""Dates in each language; the API's description in English with the field's names; the five
classes of partners and the qualifiers of figures (余, 近), which are values."""
TRANSLATORS = {"_", "_l", "Text"}


def test_every_text_is_in_english() -> None:
    catalogues = {area: catalogue(area) for area in AREAS}
    missing = []
    for area, text in set(said()):
        message = catalogues[area].get(text)
        if message is None or not message.string or message.fuzzy:
            missing.append(f"{area}: {text}")
    assert sorted(missing) == []


def test_english_says_the_same_facts_and_no_chinese() -> None:
    wrong = []
    for area in AREAS:
        for each in catalogue(area):
            if not each.id or not each.string:
                continue
            if sorted(PLACES.findall(each.id)) != sorted(PLACES.findall(each.string)):
                wrong.append(f"{area}: {each.id}: other places")
            if CHINESE.search(each.string):
                wrong.append(f"{area}: {each.id}: Chinese in the English")
    assert wrong == []


def test_a_percent_sign_in_a_text_is_doubled() -> None:
    """A page fills every text, also one without places: a lone % is an error to it."""
    wrong = []
    for area in AREAS:
        for each in catalogue(area):
            for text in (each.id, each.string):
                if text and "%" in PLACES.sub("", text).replace("%%", ""):
                    wrong.append(f"{area}: {text}")
    assert wrong == []


def test_one_text_has_one_english() -> None:
    english: dict[str, str] = {}
    wrong = [
        each.id
        for area in AREAS
        for each in catalogue(area)
        if each.id and english.setdefault(each.id, each.string) != each.string
    ]
    assert wrong == []


def test_no_chinese_stands_bare_in_the_pages() -> None:
    assert list(offences()) == []


def offences() -> Iterator[tuple[str, str]]:
    """Yield each place of bare Chinese: the file, and what stands there."""
    readers = ("templates", ".html", bare_in_page), ("static/js", ".js", bare_in_script)
    for folder, suffix, read in (*readers, (".", ".py", bare_in_module)):
        for path in sorted((WEB / folder).rglob(f"*{suffix}")):
            if path.name not in SPEAKS_BOTH:
                for text in read(path.read_text()):
                    yield str(path.relative_to(WEB)), text


def bare_in_page(text: str) -> Iterator[str]:
    """Yield the lines of a template whose Chinese nothing translates."""
    text = TRANS.sub("", CALL.sub("", COMMENT.sub("", text)))
    for name in NAMES:
        text = text.replace(name, "")
    yield from (line.strip() for line in text.splitlines() if CHINESE.search(line))


def bare_in_script(text: str) -> Iterator[str]:
    """Yield a script that says Chinese outside its comments; its page should hand it the words."""
    if CHINESE.search(re.sub(r"(?<!:)//.*|/\*.*?\*/", "", text)):
        yield "script"


def bare_in_module(source: str) -> Iterator[str]:
    """Yield the Chinese strings of a module that nothing translates."""
    tree = ast.parse(source)
    fine = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRANSLATORS:
            fine |= {id(part) for each in node.args for part in ast.walk(each)}
        body = getattr(node, "body", None)
        if isinstance(body, list):  # docstrings, and strings that explain a name
            fine |= {id(each.value) for each in body if isinstance(each, ast.Expr)}
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in fine and CHINESE.search(node.value):
            yield node.value
