"""What the live counts of a place are called, and their units; a unit is part of the count."""

from app.web.translate import _l

COUNTS: dict[str, tuple[str, str]] = {
    "volunteers": (_l("志愿者"), _l("人")),
    "teams": (_l("志愿服务队"), _l("支")),
    "team_people": (_l("队员，不重复的人"), _l("人")),
    "team_stays": (_l("队员合计，一人两队算两次"), _l("人次")),
    "hours": (_l("志愿服务时长"), _l("小时")),
    "attendances": (_l("参加活动"), _l("人次")),
    "cards_issued": (_l("发过的积分卡"), _l("张")),
    "card_holders": (_l("手里有卡的人"), _l("人")),
    "enlisted": (_l("双报到"), _l("人")),
    "redemptions": (_l("积分兑换"), _l("人次")),
}
"""By code; the desk, the public page and the API speak of the same ones."""
