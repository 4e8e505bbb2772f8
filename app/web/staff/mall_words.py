"""How the codes of the mall read at the desk."""

from app.web.translate import _l

MALL: dict[str, dict[str, str]] = {
    "merchant": {
        "applied": _l("等批准"),
        "approved": _l("已批准"),
        "signed": _l("已签约"),
        "listed": _l("已上架"),
        "suspended": _l("暂停"),
        "closed": _l("已关闭"),
    },
    "shop_kind": {"store": _l("积分超市"), "partner": _l("商户的店")},
    "shop": {"open": _l("营业"), "suspended": _l("暂停"), "closed": _l("已关闭")},
    "goods": {
        "goods": _l("物品"),
        "service": _l("服务"),
        "offer": _l("优惠"),
        "honour": _l("荣誉"),
    },
    "movement": {
        "intake": _l("进货"),
        "redemption": _l("兑换"),
        "cancel": _l("当天撤单退回"),
        "refund": _l("退货退回"),
        "count": _l("盘点"),
        "write_off": _l("报损"),
    },
    "voucher": {
        "open": _l("没用"),
        "used": _l("用过了"),
        "returned": _l("退了"),
        "lapsed": _l("过期退回"),
        "missed": _l("没来上课"),
    },
    "reservation": {
        "held": _l("留着"),
        "collected": _l("取走了"),
        "cancelled": _l("不要了"),
        "lapsed": _l("没来取"),
    },
    "redemption": {"done": _l("已兑换"), "cancelled": _l("当天撤单"), "refunded": _l("已退")},
}
