"""What neighbours claim, wish for and ask, put into the demo by the real verbs."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.activities import listings
from app.base import clock
from app.base.actors import Actor
from app.community import tree
from app.people import codes
from app.service_orders import campaigns, exchanges, post_shifts, posts, wishes
from app.service_orders.exchanges import HelpWanted
from app.service_orders.posts import Call
from app.service_orders.wishes import Words
from tests.browser.desk_work import LIN, PLACE, WEN, ZHONG, book_of, member_of
from tests.browser.street import Street

CAMPAIGN = "5250"


def put_up(street: Street) -> None:
    """A post until tomorrow, a standing project with a shift, two wishes and a campaign."""
    with street.session() as session:
        ledger_id, node = book_of(session), tree.by_code(session, PLACE)
        leader = member_of(session, ZHONG)
        key: dict[str, Any] = {"ledger_id": ledger_id}
        for call in (
            Call(
                kind="post",
                title="文明交通劝导岗",
                text="学校门口，早上七点半到八点半，有反光背心",
                category_code="traffic",
                slot_count=2,
                due_at=clock.now() + timedelta(days=1),
            ),
            Call(
                kind="project",
                title="理论宣传",
                text="每周一次，到小区里讲一讲",
                category_code="theory_talk",
                slot_count=30,
            ),
        ):
            made = posts.make(session, **key, node=node, call=call, actor=Actor(leader.person_id))
            near = listings.near_me(session, **key, node=node, limit=1)
            if made.is_standing and near:
                post_shifts.link(session, **key, post_id=made.id, activity_id=near[0].activity.id)
        campaigns.make(session, **key, code=CAMPAIGN, name="5250(我爱我邻)")
        for title, kind in (("一副老花镜", "物品"), ("暑假有人带孩子", "托管")):
            wish = wishes.make(
                session,
                **key,
                wisher=leader,
                words=Words(kind=kind, title=title, text="三号楼 201", value_max_yuan=50),
                actor=Actor(leader.person_id),
            )
            campaigns.tag(session, **key, code=CAMPAIGN, kind="wish", subject_id=wish.id)
        session.commit()


def taken_on(street: Street) -> tuple[UUID, str]:
    """Help that the neighbour took on an hour ago; return it, and a live code of the asker."""
    with street.session() as session:
        key: dict[str, Any] = {"ledger_id": book_of(session)}
        asker, helper = member_of(session, WEN), member_of(session, LIN)
        with clock.held_at(clock.now() - timedelta(hours=1)):
            made = exchanges.ask(
                session,
                **key,
                asker=asker,
                wanted=HelpWanted(title="代管钥匙", points=2, minutes=60),
                actor=Actor(asker.person_id),
            )
            exchanges.accept(session, **key, exchange_id=made.id, helper=helper)
        with clock.held_at(clock.now() + timedelta(minutes=2)):  # a browser opens slowly
            code = codes.issue(session, **key, member_id=asker.id, purpose="confirm")
        session.commit()
        return made.id, code.token


def just_now() -> tuple[str, str, str]:
    """On which day, from when to when half an hour of help was, by the wall clock."""
    ends_at = clock.now().astimezone(clock.SHANGHAI) - timedelta(minutes=2)
    begins_at = ends_at - timedelta(minutes=30)
    return f"{begins_at:%Y-%m-%d}", f"{begins_at:%H:%M}", f"{ends_at:%H:%M}"
