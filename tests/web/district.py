"""One of everything in a community, each by its verb, so that every door has a thing behind it."""

from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from app.activities import enrolment, plans, responses, taking
from app.activities.plan_rules import Plan, PlannedSession
from app.base import clock, pictures
from app.base.actors import SYSTEM, Actor
from app.base.ids import new_id
from app.community import figure_imports, figure_withdrawals, figures, units
from app.community.models import Node
from app.mall import offers, settlements, shops
from app.mall.offers import OfferTerms
from app.people import (
    agents,
    alliances,
    cards,
    duties,
    households,
    merges,
    objections,
    team_members,
    teams,
)
from app.people.models import Member
from app.people.objections import DisputedRecord
from app.points import backfills, notices, openings, photos
from app.points.backfills import BackfillClaim
from app.points.notices import Draft
from app.points.openings import PaperBalance
from app.points.photos import Subject
from app.points.quarters import assessing
from app.points.stars import bars
from app.reports import certificates
from app.reports.certificates import Wanted
from app.service_orders import (
    categories,
    field_calls,
    filing,
    handling,
    registers,
    sightings,
)
from app.service_orders.categories import Kind
from app.service_orders.field_calls import Said
from app.service_orders.filing import Request
from app.service_orders.registers import NewEntry
from app.service_orders.sightings import Seen
from tests.factories import claims, mall, people, points, shifts
from tests.factories import pictures as files
from tests.factories.doors import Town

MAKER, CHECKER = Actor(new_id()), Actor(new_id())
"""Two people of the past: whoever knocks later made none of it."""


@dataclass
class District:
    """A community, its shop, and the names by which addresses and bodies call its things."""

    node: Node
    shelf: mall.Mall
    member: Member
    names: dict[str, Any]


def settle(session: Session, town: Town, node: Node) -> District:
    """Fill a community of the town's book."""
    ledger_id = town.ledger_id
    made = [people.member(session, ledger_id, node, name, people.phone()) for name in CAST]
    member, other, third, fourth = made
    shelf = _shop(session, town, node)
    names: dict[str, Any] = {
        "member_id": member.id,
        "person_id": member.person_id,
        "volunteer_no": member.volunteer_no,
        "agent_volunteer_no": other.volunteer_no,
        "subject_id": member.id,
        "node_code": node.code,
        "place": node.code,
        "points.of_node.code": node.code,
        "head_member_id": fourth.id,
        "old_member_id": third.id,
        "kept_member_id": fourth.id,
        "shop_id": shelf.shop_id,
        "merchant_id": shelf.merchant.id,
        "till_id": shelf.till.id,
    }
    world = points.World(town.world.programme, town.world.city, node, MAKER, CHECKER)
    names |= _groups(session, ledger_id, node, member, other)
    names |= _sale(session, shelf, world, member)
    names |= _partner(session, shelf, member)
    names |= _papers(session, world, member, other)
    names |= _records(session, ledger_id, member, third, fourth)
    names |= _activity(session, ledger_id, node, member, fourth)
    names |= _shown(session, world, names)
    names |= _registers(session, world, member)
    names |= _figures(session, world)
    names |= claims.some(session, world, names, MAKER)
    names |= _asked_for(session, ledger_id, node, member, other)
    names |= shifts.some(session, ledger_id, node, MAKER)
    session.commit()
    return District(node, shelf, member, names)


CAST = ("温如许", "任清和", "苏小满", "林晚舟")


def _shop(session: Session, town: Town, node: Node) -> mall.Mall:
    merchant = mall.a_merchant(session, town.ledger_id, node, applicant=MAKER, approver=CHECKER)
    named = {"ledger_id": town.ledger_id, "merchant_id": merchant.id, "node_id": node.id}
    shop = shops.open_shop(session, name=f"{node.code}超市", actor=MAKER, **named)
    shelf = mall.Mall(town.ledger_id, node, shop, merchant, MAKER, CHECKER)
    mall.add_clerk(session, shelf)
    return shelf


def _groups(
    session: Session, ledger_id: int, node: Node, member: Member, other: Member
) -> dict[str, Any]:
    act: dict[str, Any] = {"ledger_id": ledger_id, "actor": SYSTEM}
    new = teams.NewTeam(node.id, f"{node.code}队", "志愿服务队", "社区党委")
    team = teams.create(session, team=new, **act)
    team_members.join(session, team_id=team.id, member_id=member.id, **act)
    alliance = alliances.create(session, node_id=node.id, name="近邻同盟", **act)
    alliances.join(
        session, alliance_id=alliance.id, team_id=team.id, agreed_by_id=MAKER.person_id, **act
    )
    home = households.create(session, node_id=node.id, name="温家", head_member_id=member.id, **act)
    agent = agents.begin(
        session,
        person_id=member.person_id,
        agent_person_id=other.person_id,
        relation="邻居",
        consent_note="本人当面同意",
        **act,
    )
    return {
        "team_id": team.id,
        "alliance_id": alliance.id,
        "household_id": home.id,
        "agent_id": agent.id,
    }


def _sale(
    session: Session, shelf: mall.Mall, world: points.World, member: Member
) -> dict[str, Any]:
    """Points, goods and a redemption of them; a card; a grant that waits."""
    yesterday = clock.today() - timedelta(days=1)
    posted = points.grant(session, world, member.id, 300, served_on=yesterday)
    waiting = points.grant(session, world, member.id, 60, hold_reasons=("roll",))
    goods = mall.put_goods(session, shelf, price=1)
    stall = mall.a_stall(session, shelf, (goods, 1))
    slip = mall.redeem(session, shelf, member, (goods, 1))
    card = cards.issue(session, ledger_id=world.ledger_id, member_id=member.id, actor=MAKER)
    return {
        "goods_id": goods.id,
        "stall_id": stall.id,
        "number": slip.number,
        "posted_grant_id": posted.id,
        "grant_id": waiting.id,
        "card_id": card.card.id,
        "card_no": card.card.card_no,
        "presented": card.token,
        "cards.identify.token": card.token,
        "redemption_id": slip.redemption_id,
    } | _classes(session, shelf)


def _classes(session: Session, shelf: mall.Mall) -> dict[str, Any]:
    """Two classes of next week: one to move by a day, one to cancel."""
    begins_at = clock.now() + timedelta(days=7)
    begun = {"starts_at": begins_at, "ends_at": begins_at + timedelta(hours=1), "return_hours": 24}
    moved, cancelled = (
        mall.put_goods(session, shelf, kind="service", name="四点半课堂", **begun) for _ in range(2)
    )
    return {
        "classes.move.goods_id": moved.id,
        "classes.move.starts_at": begins_at + timedelta(days=1),
        "classes.move.ends_at": begins_at + timedelta(days=1, hours=1),
        "classes.cancel.goods_id": cancelled.id,
    }


def _partner(session: Session, shelf: mall.Mall, member: Member) -> dict[str, Any]:
    """A partner's shop that gave an honour, and the settled month of that."""
    named: dict[str, Any] = {"ledger_id": shelf.ledger_id, "actor": MAKER}
    shop = shops.open_shop(
        session,
        merchant_id=shelf.merchant.id,
        node_id=shelf.node.id,
        name=f"{shelf.node.code}面馆",
        kind="partner",
        **named,
    )
    own = mall.Mall(shelf.ledger_id, shelf.node, shop, shelf.merchant, MAKER, CHECKER)
    mall.add_clerk(session, own)
    badge = mall.put_goods(session, own, price=0, kind="honour", stock_count=0)
    mall.redeem(session, own, member, (badge, 1))
    period = clock.today().isoformat()[:7]
    with clock.held_at(clock.now() + timedelta(days=32)):
        made = settlements.settle(session, shop_id=shop.id, period=period, **named)
    return {"settlement_id": made.id, "settlements.settle.period": "2026-02"} | _claims(
        session, own, member
    )


def _claims(session: Session, own: mall.Mall, member: Member) -> dict[str, Any]:
    """An offer, a voucher and a reservation of the partner's shop."""
    named: dict[str, Any] = {"ledger_id": own.ledger_id}
    terms = OfferTerms("素面八折", "凭码", clock.today(), audience="新就业群体")
    offer = offers.publish(session, **named, merchant_id=own.merchant.id, terms=terms, actor=MAKER)
    meal = mall.put_goods(session, own, price=0, kind="service")
    voucher = mall.buy_voucher(session, member, meal)
    cup = mall.put_goods(session, own, price=0)
    kept = mall.reserve(session, member, cup)
    return {
        "offer_id": offer.id,
        "voucher_id": voucher.id,
        "reservation_id": kept.reservation.id,
        "merchant_offers.set_group.group": "长者",
    }


def _papers(session: Session, world: points.World, member: Member, other: Member) -> dict[str, Any]:
    """A back-fill and an opening that wait for the second person."""
    today = clock.today()
    claim = BackfillClaim(
        member_id=member.id,
        node_id=world.node.id,
        category_code="other",
        provenance="honorary",
        minutes=60,
        served_on=today,
        evidence="签到表",
        applied_by_id=member.person_id,
    )
    entered = backfills.request(session, ledger_id=world.ledger_id, claim=claim, actor=MAKER)
    (opened,) = openings.request(
        session,
        ledger_id=world.ledger_id,
        document_no=f"{world.node.code}〔1〕号",
        as_of_on=today,
        balances=[PaperBalance(other.id, 60, 1)],
        actor=MAKER,
    )
    barred = bars.bar(
        session,
        ledger_id=world.ledger_id,
        member_id=member.id,
        days=365,
        reason="代签",
        actor=MAKER,
    )
    seat = assessing.appoint(
        session,
        ledger_id=world.ledger_id,
        node_id=world.node.id,
        member_id=other.id,
        body="owners",
        actor=MAKER,
    )
    proof = certificates.issue(
        session,
        ledger_id=world.ledger_id,
        wanted=Wanted(
            kind="service",
            member_id=member.id,
            begins_on=today - timedelta(days=1),
            ends_on=today,
            issuer="社区",
        ),
        actor=MAKER,
    )
    return {
        "backfill_id": entered.id,
        "opening_id": opened.id,
        "assessor_id": seat.id,
        "certificate_id": proof.id,
        "bar_id": barred.id,
        "stars.review.member_ids": [member.id],
    }


def _shown(session: Session, world: points.World, names: dict[str, Any]) -> dict[str, Any]:
    """A notice of what waits, and a photo of the back-fill."""
    today = clock.today()
    draft = Draft(
        node_id=world.node.id,
        kind="grants",
        title="待入账公示",
        begins_on=today,
        ends_on=today,
        contact="社区一楼",
    )
    notice = notices.publish(session, ledger_id=world.ledger_id, draft=draft, actor=MAKER)
    photo = photos.add(
        session,
        ledger_id=world.ledger_id,
        subject=Subject("backfill", names["backfill_id"], names["member_id"]),
        picture=pictures.take(files.photo(seed=world.node.id % 7)),
        actor=MAKER,
    )
    return {
        "notice_id": notice.id,
        "staff.notices.about.subject_id": notice.id,
        "photo_id": photo.id,
    }


def _registers(session: Session, world: points.World, member: Member) -> dict[str, Any]:
    """A unit, a duty, two rows of the lists, and a sighting with its photo."""
    node, ledger_id = world.node, world.ledger_id
    unit = units.add(session, node=node, kind="学校", name=f"{node.code}小学", actor=MAKER)
    held = [
        duties.give(
            session,
            ledger_id=ledger_id,
            member_id=member.id,
            node=node,
            kind_code=kind,
            actor=MAKER,
        )
        for kind in ("steward", "mediator")
    ]
    rows = [
        registers.enter(
            session,
            ledger_id=ledger_id,
            node=node,
            new=NewEntry(list_code=code, title="楼道照明"),
            actor=MAKER,
        )
        for code in ("need", "resource")
    ]
    picture = pictures.take(files.photo(seed=20 + node.id % 7))
    seen = Seen(kind="hazard", place="三号楼", text=f"{node.code}灯不亮", picture=picture)
    sighting = sightings.report(session, ledger_id=ledger_id, member=member, node=node, seen=seen)
    return {
        "unit_id": unit.id,
        "duty_id": held[1].id,
        "entry_id": rows[0].id,
        "other_number": rows[1].number,
        "sighting_id": sighting.id,
    }


def _figures(session: Session, world: points.World) -> dict[str, Any]:
    """Two figures from elsewhere, and that one of them be taken down."""
    row = "{code},stations,近邻驿站,{value},个,2025-12-31,公报{value}\n"
    lines = (row.format(code=world.node.code, value=value) for value in (239, 240))
    file = BytesIO(("地方编码,指标编码,指标,数,单位,截至,来源\n" + "".join(lines)).encode())
    within = {"within": [world.node], "named_by": [world.city]}
    figure_imports.import_figures(session, file, **within, actor=MAKER)
    (history,) = figures.list_at(session, world.node)
    right, wrong = history.figures
    asked = figure_withdrawals.ask(
        session, figure_id=wrong.id, within=world.node, reason="抄错了", actor=MAKER
    )
    return {
        "figure_id": right.id,
        "withdrawal_id": asked.id,
        "figures.rename_kind.node_code": world.city.code,
        "figures.rename_kind.kind_code": "stations",
    }


def _asked_for(
    session: Session, ledger_id: int, node: Node, member: Member, other: Member
) -> dict[str, Any]:
    """An order that a neighbour is to do, a steward, and a call of theirs that waits."""
    key: dict[str, Any] = {"ledger_id": ledger_id}
    categories.put(session, **key, kind=Kind(code="errands", name="跑腿代办"))
    asked = Request(title="取药", text="", category_code="errands", requester_id=member.id)
    made = filing.file(session, **key, node=node, request=asked, actor=Actor(member.person_id))
    handling.assign(session, **key, order_id=made.id, handler_id=other.person_id, actor=MAKER)
    duties.give(session, **key, member_id=other.id, node=node, kind_code="steward", actor=MAKER)
    call = field_calls.call_desk(
        session,
        **key,
        member_id=other.id,
        said=Said(text="井盖翻了"),
        actor=Actor(other.person_id),
    )
    return {"order_id": made.id, "call_id": call.id}


def _records(
    session: Session, ledger_id: int, member: Member, third: Member, fourth: Member
) -> dict[str, Any]:
    merge = merges.request(
        session,
        ledger_id=ledger_id,
        old_member_id=third.id,
        kept_member_id=fourth.id,
        reason="同一人",
        actor=MAKER,
    )
    record = DisputedRecord("grant", new_id(), member.id, MAKER.person_id, member.node_id)
    objection = objections.raise_objection(
        session,
        ledger_id=ledger_id,
        member_id=member.id,
        record=record,
        claim="少记了",
        actor=Actor(member.person_id),
    )
    return {"merge_id": merge.id, "objection_id": objection.id}


def _activity(
    session: Session, ledger_id: int, node: Node, member: Member, leader: Member
) -> dict[str, Any]:
    """An open activity that is on now, with a member in it, led by a team of its own."""
    now = clock.now()
    new = teams.NewTeam(node.id, f"{node.code}先锋", "志愿服务队", "社区党委")
    team = teams.create(session, ledger_id=ledger_id, team=new, actor=SYSTEM)
    team_members.join(
        session,
        ledger_id=ledger_id,
        team_id=team.id,
        member_id=leader.id,
        actor=SYSTEM,
        role="leader",
    )
    leads = Actor(leader.person_id)
    approver = mall.staff_of(session, ledger_id, node, "沈同舟")
    with clock.held_at(now - timedelta(days=1)):
        plan = Plan(
            node_id=node.id,
            title="健康义诊",
            category_code="health_clinic",
            address="党群服务中心一楼",
            team_id=team.id,
            sessions=(PlannedSession(now - timedelta(hours=1), now + timedelta(hours=1), None),),
        )
        activity = plans.draft(session, ledger_id=ledger_id, plan=plan, actor=leads)
        named = {"ledger_id": ledger_id, "activity_id": activity.id}
        plans.submit(session, **named, actor=leads)
        plans.approve(session, **named, actor=approver)
        responses.respond(session, **named, team_id=team.id, actor=leads)
        (slot,) = plans.list_sessions(session, **named)
        attending = {"ledger_id": ledger_id, "session_id": slot.id, "member_id": member.id}
        enrolment.enrol(session, **attending, actor=Actor(member.person_id))
    stay = taking.check_in(session, **attending, door="roll", actor=leads)
    return {
        "activity_id": activity.id,
        "session_id": slot.id,
        "attendance_id": stay.attendance_id,
        "attendance_ids": [stay.attendance_id],
    }
