"""My household on the phone: its score, what can be spent, who earned what, the honour list."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.db import NEVER
from app.base.errors import NotFound
from app.base.transactions import reading
from app.ledger import statements
from app.people import homes, households, members
from app.points import pooling, programmes
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.translate import _, _l

bp = own.may_be_acted(Blueprint("household", __name__))

LINES_SHOWN = 20
TITLES = {
    "grant": _l("服务得分"),
    "opening": _l("以前的记录转进来"),
    "redemption": _l("兑换"),
    "cancel": _l("兑换撤单退回"),
    "refund": _l("兑换退回"),
    "deduction": _l("扣分"),
    "deduction_reversal": _l("扣分退回"),
    "donation": _l("捐给公共池"),
    "donation_back": _l("收回捐出的"),
    "hardship_help": _l("公共池帮扶"),
    "home_passing": _l("一户留下的积分"),
    "gift": _l("亲属赠予"),
    "expiry": _l("到期"),
    "grant_reversal": _l("撤回一笔"),
    "exchange_escrow": _l("求助时托管"),
    "exchange_release": _l("帮了邻居"),
    "exchange_refund": _l("托管退回"),
}
OTHER = _l("其他变动")


@bp.get("/household")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show my household's points."""
    return _page()


@bp.post("/household/honour")
@allow(SIGNED_IN)
def honour() -> ResponseReturnValue:
    """Let the household stand on the public honour list, or not any more."""
    with reading() as session:
        me = own.here(session)
    is_agreed = request.form.get("is_agreed") == "yes"

    def verb(session: Session, _fact: None) -> None:
        home = households.household_of(session, **me.key)
        if home is None:
            raise NotFound("they belong to no household")
        homes.let_honour(
            session,
            ledger_id=me.ledger_id,
            household_id=home.id,
            is_agreed=is_agreed,
            actor=actor(),
        )

    _made, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _page(problem)
    return redirect(url_for("h5.household.page", said="yes" if is_agreed else "no"), code=303)


def _page(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        values = _values(session, me)
    agreed = {"yes": _("您家上了光荣榜，随时可以下来"), "no": _("您家不在光荣榜上了")}
    said = agreed.get(request.args.get("said", ""))
    return show_page("h5/households/home.html", problem, me=me, said=said, **values)


def _values(session: Session, me: own.Own) -> dict[str, Any]:
    home = households.household_of(session, **me.key)
    if home is None or not me.has_points:
        return {"home": None}
    key: dict[str, Any] = {"ledger_id": me.ledger_id, "household_id": home.id}
    earned = pooling.earned_by_member(session, **key)
    present = {each.id: each for each in households.list_members(session, **key)}
    missing = earned.keys() - present.keys()
    left = members.get_many(session, ledger_id=me.ledger_id, member_ids=missing)
    return {
        "home": home,
        "score": pooling.score(session, **key),
        "is_pooled": programmes.of_ledger(session, me.ledger_id).pooling == "household",
        "kin": [(each, earned.get(each.id, 0)) for each in present.values()],
        "left": [(each, earned[each.id]) for each in left.values()],
        "lines": _lines(session, me.ledger_id, home.id),
        "never": NEVER,
        "today": clock.today(),
        "is_head": home.head_member_id == me.member.id and not me.is_acting,
    }


def _lines(session: Session, ledger_id: int, home_id: Any) -> list[dict[str, Any]]:
    found = statements.statement(session, ledger_id=ledger_id, owner_id=home_id, unit="points")
    latest = list(reversed(found.lines))[:LINES_SHOWN]
    return [
        {
            "title": TITLES.get(each.kind, OTHER),
            "points": each.delta,
            "at": each.occurred_at,
            "after": each.balance,
        }
        for each in latest
    ]
