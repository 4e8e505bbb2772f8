"""荔城 lives: hours of 342 activities, and 372 wishes of which 356 came true."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.cli.demo import names
from app.cli.demo.whole import crowd, duties, history, outings
from app.cli.demo.whole import licheng_plan as plan
from app.cli.demo.whole.outings import Stage
from app.cli.demo.whole.places import BEIGAO, LICHENG
from app.cli.demo.world import BEGAN_ON, Moment, at, find_book, step
from app.community import tree
from app.people import members
from app.service_orders import posts, templates, wishes
from app.service_orders.models import Post, Wish
from app.service_orders.posts import Call
from app.service_orders.wishes import Words

FULFILLED, CLAIMED, OPEN = 356, 9, 7
WISHES_FROM, LAST_WISH_ON = date(2025, 1, 10), date(2026, 2, 20)
KINDS = (
    ("陪伴", "想有人陪我去公园走走"),
    ("维修", "家里的灯坏了，请帮忙换一换"),
    ("学习", "想要一本三年级的课外书"),
    ("代办", "请帮忙到社区代办老年卡"),
    ("生活", "想要一个晚上起夜用的小夜灯"),
)
POST_COUNT = 10
POST_DUE_ON = date(2026, 12, 31)


def count() -> int:
    """Return how many moments 荔城 has."""
    months = outings.months(plan.planned())
    return len(months) + plan.ACTIVITY_COUNT + FULFILLED + CLAIMED + OPEN


def load() -> Iterator[int]:
    """Let 荔城 live; yield how many of its moments are done."""
    ledger_id = step(at(BEGAN_ON, 8), _settle_in)
    stage = step(at(BEGAN_ON, 9), lambda session: _stage(session, ledger_id))
    step(at(BEGAN_ON, 10), lambda session: _put_up_posts(session, stage))
    step(at(BEGAN_ON, 11), lambda session: duties.of_licheng(session, stage))
    moments = outings.moments(stage, plan.planned()) + _wishes(stage)
    yield from history.live_through(ledger_id, moments, lived=lambda s: _lived(s, ledger_id))


def _settle_in(session: Session) -> int:
    book = find_book(session, "licheng")
    assert book is not None, "the programmes were started before"
    squads = plan.squads()
    crowd.join(session, book.id, keepers=plan.PERSONAS, squads=squads, phone_from=plan.PHONE_FROM)
    crowd.found(session, book.id, squads)
    return book.id


def _stage(session: Session, ledger_id: int) -> Stage:
    people = crowd.equip(session, ledger_id, plan.PERSONAS)
    squads = plan.squads()
    nodes = tree.by_codes(session, {squad.node_code for squad in squads} | {BEIGAO})
    district = tree.by_code(session, LICHENG)
    templates.ensure_built_in(session)
    templates.choose(session, node=district, code="hongguanjia", actor=people["lc-desk"].actor)
    return Stage(
        ledger_id,
        people,
        people["lc-desk"],
        {squad.name: squad.keys[0] for squad in squads},
        outings.teams_of(session, ledger_id),
        {code: node.id for code, node in nodes.items()},
        second=people["lc-second"],
    )


def _put_up_posts(session: Session, stage: Stage) -> None:
    """北高's ten 先锋岗 can be claimed (O14)."""
    there = sa.select(Post.id).where(Post.ledger_id == stage.ledger_id).limit(1)
    if session.scalar(there) is not None:
        return
    beigao = tree.by_code(session, BEIGAO)
    for number in range(1, POST_COUNT + 1):
        call = Call(
            kind="post",
            title=f"北高先锋岗{number:02d}",
            text="每周一次，在本网格巡查、宣传、帮扶。",
            category_code="convenience",
            slot_count=1,
            due_at=at(POST_DUE_ON, 18),
        )
        posts.make(
            session, ledger_id=stage.ledger_id, node=beigao, call=call, actor=stage.staff.actor
        )


def _wishes(stage: Stage) -> list[Moment]:
    """Return the wishes in the order of their days; the last sixteen are not fulfilled yet."""
    total = FULFILLED + CLAIMED + OPEN
    span = (LAST_WISH_ON - WISHES_FROM).days
    keys = [key for squad in plan.squads() for key in squad.keys[1:]]
    found = []
    for number in range(total):
        day_on = WISHES_FROM + timedelta(days=span * number // total)
        wisher, claimer = names.random_of(f"wish:{number}").sample(keys, 2)
        name = _title(number)
        live = _wishing(stage, number, wisher, claimer)
        found.append(Moment(at(day_on, 10), name, live))
    return found


def _title(number: int) -> str:
    return f"{KINDS[number % len(KINDS)][1]}（心愿{number + 1:03d}）"


def _wishing(stage: Stage, number: int, wisher: str, claimer: str) -> Callable[[Session], None]:
    def live(session: Session) -> None:
        ledger_id, made_at = stage.ledger_id, clock.now()
        wishing, claiming = (
            members.get(session, ledger_id=ledger_id, member_id=stage.people[key].member_id)
            for key in (wisher, claimer)
        )
        words = Words(kind=KINDS[number % len(KINDS)][0], title=_title(number), value_max_yuan=50)
        wish = wishes.make(
            session,
            ledger_id=ledger_id,
            wisher=wishing,
            words=words,
            actor=stage.people[wisher].actor,
        )
        if number >= FULFILLED + CLAIMED:
            return
        with clock.held_at(made_at + timedelta(hours=20)):
            wishes.claim(session, ledger_id=ledger_id, wish_id=wish.id, claimer=claiming)
        if number >= FULFILLED:
            return
        with clock.held_at(made_at + timedelta(days=3)):
            wishes.fulfil(session, ledger_id=ledger_id, wish_id=wish.id, claimer=claiming)
        with clock.held_at(made_at + timedelta(days=4)):
            stars = 4 + number % 2
            wishes.rate(session, ledger_id=ledger_id, wish_id=wish.id, wisher=wishing, stars=stars)

    return live


def _lived(session: Session, ledger_id: int) -> set[str]:
    query = sa.select(Wish.title).where(Wish.ledger_id == ledger_id)
    return outings.lived(session, ledger_id) | set(session.scalars(query))
