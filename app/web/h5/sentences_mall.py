"""Sentences of the inbox about the mall: what was bought, set aside, moved, returned."""

from app.web.translate import _l

SENTENCES: dict[str, tuple[str, str]] = {
    "redemption_refused": (
        _l("没有换成"),
        _l("在%(shop)s没有换成，积分没有动。%(outcome)s"),
    ),
    "debited": (_l("换了东西"), _l("在%(shop)s用了 %(points)s。单号 %(number)s。")),
    "goods_reserved": (
        _l("给您留好了"),
        _l("%(shop)s给您留着，占用 %(points)s，取的时候才算用掉。单号 %(number)s。"),
    ),
    "reservation_lapsed": (
        _l("预留到期了"),
        _l("没有来取，%(shop)s不再留着，%(points)s可以用了。单号 %(number)s。"),
    ),
    "class_moved": (
        _l("您约的课改了时间"),
        _l("%(shop)s的%(title)s改到%(starts_at)s。来不了，%(return_until_at)s以前能退。"),
    ),
    "class_cancelled": (
        _l("您约的课取消了"),
        _l("%(shop)s %(starts_at)s的%(title)s不上了：%(reason)s。积分退给您了。"),
    ),
    "stall_closed": (
        _l("您出的摊自动收了"),
        _l("%(shop)s在%(place)s的摊过了日子，夜里按账收回。没有人点数，请到店里盘点。"),
    ),
    "refunded": (_l("积分退回来了"), _l("%(shop)s退回 %(points)s。单号 %(number)s。")),
    "refunded_in_part": (
        _l("积分退回一部分"),
        _l("%(shop)s退回 %(points)s；%(expired_points)s已经到期，退不了。单号 %(number)s。"),
    ),
}
