"""Something to claim: a project with its shifts, submitted work, wishes and a campaign."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.people import members
from app.service_orders import campaigns, claims, post_shifts, posts, wishes
from app.service_orders.models import Post, Wish
from app.service_orders.posts import Call
from app.service_orders.wishes import Words
from tests.factories import points

CAMPAIGN = "5250"


def a_post(session: Session, world: points.World, actor: Actor, **more: Any) -> Post:
    """A post for two until tomorrow; `due_at=None` with a project makes a standing one."""
    values: dict[str, Any] = {
        "kind": "post",
        "title": "楼道清扫",
        "text": "三号楼一到六层，带扫把",
        "category_code": "cleanup",
        "slot_count": 2,
        "due_at": clock.now() + timedelta(days=1),
    }
    return posts.make(
        session,
        ledger_id=world.ledger_id,
        node=world.node,
        call=Call(**(values | more)),
        actor=actor,
    )


def a_wish(session: Session, ledger_id: int, wisher: Any, title: str = "一副老花镜") -> Wish:
    """A wish of a member, in their own words."""
    return wishes.make(
        session,
        ledger_id=ledger_id,
        wisher=wisher,
        words=Words(kind="物品", title=title, text="300 度，看药瓶用", value_max_yuan=50),
        actor=Actor(wisher.person_id),
    )


def some(
    session: Session, world: points.World, names: dict[str, Any], actor: Actor
) -> dict[str, Any]:
    """One of everything at a place, each under the name that doors call it by."""
    ledger_id = world.ledger_id
    volunteer = members.get(session, ledger_id=ledger_id, member_id=names["old_member_id"])
    wisher = members.get(session, ledger_id=ledger_id, member_id=names["kept_member_id"])
    post = a_post(session, world, actor)
    with clock.held_at(clock.now() - timedelta(hours=3)):
        claimed = claims.claim(session, ledger_id=ledger_id, post_id=post.id, member=volunteer)
    claims.submit(
        session,
        ledger_id=ledger_id,
        claim_id=claimed.id,
        member=volunteer,
        starts_at=clock.now() - timedelta(hours=2),
        ends_at=clock.now() - timedelta(hours=1),
    )
    post_shifts.link(
        session, ledger_id=ledger_id, post_id=post.id, activity_id=names["activity_id"]
    )
    wish = a_wish(session, ledger_id, wisher)
    rated = a_wish(session, ledger_id, wisher, "修一修纱窗")
    wishes.claim(session, ledger_id=ledger_id, wish_id=rated.id, claimer=volunteer)
    wishes.fulfil(session, ledger_id=ledger_id, wish_id=rated.id, claimer=volunteer)
    campaigns.make(session, ledger_id=ledger_id, code=CAMPAIGN, name="5250(我爱我邻)")
    return {
        "post_id": post.id,
        "claim_id": claimed.id,
        "wish_id": wish.id,
        "wish_ids": [wish.id],
        "wish_work.rate.wish_id": rated.id,
        "staff.wish_steps.fulfil.wish_id": rated.id,
        "staff.wish_steps.rate.wish_id": rated.id,
        "campaign_code": CAMPAIGN,
        "campaigns.tag.subject_id": wish.id,
        "campaigns.untag.subject_id": wish.id,
    }
