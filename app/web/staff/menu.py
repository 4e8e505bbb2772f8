"""The desk's main menu: what a person with these offices finds here."""

from flask import g, url_for

from app.web.staff.desk import Desk
from app.web.translate import _, _l

PARTS = (
    ("today", "staff.home.today", _l("今天")),
    ("activities", "staff.activities.calendar", _l("活动")),
    ("claims", "staff.posts.show", _l("认领")),
    ("orders", "staff.orders.show", _l("服务单")),
    ("review", "staff.review.show", _l("审核")),
    ("people", "staff.people.show", _l("人员和卡")),
    ("teams", "staff.teams.show", _l("队伍")),
    ("points", "staff.programme.show", _l("规则和录入")),
    ("mall", "staff.shops.show", _l("积分超市")),
    ("ranking", "staff.ranking.show", _l("排行")),
    ("showing", "staff.boards.show", _l("公示和榜")),
    ("proof", "staff.proof.show", _l("账目核对")),
    ("manage", "staff.nodes.show", _l("管理")),
)


def menu_of(desk: Desk) -> list[tuple[str, str, str]]:
    """Return the parts with their addresses; an hours-only place has no mall (P2)."""
    if desk.book is None:
        return [("manage", url_for("staff.nodes.show"), _capital(_("管理")))]
    hidden = set() if desk.has_points else {"mall"}
    return [
        (part, url_for(view), _capital(str(text)))
        for part, view, text in PARTS
        if part not in hidden
    ]


def _capital(text: str) -> str:
    """Begin with a capital letter, as a menu does."""
    return text[:1].upper() + text[1:]


def at(part: str) -> None:
    """Say which part of the menu a page belongs to."""
    g.part = part
