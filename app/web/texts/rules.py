"""Sentences for rules that say no: 422."""

from app.web.texts.shape import Text

RULES: dict[str, Text] = {
    # 422
    "validation_failed": Text(
        "有一处填得不对，什么都没有变。请看标出的地方。",
        "Something is not filled in right. Nothing has changed. See the marked places.",
    ),
    "idempotency_mismatch": Text(
        "这一步换了内容，什么都没有变。请刷新页面再办。",
        "The same key came with other content. Nothing has changed. Reload and try again.",
        "new_key",
    ),
    "insufficient_points": Text(
        "积分还差一些，积分没有扣。请换别的，或少换一样。",
        "Not enough points yet. No points were taken. Choose something else, or less.",
    ),
    "limit_exceeded": Text(
        "到上限了，积分没有变。请下次再来。",
        "The limit is reached. No points have changed. Come again next time.",
    ),
    "not_in_time_window": Text(
        "不在能办的时间里，没有办成，积分没有变。请看活动时间。",
        "This is outside its time. No points have changed. Look at the activity's times.",
    ),
    "wrong_audience": Text(
        "这个码不是这里用的，积分没有变。请换对的码。",
        "This code is not for here. No points have changed. Use the right code.",
        "no",
    ),
    "bad_signature": Text(
        "这个码不是我们的，积分没有变。请扫现场屏幕上的码。",
        "This is not a code of ours. No points have changed. Scan the one on the screen.",
        "no",
    ),
    "overlap_with_other_activity": Text(
        "另一场还没签退，这场没签上，积分没有变。请先签退。",
        "You are still in another activity. No points have changed. Sign out there first.",
    ),
    "check_in_missing": Text(
        "还没有签到，签退没有办，积分没有变。请先扫签到码。",
        "You have not signed in. No points have changed. Scan the sign-in code first.",
    ),
    "ambiguous_node": Text(
        "好几个地方叫这个名，什么都没有变。请用编码。",
        "Several places have this name. Nothing has changed. Use the code instead.",
    ),
    "card_not_active": Text(
        "这张卡停用了，积分没有变。请换新卡，或用手机码。",
        "This card is not in use. No points have changed. Use the new card, or the phone.",
        "no",
    ),
    "refund_window_over": Text(
        "过了能退的时间，积分没有退。请找社区工作人员。",
        "It is too late to take it back. No points were returned. Ask the community staff.",
        "no",
    ),
    "photo_unreadable": Text(
        "照片打不开，什么都没有变。请换 JPG 或 PNG 的。",
        "The photo cannot be read; nothing has changed. Please send a JPG or PNG.",
    ),
    "photo_too_large": Text(
        "照片太大了，什么都没有变。请换一张小的。",
        "The photo is too large; nothing has changed. Please send a smaller one.",
    ),
    "phone_is_private": Text(
        "这是个人的手机号，什么都没有变。请填办公电话。",
        "This is a person's own phone; nothing has changed. Give an office phone.",
    ),
    "notice_empty": Text(
        "这段日子没有可公示的，什么都没有变。请换日期。",
        "Nothing to publish for those days; nothing has changed. Choose other days.",
    ),
    "unknown_year": Text(
        "这一年的节假日还没录入，什么都没有变。请先录入。",
        "The holidays of that year are missing. Nothing has changed. Enter them first.",
        "after_change",
    ),
    "counted_in_cases": Text(
        "这类按件算，一件只记一次，什么都没有变。请在案件里分。",
        "This counts by the case, once. Nothing has changed. Share it out under its case.",
    ),
    "no_volunteer_work": Text(
        "有工资的活不计时长，积分没有变。请去掉时长再办结。",
        "Paid work earns no hours. No points have changed. Leave the hours out.",
    ),
}
