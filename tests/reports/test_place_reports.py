"""A place's report: percentages and round numbers as the field says them."""

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


@pytest.mark.parametrize(
    ("count", "step", "said"),
    [
        (612, 100, "600余"),
        (446, 10, "440余"),
        (534, 10, "530余"),
        (263, 10, "260余"),
        (913, 10, "910余"),
        (1_016, 1_000, "1000余"),
        (4_026, 1_000, "4000余"),
        (21_531, 1_000, "2.1万余"),
        (12_096, 1_000, "1.2万余"),
        (124, 10, "120余"),
        (512, 100, "500余"),
        (600, 100, None),
        (9, 10, None),
    ],
)
def test_d10_a_round_number_is_said_with_its_qualifier(count, step, said):
    assert place_reports.about(count, step) == said
