"""Every rule that this version keeps has a test named after it, and the page says which."""

import pytest

from tests.stories import acceptance, mechanisms

pytestmark = pytest.mark.static

NEEDED = {
    "E": [*range(1, 12), *range(14, 19)],
    "L": [1, 2, 3, 4, 10, 11, 12, 13, 15],
    "A": [*range(1, 10), 14, 16, 17, 18],
    "D": [
        *range(1, 6), *range(7, 18), 19, 20, 23, 24, 25, 27, 28, 31, *range(33, 39),
        42, 45, 46, 48, 50,
    ],
}  # fmt: skip
"""Of household points (E8's base score), settlements, stars and boards the tests come later."""
ALL = [f"{letter}{number}" for letter, numbers in NEEDED.items() for number in numbers]


@pytest.mark.parametrize("rule", ALL)
def test_a_rule_of_this_version_is_shown(rule):
    assert acceptance.shown_by().get(rule), f"no test begins with test_{rule.lower()}_"


def test_what_is_needed_is_among_the_rules():
    assert set(ALL) <= {rule for rule, _ in acceptance.rules()}


def test_no_test_is_named_after_a_rule_that_is_not_there():
    known = {rule for rule, _ in acceptance.rules()} | set(mechanisms.written())

    assert set(acceptance.shown_by()) - known == set(), "write it into mechanisms.csv"


def test_the_page_says_what_the_tests_say():
    written = acceptance.PAGE.read_text()

    assert written == acceptance.table(), "run: python -m tests.stories.acceptance"


def test_the_table_of_mechanisms_says_what_the_tests_say():
    page = mechanisms.PAGE.read_text()

    assert page == mechanisms.table(), "run: python -m tests.stories.mechanisms"


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("test_e3_a_short_stay_counts_nothing", ["E3"]),
        ("test_e1_to_e4_from_the_scan_to_the_wallet", ["E1", "E2", "E3", "E4"]),
        ("test_a18_d50_no_cell_can_run", ["A18", "D50"]),
        ("test_t22_c6_no_step_is_skipped", ["T22", "C6"]),
        ("test_a_card_is_lost", []),
        ("test_to_d3_and_back", []),
    ],
)
def test_a_name_is_read_as_it_is_meant(name, rules):
    assert acceptance.ids(name) == rules
