"""A book in which everything happened once, in its right order, with people at its doors.

From March 2026 to January 2027: hours with a carried rest, honorary hours, an opening
from paper, a reversal whose points were spent, two redemptions, a refund, a merge, an
expiry, a hold that is still open and a grant that still waits. `TODAY` is the day after
the last good proof; whoever tells on holds the clock there.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.ledger import holds
from app.ledger.posting import Line
from app.mall import redemptions, refunds, shops
from app.mall.models import Goods
from app.people import codes
from app.people.models import Member
from app.points import backfills, expiry, grants, openings, wallets
from app.points.backfills import BackfillClaim
from app.points.models import Grant
from app.points.openings import PaperBalance
from app.reports import proofs
from tests.factories import community as places
from tests.factories import doors, ledger, mall, people, points, snapshots

SPRING = date(2026, 3, 2)
NEW_YEAR = date(2027, 1, 1)
LAST_PROVED = date(2027, 1, 5)
TODAY = date(2027, 1, 6)


@dataclass
class Life:
    """The book, its shop and its members, each with what became of them."""

    session: Session
    town: doors.Town
    mall: mall.Mall
    salt: Goods
    wen: Member
    ren: Member
    su: Member
    lin: Member
    waiting: Grant
    reversed: Grant
    callers: dict[UUID, doors.Caller] = field(default_factory=dict)

    @property
    def ledger_id(self) -> int:
        return self.town.ledger_id

    @property
    def clerk(self) -> doors.Caller:
        """The clerk of the shop, signed in at the real door."""
        return self.caller(self.mall.clerk.person_id)

    def sign_in(self) -> None:
        """Let everybody in whom a test will call, so that it sees no sign-in among the changes."""
        assert self.clerk
        for who in ("second", "city_administrator"):
            self.town.caller(who)

    def caller(self, person_id: UUID) -> doors.Caller:
        """Whoever it is, signed in the first time."""
        if person_id not in self.callers:
            token = doors.sign_in(self.session, person_id)
            self.callers[person_id] = doors.Caller(self.session, self.town.client, token, self.wen)
        return self.callers[person_id]

    def basket(self, member: Member, pieces: int = 1) -> dict[str, Any]:
        """The body of a redemption of salt by a fresh code of the member."""
        made = codes.issue(
            self.session, ledger_id=self.ledger_id, member_id=member.id, purpose="redeem"
        )
        self.session.commit()
        return {
            "till_id": str(self.mall.till.id),
            "items": [{"goods_id": str(self.salt.id), "quantity_count": pieces}],
            "expected_total_points": self.salt.price_points * pieces,
            "presented": made.token,
        }

    def everything(self) -> dict[str, Any]:
        """All that is kept as it stands now."""
        self.session.expire_all()
        found = snapshots.everything(self.session)
        self.session.rollback()
        return found


def live(session: Session, client: FlaskClient) -> Life:
    """Let the book live until its last good proof."""
    with clock.held_at(points.at(SPRING, 8)):
        town = _found(session, client)
        made = _settle(session, town)
    with clock.held_at(points.at(SPRING, 21)):
        _earn(session, made)
    with clock.held_at(points.at(date(2026, 4, 1), 10)):
        _spend(session, made)
    with clock.held_at(points.at(date(2026, 4, 2), 10)):
        _correct(session, made)
    with clock.held_at(points.at(NEW_YEAR, 3)):
        assert expiry.expire_due(session, ledger_id=made.ledger_id, today=NEW_YEAR) > 0
        session.commit()
    with clock.held_at(points.at(date(2027, 1, 4), 10)):
        _begin_again(session, made)
    with clock.held_at(points.at(LAST_PROVED, 1)):
        proved = proofs.prove(session, ledger_id=made.ledger_id)
        assert [check for check in proved.checks if not check.is_ok] == []
        session.commit()
    return made


def _found(session: Session, client: FlaskClient) -> doors.Town:
    world = points.world(session, expiry_policy="calendar_year")
    parent = places.make_jinxi(session)[-2]
    elsewhere = places.make_node(session, parent, code="350902200002", name="上洋村民委员会")
    session.commit()
    return doors.Town(session, client, world, elsewhere)


def _settle(session: Session, town: doors.Town) -> Life:
    """Open the shop and let the members join."""
    ledger_id, node = town.ledger_id, town.node
    staff, other = (mall.staff_of(session, ledger_id, node, name) for name in ("沈同舟", "林知远"))
    merchant = mall.a_merchant(session, ledger_id, node, applicant=staff, approver=other)
    shop = shops.open_shop(
        session,
        ledger_id=ledger_id,
        merchant_id=merchant.id,
        node_id=node.id,
        name="金溪积分超市",
        actor=staff,
    )
    shelf = mall.Mall(ledger_id, node, shop, merchant, staff, other)
    mall.add_clerk(session, shelf)
    salt = mall.put_goods(session, shelf, price=2, stock_count=20, person_period_max=50)
    names = ("温如许", "任清和", "苏小满", "林晚舟")
    members = [people.member(session, ledger_id, node, name, people.phone()) for name in names]
    grant = points.grant(session, town.world, members[0].id, 60, hold_reasons=("roll",))
    session.commit()
    return Life(session, town, shelf, salt, *members, waiting=grant, reversed=grant)


def _earn(session: Session, made: Life) -> None:
    """Hours with a carried rest, hours without points, points from paper."""
    world = made.town.world
    points.grant(session, world, made.wen.id, 105, served_on=date(2026, 2, 1))
    points.grant(session, world, made.wen.id, 30, served_on=date(2026, 2, 2))
    points.grant(session, world, made.wen.id, 300, served_on=date(2026, 2, 3))
    points.grant(session, world, made.ren.id, 61, served_on=date(2026, 2, 4))
    made.reversed = points.grant(session, world, made.lin.id, 240, served_on=date(2026, 2, 5))
    _back_fill(session, made)
    asked = openings.request(
        session,
        ledger_id=made.ledger_id,
        document_no="金溪〔2026〕3号",
        as_of_on=SPRING,
        balances=[PaperBalance(made.su.id, 600, 10)],
        actor=world.staff,
    )
    openings.decide(
        session,
        ledger_id=made.ledger_id,
        opening_ids=[each.id for each in asked],
        verdict="approved",
        actor=world.second,
    )
    session.commit()


def _back_fill(session: Session, made: Life) -> None:
    world = made.town.world
    claim = BackfillClaim(
        member_id=made.ren.id,
        node_id=world.node.id,
        category_code="other",
        provenance="honorary",
        minutes=60,
        served_on=date(2026, 2, 27),
        evidence="签到表照片",
        applied_by_id=made.ren.person_id,
    )
    entered = backfills.request(session, ledger_id=made.ledger_id, claim=claim, actor=world.staff)
    backfills.decide(
        session,
        ledger_id=made.ledger_id,
        backfill_id=entered.id,
        level=2,
        verdict="approved",
        reason=None,
        actor=world.second,
    )


def _spend(session: Session, made: Life) -> None:
    """Two redemptions; one of them is refunded."""
    _redeem(session, made, made.lin, 1)
    slip = _redeem(session, made, made.su, 2)
    refunds.refund(
        session,
        ledger_id=made.ledger_id,
        redemption_id=slip.redemption_id,
        reason="包装破损",
        actor=made.mall.staff,
    )
    session.commit()


def _redeem(session: Session, made: Life, member: Member, pieces: int) -> redemptions.Slip:
    return mall.redeem(session, made.mall, member, (made.salt, pieces))


def _correct(session: Session, made: Life) -> None:
    """A reversal after the points were spent, and two memberships of one person."""
    world = made.town.world
    grants.reverse(
        session,
        ledger_id=made.ledger_id,
        grant_id=made.reversed.id,
        reason="未到场",
        actor=world.second,
    )
    owed = points.holding(session, world, made.lin.id).receivable_points
    assert owed != 0
    points.merge(session, made.ren, made.wen)
    session.commit()


def _begin_again(session: Session, made: Life) -> None:
    """Points of the new year, some of them held until February."""
    world, member_id = made.town.world, made.su.id
    points.grant(session, world, member_id, 300, served_on=date(2027, 1, 3))
    points.grant(session, world, made.wen.id, 480, served_on=date(2027, 1, 3))
    vintage_on = points.holding(session, world, member_id).lots[0][0]
    line = Line(wallets.wallet_ref(member_id, vintage_on), ledger.shop(made.mall.shop_id), 1)
    holds.place(
        session,
        ledger_id=made.ledger_id,
        draft=ledger.draft(line, kind="reservation", actor=Actor(made.su.person_id)),
        expires_at=points.at(date(2027, 2, 1), 0),
    )
    session.commit()
