"""Applications (积分申报) at the desk: reviewed by another, then put up for everybody (D30)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import members
from app.points import (
    application_listings,
    application_standing,
    applications,
    programmes,
    same_day,
)
from app.points import photos as kept
from app.points.models import Application
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.desk_households import ReviewFormIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("applications", __name__, url_prefix="/<place>/applications")
SHOWN_MAX = 100


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what waits for a review, and what waits for its notice."""
    return _show()


@bp.post("/<uuid:application_id>/review")
@allow(SIGNED_IN)
def review(application_id: UUID) -> ResponseReturnValue:
    """Approve or refuse an application."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "application_id": application_id}
        desk.require_at(session, applications.get(session, **key).node_id, desk.DECIDERS)
        applications.review(session, **key, actor=actor(), **asked)

    return forms.answer(
        verb,
        schema=ReviewFormIn,
        said=_("已决定，本人会收到通知。通过的还要公示，期满才入账。"),
        to=url_for("staff.applications.show"),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("review")
    asked, _wrong = forms.asked(PageIn)
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        scope = {**key, "node": desk.here().node}
        waiting = application_listings.list_in(session, **scope, **asked)
        reviewed = application_listings.list_in(
            session, **scope, states=("reviewed",), limit=SHOWN_MAX
        )
        may_decide = desk.here().may(desk.DECIDERS)
        return forms.page(
            "households/applications.html",
            problem,
            asked=asked,
            counts=application_listings.count_live(session, **scope),
            waiting=waiting,
            reviewed=reviewed,
            mine=desk.me(),
            may_decide=may_decide,
            texts={each.id: applications.text_of(each) for each in waiting} if may_decide else {},
            **_about(session, key, waiting, reviewed),
        )


def _about(
    session: Session,
    key: dict[str, Any],
    waiting: Sequence[Application],
    reviewed: Sequence[Application],
) -> dict[str, Any]:
    """Read whose they are and what is known of them, each in one statement."""
    programme = programmes.of_ledger(session, key["ledger_id"])
    ids = [each.id for each in waiting]
    days = [(each.member_id, each.served_on) for each in waiting]
    whose = {each.member_id for each in (*waiting, *reviewed)}
    return {
        "points": application_standing.points_of(session, **key, found=waiting),
        "names": {each.code: each.name for each in programmes.list_categories(session, programme)},
        "pictures": kept.list_of(session, **key, kind="application", subject_ids=ids),
        "same_day": same_day.minutes_of(session, **key, days=days),
        "whose": members.get_many(session, **key, member_ids=whose),
    }
