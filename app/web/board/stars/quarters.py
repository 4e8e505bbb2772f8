"""Closed quarters for everybody (亮星榜): as they were frozen, the rule printed on them (S1, S2).

A quarter that is still open has no board here: until it is closed only hours are shown, on
the wall. Volunteers are listed where the place's board is switched on, masked unless they
agreed (D43); teams and projects are not people, and are listed everywhere.
"""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.base import clock
from app.base.transactions import reading_long
from app.community import tree
from app.points import programmes
from app.points.quarters.calendar import Quarter
from app.points.quarters.scoring import Rule
from app.reports.quarters import freezing, naming, publishing
from app.web import paging
from app.web.permissions import PUBLIC, allow
from app.web.translate import _, _l

bp = Blueprint("quarter_boards", __name__, url_prefix="/quarters")
ROWS_A_PAGE = 50
KINDS = {"member": _l("志愿者"), "team": _l("队伍"), "project": _l("项目")}


@bp.get("/<place>")
@allow(PUBLIC)
def list_closed(place: str) -> ResponseReturnValue:
    """List the closed quarters, and say what the running one shows."""
    with reading_long() as session:
        node = tree.by_code(session, place)
        ledger_id = programmes.of_node(session, node).ledger_id
        found = freezing.list_closed(session, ledger_id=ledger_id)
        return render_template(
            "board/stars/quarters.html",
            node=node,
            closed=[Quarter.named(each.period) for each in found],
            present=Quarter.of(clock.today()),
            has_wall=publishing.has_people(session, ledger_id=ledger_id, node=node),
        )


@bp.get("/<place>/<period>")
@allow(PUBLIC)
def show(place: str, period: str) -> ResponseReturnValue:
    """Show a closed quarter's board of a place and all below it."""
    kind = request.args.get("kind", "")
    with reading_long() as session:
        node = tree.by_code(session, place)
        ledger_id = programmes.of_node(session, node).ledger_id
        kinds = publishing.kinds(session, ledger_id=ledger_id, node=node)
        kind = kind if kind in kinds else kinds[0]
        quarter = Quarter.named(period)
        named: dict[str, Any] = {"ledger_id": ledger_id, "kind": kind}
        drawn = publishing.draw(session, **named, node=node, quarter=quarter)
        shown, pages = paging.cut(
            drawn.ranked[paging.offset() :],
            limit=ROWS_A_PAGE,
            endpoint="board.quarter_boards.show",
            place=node.code,
            period=quarter.name,
            kind=kind,
        )
        ids = [one.subject_id for _place, one in shown]
        return render_template(
            "board/stars/quarter.html",
            node=node,
            quarter=quarter,
            board=drawn,
            rule=said(drawn.rule),
            shown=shown,
            names=naming.in_public(session, **named, ids=ids),
            kinds={each: KINDS[each] for each in kinds},
            has_wall="member" in kinds,
            pages=pages,
        )


def said(rule: Rule) -> list[str]:
    """Say a rule in sentences, as everybody reads it."""
    if rule.is_plain:
        return [_("按志愿时长排，时长一样名次并列。")]
    full_hours = rule.full_minutes // 60
    parts = [_("时长占 %(n)s%%，满 %(hours)s 小时得满分。", n=rule.hours_weight, hours=full_hours)]
    if rule.rating_weight:
        parts.append(_("群众评单占 %(n)s%%，都是 5 星得满分。", n=rule.rating_weight))
    if rule.review_weight:
        parts.append(
            _("三方评议占 %(n)s%%，居委、业委会、物业各自平均再平均。", n=rule.review_weight)
        )
    return [*parts, _("没有的项不算，其余按比例；得分一样名次并列。")]
