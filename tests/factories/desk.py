"""A staff desk with one of everything waiting on it, and a browser for everybody who may knock.

The day is Tuesday 2026-03-10, noon; whoever acts at the desk holds the clock there.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from app.activities import closing, plans, taking
from app.activities.models import Attendance
from app.base.actors import SYSTEM, Actor
from app.community.models import Node
from app.mall import clerks, redemptions, shops, tills
from app.mall.models import Goods
from app.people import alliances, cards, merges, objections, roles
from app.people.models import Member
from app.points import backfills, grants, manual, openings
from app.points.backfills import BackfillClaim
from app.points.manual import ManualClaim
from app.points.openings import PaperBalance
from app.risk import freezes, rules, signals
from tests.factories import activities, mall, pages, people, points
from tests.factories import community as places

ROOT = "/staff/350902200001"
OFFICES = {
    "staff": "staff",
    "colleague": "staff",
    "second": "second_approver",
    "auditor": "auditor",
    "administrator": "administrator",
    "clerk": "clerk",
}
CITY = {"city_auditor": "auditor", "city_administrator": "administrator"}


@dataclass
class Desk:
    """The place, its people, and what waits."""

    app: Flask
    session: Session
    world: points.World
    elsewhere: Node
    browsers: dict[str, pages.Browser] = field(default_factory=dict)
    people: dict[str, Member] = field(default_factory=dict)
    ids: dict[str, Any] = field(default_factory=dict)

    @property
    def ledger_id(self) -> int:
        return self.world.ledger_id

    @property
    def node(self) -> Node:
        return self.world.node

    def person(self, who: str) -> Member:
        """Somebody with an office, or a plain volunteer of that name."""
        if who not in self.people:
            home = self.elsewhere if who == "foreign_staff" else self.node
            made = people.member(self.session, self.ledger_id, home, f"人{who}"[:20])
            role, node = self._office(who)
            if role:
                roles.grant(
                    self.session,
                    person_id=made.person_id,
                    node_id=node.id,
                    role=role,
                    actor=SYSTEM,
                )
            self.session.commit()
            self.people[who] = made
        return self.people[who]

    def actor(self, who: str) -> Actor:
        return Actor(self.person(who).person_id)

    def at(self, who: str) -> pages.Browser:
        """The browser of somebody, signed in."""
        if who not in self.browsers:
            self.browsers[who] = pages.browser(self.app, self.session, self.person(who))
        return self.browsers[who]

    def path(self, rest: str) -> str:
        """An address at this desk, with the ids of what waits filled in."""
        return ROOT + rest.format(**self.ids)

    def fill(self, fields: dict[str, Any]) -> dict[str, Any]:
        """Fill ids into the fields of a form."""
        return {
            name: [one.format(**self.ids) for one in value]
            if isinstance(value, list)
            else str(value).format(**self.ids)
            for name, value in fields.items()
        }

    def _office(self, who: str) -> tuple[str | None, Node]:
        if who == "foreign_staff":
            return "staff", self.elsewhere
        if who in CITY:
            return CITY[who], self.world.city
        return OFFICES.get(who), self.node


def a_desk(app: Flask, session: Session) -> Desk:
    """A desk where nothing happened yet."""
    world = points.world(session)
    parent = places.make_jinxi(session)[-2]
    elsewhere = places.make_node(session, parent, code="350902200002", name="上洋村民委员会")
    session.commit()
    made = Desk(app, session, world, elsewhere)
    for who in (*OFFICES, *CITY, "foreign_staff", "volunteer"):
        made.person(who)
    return made


def a_busy_desk(app: Flask, session: Session) -> Desk:
    """A desk with one of everything."""
    desk = a_desk(app, session)
    _activities(desk)
    _people(desk)
    _points(desk)
    _mall(desk)
    session.commit()
    return desk


def _activities(desk: Desk) -> None:
    """A submitted plan, and a held session: a roll, a scan, a forgotten check-out."""
    session = desk.session
    with activities.at("08:00", activities.EVE):
        leader = people.member(session, desk.ledger_id, desk.node, "任清和")
        team = activities.a_team(session, desk.ledger_id, desk.node, leader, "旗帜先锋")
    live = activities.World(
        desk.ledger_id,
        desk.node,
        team,
        Actor(leader.person_id),
        leader,
        desk.actor("staff"),
        desk.actor("colleague"),
    )
    desk.people |= {"leader": leader}
    opened, (slot,) = activities.opened(session, live)
    rolled, scanned, forgot = (
        people.member(session, desk.ledger_id, desk.node, name)
        for name in ("陆映川", "许若溪", "宋听雨")
    )
    session.commit()
    activities.been(session, live, slot, scanned, "08:55", "11:05")
    with activities.at("08:56"):
        _roll(desk, slot.id, [rolled.id, forgot.id], live.leader, taking.roll_in)
    with activities.at("11:01"):
        _roll(desk, slot.id, [rolled.id], live.leader, taking.roll_out)
    with activities.at("11:40") as now:
        closing.autoclose(session, ledger_id=desk.ledger_id, now=now)
        session.commit()
    made = activities.confirm(session, live, slot, "11:45")
    stays = {
        each.member_id: each.id
        for each in session.query(Attendance).filter(Attendance.ledger_id == desk.ledger_id)
    }
    with activities.at("11:50"):
        plan = activities.a_plan(live, title="反诈宣传", day=activities.DAY + timedelta(days=3))
        later = plans.draft(session, ledger_id=desk.ledger_id, plan=plan, actor=live.leader)
        plans.submit(session, ledger_id=desk.ledger_id, activity_id=later.id, actor=live.leader)
        session.commit()
    desk.people |= {"rolled": rolled, "scanned": scanned, "forgot": forgot}
    desk.ids |= {
        "activity": opened.id,
        "plan": later.id,
        "session": slot.id,
        "team": team.id,
        "stay": stays[scanned.id],
        "forgotten": stays[forgot.id],
        "waiting": next(one.id for one in made if one.member_id == rolled.id),
        "posted": next(one.id for one in made if one.member_id == scanned.id),
        "scanned": scanned.id,
        "scanned_no": scanned.volunteer_no,
        "rolled": rolled.id,
        "rolled_no": rolled.volunteer_no,
        "leader": leader.id,
    }


def _roll(desk: Desk, session_id: UUID, member_ids: list[UUID], actor: Actor, call: Any) -> None:
    done = call(
        desk.session,
        ledger_id=desk.ledger_id,
        session_id=session_id,
        member_ids=member_ids,
        actor=actor,
    )
    assert not done.refused
    desk.session.commit()


def _people(desk: Desk) -> None:
    """A card, a request to merge, an objection, a signal, a freeze, an alliance."""
    session, ledger_id = desk.session, desk.ledger_id
    scanned = desk.people["scanned"]
    with activities.at("11:55"):
        twin, frozen = (
            people.member(session, ledger_id, desk.node, name) for name in ("孟听泉", "江行远")
        )
        card = cards.issue(
            session, ledger_id=ledger_id, member_id=scanned.id, actor=desk.actor("staff")
        ).card
        merge = merges.request(
            session,
            ledger_id=ledger_id,
            old_member_id=twin.id,
            kept_member_id=desk.people["rolled"].id,
            reason="同一个人",
            actor=desk.actor("colleague"),
        )
        grant = grants.get(session, ledger_id=ledger_id, grant_id=desk.ids["posted"])
        dispute = objections.raise_objection(
            session,
            ledger_id=ledger_id,
            member_id=scanned.id,
            record=objections.DisputedRecord(
                "grant", grant.id, scanned.id, grant.made_by_id, desk.node.id
            ),
            claim="我 12 点才走",
            actor=Actor(scanned.person_id),
        )
        freezes.freeze(
            session,
            ledger_id=ledger_id,
            subject_kind="member",
            subject_id=frozen.id,
            reason="冒用",
            actor=desk.actor("colleague"),
        )
        rules.ensure(session)
        signals.raise_signal(
            session,
            ledger_id=ledger_id,
            rule_code="roll_share",
            subject_kind="session",
            subject_id=desk.ids["session"],
            score=40,
            people_count=3,
        )
        union = alliances.create(
            session,
            ledger_id=ledger_id,
            node_id=desk.node.id,
            name="近邻志愿同盟",
            actor=desk.actor("staff"),
        )
        session.commit()
    found = signals.list_open(session, ledger_id=ledger_id)
    desk.people |= {"twin": twin, "frozen": frozen}
    desk.ids |= {
        "card": card.id,
        "merge": merge.id,
        "objection": dispute.id,
        "signal": found[0].id,
        "frozen": frozen.id,
        "twin": twin.id,
        "twin_no": twin.volunteer_no,
        "alliance": union.id,
        "colleague": desk.person("colleague").id,
    }


def _points(desk: Desk) -> None:
    """A back-fill, a paper line and a grant by hand, each entered by the colleague."""
    session, actor = desk.session, desk.actor("colleague")
    rolled = desk.people["rolled"]
    with activities.at("11:56"):
        backfill = backfills.request(
            session,
            ledger_id=desk.ledger_id,
            claim=BackfillClaim(
                member_id=rolled.id,
                node_id=desk.node.id,
                category_code="other",
                provenance="honorary",
                minutes=60,
                served_on=activities.DAY - timedelta(days=1),
                evidence="签到表",
                applied_by_id=rolled.person_id,
            ),
            actor=actor,
        )
        (opening,) = openings.request(
            session,
            ledger_id=desk.ledger_id,
            document_no="纸-1",
            as_of_on=activities.EVE,
            balances=[PaperBalance(desk.people["scanned"].id, 600, 400)],
            actor=actor,
        )
        by_hand = manual.request(
            session,
            ledger_id=desk.ledger_id,
            claim=ManualClaim(
                member_id=rolled.id,
                category_code="other",
                **points.stay(activities.DAY, 6, 7),
                node_id=desk.node.id,
                reason="停电",
            ),
            actor=actor,
        )
        session.commit()
    desk.ids |= {"backfill": backfill.id, "opening": opening.id, "manual": by_hand.id}


def a_shop(desk: Desk) -> mall.Mall:
    """A shop of a merchant whom two people let in."""
    session, ledger_id, node = desk.session, desk.ledger_id, desk.node
    staff, colleague = desk.actor("staff"), desk.actor("colleague")
    merchant = mall.a_merchant(session, ledger_id, node, applicant=staff, approver=colleague)
    shop = shops.open_shop(
        session,
        ledger_id=ledger_id,
        merchant_id=merchant.id,
        node_id=node.id,
        name="金溪超市",
        actor=staff,
    )
    here = mall.Mall(ledger_id, node, shop, merchant, staff, colleague)
    here.clerks.append(desk.actor("clerk"))
    clerks.assign(
        session,
        ledger_id=ledger_id,
        shop_id=shop.id,
        person_id=here.clerk.person_id,
        actor=staff,
    )
    return here


def _mall(desk: Desk) -> None:
    """A shop with a clerk, a till and goods, and one redemption."""
    session, ledger_id = desk.session, desk.ledger_id
    with activities.at("11:57"):
        here = a_shop(desk)
        merchant, shop = here.merchant, here.shop
        till = tills.open_till(session, ledger_id=ledger_id, shop_id=shop.id, actor=here.clerk)
        here.tills.append(till)
        salt: Goods = mall.put_goods(session, here, price=1, number="G01")
        slip: redemptions.Slip = mall.redeem(session, here, desk.people["scanned"], (salt, 1))
        session.commit()
    desk.ids |= {
        "merchant": merchant.id,
        "shop": shop.id,
        "till": till.id,
        "goods": salt.id,
        "sale": slip.redemption_id,
        "sale_no": slip.number,
        "clerk_person": here.clerk.person_id,
    }


def state_of(desk: Desk, model: type[Any], row_id: Any) -> str:
    """The state of one row as the database has it now."""
    desk.session.rollback()
    desk.session.expire_all()
    found = desk.session.get(model, (desk.ledger_id, row_id))
    assert found is not None
    state = str(found.state)
    desk.session.rollback()
    return state
