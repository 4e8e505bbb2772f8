"""The star table at the desk: its versions, and the next one, by who is in charge (D41)."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.points import programmes
from app.points.stars import tables
from app.points.stars.tables import Table
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_stars import TableIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _, _l

bp = Blueprint("star_steps", __name__, url_prefix="/<place>/star-table")
COUNTS = {"all": _l("所有时长"), "credited": _l("只算信用时长")}
YEAR_DAYS = 365
MINUTES_AN_HOUR = 60


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the versions of the table."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def add() -> ResponseReturnValue:
    """Add the next version; stars that were granted stay."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        programme = desk.require_programme(session, desk.MANAGERS)
        steps = tuple(hours * MINUTES_AN_HOUR for hours in asked.pop("hours"))
        bar_days = YEAR_DAYS * asked.pop("bar_years")
        wanted = Table(steps=steps, bar_days=bar_days, **asked)
        tables.add_version(session, programme=programme, wanted=wanted, actor=actor())

    return forms.answer(
        verb,
        schema=TableIn,
        said=_("新标准存好了，到那天起用；评过的星不变。"),
        to=url_for("staff.star_steps.show"),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("showing")
    with reading() as session:
        programme = programmes.of_ledger(session, desk.ledger_id())
        current = tables.current(session, programme.id)
        return forms.page(
            "stars/steps.html",
            problem,
            current=current,
            versions=[*tables.list_versions(session, programme.id), tables.USUAL],
            counts=COUNTS,
            count_options=list(COUNTS.items()),
            years=[(str(each), _("%(n)s 年", n=each)) for each in (1, 2, 3)],
            today=clock.today(),
            may_manage=desk.here().may(desk.MANAGERS) and programme.node_id == desk.here().node.id,
        )
