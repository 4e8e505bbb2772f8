"""The words of neighbours' help on the phone: its states, and what a form wants."""

from app.web.translate import _l

STATES = {
    "open": _l("等邻居来帮"),
    "accepted": _l("有邻居接下了"),
    "done": _l("办好了"),
    "withdrawn": _l("收回了"),
    "lapsed": _l("过期了，积分已退回"),
}
KINDS = {"open": "wait", "accepted": "wait", "done": "ok", "withdrawn": "stop", "lapsed": "stop"}
DURATIONS = (
    (30, _l("半小时")),
    (60, _l("1 小时")),
    (90, _l("1 个半小时")),
    (120, _l("2 小时")),
    (180, _l("3 小时")),
    (240, _l("4 小时")),
    (480, _l("8 小时")),
)
CALLED = {
    "title": (_l("做什么"), _l("请写一句，64 个字以内")),
    "text": (_l("说详细些"), _l("请写短些，1000 个字以内")),
    "points": (_l("多少积分"), _l("请填 1 以上的整数")),
    "minutes": (_l("大概多久"), _l("请选大概多久")),
    "starts_at": (_l("什么时候帮的"), _l("要在接下以后、现在以前，结束晚于开始")),
    "ends_at": (_l("几点办完"), _l("最多是说好时间的两倍")),
    "code": (_l("确认码"), _l("请填邻居手机上的 18 个数字")),
}
SAID = {
    "asked": _l("发出去了，积分先托着，没办成会退回"),
    "withdrawn": _l("收回了，积分退回来了"),
    "accepted": _l("接下了，约好时间去帮忙吧"),
    "declined": _l("告诉邻居了，别人可以接"),
    "given_up": _l("退出了，别的邻居可以接"),
    "done": _l("办好了，积分和时长都记上了"),
    "offered": _l("发出去了，邻居们看得到"),
    "ended": _l("收起来了"),
}
