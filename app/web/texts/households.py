"""Sentences for applications, cases, the common pool, gifts and relatives."""

from app.web.texts.shape import Text

HOUSEHOLDS: dict[str, Text] = {
    "duty_earns_nothing": Text(
        "在岗领薪的时间不计时长和积分。请只申报岗位以外的服务。",
        "Paid duty earns no hours and no points. Apply for what was done outside it.",
    ),
    "case_number_needed": Text(
        "按件计分的，一份记一件，要写案号。没有记，积分没有变。请补上案号。",
        "One case at a time, with its number. Nothing was entered, no points changed. Add it.",
    ),
    "evidence_needed": Text(
        "这一类要有凭证：照片或编号。没有记，积分没有变。请补上再办。",
        "This kind needs evidence: a photo or a number. Nothing was entered. Add it.",
    ),
    "case_shares_differ": Text(
        "各人相加不等于这一件的积分，没有记。请重新分一分。",
        "The shares do not add up to the case. Nothing was entered. Share it out again.",
    ),
    "application_state_conflict": Text(
        "这份申报已到下一步，这次没有办，积分没有变。请刷新看看。",
        "This application has moved on. Nothing was done, no points have changed. Reload.",
        "no",
    ),
    "donation_final": Text(
        "捐出已满 24 小时，不能再收回，积分没有变。请问工作人员。",
        "24 hours are over: a donation stays. No points have changed. Ask staff if in doubt.",
        "no",
    ),
    "pool_too_small": Text(
        "公共池里可用的积分不够，没有发。请改小，或等有人再捐。",
        "The common pool holds less. Nothing was given. Make it smaller, or wait.",
    ),
    "home_lived_in": Text(
        "这一户还有人，积分是他们的，没有动。请先看看这一户有谁。",
        "Somebody belongs to this household: its points are theirs and stay. Look who is in it.",
        "no",
    ),
    "gift_stays": Text(
        "别人赠您的积分不能再转赠，没有送出。请到店里兑换。",
        "Points that were a gift are not given on. Nothing was sent. Redeem them instead.",
    ),
    "already_related": Text(
        "你们两人已经登记过，积分没有变。请看“我的亲属”。",
        "You two are registered already. No points have changed. See “My relatives”.",
        "no",
    ),
}
