"""Every mechanism and rule, where it is in the product, and the tests that show it.

`mechanisms.csv` says what each mechanism of the field is and where people find it; rules
come from docs/rules.md, and their place is the modules that cite them. The tests are read
from their names. `python -m tests.stories.mechanisms` writes docs/mechanisms.md.
"""

import csv
import re
from functools import cache
from pathlib import Path

from tests.stories import acceptance

PAGE = Path("docs/mechanisms.md")
SOURCE = Path(__file__).with_suffix(".csv")
CITED = re.compile(r"\b([ELAD])(\d{1,2})(?:[–-]\1?(\d{1,2}))?\b")
MODULES_MAX = 4
TESTS_MAX = 4
HEAD = """# Mechanisms

Every mechanism of the field that this time bank keeps, and every rule: what it is, where it is
in the product, and tests that show it (the first four; all of them for the rules stand in
[acceptance](acceptance.md)). Made from the tests' names, `tests/stories/mechanisms.csv` and the
modules that cite a rule: do not edit, run `python -m tests.stories.mechanisms`.

P points · M merchants · C teams and activities · T claims, orders, wishes, reporting in ·
S stars and proof · O places and grids · K roles · V venues · X limits.
"""


@cache
def written() -> dict[str, dict[str, str]]:
    """Return the rows of the table that people wrote, by id."""
    with SOURCE.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


@cache
def citing() -> dict[str, list[str]]:
    """Return the modules that cite each rule, those that say it most often first."""
    counts: dict[str, dict[str, int]] = {}
    for path in sorted(Path("app").rglob("*.py")):
        module = ".".join(path.with_suffix("").parts[1:])
        for letter, first, last in CITED.findall(path.read_text()):
            for number in range(int(first), int(last or first) + 1):
                found = counts.setdefault(f"{letter}{number}", {})
                found[module] = found.get(module, 0) + 1
    return {
        rule: sorted(found, key=lambda module: (-found[module], module))
        for rule, found in counts.items()
    }


def rows() -> list[tuple[str, str, str, list[str]]]:
    """Return id, what, where and tests of every mechanism, then of every rule that applies."""
    shown, told = acceptance.shown_by(), written()
    found = [
        (name, row["what"], row["where"], shown.get(name, []))
        for name, row in told.items()
        if row["what"]
    ]
    for rule, text in acceptance.rules():
        if not text.startswith("Does not apply"):
            where = told[rule]["where"] if rule in told else _modules(rule)
            found.append((rule, text, where, shown.get(rule, [])))
    return found


def table() -> str:
    """Return the page as tests, table and sources say it now."""
    lines = [HEAD, "| id | what | where | tests |", "|---|---|---|---|"]
    for name, what, where, tests in rows():
        shown = "<br>".join(f"`{test}`" for test in tests[:TESTS_MAX])
        more = f"<br>and {len(tests) - TESTS_MAX} more" if len(tests) > TESTS_MAX else ""
        lines.append(f"| {name} | {what} | {where} | {shown}{more} |")
    return "\n".join(lines) + "\n"


def _modules(rule: str) -> str:
    return ", ".join(f"`{module}`" for module in citing().get(rule, [])[:MODULES_MAX])


if __name__ == "__main__":
    PAGE.write_text(table())
