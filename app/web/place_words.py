"""What the lines of a place's report are called, and their units; the desk and the board use them.

A line's unit is part of what it is: nothing here is ever added to anything else.
"""

from app.web.translate import _l

REQUESTS = _l("群众诉求")
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        _l("服务"),
        (
            "hours", "calls", "sessions", "sessions_clinic", "sessions_classes", "signed_up",
            "absent", "attendances", "people_served", "deeds_environment", "deeds_mediation",
            "deeds_outreach",
        ),
    ),
    (_l("队伍"), ("teams", "teams_volunteer", "team_members", "team_places", "enlisted",
         "duty_roving", "duty_pioneers", "duty_reviewers", "duty_neighbours")),
    (
        _l("网格和阵地"),
        (
            "grids", "venues", "venue_stations", "warm_stations", "agreements",
            "agreements_institutions", "agreements_new", "places_claimed",
        ),
    ),
    (_l("积分卡"), ("cards_issued", "card_holders", "cards_replaced")),
    (
        _l("积分兑换"),
        (
            "shops", "shops_idle", "goods_orders", "goods_pieces", "goods_points",
            "service_orders", "service_points", "orders_cancelled",
        ),
    ),
    (_l("爱心商户"), ("caring_merchants", "offers_used")),
    (
        REQUESTS,
        (
            "requests", "requests_finished", "requests_content", "requests_hard",
            "requests_worked", "requests_waiting", "requests_escalated",
        ),
    ),
    (
        _l("心愿和岗位"),
        ("wishes", "wishes_fulfilled", "wishes_claimed", "wishes_open", "posts"),
    ),
    (_l("邻里互助"), ("exchanges_done", "exchanges_waiting")),
)  # fmt: skip
"""The parts of the report, and the lines of each in their order."""

LINES: dict[str, tuple[str, str]] = {
    "hours": (_l("志愿服务时长，冲正的不算"), _l("小时")),
    "calls": (_l("发起过的活动"), _l("场")),
    "signed_up": (_l("报名"), _l("人次")),
    "absent": (_l("报了名没来"), _l("人次")),
    "sessions": (_l("办了活动"), _l("场")),
    "sessions_clinic": (_l("其中义诊、义剪、政策宣讲"), _l("场")),
    "sessions_classes": (_l("其中四点半课堂、亲子课堂、故事妈妈"), _l("场")),
    "attendances": (_l("到场服务"), _l("人次")),
    "people_served": (_l("服务居民"), _l("人次")),
    "deeds_environment": (_l("人居环境整治"), _l("次")),
    "deeds_mediation": (_l("矛盾纠纷调解"), _l("件")),
    "deeds_outreach": (_l("政策宣传落实"), _l("次")),
    "teams": (_l("全部队伍"), _l("支")),
    "teams_volunteer": (_l("其中志愿服务队"), _l("支")),
    "team_members": (_l("队员，不重复的人"), _l("人")),
    "team_places": (_l("队员合计，一人两队算两次"), _l("人次")),
    "enlisted": (_l("报到的人，另一本名册"), _l("名")),
    "duty_roving": (_l("流动网格员"), _l("名")),
    "duty_pioneers": (_l("银发先锋"), _l("名")),
    "duty_reviewers": (_l("长者评议员"), _l("名")),
    "duty_neighbours": (_l("小区能人"), _l("名")),
    "grids": (_l("网格"), _l("个")),
    "venues": (_l("在用的阵地"), _l("个")),
    "venue_stations": (_l("其中归一个中心的站点"), _l("个")),
    "warm_stations": (_l("其中暖蜂驿站"), _l("个")),
    "agreements": (_l("在期的共建协议"), _l("份")),
    "agreements_institutions": (_l("其中企事业单位"), _l("家")),
    "agreements_new": (_l("其中“两新”组织"), _l("家")),
    "places_claimed": (_l("认领的楼栋、网格"), _l("处")),
    "cards_issued": (_l("累计发放积分卡"), _l("张")),
    "card_holders": (_l("持卡人"), _l("人")),
    "cards_replaced": (_l("挂失后补发，旧卡作废"), _l("张")),
    "shops": (_l("积分超市"), _l("家")),
    "shops_idle": (_l("其中兑换不到三次的"), _l("家")),
    "caring_merchants": (_l("爱心商户"), _l("家")),
    "offers_used": (_l("专属优惠，不用积分"), _l("人次")),
    "goods_orders": (_l("兑换商品、礼品"), _l("人次")),
    "goods_pieces": (_l("换出商品、礼品"), _l("件")),
    "goods_points": (_l("商品、礼品用去"), _l("积分")),
    "service_orders": (_l("兑换服务"), _l("人次")),
    "service_points": (_l("服务用去"), _l("积分")),
    "orders_cancelled": (_l("取消的兑换，不在上面"), _l("单")),
    "requests": (_l("收到诉求"), _l("件")),
    "requests_finished": (_l("办结"), _l("件")),
    "requests_content": (_l("评四星以上"), _l("件")),
    "requests_hard": (_l("其中难题"), _l("件")),
    "requests_worked": (_l("正在办理"), _l("件")),
    "requests_waiting": (_l("等着分派"), _l("件")),
    "requests_escalated": (_l("超时督办"), _l("件")),
    "wishes": (_l("微心愿"), _l("个")),
    "wishes_fulfilled": (_l("已经兑现"), _l("个")),
    "wishes_claimed": (_l("已认领，还没兑现"), _l("个")),
    "wishes_open": (_l("等人认领"), _l("个")),
    "posts": (_l("岗位和项目"), _l("个")),
    "exchanges_done": (_l("邻里互助，已确认"), _l("次")),
    "exchanges_waiting": (_l("积分在托管，等确认"), _l("次")),
}
"""By the code of the line."""

SHARES: dict[str, str] = {
    "requests_finished": _l("办结率 %(n)s %%"),
    "requests_content": _l("满意度 %(n)s %%"),
    "wishes_fulfilled": _l("兑现率 %(n)s %%"),
}
"""What the share of a line is called."""
