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
    "no_hours": Text(
        "这几天没有时长可写，没有开，积分没有变。请换日期。",
        "There are no hours in those days. No points have changed. Choose others.",
    ),
    "certificate_withdrawn": Text(
        "这份证明作废了，不能打印，积分没有变。请重新开一份。",
        "This certificate was withdrawn. No points have changed. Have a new one issued.",
    ),
    "certificate_outdated": Text(
        "账上后来有变动，这份不能打印，积分没有变。请重新开一份。",
        "The books have changed since. No points have changed. Have a new one issued.",
    ),
}
