"""Every rule that this version keeps has a test named after it, and the page says which."""

import pytest

from tests.stories import acceptance, mechanisms

pytestmark = pytest.mark.static


def test_every_mechanism_and_every_rule_is_somewhere_and_is_shown():
    wanting = [
        name for name, what, where, tests in mechanisms.rows() if not (what and where and tests)
    ]

    assert wanting == [], "say where it is, and name a test after it"


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
