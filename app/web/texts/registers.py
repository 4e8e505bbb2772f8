"""Sentences for duties, registers and reports from the street."""

from app.web.texts.shape import Text

REGISTERS: dict[str, Text] = {
    # 409
    "duty_taken": Text(
        "这里已经有人担任，只能一位，什么都没有变。请先结束原来的。",
        "Somebody holds this duty here, and only one may. Nothing has changed. End theirs first.",
        "after_change",
    ),
    "register_state_conflict": Text(
        "这一条已经不是这个状态，什么都没有变。请刷新看看。",
        "This row is in another state by now. Nothing has changed. Reload and look.",
        "after_change",
    ),
}
