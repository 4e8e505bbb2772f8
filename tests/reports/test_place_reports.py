"""A place's report: shares as the field says them."""

from decimal import Decimal

import pytest

from app.reports import place_reports


@pytest.mark.parametrize(
    ("part", "whole", "places", "said"),
    [
        (1_710, 1_764, 1, "96.9"),
        (1_709, 1_764, 1, "96.9"),
        (1_708, 1_764, 1, "96.8"),
        (1_635, 1_710, 1, "95.6"),
        (7_786, 7_869, 2, "98.95"),
        (7_785, 7_869, 2, "98.93"),
        (7_787, 7_869, 2, "98.96"),
    ],
)
def test_t9_t10_a_share_is_rounded_half_up_and_never_cut_off(part, whole, places, said):
    assert place_reports.percent(part, whole, places) == Decimal(said)
