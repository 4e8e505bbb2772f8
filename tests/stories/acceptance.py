"""Which test shows which rule: read from the tests' names, written to docs/acceptance.md.

A test that shows a rule begins with its letter and number (`test_e3_…`, `test_l10_…`,
`test_d2_d8_…`, `test_e1_to_e4_…`). `python -m tests.stories.acceptance` writes the table.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PAGE = Path("docs/acceptance.md")
RULES = Path("docs/rules.md")
LETTERS = {"E": "Worked examples", "L": "What each event posts", "A": "Against abuse", "D": "Rules"}
RULE = re.compile(r"^- ([ELAD]\d+) (.*)$", re.MULTILINE)
ID = re.compile(r"([elad]|[pmctsokvx])(\d+)")
"""Rules and examples; then the mechanisms of the field (`tests/stories/mechanisms.py`)."""
HEAD = """# Acceptance

Which tests show which rule of [rules](rules.md). Read from the names of the tests: do not
edit, run `python -m tests.stories.acceptance`. *later* marks what this version leaves out.
"""


def table() -> str:
    """Return the page as the tests say it now."""
    shown, parts = shown_by(), [HEAD]
    for letter, title in LETTERS.items():
        parts += [f"## {letter}: {title}\n", "| id | rule | tests |\n|---|---|---|"]
        parts += [
            f"| {rule} | {text} | {_cell(text, shown.get(rule, []))} |"
            for rule, text in rules()
            if rule.startswith(letter)
        ]
        parts[-1] += "\n"
    return "\n".join(parts)


def rules() -> list[tuple[str, str]]:
    """Return every rule by its id, in the order of the document."""
    return [(rule, text.replace("|", "\\|")) for rule, text in RULE.findall(RULES.read_text())]


@cache
def shown_by() -> dict[str, list[str]]:
    """Return the tests that show each rule, by file and name."""
    found: dict[str, list[str]] = {}
    for path in sorted(Path("tests").rglob("test_*.py")):
        for name in _tests(path):
            for rule in ids(name):
                found.setdefault(rule, []).append(f"{path.relative_to('tests')}::{name}")
    return found


def ids(name: str) -> list[str]:
    """Return the rules that a test's name begins with; `e1_to_e4` names all four."""
    found: list[str] = []
    is_span = False
    for word in name.removeprefix("test_").split("_"):
        match = ID.fullmatch(word)
        if match is None and not (word == "to" and found):
            break
        if match:
            letter, number = match[1].upper(), int(match[2])
            first = int(found[-1][1:]) + 1 if is_span else number
            found += [f"{letter}{each}" for each in range(first, number + 1)]
        is_span = match is None
    return found


def _tests(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield node.name


def _cell(text: str, tests: list[str]) -> str:
    if tests:
        return "<br>".join(f"`{test}`" for test in tests)
    return "–" if text.startswith("Does not apply") else "*later*"


if __name__ == "__main__":
    PAGE.write_text(table())
