"""What a place shows to everybody: its star board with the switch, and its notices."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.points import boards, notices
from app.points.boards import Terms
from app.points.models_public import BOARD_COUNTS, BOARD_PERIODS
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_showing import BoardIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _, _l

bp = Blueprint("boards", __name__, url_prefix="/<place>/showing")
PERIODS = dict(zip(BOARD_PERIODS, (_l("本月"), _l("本季度"), _l("今年")), strict=True))
COUNTS = dict(zip(BOARD_COUNTS, (_l("所有时长"), _l("只算信用时长")), strict=True))
ROWS = (10, 20, 30, 50)


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the board's switch and what is up."""
    return _show()


@bp.post("/board")
@allow(SIGNED_IN)
def switch() -> ResponseReturnValue:
    """Switch the board on or off, and say what it ranks."""

    def verb(session: Session, asked: dict[str, Any]) -> bool:
        node = desk.require_here(session, desk.WORKERS)
        version = asked.pop("version")
        set_up = boards.write(
            session,
            ledger_id=desk.ledger_id(),
            node_id=node.id,
            terms=Terms(**asked),
            version=version,
            actor=actor(),
        )
        return set_up.is_open

    return forms.answer(
        verb,
        schema=BoardIn,
        show=lambda is_open: is_open,
        said=lambda is_open: _("亮星榜打开了。") if is_open else _("亮星榜关上了。"),
        to=url_for("staff.boards.show"),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("showing")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        node = desk.here().node
        found = boards.find(session, **key, node_id=node.id)
        listed = notices.list_in(session, **key, node=node, is_open_only=False)
        return forms.page(
            "showing.html",
            problem,
            board=found or Terms(),
            version=found.version if found else 0,
            address=request.host_url.rstrip("/") + url_for("board.wall.show", place=node.code),
            periods=list(PERIODS.items()),
            counts=list(COUNTS.items()),
            rows=[(str(each), _("%(n)s 名", n=each)) for each in ROWS],
            listed=[(each, notices.is_open(each)) for each in listed],
        )
