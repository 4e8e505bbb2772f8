"""一小区一志愿服务队 at the desk: which 小区 have a team, which have none yet (C21)."""

from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from app.base.transactions import reading
from app.community import tree
from app.people import team_counts
from app.reports import team_coverage
from app.web import team_kinds
from app.web.permissions import SIGNED_IN, allow
from app.web.staff import desk, forms, menu

bp = Blueprint("coverage", __name__, url_prefix="/<place>/coverage")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the share, the 小区 without a team, and the teams by kind."""
    menu.at("teams")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
    with reading() as session:
        found = team_coverage.of_place(session, **key)
        return forms.page(
            "registers/coverage.html",
            found=found,
            crumbs_of=tree.breadcrumbs(session, found.uncovered),
            counts=team_counts.of_place(session, **key),
            by_kind=[
                (team_kinds.name(kind), count)
                for kind, count in team_counts.by_kind(session, **key).items()
            ],
        )
