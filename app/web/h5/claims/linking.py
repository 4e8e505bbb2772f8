"""Wishes that an activity is to fulfil, chosen by its leader; they come true at its close (C16)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import standing
from app.activities.models import Activity
from app.base.errors import NotFound, PermissionDenied, ValidationFailed
from app.base.transactions import reading
from app.community import tree
from app.people import households
from app.service_orders import wish_listings
from app.web import fulfilling
from app.web.acts import submit
from app.web.h5 import leading
from app.web.h5.claims.words import WISH_KINDS, WISH_STATES
from app.web.h5.forms import page as show_page
from app.web.h5.leading import Leader
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.translate import _, _l

bp = Blueprint("wish_linking", __name__)

CALLED = {"wish_ids": (_l("心愿"), _l("请先勾选心愿"))}


@bp.get("/lead/activities/<uuid:activity_id>/wishes")
@allow(SIGNED_IN)
def page(activity_id: UUID) -> ResponseReturnValue:
    """List the wishes of the activity, and those of its place that it could fulfil."""
    return _page(
        activity_id, said=_("接下了，活动结束时算实现") if request.args.get("said") else None
    )


@bp.post("/lead/activities/<uuid:activity_id>/wishes")
@allow(SIGNED_IN)
def link(activity_id: UUID) -> ResponseReturnValue:
    """Take the ticked wishes on for the activity."""
    with reading() as session:
        who, _found = _led(session, activity_id)

    def verb(session: Session, _fact: None) -> None:
        _who, found = _led(session, activity_id)
        ids = _ticked()
        node = tree.get(session, found.node_id)
        key: dict[str, Any] = {"ledger_id": who.me.ledger_id}
        offered = {each.id for each in wish_listings.to_link(session, **key, node=node)}
        if not ids <= offered:
            raise NotFound("a wish of another place")
        fulfilling.link_wishes(session, **key, wish_ids=ids, activity_id=activity_id, actor=actor())

    _nothing, problem = submit(verb, ledger_id=who.me.ledger_id)
    if problem:
        return _page(activity_id, problem)
    return redirect(url_for("h5.wish_linking.page", activity_id=activity_id, said=1), code=303)


def _ticked() -> set[UUID]:
    try:
        ids = {UUID(each) for each in request.form.getlist("wish_ids")}
    except ValueError as error:
        raise ValidationFailed("no wish", field="wish_ids") from error
    if not ids:
        raise ValidationFailed("nothing is ticked", field="wish_ids")
    return ids


def _led(session: Session, activity_id: UUID) -> tuple[Leader, Activity]:
    """Return an activity under way that the person leads.

    Raises:
        NotFound, PermissionDenied: It is not theirs, or they only see it.
    """
    who = leading.leader(session)
    found = leading.led(session, who, activity_id)
    if not standing.of(session, activity=found, actor=actor()).may_lead:
        raise PermissionDenied("only a leader of the activity or its staff")
    if not fulfilling.takes_wishes(found):
        raise NotFound("over: its wishes are as they are")
    return who, found


def _page(
    activity_id: UUID, problem: dict[str, Any] | None = None, said: str | None = None
) -> ResponseReturnValue:
    with reading() as session:
        who, found = _led(session, activity_id)
        key: dict[str, Any] = {"ledger_id": who.me.ledger_id}
        node = tree.get(session, found.node_id)
        linked = wish_listings.of_activity(session, **key, activity_id=activity_id)
        circle = households.circle_of(session, **key, person_id=actor().person_id)
        offered = wish_listings.to_link(session, **key, node=node, but_of=circle)
    return show_page(
        "h5/claims/lead_wishes.html",
        problem,
        CALLED,
        me=who.me,
        activity=found,
        linked=linked,
        offered=offered,
        ticked=set(request.form.getlist("wish_ids")),
        states=WISH_STATES,
        kinds=WISH_KINDS,
        said=said,
    )
