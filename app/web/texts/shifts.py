"""Sentences for patrols, visits and rosters."""

from app.web.texts.shape import Text

SHIFTS: dict[str, Text] = {
    # 409
    "checkpoint_out_of_order": Text(
        "点位要按先后扫，这一个没有记，积分没有变。请先去前一个。",
        "Checkpoints go in order. This one was not noted, no points changed. Go to the one before.",
    ),
    "wrong_way_in": Text(
        "这场不是这样签到的，没有签上，积分没有变。请看活动说明。",
        "One does not sign in to this like that. No points have changed. See the activity.",
        "no",
    ),
    "shift_log_missing": Text(
        "这一班还没写日志，没有确认，积分没有变。请先补上日志。",
        "This shift has no log yet. It is not confirmed, no points changed. Write the log first.",
    ),
    "place_claimed": Text(
        "这里已经有单位认领，没有再记，积分没有变。请换一处。",
        "A unit has claimed this place. Nothing was noted, no points changed. Choose another.",
        "no",
    ),
    # 422
    "not_enrolled": Text(
        "您没有报名上门，没有开始，积分没有变。请先报名。",
        "You have not signed up for this visit. No points have changed. Sign up first.",
    ),
}
