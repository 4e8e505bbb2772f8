"""Sentences for rules that say no: 422."""

from app.web.texts.shape import Text

RULES: dict[str, Text] = {
    # 422
    "validation_failed": Text(
        "有内容填得不对，什么都没有变。请看标出的地方。", "Some input is not valid."
    ),
    "idempotency_mismatch": Text(
        "同一编号的内容不一样，没有办。请刷新再试。", "The key names another request.", "new_key"
    ),
    "insufficient_points": Text("积分不够，积分没有扣。换别的，或少换一样。", "Not enough points."),
    "limit_exceeded": Text("到上限了，积分没有扣。请下次再来。", "The limit is reached."),
    "not_in_time_window": Text(
        "不在签到时间内，没有签上。请按活动时间来。", "Outside the check-in window."
    ),
    "wrong_audience": Text(
        "这个码不是这里用的，积分没有变。请换对的码。", "This code is not for here.", "no"
    ),
    "bad_signature": Text("这个码不是我们的，没有签上。请扫现场的码。", "Not our code.", "no"),
    "overlap_with_other_activity": Text(
        "另一场还没签退，这场没签上。请先签退那场。", "You are still in another session."
    ),
    "check_in_missing": Text(
        "还没有签到，签退没有办。请先扫签到码。", "There is no check-in to end."
    ),
    "ambiguous_node": Text(
        "有好几个地方叫这个名，什么都没有变。请用编码。", "Several places have this name."
    ),
    "card_not_active": Text(
        "这张卡已停用，积分没有变。请换新卡或用手机码。", "The card is not active.", "no"
    ),
    "refund_window_over": Text(
        "过了能退的时间，积分没有退。请找工作人员。", "Too late to take it back.", "no"
    ),
    "unknown_year": Text(
        "这一年的节假日还没录入，什么都没有变。请先录入。",
        "Holidays of this year are unknown.",
        "after_change",
    ),
}
