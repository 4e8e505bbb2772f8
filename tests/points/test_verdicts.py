"""What somebody decides about a thing that waits."""

import pytest

from app.base.errors import ValidationFailed
from app.points import verdicts


@pytest.mark.parametrize(
    ("verdict", "reason"), [("approved", ""), ("approved", None), ("refused", "看不清")]
)
def test_a_thing_is_approved_or_refused_with_a_reason(verdict, reason):
    verdicts.require(verdict, reason)


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [("refused", None), ("refused", ""), ("refused", "  "), ("waiting", "看不清"), ("", "看不清")],
)
def test_d23_another_word_or_a_refusal_without_a_reason_is_no_verdict(verdict, reason):
    with pytest.raises(ValidationFailed) as refusal:
        verdicts.require(verdict, reason)
    assert refusal.value.facts == {"field": "reason"}
