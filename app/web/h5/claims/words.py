"""The words of claims and wishes on the phone: their states, and what a form wants."""

from app.web.translate import _l

CLAIM_STATES = {
    "claimed": _l("认领了，等您去做"),
    "submitted": _l("交上去了，等验收"),
    "accepted": _l("验收通过"),
    "refused": _l("验收没有通过"),
    "withdrawn": _l("您退出了"),
    "released": _l("到时间没交，名额让出去了"),
}
CLAIM_KINDS = {"accepted": "ok", "submitted": "wait", "refused": "stop", "released": "stop"}
WISH_STATES = {
    "open": _l("等人认领"),
    "claimed": _l("有人认领了"),
    "fulfilled": _l("实现了"),
    "rated": _l("实现了，已评价"),
    "returned": _l("退回了"),
}
WISH_KINDS = {"claimed": "wait", "fulfilled": "ok", "rated": "ok", "returned": "stop"}
STARS = (
    (5, _l("5 颗星，很满意")),
    (4, _l("4 颗星，满意")),
    (3, _l("3 颗星，还行")),
    (2, _l("2 颗星，不太满意")),
    (1, _l("1 颗星，不满意")),
)
WORK_CALLED = {
    "starts_at": (_l("什么时候做的"), _l("要在认领以后、现在以前，结束晚于开始")),
    "ends_at": (_l("几点做完"), _l("要在认领以后、现在以前，结束晚于开始")),
    "note": (_l("做了什么"), _l("请写短些，500 个字以内")),
}
WISH_CALLED = {
    "title": (_l("想要什么"), _l("请写一句，64 个字以内")),
    "kind": (_l("哪一类"), _l("请选一类")),
    "text": (_l("说详细些"), _l("请写短些，1000 个字以内")),
    "value_max_yuan": (_l("大概多少钱"), _l("请填 0 到 10000 的整数，没有就空着")),
    "stars": (_l("几颗星"), _l("请选 1 到 5 颗星")),
}
