"""长安's 爱心储蓄银行 (§ P1): 36 members, 205 attendances, 29 exchanges between neighbours.

410 hours of public service make 4,100 points; 28 exchanges of 20 points and 2 hours were
confirmed and move 560 of them; one still waits, with its 20 points in escrow.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.cli.demo import names
from app.cli.demo.whole import crowd, history, outings
from app.cli.demo.whole.crowd import Keeper, Squad
from app.cli.demo.whole.outings import Outing, Stage
from app.cli.demo.whole.places import CHANGAN
from app.cli.demo.world import BEGAN_ON, Moment, Someone, at, find_book, step
from app.community import tree
from app.people import codes, members
from app.service_orders import confirming, exchanges, offers
from app.service_orders.confirming import Done
from app.service_orders.exchanges import HelpWanted
from app.service_orders.models import Exchange
from app.service_orders.offers import Proposal

PHONE_FROM = 7_000
TEAM = "长安社区志愿服务队"
KEYS = ("qin-suxin", *(f"changan-{place:02d}" for place in range(2, 37)))
LEADER = KEYS[1]
PERSONAS = (
    Keeper("qin-suxin", "覃素心", "求助人（长者），长安社区", CHANGAN),
    Keeper("changan-staff", "沈听澜", "长安社区工作人员", CHANGAN, "staff"),
)
KINDS = (
    ("convenience", "便民服务日"),
    ("health_clinic", "健康义诊"),
    ("cleanup", "环境整治"),
    ("medicine_home", "送医送药上门"),
)
OUTING_COUNT, PEOPLE_EACH, MINUTES = 41, 5, 120
EXCHANGE_COUNT, POINTS = 29, 20
WANTED = ("代管钥匙", "代看施工", "陪同就医", "教用手机", "代买菜", "修理水龙头")
FIRST_ON, EXCHANGES_FROM = date(2025, 1, 5), date(2025, 4, 9)
LAST_ASKED_ON = date(2026, 2, 20)
LAST_TITLE = "陪同就医（第29次）"


def load() -> Iterator[int]:
    """Let 长安 live; yield how many of its moments are done."""
    ledger_id = step(at(BEGAN_ON, 9), _settle_in)
    stage = step(at(BEGAN_ON, 9, 30), lambda session: _stage(session, ledger_id))
    moments = outings.moments(stage, planned()) + _exchanges(stage)
    yield from history.live_through(ledger_id, moments, lived=lambda s: _lived(s, ledger_id))


def count() -> int:
    """Return how many moments 长安 has: its outings and its exchanges."""
    return len(outings.months(planned())) + OUTING_COUNT + EXCHANGE_COUNT


def squads() -> list[Squad]:
    """Return 长安's one team; its second member of the list leads it."""
    return [Squad(TEAM, CHANGAN, (LEADER, *(key for key in KEYS if key != LEADER)))]


def planned() -> list[Outing]:
    """Return the 41 outings of five people each, ten days apart."""
    found = []
    for number in range(OUTING_COUNT):
        category, title = KINDS[number % len(KINDS)]
        chance = names.random_of(f"changan:{number}")
        free = [key for key in KEYS if key not in (LEADER, KEYS[0])]
        people = chance.sample(free, PEOPLE_EACH)
        if number < 4:
            people[0] = KEYS[0]  # 覃素心 served before she asks
        found.append(
            Outing(
                title=f"{title}（第{number + 1}场）",
                team=TEAM,
                node_code=CHANGAN,
                category=category,
                address="长安社区志愿者服务站",
                starts_at=at(FIRST_ON + timedelta(days=10 * number), 14),
                minutes=MINUTES,
                people=tuple(people),
                served_count=chance.randint(12, 45),
            )
        )
    return found


def _settle_in(session: Session) -> int:
    book = find_book(session, "changan")
    assert book is not None, "the programmes were started before"
    crowd.join(session, book.id, keepers=PERSONAS, squads=squads(), phone_from=PHONE_FROM)
    crowd.found(session, book.id, squads())
    return book.id


def _stage(session: Session, ledger_id: int) -> Stage:
    people = crowd.equip(session, ledger_id, PERSONAS)
    return Stage(
        ledger_id,
        people,
        people["changan-staff"],
        {TEAM: LEADER},
        outings.teams_of(session, ledger_id),
        {CHANGAN: tree.by_code(session, CHANGAN).id},
    )


def _lived(session: Session, ledger_id: int) -> set[str]:
    query = sa.select(Exchange.title).where(Exchange.ledger_id == ledger_id)
    return outings.lived(session, ledger_id) | set(session.scalars(query))


def _exchanges(stage: Stage) -> list[Moment]:
    """Return the exchanges, eleven days apart, each from asking to confirming."""
    found = []
    balances = dict.fromkeys(KEYS, 0)
    served = sorted(planned(), key=lambda one: one.settled_at)
    for number in range(EXCHANGE_COUNT - 1):
        asked_on = EXCHANGES_FROM + timedelta(days=11 * number)
        while served and served[0].settled_at < at(asked_on, 9):
            for key in served.pop(0).people:
                balances[key] += MINUTES // 6
        chance = names.random_of(f"changan-exchange:{number}")
        asker = chance.choice([key for key in KEYS if balances[key] >= POINTS])
        helper = chance.choice([key for key in KEYS if key not in (asker, KEYS[0])])
        balances[asker] -= POINTS
        balances[helper] += POINTS
        title = f"{WANTED[number % len(WANTED)]}（第{number + 1}次）"
        live = _helping(stage, (asker, helper), title)
        found.append(Moment(at(asked_on, 9), title, live))
    last = Moment(at(LAST_ASKED_ON, 9), LAST_TITLE, _asking(stage))
    return [*found, last]


def _wanted(title: str, session: Session, stage: Stage, helper: Someone) -> HelpWanted:
    """What is asked for answers an offer that the helper makes for it."""
    member = members.get(session, ledger_id=stage.ledger_id, member_id=helper.member_id)
    proposal = Proposal(title=title.split("（")[0], points=POINTS, minutes=MINUTES)
    offer = offers.make(session, ledger_id=stage.ledger_id, member=member, proposal=proposal)
    return HelpWanted(title=title, points=POINTS, minutes=MINUTES, offer_id=offer.id)


def _helping(stage: Stage, pair: tuple[str, str], title: str) -> Callable[[Session], None]:
    def live(session: Session) -> None:
        ledger_id, asked_at = stage.ledger_id, clock.now()
        asker, helper = (stage.people[key] for key in pair)
        asking, helping = (
            members.get(session, ledger_id=ledger_id, member_id=one.member_id)
            for one in (asker, helper)
        )
        wanted = _wanted(title, session, stage, helper)
        exchange = exchanges.ask(
            session, ledger_id=ledger_id, asker=asking, wanted=wanted, actor=asker.actor
        )
        with clock.held_at(asked_at + timedelta(minutes=40)):
            exchanges.accept(session, ledger_id=ledger_id, exchange_id=exchange.id, helper=helping)
        begins = asked_at + timedelta(hours=1)
        ends = begins + timedelta(minutes=MINUTES)
        with clock.held_at(ends + timedelta(minutes=5)):
            _confirm(
                session,
                stage,
                exchange,
                (asker, helper),
                Done(starts_at=begins, ends_at=ends, confirmed_by="code"),
            )

    return live


def _confirm(
    session: Session,
    stage: Stage,
    exchange: Exchange,
    pair: tuple[Someone, Someone],
    done: Done,
) -> None:
    """The helper scans the one-time code of the helped neighbour's phone."""
    asker, helper = pair
    ledger_id = stage.ledger_id
    code = codes.issue(session, ledger_id=ledger_id, member_id=asker.member_id, purpose="confirm")
    codes.consume(
        session,
        ledger_id=ledger_id,
        presented=code.token,
        purpose="confirm",
        used_by_id=helper.person_id,
    )
    confirming.confirm(
        session, ledger_id=ledger_id, exchange_id=exchange.id, done=done, actor=asker.actor
    )


def _asking(stage: Stage) -> Callable[[Session], None]:
    """覃素心 asks, and nobody has confirmed yet: her 20 points wait in escrow."""

    def live(session: Session) -> None:
        asker = stage.people[KEYS[0]]
        member = members.get(session, ledger_id=stage.ledger_id, member_id=asker.member_id)
        wanted = HelpWanted(
            title=LAST_TITLE, text="三月初去医院复查，想有人陪。", points=POINTS, minutes=MINUTES
        )
        exchanges.ask(
            session, ledger_id=stage.ledger_id, asker=member, wanted=wanted, actor=asker.actor
        )

    return live
