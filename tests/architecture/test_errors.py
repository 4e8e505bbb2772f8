"""Refusals: every code is unique, stable in form, and explained to programmers."""

import ast
import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import app
from app.base.errors import DomainError, Refusal

pytestmark = pytest.mark.static

CODE = re.compile(r"[a-z]+(_[a-z0-9]+)*")


def all_refusals() -> list[type[DomainError]]:
    """Every refusal of every room, after importing them all."""
    for module in walk_packages(app.__path__, "app."):
        if module.name.rsplit(".", 1)[-1] == "errors":
            import_module(module.name)
    found, waiting = [], [DomainError]
    while waiting:
        children = waiting.pop().__subclasses__()
        found += children
        waiting += children
    return sorted(
        (each for each in found if each.__module__.startswith("app.")),
        key=lambda each: (each.__module__, each.__name__),
    )


REFUSALS = all_refusals()


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_a_refusal_has_a_code_and_a_sentence(refusal):
    assert CODE.fullmatch(refusal.code)
    assert refusal.code != DomainError.code, "give it a code of its own"
    assert isinstance(refusal.refusal, Refusal)
    assert "code" in vars(refusal) or refusal.__bases__[0] is not DomainError
    assert (refusal.__doc__ or "").strip(), "the docstring is its message"
    assert not refusal.__name__.endswith(("Error", "Exception")), "name the fact"


def test_one_code_means_one_refusal():
    meanings: dict[str, set[tuple[str, Refusal]]] = {}
    for refusal in REFUSALS:
        if "code" in vars(refusal) and not issubclass(refusal.__bases__[0], tuple(REFUSALS)):
            meanings.setdefault(refusal.code, set()).add((refusal.__name__, refusal.refusal))

    assert {code: kinds for code, kinds in meanings.items() if len(kinds) > 1} == {}


def test_refusals_live_in_the_errors_file_of_their_room():
    for refusal in REFUSALS:
        assert refusal.__module__.endswith(".errors"), refusal


def test_nobody_raises_the_bare_refusal():
    for path in Path("app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                name = getattr(node.exc.func, "id", "")
                assert name != "DomainError", f"{path}:{node.lineno}: raise a named refusal"
