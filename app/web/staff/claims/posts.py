"""Posts and projects at the desk: put up with slots and deadline, closed, given shifts (T3, C6)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import among, listings, plans
from app.activities.states import COMING
from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import reading
from app.community import tree
from app.community.models import Node
from app.people import members, skills, teams
from app.points import activity_types, programmes
from app.service_orders import (
    campaigns,
    claim_deadlines,
    claim_listings,
    claims,
    first_offers,
    post_shifts,
    posts,
)
from app.service_orders.models import Post
from app.service_orders.posts import Call
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_claims import DeskPostIn, ExtensionIn, PostsFilterIn, ShiftOfIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.claims.words import CLAIM_KINDS, CLAIM_STATES, POST_KINDS
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("posts", __name__, url_prefix="/<place>/claims")
CHOICES_MAX = 500


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the posts and projects of the place, and the form of a new one."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def make() -> ResponseReturnValue:
    """Put up a post or a project here, or at a grid of this place."""

    def verb(session: Session, asked: dict[str, Any]) -> Post:
        node = _place(session, asked.pop("node_id"))
        if asked["team_id"] is not None:
            team = teams.get(session, ledger_id=desk.ledger_id(), team_id=asked["team_id"])
            desk.require_at(session, team.node_id, desk.WORKERS)
        return posts.make(
            session, ledger_id=desk.ledger_id(), node=node, call=Call(**asked), actor=actor()
        )

    return forms.answer(
        verb,
        schema=DeskPostIn,
        show=lambda made: str(made.id),
        said=_("发出去了，附近的志愿者可以认领。"),
        to=lambda made: url_for("staff.posts.post", post_id=made),
        again=_show,
    )


@bp.get("/<uuid:post_id>")
@allow(SIGNED_IN)
def post(post_id: UUID) -> ResponseReturnValue:
    """Show a post or project: who claimed it, its shifts, its campaigns."""
    return draw(post_id)


@bp.post("/<uuid:post_id>/close")
@allow(SIGNED_IN)
def close(post_id: UUID) -> ResponseReturnValue:
    """Take no more claims; those under way go on."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        scoped(session, post_id)
        posts.close(session, ledger_id=desk.ledger_id(), post_id=post_id)

    return _step(verb, post_id, _("不再收人了，已经认领的照常。"))


@bp.post("/<uuid:post_id>/extend")
@allow(SIGNED_IN)
def extend(post_id: UUID) -> ResponseReturnValue:
    """Give it more time."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        scoped(session, post_id)
        posts.extend(session, ledger_id=desk.ledger_id(), post_id=post_id, **asked, actor=actor())

    return _step(verb, post_id, _("期限延长了，空着的名额可以接着认领。"), ExtensionIn)


@bp.post("/<uuid:post_id>/shifts")
@allow(SIGNED_IN)
def link(post_id: UUID) -> ResponseReturnValue:
    """Make an activity's sessions its shifts."""
    return _shift(post_shifts.link, post_id, _("排上了，认领的人能看到班次。"))


@bp.post("/<uuid:post_id>/shifts/remove")
@allow(SIGNED_IN)
def unlink(post_id: UUID) -> ResponseReturnValue:
    """Take an activity out of its shifts; what was served there stays."""
    return _shift(post_shifts.unlink, post_id, _("拿掉了，已经记的时长都在。"))


def scoped(session: Session, post_id: UUID, names: tuple[str, ...] = desk.WORKERS) -> Post:
    """Return a post of a place in the person's charge; raises as `desk.require_at`."""
    found = posts.get(session, ledger_id=desk.ledger_id(), post_id=post_id)
    desk.require_at(session, found.node_id, names)
    return found


def _shift(change: Any, post_id: UUID, said: str) -> ResponseReturnValue:
    def verb(session: Session, asked: dict[str, Any]) -> None:
        scoped(session, post_id)
        found = plans.get(session, ledger_id=desk.ledger_id(), **asked)
        desk.require_at(session, found.node_id, desk.WORKERS)
        change(session, ledger_id=desk.ledger_id(), post_id=post_id, **asked)

    return _step(verb, post_id, said, ShiftOfIn)


def _step(verb: forms.Verb, post_id: UUID, said: str, schema: Any = None) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.posts.post", post_id=post_id),
        again=lambda problem: draw(post_id, problem),
    )


def _place(session: Session, node_id: int | None) -> Node:
    """Return this place, or the chosen one below it.

    Raises:
        ValidationFailed: It is no place below.
    """
    here = desk.require_here(session, desk.WORKERS)
    if node_id is None:
        return here
    try:
        chosen = tree.get(session, node_id)
    except NotFound as error:
        raise ValidationFailed("no such place", field="node_id") from error
    if not tree.contains(here, chosen):
        raise ValidationFailed("a place of somebody else", field="node_id")
    return chosen


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("claims")
    asked, wrong = forms.asked(PostsFilterIn)
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    node = desk.here().node
    with reading() as session:
        found = posts.list_in(session, **key, node=node, **asked)
        programme = programmes.of_ledger(session, desk.ledger_id())
        return forms.page(
            "claims/posts.html",
            problem or wrong,
            found=found,
            asked=asked,
            nodes=tree.get_many(session, {each.node_id for each in found}),
            waiting=claim_listings.count_waiting(session, **key, node=node),
            kinds=POST_KINDS,
            now=clock.now(),
            typed=request.form,
            category_options=[
                (each.code, each.name) for each in activity_types.list_each_own(session, programme)
            ],
            place_options=[(each.id, each.short_name) for each in tree.children(session, node)],
            team_options=[
                (each.id, each.name)
                for each in teams.list_in(session, **key, node=node, limit=CHOICES_MAX)
            ],
        )


def draw(post_id: UUID, problem: Problem | None = None) -> ResponseReturnValue:
    """Show a post, perhaps with a refusal."""
    menu.at("claims")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = scoped(session, post_id, desk.READERS)
        claimed = claim_listings.of_post(session, **key, post_id=post_id)
        linked = post_shifts.activity_ids(session, **key, post_ids=[post_id]).get(post_id, [])
        live = listings.list_activities(
            session, **key, node=desk.here().node, states=COMING, limit=CHOICES_MAX
        )
        team_ids = [found.team_id] if found.team_id else []
        return forms.page(
            "claims/post.html",
            problem,
            post=found,
            place=tree.get(session, found.node_id),
            teams=list(teams.get_many(session, **key, team_ids=team_ids).values()),
            claimed=claimed,
            due={each.id: claim_deadlines.of(each, found) for each in claimed},
            notes={each.id: claims.note_of(each) for each in claimed},
            whose=members.get_many(session, **key, member_ids={one.member_id for one in claimed}),
            shifts=among.get_among(session, **key, activity_ids=linked),
            activity_options=[(each.id, each.title) for each in live if each.id not in linked],
            tagged=campaigns.of_subject(session, **key, kind="post", subject_id=post_id),
            campaign_options=[(each.code, each.name) for each in campaigns.list_of(session, **key)],
            offered=first_offers.of_things(
                session, **key, kind="post", found=[found], member_id=None
            ).get(post_id),
            presets=skills.PRESETS,
            kinds=POST_KINDS,
            states=CLAIM_STATES,
            state_kinds=CLAIM_KINDS,
        )
