"""One member: hours by provenance, points, cards, teams, household, helpers, roles, freezes."""

from typing import Any
from uuid import UUID

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.db import NEVER
from app.base.transactions import reading
from app.community import tree
from app.ledger import balances
from app.mall import listings as mall_listings
from app.people import (
    agents,
    audit,
    cards,
    duties,
    households,
    members,
    merges,
    objections,
    roles,
    skills,
    team_members,
)
from app.people.models import Member
from app.points import grants, wallets
from app.reports import loops
from app.risk import freezes
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem

bp = Blueprint("member", __name__, url_prefix="/<place>/people/<uuid:member_id>")
RECENT = 10
PROVENANCES = ("credited", "honorary", "historical")


@bp.get("")
@allow(SIGNED_IN)
def show(member_id: UUID) -> ResponseReturnValue:
    """Show a member, masked."""
    return draw(member_id)


@bp.post("/name")
@allow(SIGNED_IN)
def open_name(member_id: UUID) -> ResponseReturnValue:
    """Show the full name once; that it was opened is written down."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        desk.member(session, member_id)
        audit.write(
            session,
            ledger_id=desk.ledger_id(),
            actor=actor(),
            action="member_opened",
            subject_kind="member",
            subject_id=member_id,
        )

    _done, problem = forms.send(verb)
    return draw(member_id, problem, is_open=problem is None)


def draw(
    member_id: UUID, problem: Problem | None = None, *, is_open: bool = False
) -> ResponseReturnValue:
    """Draw the member's page, after a refusal with its problem."""
    menu.at("people")
    with reading() as session:
        member = desk.member(session, member_id)
        return forms.page(
            "member.html",
            problem,
            member=member,
            full_name=members.full_name(member) if is_open else None,
            place=tree.get(session, member.node_id),
            **_holdings(session, member),
            **_people(session, member),
            **_records(session, member),
        )


def _holdings(session: Session, member: Member) -> dict[str, Any]:
    key: dict[str, Any] = {"ledger_id": member.ledger_id}
    held = balances.of_owner(session, **key, owner_id=member.id)
    own = cards.list_of(session, **key, member_id=member.id)
    minutes = {
        name: sum(each.posted for each in held if each.ref.kind == f"hours_{name}")
        for name in PROVENANCES
    }
    return {
        "minutes": minutes,
        "holding": wallets.holding(session, **key, member_id=member.id),
        "never": NEVER,
        "cards": own,
        "frozen": freezes.find_live(session, **key, subject_kind="member", subject_id=member.id),
        "frozen_cards": freezes.frozen_among(session, **key, subject_ids={each.id for each in own}),
    }


def _people(session: Session, member: Member) -> dict[str, Any]:
    """Teams, household, helpers and roles, with the people in them masked."""
    key: dict[str, Any] = {"ledger_id": member.ledger_id}
    home = households.household_of(session, **key, member_id=member.id)
    held = roles.list_of(session, person_id=member.person_id)
    helpers = [
        (each, members.find_of_person(session, **key, person_id=each.agent_person_id))
        for each in agents.list_of(session, person_id=member.person_id)
        if each.ledger_id == member.ledger_id
    ]
    return {
        "skills": skills.of_member(session, **key, member_id=member.id),
        "presets": skills.PRESETS,
        "duties": duties.list_of_member(session, **key, member_id=member.id),
        "teams": team_members.teams_of(session, **key, member_id=member.id),
        "household": home,
        "housemates": households.list_members(session, **key, household_id=home.id) if home else [],
        "helpers": helpers,
        "roles": [(each, tree.get(session, each.node_id)) for each in held],
    }


def _records(session: Session, member: Member) -> dict[str, Any]:
    key: dict[str, Any] = {"ledger_id": member.ledger_id, "member_id": member.id}
    return {
        "grants": grants.list_of_member(session, **key, limit=RECENT),
        "sales": mall_listings.list_of_member(session, **key, limit=RECENT),
        "disputes": objections.list_for_member(session, **key),
        "loops": loops.of_member(session, **key),
        "merged_from": merges.merged_from(session, **key),
        "freezes": freezes.history(session, ledger_id=member.ledger_id, subject_id=member.id),
    }
