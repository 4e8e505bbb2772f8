"""Claims of posts and projects over the API: taken, done, accepted or refused (T3, P10)."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from flask import jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import tree
from app.people import members
from app.people.models import Member
from app.service_orders import claim_listings, claims, posts
from app.service_orders.claim_listings import MyClaim
from app.service_orders.models import Claim
from app.web.acts import act
from app.web.api import standing
from app.web.api.posts import require_near
from app.web.api.standing import DECIDERS, READERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.activities import ReasonIn
from app.web.schemas.lists import PlaceIn, items_of
from app.web.schemas.posts import ClaimCountOut, ClaimsIn, PostClaimOut, WorkIn
from app.web.session import actor

bp = Blueprint("post_claims", __name__, url_prefix="/books/<book>", description="Claimed posts")
OUT = PostClaimOut()
FREED = ("refused", "withdrawn", "released")


@bp.post("/posts/<uuid:post_id>/claims")
@allow(SIGNED_IN)
@bp.response(201, PostClaimOut)
def claim(book: str, post_id: UUID) -> ResponseReturnValue:
    """Take a slot of a post near my home; who has one keeps it."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        me = standing.my_member(session, ledger_id)
        require_near(session, posts.get(session, ledger_id=ledger_id, post_id=post_id), me)
        made = claims.claim(session, ledger_id=ledger_id, post_id=post_id, member=me)
        return _one(session, made)

    return act(verb, ledger_id=ledger_id)


@bp.get("/me/post-claims")
@allow(SIGNED_IN)
@bp.arguments(PageIn, location="query")
@bp.response(200, items_of(PostClaimOut))
def list_mine(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List my posts and projects (我的岗位, 我的项目): those under way first."""
    ledger_id = book_id(book)
    with reading() as session:
        key = standing.my_key(session, ledger_id)
        found = claim_listings.mine(session, **key, **asked)
        return jsonify(items=_listed(session, ledger_id, found))


@bp.post("/me/post-claims/<uuid:claim_id>/submission")
@allow(SIGNED_IN)
@bp.arguments(WorkIn)
@bp.response(200, PostClaimOut)
def submit_mine(asked: dict[str, Any], book: str, claim_id: UUID) -> ResponseReturnValue:
    """Say that the work is done, and when (提交)."""

    def verb(session: Session, ledger_id: int, me: Member) -> Claim:
        return claims.submit(session, ledger_id=ledger_id, claim_id=claim_id, member=me, **asked)

    return _my_step(book, verb)


@bp.post("/me/post-claims/<uuid:claim_id>/withdrawal")
@allow(SIGNED_IN)
@bp.response(200, PostClaimOut)
def withdraw_mine(book: str, claim_id: UUID) -> ResponseReturnValue:
    """Give my slot back, or leave a standing project; credited hours stay (C6)."""

    def verb(session: Session, ledger_id: int, me: Member) -> Claim:
        return claims.withdraw(session, ledger_id=ledger_id, claim_id=claim_id, member=me)

    return _my_step(book, verb)


@bp.get("/post-claims")
@allow(SIGNED_IN)
@bp.arguments(ClaimsIn, location="query")
@bp.response(200, items_of(PostClaimOut))
def list_in(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the claims of a place in my charge; those that wait for acceptance, oldest first."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        found = claim_listings.list_in(session, ledger_id=ledger_id, node=node, **asked)
        return jsonify(items=_listed(session, ledger_id, found))


@bp.get("/post-claims/counts")
@allow(SIGNED_IN)
@bp.arguments(PlaceIn, location="query")
@bp.response(200, items_of(ClaimCountOut))
def count(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Count the claims of a place by grid (T5)."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), READERS)
        found = claim_listings.counts_by_node(session, ledger_id=ledger_id, node=node)
        nodes = tree.get_many(session, found)
        rows = [
            {
                "node_code": nodes[node_id].code,
                "name": nodes[node_id].short_name,
                "claimed_count": counted["claimed"],
                "submitted_count": counted["submitted"],
                "accepted_count": counted["accepted"],
                "freed_count": sum(counted[state] for state in FREED),
            }
            for node_id, counted in found.items()
        ]
    return jsonify(items=sorted(rows, key=lambda row: str(row["node_code"])))


@bp.post("/post-claims/<uuid:claim_id>/acceptance")
@allow(SIGNED_IN)
@bp.response(200, PostClaimOut)
def accept(book: str, claim_id: UUID) -> ResponseReturnValue:
    """Accept submitted work (验收): hours and points follow; never one's own."""

    def verb(session: Session, ledger_id: int) -> Claim:
        return claims.accept(session, ledger_id=ledger_id, claim_id=claim_id, actor=actor())

    return _staff_step(book, claim_id, verb)


@bp.post("/post-claims/<uuid:claim_id>/refusal")
@allow(SIGNED_IN)
@bp.arguments(ReasonIn)
@bp.response(200, PostClaimOut)
def refuse(asked: dict[str, Any], book: str, claim_id: UUID) -> ResponseReturnValue:
    """Refuse submitted work, with a reason; the slot is free again."""

    def verb(session: Session, ledger_id: int) -> Claim:
        return claims.refuse(
            session, ledger_id=ledger_id, claim_id=claim_id, reason=asked["reason"], actor=actor()
        )

    return _staff_step(book, claim_id, verb)


def _my_step(book: str, verb: Callable[[Session, int, Member], Claim]) -> ResponseReturnValue:
    ledger_id = book_id(book)

    def run(session: Session, _fact: None) -> dict[str, Any]:
        me = standing.my_member(session, ledger_id)
        return _one(session, verb(session, ledger_id, me))

    return act(run, ledger_id=ledger_id, status=200)


def _staff_step(
    book: str, claim_id: UUID, verb: Callable[[Session, int], Claim]
) -> ResponseReturnValue:
    ledger_id = book_id(book)

    def run(session: Session, _fact: None) -> dict[str, Any]:
        standing.require_holder(session, DECIDERS)
        found = claims.get(session, ledger_id=ledger_id, claim_id=claim_id)
        post = posts.get(session, ledger_id=ledger_id, post_id=found.post_id)
        standing.node_at(session, post.node_id, DECIDERS)
        return _one(session, verb(session, ledger_id))

    return act(run, ledger_id=ledger_id, status=200)


def _one(session: Session, found: Claim) -> dict[str, Any]:
    post = posts.get(session, ledger_id=found.ledger_id, post_id=found.post_id)
    return _listed(session, found.ledger_id, [MyClaim(found, post)])[0]


def _listed(session: Session, ledger_id: int, found: Sequence[MyClaim]) -> list[dict[str, Any]]:
    ids = {each.claim.member_id for each in found}
    named = members.get_many(session, ledger_id=ledger_id, member_ids=ids)
    return [
        OUT.dump(
            {
                **{name: getattr(each.claim, name, None) for name in OUT.fields},
                "due_at": None if each.post.is_standing else each.due_at,
                "post_number": each.post.number,
                "post_title": each.post.title,
                "note": claims.note_of(each.claim),
                "volunteer_no": named[each.claim.member_id].volunteer_no,
                "name_masked": named[each.claim.member_id].name_masked,
            }
        )
        for each in found
    ]
