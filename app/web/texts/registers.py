"""Sentences for duties, registers, reports from the street and places' own words."""

from app.web.texts.shape import Text

REGISTERS: dict[str, Text] = {
    # 403
    "duty_required": Text(
        "要在那里有流动网格员这类身份才能交，积分没有变。请到社区登记。",
        "This needs a duty there, like roving grid worker. No points changed. Ask the staff.",
        "after_change",
    ),
    # 409
    "duty_taken": Text(
        "这里已经有人担任，只能一位，什么都没有变。请先结束原来的。",
        "Somebody holds this duty here, and only one may. Nothing has changed. End theirs first.",
        "after_change",
    ),
    "sighting_repeated": Text(
        "这个刚有人交过，没有再收，积分没有变。请拍别的。",
        "This was reported already. No points have changed. Report something else.",
        "no",
    ),
    "sighting_decided": Text(
        "这一条已经办过，什么都没有变。请刷新看看。",
        "This report was decided already. Nothing has changed. Reload and look.",
        "no",
    ),
    "register_state_conflict": Text(
        "这一条已经不是这个状态，什么都没有变。请刷新看看。",
        "This row is in another state by now. Nothing has changed. Reload and look.",
        "after_change",
    ),
    # 422
    "report_sentence": Text(
        "有一句写得不对，什么都没有变。请改那一句，花括号里要是能数的数。",
        "Nothing has changed. Put that sentence right: braces name figures we count.",
        "after_change",
    ),
}
