"""架河武庙村: twenty members, 2,000 points by four indicators, and the shop's 40 orders.

50 次 × 10, 40 件 × 20, 80 次 × 5 and 60 hours × 5 are issued; 12 salt, 10 washing
powder, 8 toothpaste, 6 tissue, 2 oil and 2 rice go out for 1,470 points (ruling 22).
"""

from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.activities import attendance, checkin, closing, codes, plans, responses
from app.activities.models import Activity, ActivitySession
from app.activities.plan_rules import Plan, PlannedSession
from app.base import clock
from app.base.actors import SYSTEM
from app.cli.demo import names
from app.cli.demo.jinxi_people import give_log_in
from app.cli.demo.places import VILLAGE
from app.cli.demo.world import (
    BEGAN_ON,
    CONSENT_VERSION,
    Moment,
    Someone,
    at,
    everyone,
    step,
    withdraw_proofs,
)
from app.community import tree
from app.people import cards, joining, roles, team_members, teams
from app.people.joining import Newcomer
from app.points import approvals, manual, programmes
from app.points.manual import ManualClaim
from app.points.models import Grant

PERSONAS = (("wumiao-staff", "鲁静好"), ("wumiao-second", "夏若谷"), ("ding", "丁一诺"))
MEMBER_COUNT = 20
SERVED_ON = date(2025, 5, 10)
SERVICE_DAY = "便民利民服务日"
PHONE_FROM = 5000
DEEDS = (
    ("cleanup", "人居环境整治", 50),
    ("neighbour_mediation", "矛盾纠纷调解", 40),
    ("policy_talk", "政策宣传落实", 80),
)
"""Category, reason and how many times in all."""

BUSY_COUNT = 4
"""The first members did more than the others: they can pay for oil and rice."""


def member_keys() -> list[str]:
    """Return the external ids of the twenty."""
    return [f"wumiao-{place:02d}" for place in range(1, MEMBER_COUNT + 1)]


def settle_in() -> int:
    """Take the village's people in and return the book."""
    return step(at(BEGAN_ON, 14), _settle_in)


def _settle_in(session: Session) -> int:
    node = tree.by_code(session, VILLAGE)
    ledger_id = programmes.of_node(session, node).ledger_id
    if everyone(session, ledger_id):
        return ledger_id
    taken = {name for _, name in PERSONAS}
    named = [
        *PERSONAS,
        *zip(member_keys(), names.people("wumiao", MEMBER_COUNT, taken), strict=True),
    ]
    newcomers = [
        Newcomer(name, names.phone(PHONE_FROM + serial), node.id, CONSENT_VERSION, external_id=key)
        for serial, (key, name) in enumerate(named, 1)
    ]
    joining.join_many(session, ledger_id=ledger_id, newcomers=newcomers, actor=SYSTEM)
    known = everyone(session, ledger_id)
    for key, role in (("wumiao-staff", "staff"), ("wumiao-second", "staff"), ("ding", "clerk")):
        give_log_in(session, known[key])
        roles.grant(
            session,
            person_id=known[key].person_id,
            node_id=node.id,
            role=role,
            actor=SYSTEM,
        )
    members = [known[key].member_id for key in member_keys()]
    cards.issue_many(session, ledger_id=ledger_id, member_ids=members, actor=SYSTEM, batch="2025")
    _make_team(session, ledger_id, node.id, known)
    return ledger_id


def _make_team(session: Session, ledger_id: int, node_id: int, known: dict[str, Someone]) -> None:
    team = teams.create(
        session,
        ledger_id=ledger_id,
        team=teams.NewTeam(node_id, "武庙村志愿服务队", teams.KINDS[0], "武庙村党支部"),
        actor=SYSTEM,
    )
    team_members.join(
        session,
        ledger_id=ledger_id,
        team_id=team.id,
        member_id=known["wumiao-second"].member_id,
        actor=SYSTEM,
        role="leader",
    )
    rest = [known[key].member_id for key in member_keys()]
    team_members.join_many(
        session, ledger_id=ledger_id, team_id=team.id, member_ids=rest, actor=SYSTEM
    )


def earn(ledger_id: int) -> None:
    """Issue the 2,000 points: 60 hours by check-in, the rest by 次 and 件 with two people."""
    known = step(at(SERVED_ON), lambda session: everyone(session, ledger_id))
    for moment in moments(ledger_id, known):
        step(moment.at, moment.live)


def moments(ledger_id: int, known: dict[str, Someone]) -> list[Moment]:
    """Return how the village earns: a day of service, then the three kinds of deeds."""
    found = [
        Moment(
            at(SERVED_ON, 17, 30), SERVICE_DAY, lambda session: _serve(session, ledger_id, known)
        )
    ]
    for place, (category, reason, count) in enumerate(DEEDS):
        shares = shares_of(count, is_mediation=category == "neighbour_mediation")
        deed = (category, reason, shares)
        found.append(
            Moment(
                at(SERVED_ON + timedelta(days=7 * (place + 1)), 10),
                f"wumiao:{category}",
                lambda session, d=deed: _grant(session, ledger_id, known, d),  # type: ignore[misc]
            )
        )
    return found


def shares_of(count: int, *, is_mediation: bool) -> list[int]:
    """Share a number of deeds among the twenty; the busy four did more of the mediation."""
    shares = [0] * MEMBER_COUNT
    if is_mediation:
        shares[:BUSY_COUNT] = [4] * BUSY_COUNT
    place = BUSY_COUNT if is_mediation else 0
    while sum(shares) < count:
        shares[place] += 1
        place = place + 1 if place + 1 < MEMBER_COUNT else (BUSY_COUNT if is_mediation else 0)
    return shares


def _grant(
    session: Session,
    ledger_id: int,
    known: dict[str, Someone],
    deed: tuple[str, str, list[int]],
) -> None:
    """Enter 次 or 件 for each member by one person, approve them by another (A17)."""
    category, reason, shares = deed
    node = tree.by_code(session, VILLAGE)
    granted = sa.select(Grant.id).where(
        Grant.ledger_id == ledger_id,
        Grant.source_kind == "manual",
        Grant.category_code == category,
        Grant.node_id == node.id,
    )
    if session.scalar(granted.limit(1)):
        return
    withdraw_proofs(session, ledger_id)
    asked = manual.request_many(
        session,
        ledger_id=ledger_id,
        claims=[
            claim
            for key, count in zip(member_keys(), shares, strict=True)
            for claim in _claims(known[key], node.id, (category, reason), count)
        ],
        actor=known["wumiao-staff"].actor,
    )
    approvals.decide(
        session,
        ledger_id=ledger_id,
        grant_ids=[each.id for each in asked],
        level=2,
        verdict="approved",
        reason=None,
        actor=known["wumiao-second"].actor,
    )


def _claims(who: Someone, node_id: int, what: tuple[str, str], count: int) -> list[ManualClaim]:
    """What a member did so often: 次 are one line, each 件 is a case with its own number (A10)."""
    category, reason = what
    is_case = category == "neighbour_mediation"
    return [
        ManualClaim(
            member_id=who.member_id,
            category_code=category,
            quantity=1 if is_case else count,
            served_on=clock.today(),
            node_id=node_id,
            reason=reason,
            evidence="村务登记簿",
            case_no=f"WM-{who.external_id}-{piece:02d}" if is_case else None,
        )
        for piece in range(1, (count if is_case else min(count, 1)) + 1)
    ]


def _serve(session: Session, ledger_id: int, known: dict[str, Someone]) -> None:
    """Three hours of flood watch by all twenty, checked in and out by the screen's code."""
    served = sa.select(Activity.id).where(
        Activity.ledger_id == ledger_id, Activity.title == SERVICE_DAY
    )
    if session.scalar(served):
        return
    withdraw_proofs(session, ledger_id)
    node, begins = tree.by_code(session, VILLAGE), at(SERVED_ON, 14)
    team = teams.find_by_name(
        session, ledger_id=ledger_id, node_id=node.id, name="武庙村志愿服务队"
    )
    assert team is not None, "the village's team was not made"
    leader = known["wumiao-second"].actor
    plan = Plan(
        node_id=node.id,
        title=SERVICE_DAY,
        category_code="convenience",
        address="武庙村文化广场",
        sessions=[PlannedSession(begins, begins + timedelta(hours=3))],
        team_id=team.id,
    )
    with clock.held_at(begins - timedelta(days=5)):
        draft = plans.draft(session, ledger_id=ledger_id, plan=plan, actor=leader)
        plans.submit(session, ledger_id=ledger_id, activity_id=draft.id, actor=leader)
    with clock.held_at(begins - timedelta(days=4)):
        staff = known["wumiao-staff"].actor
        plans.approve(session, ledger_id=ledger_id, activity_id=draft.id, actor=staff)
        responses.respond(
            session, ledger_id=ledger_id, activity_id=draft.id, team_id=team.id, actor=leader
        )
    (slot,) = plans.list_sessions(session, ledger_id=ledger_id, activity_id=draft.id)
    _scan_all(session, slot, known)
    with clock.held_at(slot.ends_at + timedelta(minutes=30)):
        attendance.confirm(session, ledger_id=ledger_id, session_id=slot.id, actor=leader)
        closing.close(
            session,
            ledger_id=ledger_id,
            activity_id=draft.id,
            beneficiary_count=60,
            actor=leader,
        )
        closing.archive(session, ledger_id=ledger_id, activity_id=draft.id, actor=leader)


def _scan_all(session: Session, slot: ActivitySession, known: dict[str, Someone]) -> None:
    """Scan all twenty in before the session begins and out when it ends, 20 seconds apart."""
    arrived_at = slot.starts_at - timedelta(minutes=10)
    for direction, first_at in (("in", arrived_at), ("out", slot.ends_at)):
        scan = checkin.check_in if direction == "in" else checkin.check_out
        for place, key in enumerate(member_keys()):
            with clock.held_at(first_at + timedelta(seconds=20 * place)):
                ticket = codes.redeem(session, token=codes.current(slot, direction).token)
                scan(
                    session,
                    ledger_id=slot.ledger_id,
                    member_id=known[key].member_id,
                    ticket=ticket,
                    actor=known[key].actor,
                )
