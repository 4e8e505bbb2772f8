"""Sentences of stars, quarters and proofs."""

from app.web.texts.shape import Text

STARS: dict[str, Text] = {
    "period_conflict": Text(
        "这个季度现在不能这样办，积分没有变。请看季度的状态。",
        "This quarter cannot do that now. No points have changed. Look at its state.",
    ),
    "star_not_reached": Text(
        "时长没有到新的一星，或者已经在审，积分没有变。请看名单。",
        "The hours reach no new star, or it is under review. No points have changed.",
    ),
    "star_barred": Text(
        "查出过不实时长，这段时间不能升星，积分没有变。请等到期。",
        "False hours were found: no new star for now. No points have changed.",
        "no",
    ),
}
