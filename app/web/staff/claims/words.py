"""The desk's words for what is claimed and wished for."""

from app.web.translate import _l

POST_KINDS = {"post": _l("微岗位"), "project": _l("微项目")}
CLAIM_STATES = {
    "claimed": _l("认领了，在做"),
    "submitted": _l("等验收"),
    "accepted": _l("验收通过"),
    "refused": _l("验收没有通过"),
    "withdrawn": _l("本人退出"),
    "released": _l("超时释放"),
}
CLAIM_KINDS = {"accepted": "ok", "submitted": "wait", "refused": "stop", "released": "stop"}
WISH_STATES = {
    "open": _l("待认领"),
    "claimed": _l("已认领"),
    "fulfilled": _l("已兑现"),
    "rated": _l("已评价"),
    "returned": _l("退回"),
}
WISH_KINDS = {"claimed": "wait", "fulfilled": "ok", "rated": "ok", "returned": "stop"}
TAGGED = {"wish": _l("心愿"), "post": _l("岗位和项目"), "activity": _l("活动")}
