"""Posts and projects on the phone: found near home, own grid first, read and claimed (T3, T5)."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import among, plans
from app.activities.models import Activity, ActivitySession
from app.activities.states import COMING
from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.people import teams
from app.service_orders import (
    claim_deadlines,
    claim_listings,
    claims,
    first_offers,
    post_shifts,
    posts,
)
from app.service_orders.models import Post
from app.web import paging
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.claims.words import CLAIM_KINDS, CLAIM_STATES
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.translate import _l

bp = own.may_be_acted(Blueprint("posts", __name__))

SHOWN = 50
SHIFTS_SHOWN = 6
SAID = {
    "claimed": _l("认领好了，是您的了"),
    "submitted": _l("交上去了，社区验收后记时长和积分"),
    "withdrawn": _l("退出了，以前记的时长和积分都在"),
}


@dataclass(frozen=True, slots=True)
class Shift:
    """A session to come of a project."""

    activity: Activity
    session: ActivitySession


@bp.get("/claims")
@allow(SIGNED_IN)
def near() -> ResponseReturnValue:
    """List what can be claimed near home, one's own grid first."""
    with reading() as session:
        me = own.here(session)
        key: dict[str, Any] = {"ledger_id": me.ledger_id, "node": me.node}
        found, pages = paging.cut(
            claim_listings.near(session, **key, **paging.slice_of(SHOWN)),
            limit=SHOWN,
            endpoint="h5.posts.near",
        )
        nodes = tree.get_many(session, {each.node_id for each in found})
        mine = claim_listings.live_of(session, **me.key, post_ids=[each.id for each in found])
        due = claim_deadlines.of_posts(session, found, mine)
        offered = first_offers.of_things(
            session, ledger_id=me.ledger_id, kind="post", found=found, member_id=me.member.id
        )
    wanted = {post_id for post_id, each in offered.items() if each.is_mine}
    found.sort(key=lambda each: each.id not in wanted)  # one's own skill first, then as near
    return show_page(
        "h5/claims/posts.html",
        me=me,
        found=found,
        pages=pages,
        nodes=nodes,
        mine=mine,
        due=due,
        offered=offered,
        states=CLAIM_STATES,
        kinds=CLAIM_KINDS,
    )


@bp.get("/claims/posts/<uuid:post_id>")
@allow(SIGNED_IN)
def detail(post_id: UUID) -> ResponseReturnValue:
    """Show a post or project: what, where, how many, until when, and its shifts."""
    return draw(post_id, said=SAID.get(request.args.get("said", "")))


@bp.post("/claims/posts/<uuid:post_id>/claim")
@allow(SIGNED_IN)
def claim(post_id: UUID) -> ResponseReturnValue:
    """Take a slot; who has one keeps it."""
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        seen(session, me, post_id)
        claims.claim(session, ledger_id=me.ledger_id, post_id=post_id, member=me.member)

    _nothing, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return draw(post_id, problem)
    return redirect(url_for("h5.posts.detail", post_id=post_id, said="claimed"), code=303)


def seen(session: Session, me: Own, post_id: UUID) -> Post:
    """Return a post for who lives where I live, or one that I claimed.

    Raises:
        NotFound: It is of another community.
    """
    post = posts.get(session, ledger_id=me.ledger_id, post_id=post_id)
    mine = claim_listings.live_of(session, **me.key, post_ids=[post_id])
    if not mine and not claim_listings.is_near(session, post=post, node=me.node):
        raise NotFound("no such post in your community")
    return post


def draw(
    post_id: UUID, problem: dict[str, Any] | None = None, said: str | None = None
) -> ResponseReturnValue:
    """Show a post with what I can do about it now."""
    with reading() as session:
        me = own.here(session)
        post = seen(session, me, post_id)
        claimed = claim_listings.live_of(session, **me.key, post_ids=[post_id])
        team = (
            teams.get(session, ledger_id=me.ledger_id, team_id=post.team_id)
            if post.team_id
            else None
        )
        values: dict[str, Any] = {
            "due_at": claim_deadlines.of_posts(session, [post], claimed)[post_id],
            "place": tree.get(session, post.node_id),
            "team": team,
            "shifts": _shifts(session, me, post),
            "offer": first_offers.of_things(
                session, ledger_id=me.ledger_id, kind="post", found=[post], member_id=me.member.id
            ).get(post_id),
        }
    return show_page(
        "h5/claims/post.html",
        problem,
        me=me,
        post=post,
        mine=claimed.get(post_id),
        states=CLAIM_STATES,
        kinds=CLAIM_KINDS,
        is_free=post.state == "open" and post.taken_count < post.slot_count,
        is_over=values["due_at"] <= clock.now(),
        said=said,
        **values,
    )


def _shifts(session: Session, me: Own, post: Post) -> list[Shift]:
    """Return the next sessions of the activities that are the project's shifts (C6)."""
    key: dict[str, Any] = {"ledger_id": me.ledger_id}
    ids = post_shifts.activity_ids(session, **key, post_ids=[post.id]).get(post.id, [])
    found = [
        Shift(activity, slot)
        for activity in among.get_among(session, **key, activity_ids=ids)
        if activity.state in COMING
        for slot in plans.list_sessions(session, **key, activity_id=activity.id)
        if slot.ends_at > clock.now() and slot.state == "planned"
    ]
    return sorted(found, key=lambda each: each.session.starts_at)[:SHIFTS_SHOWN]
