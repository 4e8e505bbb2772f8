"""A school's or an employer's people with their hours, taken away as a file (K11)."""

from typing import Any

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import DomainError
from app.base.transactions import reading, unit_of_work
from app.community import tree, units
from app.reports import exports
from app.reports import unit_hours as hours
from app.web.downloads import attached
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.registers import UnitHoursIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem

bp = Blueprint("unit_hours", __name__, url_prefix="/<place>/units/<int:unit_id>/hours")


@bp.get("")
@allow(SIGNED_IN)
def show(unit_id: int) -> ResponseReturnValue:
    """Show the unit's people with their hours of this year so far, and the form."""
    return _show(unit_id)


@bp.post("/file")
@allow(SIGNED_IN)
def take(unit_id: int) -> ResponseReturnValue:
    """Take the list of some days as xlsx, with names; that it was taken is written down."""
    try:
        asked: dict[str, Any] = dict(UnitHoursIn().load(forms.typed(UnitHoursIn())))
    except ValidationError as error:
        return _show(unit_id, forms.problem(error))

    def work(session: Session) -> Response:
        unit = units.get(session, unit_id)
        node = desk.require_at(session, unit.node_id, desk.READERS)
        ordered = exports.ordered_by(session, ledger_id=desk.ledger_id(), actor=actor())
        file, code = hours.write(
            session, ledger_id=desk.ledger_id(), unit=unit, node=node, **asked, ordered=ordered
        )
        return attached(file, f"unit-hours-{code}")

    try:
        return unit_of_work(work)
    except DomainError as error:
        return _show(unit_id, forms.problem(error))


def _show(unit_id: int, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("people")
    today = clock.today()
    begins_on = today.replace(month=1, day=1)
    with reading() as session:
        unit = units.get(session, unit_id)
        desk.require_at(session, unit.node_id, desk.READERS)
        found = hours.rows(
            session, ledger_id=desk.ledger_id(), unit=unit, begins_on=begins_on, ends_on=today
        )
        return forms.page(
            "registers/unit_hours.html",
            problem,
            unit=unit,
            place=tree.get(session, unit.node_id),
            found=found,
            begins_on=begins_on,
            today=today,
            back=url_for("staff.enlistments.show", unit=unit.id),
        )
