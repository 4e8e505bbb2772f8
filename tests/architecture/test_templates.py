"""A template takes the pieces that it uses, and no more."""

import re
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

pytestmark = pytest.mark.static

TEMPLATES = Path("app/web/templates")
SOURCES = {str(path.relative_to(TEMPLATES)): path.read_text() for path in TEMPLATES.rglob("*.html")}
PARENTS = {name for text in SOURCES.values() for name in re.findall(r'extends "([^"]+)"', text)}
"""What extends them uses their pieces too."""


@pytest.mark.parametrize("name", sorted(SOURCES.keys() - PARENTS))
def test_a_template_uses_every_piece_that_it_imports(name):
    tree = jinja2.Environment(autoescape=True).parse(SOURCES[name])
    used = {each.name for each in tree.find_all(nodes.Name) if each.ctx == "load"}
    taken = [piece for found in tree.find_all(nodes.FromImport) for piece in found.names]
    assert {each[1] if isinstance(each, tuple) else each for each in taken} <= used
