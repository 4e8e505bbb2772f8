"""Which wishes an activity is to fulfil, ticked at the desk; they come true at its close (C16)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import plans
from app.activities.models import Activity
from app.base.transactions import reading
from app.community import tree
from app.people import households, members
from app.service_orders import campaigns, wish_listings, wishes
from app.web import fulfilling
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_claims import WishesOfIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.claims.words import WISH_KINDS, WISH_STATES
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("wish_links", __name__, url_prefix="/<place>/activities/<uuid:activity_id>/wishes")


@bp.get("")
@allow(SIGNED_IN)
def show(activity_id: UUID) -> ResponseReturnValue:
    """Show the wishes of an activity, those it could fulfil, and its campaigns."""
    return _show(activity_id)


@bp.post("")
@allow(SIGNED_IN)
def link(activity_id: UUID) -> ResponseReturnValue:
    """Take the ticked wishes on for the activity."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, activity_id, desk.WORKERS)
        for wish_id in asked["wish_ids"]:
            wish = wishes.get(session, ledger_id=desk.ledger_id(), wish_id=wish_id)
            desk.require_at(session, wish.node_id, desk.WORKERS)
        fulfilling.link_wishes(
            session, ledger_id=desk.ledger_id(), activity_id=activity_id, actor=actor(), **asked
        )

    return forms.answer(
        verb,
        schema=WishesOfIn,
        said=_("接下了，活动结束时算已兑现。"),
        to=url_for("staff.wish_links.show", activity_id=activity_id),
        again=lambda problem: _show(activity_id, problem),
    )


@bp.post("/remove")
@allow(SIGNED_IN)
def unlink(activity_id: UUID) -> ResponseReturnValue:
    """Free a wish from the activity; others may take it on."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        fulfilling.free_wishes(
            session,
            ledger_id=desk.ledger_id(),
            activity_id=activity_id,
            **asked,
            require_at=lambda node_id: desk.require_at(session, node_id, desk.WORKERS),
        )

    return forms.answer(
        verb,
        schema=WishesOfIn,
        said=_("拿掉了，别的活动可以接。"),
        to=url_for("staff.wish_links.show", activity_id=activity_id),
        again=lambda problem: _show(activity_id, problem),
    )


def _scoped(session: Session, activity_id: UUID, names: tuple[str, ...]) -> Activity:
    found = plans.get(session, ledger_id=desk.ledger_id(), activity_id=activity_id)
    desk.require_at(session, found.node_id, names)
    return found


def _show(activity_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("activities")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = _scoped(session, activity_id, desk.READERS)
        linked = wish_listings.of_activity(session, **key, activity_id=activity_id)
        node = tree.get(session, found.node_id)
        circle = households.circle_of(session, **key, person_id=desk.me())
        offered = (
            wish_listings.to_link(session, **key, node=node, but_of=circle)
            if fulfilling.takes_wishes(found)
            else []
        )
        ids = {each.wisher_id for each in [*linked, *offered]}
        return forms.page(
            "claims/links.html",
            problem,
            activity=found,
            linked=linked,
            offered=offered,
            ticked=set(request.form.getlist("wish_ids")),
            whose=members.get_many(session, **key, member_ids=ids),
            tagged=campaigns.of_subject(session, **key, kind="activity", subject_id=activity_id),
            campaign_options=[(each.code, each.name) for each in campaigns.list_of(session, **key)],
            states=WISH_STATES,
            state_kinds=WISH_KINDS,
        )
