"""Campaigns (载体) at the desk: what each counts here, and what is counted under it (T7, C31)."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import among
from app.base.transactions import reading
from app.reports import claim_tables
from app.service_orders import campaigns, posts, wish_listings
from app.web import fulfilling
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_claims import TagIn
from app.web.schemas.wishes import CampaignIn
from app.web.staff import desk, forms, menu
from app.web.staff.claims.words import WISH_KINDS, WISH_STATES
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("campaigns", __name__, url_prefix="/<place>/campaigns")
SHOWN_MAX = 200
PAGES = {
    "wish": ("staff.wishes.wish", "wish_id"),
    "post": ("staff.posts.post", "post_id"),
    "activity": ("staff.wish_links.show", "activity_id"),
}
"""Where one comes from with a thing to be counted, and goes back to."""


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show every campaign of the book with what it counts at this place."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def make() -> ResponseReturnValue:
    """Begin a campaign; for who is in charge of the whole programme."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        desk.require_programme(session, desk.WORKERS)
        campaigns.make(session, ledger_id=desk.ledger_id(), **asked)

    return forms.answer(
        verb,
        schema=CampaignIn,
        said=_("载体建好了。"),
        to=url_for("staff.campaigns.show"),
        again=_show,
    )


@bp.get("/<campaign_code>")
@allow(SIGNED_IN)
def campaign(campaign_code: str) -> ResponseReturnValue:
    """Show what a campaign counts at this place."""
    menu.at("claims")
    named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "code": campaign_code}
    key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": desk.here().node}
    with reading() as session:
        found = campaigns.get(session, **named)
        return forms.page(
            "claims/campaign.html",
            campaign=found,
            counted=counted(session, campaign_code),
            wishes=wish_listings.search(
                session, **key, campaign_code=campaign_code, limit=SHOWN_MAX
            ),
            posts=posts.of_campaign(session, **key, code=campaign_code, limit=SHOWN_MAX),
            activities=among.list_among(
                session,
                **key,
                activity_ids=campaigns.subject_ids(session, **named, kind="activity"),
            ),
            states=WISH_STATES,
            state_kinds=WISH_KINDS,
        )


@bp.post("/tag")
@allow(SIGNED_IN)
def tag() -> ResponseReturnValue:
    """Count a wish, a post or an activity under a campaign."""
    return _mark(campaigns.tag, _("归进去了。"))


@bp.post("/untag")
@allow(SIGNED_IN)
def untag() -> ResponseReturnValue:
    """Count a thing under a campaign no longer."""
    return _mark(campaigns.untag, _("拿出来了。"))


def counted(session: Session, code: str) -> dict[str, int]:
    """Count a campaign's wishes (and those fulfilled), posts and activities at this place."""
    return claim_tables.counted(
        session, ledger_id=desk.ledger_id(), node=desk.here().node, code=code
    )


def _mark(mark: Any, said: str) -> ResponseReturnValue:
    def verb(session: Session, asked: dict[str, Any]) -> dict[str, str]:
        named: dict[str, Any] = {"kind": asked["kind"], "subject_id": asked["subject_id"]}
        place = fulfilling.place_of(session, ledger_id=desk.ledger_id(), **named)
        desk.require_at(session, place, desk.WORKERS)
        mark(session, ledger_id=desk.ledger_id(), **asked)
        return {"kind": asked["kind"], "id": str(asked["subject_id"])}

    return forms.answer(
        verb, schema=TagIn, show=lambda made: made, said=said, to=_back, again=_show
    )


def _back(made: dict[str, str]) -> str:
    view, name = PAGES[made["kind"]]
    where: dict[str, Any] = {name: made["id"]}
    return url_for(view, **where)


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("claims")
    with reading() as session:
        found = campaigns.list_of(session, ledger_id=desk.ledger_id())
        programme = desk.here().programme
        return forms.page(
            "claims/campaigns.html",
            problem,
            rows=[(each, counted(session, each.code)) for each in found],
            may_make=programme is not None
            and programme.node_id == desk.here().node.id
            and desk.here().may(desk.WORKERS),
            typed=request.form,
        )
