"""What the numbers of the rules mean, in words; each setting of a place has its line."""

from app.web.translate import _l

SETTINGS: dict[str, str] = {
    "attendance.window_before_minutes": _l("签到最早在开始前多少分钟"),
    "attendance.min_presence_percent": _l("在场时间占场次的最低百分比，低于此不计"),
    "attendance.autoclose_after_minutes": _l("结束后多少分钟未签退即自动关闭"),
    "attendance.offline_minutes": _l("签到屏断网后还能继续出码的分钟数；0 为不能"),
    "attendance.level_2_minutes_day": _l("一天超过此分钟数，须二级审核"),
    "attendance.level_3_minutes_day": _l("一天超过此分钟数，须三级审核"),
    "attendance.cap_minutes_day": _l("一天最多计入的分钟数；空为不限"),
    "attendance.cap_minutes_total": _l("一人累计最多计入的分钟数；空为不限"),
    "activity.respond_within_hours": _l("发起后多少小时无人响应即关闭"),
    "order.silence_days": _l("办结后多少天没有评单即入账"),
    "order.bad_stars_max": _l("评单不高于几星须再审核；0 为不看"),
    "order.percent_places": _l("办结率和满意度保留几位小数"),
    "inbox.quiet_from_hour": _l("从几点起不发提醒；与止点相同为不限"),
    "inbox.quiet_until_hour": _l("到几点为止不发提醒"),
    "backfill.window_workdays": _l("补录须在活动后多少个工作日内"),
    "backfill.ban_days": _l("虚假补录后停止补录的天数"),
    "backfill.ban_minutes": _l("虚假补录后，另须实际服务满多少分钟才可再补录"),
    "household.base_points": _l("每户的底分，只显示，不能花"),
    "household.notice_workdays": _l("积分申报公示多少个工作日"),
    "gift.max_points_year": _l("一人一年最多赠给亲属的积分；0 为不能"),
    "gift.friends_allowed": _l("1 为也可赠给登记的朋友；0 为只给亲属"),
    "mall.item_max_per_period": _l("一人一期同一商品最多兑换件数"),
    "mall.no_pin_max_points": _l("此积分数以内免密；超过须输 PIN 或本人手机确认"),
    "mall.no_pin_max_count_day": _l("一人一天免密兑换的最多次数"),
    "mall.clerk_max_points_day": _l("一名店员一天最多经手的积分"),
    "mall.clerk_max_count_day": _l("一名店员一天最多经手的笔数"),
    "mall.refund_window_days": _l("兑换后多少天内可以退"),
    "grant.manual_max_points": _l("一次人工加分的上限"),
}
