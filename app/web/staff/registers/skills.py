"""Skills (专长) at the desk: noted at a member, asked for by an activity."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import plans
from app.people import skills
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.team_reports import SkillIn
from app.web.session import actor
from app.web.staff import activities, desk, forms, member
from app.web.staff.claims import posts
from app.web.staff.orders import one
from app.web.translate import _

bp = Blueprint("skills", __name__, url_prefix="/<place>")


@bp.post("/people/<uuid:member_id>/skills")
@allow(SIGNED_IN)
def note(member_id: UUID) -> ResponseReturnValue:
    """Note a skill of a member."""
    return _changed(skills.note, member_id, _("专长记下了，有活动要找这样的人，会先告诉本人。"))


@bp.post("/people/<uuid:member_id>/skills/drop")
@allow(SIGNED_IN)
def drop(member_id: UUID) -> ResponseReturnValue:
    """Take a skill off a member."""
    return _changed(skills.drop, member_id, _("专长去掉了。"))


@bp.post("/activities/<uuid:activity_id>/skills")
@allow(SIGNED_IN)
def call(activity_id: UUID) -> ResponseReturnValue:
    """Let an activity ask for a skill; its holders of the place are told first."""

    def verb(session: Session, asked: dict[str, Any]) -> int:
        found = plans.get(session, ledger_id=desk.ledger_id(), activity_id=activity_id)
        node = desk.require_at(session, found.node_id, desk.WORKERS)
        return skills.call(
            session,
            ledger_id=desk.ledger_id(),
            by=skills.Caller("activity", found.id, found.title),
            node=node,
            actor=actor(),
            **asked,
        )

    return forms.answer(
        verb,
        schema=SkillIn,
        show=lambda told: told,
        said=lambda told: _("已先告诉 %(n)s 位有这个专长的人。", n=told),
        to=url_for("staff.activities.show", activity_id=activity_id),
        again=lambda problem: activities.draw(activity_id, problem),
    )


@bp.post("/posts/<uuid:post_id>/skills")
@allow(SIGNED_IN)
def call_post(post_id: UUID) -> ResponseReturnValue:
    """Let a post ask for a skill: for a set time only its holders claim it."""

    def find(session: Session) -> tuple[skills.Caller, int]:
        found = posts.scoped(session, post_id, desk.WORKERS)
        return skills.Caller("post", found.id, found.title), found.node_id

    return _called(find, url_for("staff.posts.post", post_id=post_id), posts.draw, post_id)


@bp.post("/orders/<uuid:order_id>/skills")
@allow(SIGNED_IN)
def call_order(order_id: UUID) -> ResponseReturnValue:
    """Let an order ask for a skill: its holders hear of it, and may take it on themselves."""

    def find(session: Session) -> tuple[skills.Caller, int]:
        found = one.scoped(session, order_id)
        return skills.Caller("order", found.id, found.title), found.node_id

    return _called(find, url_for("staff.order.show", order_id=order_id), one.draw, order_id)


def _called(find: Any, to: str, draw: Any, subject_id: UUID) -> ResponseReturnValue:
    def verb(session: Session, asked: dict[str, Any]) -> int:
        by, node_id = find(session)
        node = desk.require_at(session, node_id, desk.WORKERS)
        return skills.call(
            session, ledger_id=desk.ledger_id(), by=by, node=node, actor=actor(), **asked
        )

    return forms.answer(
        verb,
        schema=SkillIn,
        show=lambda told: told,
        said=lambda told: _("已先告诉 %(n)s 位有这个专长的人。", n=told),
        to=to,
        again=lambda problem: draw(subject_id, problem),
    )


def _changed(change: Any, member_id: UUID, said: str) -> ResponseReturnValue:
    def verb(session: Session, asked: dict[str, Any]) -> None:
        found = desk.member(session, member_id, desk.WORKERS)
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "member_id": found.id}
        change(session, **key, actor=actor(), **asked)

    return forms.answer(
        verb,
        schema=SkillIn,
        said=said,
        to=url_for("staff.member.show", member_id=member_id),
        again=lambda problem: member.draw(member_id, problem),
    )
