"""Posts and projects over the API: put up by staff, found near home, with their shifts (T3, C6)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.activities import plans
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.people import teams
from app.people.models import Member
from app.service_orders import claim_listings, post_shifts, posts
from app.service_orders.models import Post
from app.service_orders.posts import Call
from app.web.acts import act
from app.web.api import seeing, standing
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.posts import ExtensionIn, NearIn, PostIn, PostOut, PostsIn, ShiftIn
from app.web.session import actor

bp = Blueprint("posts", __name__, url_prefix="/books/<book>", description="Posts and projects")
OUT = PostOut()


@bp.get("/posts")
@allow(SIGNED_IN)
@bp.arguments(NearIn, location="query")
@bp.response(200, items_of(PostOut))
def list_near(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List what I can claim: my own grid's first, then my community's (T5)."""
    ledger_id = book_id(book)
    with reading() as session:
        me = standing.my_member(session, ledger_id)
        node = tree.get(session, me.node_id)
        found = claim_listings.near(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=listed(session, found, me))


@bp.get("/posts/in-place")
@allow(SIGNED_IN)
@bp.arguments(PostsIn, location="query")
@bp.response(200, items_of(PostOut))
def list_in(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List every post and project of a place in my charge."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        found = posts.list_in(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=listed(session, found, None))


@bp.get("/posts/<uuid:post_id>")
@allow(SIGNED_IN)
@bp.response(200, PostOut)
def show(book: str, post_id: UUID) -> ResponseReturnValue:
    """Show a post or project of my community, or of a place in my charge."""
    ledger_id = book_id(book)
    with reading() as session:
        post = posts.get(session, ledger_id=ledger_id, post_id=post_id)
        if standing.is_at(session, post.node_id, READERS):
            return jsonify(listed(session, [post], None)[0])
        me = standing.my_member(session, ledger_id)
        return jsonify(listed(session, [require_near(session, post, me)], me)[0])


@bp.post("/posts")
@allow(SIGNED_IN)
@bp.arguments(PostIn)
@bp.response(201, PostOut)
def make(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Put up a post or a project at a place in my charge."""
    ledger_id, code = book_id(book), asked.pop("node_code")

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.place(session, code, WORKERS)
        standing.require_book(session, ledger_id, node)
        if asked["team_id"] is not None:
            team = teams.get(session, ledger_id=ledger_id, team_id=asked["team_id"])
            standing.node_at(session, team.node_id, WORKERS)
        made = posts.make(
            session, ledger_id=ledger_id, node=node, call=Call(**asked), actor=actor()
        )
        return listed(session, [made], None)[0]

    return act(verb, ledger_id=ledger_id)


@bp.post("/posts/<uuid:post_id>/closing")
@allow(SIGNED_IN)
@bp.response(200, PostOut)
def close(book: str, post_id: UUID) -> ResponseReturnValue:
    """Take no more claims; those under way go on."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        scoped(session, ledger_id, post_id, WORKERS)
        closed = posts.close(session, ledger_id=ledger_id, post_id=post_id)
        return listed(session, [closed], None)[0]

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/posts/<uuid:post_id>/extension")
@allow(SIGNED_IN)
@bp.arguments(ExtensionIn)
@bp.response(200, PostOut)
def extend(asked: dict[str, Any], book: str, post_id: UUID) -> ResponseReturnValue:
    """Give a post or project more time."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        scoped(session, ledger_id, post_id, WORKERS)
        named: dict[str, Any] = {"ledger_id": ledger_id, "post_id": post_id}
        return listed(session, [posts.extend(session, **named, **asked, actor=actor())], None)[0]

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/posts/<uuid:post_id>/shifts")
@allow(SIGNED_IN)
@bp.arguments(ShiftIn)
@bp.response(200, PostOut)
def link_shift(asked: dict[str, Any], book: str, post_id: UUID) -> ResponseReturnValue:
    """Make an activity's sessions the shifts of a project (C6)."""
    ledger_id, activity_id = book_id(book), asked["activity_id"]

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        scoped(session, ledger_id, post_id, WORKERS)
        seeing.activity(session, ledger_id, activity_id)
        found = plans.get(session, ledger_id=ledger_id, activity_id=activity_id)
        standing.node_at(session, found.node_id, WORKERS)
        named = {"post_id": post_id, "activity_id": activity_id}
        post = post_shifts.link(session, ledger_id=ledger_id, **named)
        return listed(session, [post], None)[0]

    return act(verb, ledger_id=ledger_id, status=200)


@bp.post("/posts/<uuid:post_id>/shifts/removal")
@allow(SIGNED_IN)
@bp.arguments(ShiftIn)
@bp.response(200, PostOut)
def unlink_shift(asked: dict[str, Any], book: str, post_id: UUID) -> ResponseReturnValue:
    """Take an activity out of a project's shifts; what was served there stays."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        post = scoped(session, ledger_id, post_id, WORKERS)
        named = {"post_id": post_id, "activity_id": asked["activity_id"]}
        post_shifts.unlink(session, ledger_id=ledger_id, **named)
        return listed(session, [post], None)[0]

    return act(verb, ledger_id=ledger_id, status=200)


def scoped(session: Session, ledger_id: int, post_id: UUID, names: tuple[str, ...]) -> Post:
    """Return a post of a place in the person's charge; raises as `standing.require_at`."""
    standing.require_holder(session, names)
    post = posts.get(session, ledger_id=ledger_id, post_id=post_id)
    standing.node_at(session, post.node_id, names)
    return post


def require_near(session: Session, post: Post, me: Member) -> Post:
    """Return the post, if it is for who lives where I live.

    Raises:
        NotFound: It is of another community.
    """
    node = tree.get(session, me.node_id)
    if not claim_listings.is_near(session, post=post, node=node):
        raise NotFound("no such post in your community")
    return post


def listed(session: Session, found: Sequence[Post], me: Member | None) -> list[dict[str, Any]]:
    """Return posts as a member sees them, with their shifts and one's own claim."""
    nodes = tree.get_many(session, {each.node_id for each in found})
    ids = [each.id for each in found]
    ledger_id = found[0].ledger_id if found else 0
    shifts = post_shifts.activity_ids(session, ledger_id=ledger_id, post_ids=ids)
    own = (
        claim_listings.live_of(session, ledger_id=ledger_id, member_id=me.id, post_ids=ids)
        if me
        else {}
    )
    return [
        OUT.dump(
            {
                **{name: getattr(each, name, None) for name in OUT.fields},
                "due_at": None if each.is_standing else each.due_at,
                "node_code": nodes[each.node_id].code,
                "activity_ids": shifts.get(each.id, []),
                "my_claim_id": own[each.id].id if each.id in own else None,
            }
        )
        for each in found
    ]
