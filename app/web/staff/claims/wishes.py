"""Wishes at the desk: listed, filtered, and written down for somebody without a phone (T6)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import among
from app.base.transactions import reading
from app.community import tree
from app.people import households, members, roles
from app.service_orders import campaigns, wish_listings, wishes
from app.service_orders.models import Wish
from app.service_orders.models_claim import WAITING_WISHES
from app.service_orders.wishes import Words
from app.web import fulfilling
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_claims import DeskWishIn, WishesFilterIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.claims.words import WISH_KINDS, WISH_STATES
from app.web.staff.forms import Problem
from app.web.staff.member_steps import numbered
from app.web.translate import _

bp = Blueprint("wishes", __name__, url_prefix="/<place>/wishes")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the wishes of the place, latest first, and the form."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def enter() -> ResponseReturnValue:
    """Write a wish down for a member of this place."""

    def verb(session: Session, asked: dict[str, Any]) -> Wish:
        whose = numbered(session, asked.pop("volunteer_no"))
        desk.require_at(session, whose.node_id, desk.WORKERS)
        return wishes.make(
            session,
            ledger_id=desk.ledger_id(),
            wisher=whose,
            words=Words(**asked),
            actor=actor(),
        )

    return forms.answer(
        verb,
        schema=DeskWishIn,
        show=lambda made: str(made.id),
        said=_("心愿记下了，附近的人看得到，看不到是谁许的。"),
        to=lambda made: url_for("staff.wishes.wish", wish_id=made),
        again=_show,
    )


@bp.get("/<uuid:wish_id>")
@allow(SIGNED_IN)
def wish(wish_id: UUID) -> ResponseReturnValue:
    """Show a wish with who wished it and who took it on."""
    return draw(wish_id)


def scoped(session: Session, wish_id: UUID, names: tuple[str, ...] = desk.WORKERS) -> Wish:
    """Return a wish of a place in the person's charge; raises as `desk.require_at`."""
    found = wishes.get(session, ledger_id=desk.ledger_id(), wish_id=wish_id)
    desk.require_at(session, found.node_id, names)
    return found


def draw(wish_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    """Show a wish, perhaps with a refusal."""
    menu.at("claims")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = scoped(session, wish_id, desk.READERS)
        ids = {each for each in (found.wisher_id, found.claimer_id) if each is not None}
        wanted = [found.activity_id] if found.activity_id else []
        activities = among.get_among(session, **key, activity_ids=wanted)
        return forms.page(
            "claims/wish.html",
            problem,
            wish=found,
            text=wishes.text_of(found),
            place=tree.get(session, found.node_id),
            whose=members.get_many(session, **key, member_ids=ids),
            activities=activities,
            shows_activity=all(_is_read(session, each.node_id) for each in activities),
            is_held=found.state in WAITING_WISHES and fulfilling.is_held(session, found),
            is_own_work=fulfilling.is_own_work(session, found, desk.me()),
            tagged=campaigns.of_subject(session, **key, kind="wish", subject_id=wish_id),
            campaign_options=[(each.code, each.name) for each in campaigns.list_of(session, **key)],
            circle=households.circle_of(session, **key, person_id=desk.me()),
            states=WISH_STATES,
            state_kinds=WISH_KINDS,
        )


def _is_read(session: Session, node_id: int) -> bool:
    """Whether the person may look at a place, which need not be this desk's."""
    node = tree.get(session, node_id)
    return roles.has(session, person_id=desk.me(), roles=desk.READERS, node=node)


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("claims")
    asked, wrong = forms.asked(WishesFilterIn)
    state = asked.pop("state")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    node = desk.here().node
    with reading() as session:
        found = wish_listings.search(
            session, **key, node=node, states=(state,) if state else (), **asked
        )
        left = fulfilling.left_by_close(session, **key, node=node)
        ids = {each.wisher_id for each in [*found, *left]}
        return forms.page(
            "claims/wishes.html",
            problem or wrong,
            found=found,
            left=left,
            asked={**asked, "state": state},
            whose=members.get_many(session, **key, member_ids=ids),
            nodes=tree.get_many(session, {each.node_id for each in [*found, *left]}),
            states=WISH_STATES,
            state_kinds=WISH_KINDS,
            kind_options=[(kind, kind) for kind in wishes.KINDS],
            campaign_options=[(each.code, each.name) for each in campaigns.list_of(session, **key)],
            volunteer_no=request.args.get("volunteer_no", "")[:32],
        )
