"""Why is this balance X? One page that explains a balance line by line, and proves the sum."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import listings
from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.ledger.models import UNITS
from app.people.models import Member
from app.points import backfills, grants, openings, programmes, wallets
from app.points.approvals import WAITING
from app.reports import explanations
from app.web.permissions import SIGNED_IN, allow
from app.web.staff import desk, forms, menu, why_lines

bp = Blueprint("why", __name__, url_prefix="/<place>/people/<uuid:member_id>/why")
SHOWN_MAX = 500
UNSETTLED = ("open", "closed", "needs_confirmation")


@bp.get("/<unit>")
@allow(SIGNED_IN)
def show(member_id: UUID, unit: str) -> ResponseReturnValue:
    """Show every line with its evidence and its formula, the proof, and what is not booked yet."""
    menu.at("people")
    if unit not in UNITS or (unit == "points" and not desk.here().has_points):
        raise NotFound("no such unit here")
    with reading() as session:
        member = desk.member(session, member_id)
        found = explanations.explain(
            session, ledger_id=desk.ledger_id(), member_id=member_id, unit=unit
        )
        programme = programmes.of_ledger(session, desk.ledger_id())
        names = {each.code: each.name for each in programmes.list_categories(session, programme)}
        return forms.page(
            "why.html",
            member=member,
            unit=unit,
            now=clock.now(),
            found=found,
            lines=[why_lines.read(each, unit, names) for each in reversed(found.lines)],
            parts=why_lines.parts(found.lines),
            holding=wallets.holding(session, ledger_id=desk.ledger_id(), member_id=member_id),
            waiting=_waiting(session, member),
        )


def _waiting(session: Session, member: Member) -> list[str]:
    """Say what is not booked yet, and who is awaited; it counts 0 until then."""
    key: dict[str, Any] = {"ledger_id": member.ledger_id, "member_id": member.id}
    node = tree.get(session, member.node_id)
    scope: dict[str, Any] = {"ledger_id": member.ledger_id, "node": node, "limit": SHOWN_MAX}
    found = [
        why_lines.of_grant(each)
        for each in grants.list_of_member(session, **key, limit=SHOWN_MAX)
        if each.state in WAITING
    ]
    found += [
        why_lines.of_stay(stay, slot)
        for slot in listings.mine(session, **key, limit=SHOWN_MAX)
        for stay in slot.stays
        if stay.state in UNSETTLED
    ]
    found += [
        why_lines.of_backfill(each)
        for each in backfills.list_waiting(session, **scope)
        if each.member_id == member.id
    ]
    return found + [
        why_lines.of_opening(each)
        for each in openings.list_waiting(session, **scope)
        if each.member_id == member.id
    ]
