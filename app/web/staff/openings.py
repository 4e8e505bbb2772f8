"""Opening balances from paper (L12): a numbered list, entered by one and approved by another."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import reading
from app.people import members
from app.points import openings
from app.points.openings import PaperBalance
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import OpeningDecideIn, OpeningIn
from app.web.schemas.desk_fields import Minutes
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.manual import ENTRANTS
from app.web.staff.member_steps import numbered
from app.web.translate import _

bp = Blueprint("openings", __name__, url_prefix="/<place>/openings")
SHOWN_MAX = 500
CELLS = (2, 3)
LINES_MAX = 500


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what waits by document, and the form."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def ask() -> ResponseReturnValue:
    """Enter the lines of a paper list; a colleague decides."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        desk.require_here(session, ENTRANTS)
        openings.request(
            session,
            ledger_id=desk.ledger_id(),
            document_no=asked["document_no"],
            as_of_on=asked["as_of_on"],
            balances=_balances(session, asked["lines"]),
            actor=actor(),
        )

    return _step(verb, _("已录入，等同事照凭证核对。"), OpeningIn)


@bp.post("/decide")
@allow(SIGNED_IN)
def decide() -> ResponseReturnValue:
    """Approve or refuse the chosen lines, all or none."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        ledger_id, wanted = desk.ledger_id(), set(asked.pop("opening_ids"))
        found = openings.get_many(session, ledger_id=ledger_id, opening_ids=wanted)
        if len(found) < len(wanted):
            raise NotFound("no such opening balance")
        whose = members.get_many(
            session, ledger_id=ledger_id, member_ids={each.member_id for each in found.values()}
        )
        desk.level_at(session, {each.node_id for each in whose.values()})
        openings.decide(session, ledger_id=ledger_id, opening_ids=wanted, actor=actor(), **asked)

    return _step(verb, _("已决定。"), OpeningDecideIn)


def _step(verb: forms.Verb, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb, schema=schema, said=said, to=url_for("staff.openings.show"), again=_show
    )


def _balances(session: Session, lines: str) -> list[PaperBalance]:
    """Read lines of number, hours and points, separated by spaces or commas.

    Raises:
        ValidationFailed: A line cannot be read; fact `line_no`.
        NotFound: A number belongs to nobody in scope.
    """
    written = [line for line in lines.replace("，", ",").splitlines() if line.strip()]
    if len(written) > LINES_MAX:
        raise ValidationFailed("too many lines", field="lines", line_no=LINES_MAX)
    return [_balance(session, line_no, line) for line_no, line in enumerate(written, 1)]


def _balance(session: Session, line_no: int, line: str) -> PaperBalance:
    cells = line.replace(",", " ").split()
    points = cells[2] if len(cells) > CELLS[0] else "0"
    if len(cells) not in CELLS or not (points.isascii() and points.isdigit() and len(points) < 10):
        raise ValidationFailed("number, hours, points", field="lines", line_no=line_no)
    try:
        minutes = Minutes().deserialize(cells[1])
    except ValidationError as error:
        raise ValidationFailed("hours", field="lines", line_no=line_no) from error
    whose = numbered(session, cells[0])
    desk.require_at(session, whose.node_id, ENTRANTS)
    return PaperBalance(whose.id, minutes, int(points))


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("review")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = openings.list_waiting(session, **key, node=desk.here().node, limit=SHOWN_MAX)
        whose = members.get_many(session, **key, member_ids={each.member_id for each in found})
    documents: dict[str, list[Any]] = {}
    for each in found:
        documents.setdefault(each.document_no, []).append(each)
    return forms.page(
        "openings.html",
        problem,
        documents=documents,
        whose=whose,
        mine=desk.me(),
        today=clock.today(),
    )
