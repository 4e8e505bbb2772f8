"""What staff do for a member: household, helpers, freezing, locks, a request to merge."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound, SecondPersonRequired
from app.people import agents, credentials, households, members, merges
from app.people.models import Member
from app.risk import freezes
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import AgentIn, HouseholdIn, MergeIn, ReasonIn
from app.web.session import actor
from app.web.staff import desk, forms
from app.web.staff.member import draw
from app.web.translate import _

bp = Blueprint("member_steps", __name__, url_prefix="/<place>/people/<uuid:member_id>")


@bp.post("/freeze")
@allow(SIGNED_IN)
def freeze(member_id: UUID) -> ResponseReturnValue:
    """Freeze a membership, with the reason; another person lifts it."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        desk.member(session, member_id, desk.WORKERS)
        freezes.freeze(session, **_subject(member_id), actor=actor(), **asked)

    return step(verb, member_id, _("已冻结，原因已告诉本人。"), ReasonIn)


@bp.post("/release")
@allow(SIGNED_IN)
def release(member_id: UUID) -> ResponseReturnValue:
    """Lift a freeze that another person set."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        desk.member(session, member_id, desk.DECIDERS)
        freezes.release(session, **_subject(member_id), actor=actor(), **asked)

    return step(verb, member_id, _("已解冻。"), ReasonIn)


@bp.post("/unlock")
@allow(SIGNED_IN)
def unlock(member_id: UUID) -> ResponseReturnValue:
    """Open the locks of somebody who tried a password or PIN too often."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        found = desk.member(session, member_id, desk.WORKERS)
        credentials.unlock(session, person_id=found.person_id, actor=actor())

    return step(verb, member_id, _("密码锁已打开。"))


@bp.post("/agents")
@allow(SIGNED_IN)
def let_act(member_id: UUID) -> ResponseReturnValue:
    """Record a member's consent that another may act for them; not by the one who will act."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        found = desk.member(session, member_id, desk.WORKERS)
        helper = numbered(session, asked.pop("volunteer_no"))
        if helper.person_id == desk.me():
            raise SecondPersonRequired("a colleague records it")
        agents.begin(
            session,
            ledger_id=desk.ledger_id(),
            person_id=found.person_id,
            agent_person_id=helper.person_id,
            actor=actor(),
            **asked,
        )

    return step(verb, member_id, _("已登记，本人随时可以收回。"), AgentIn)


@bp.post("/agents/<uuid:agent_id>/end")
@allow(SIGNED_IN)
def end_act(member_id: UUID, agent_id: UUID) -> ResponseReturnValue:
    """End a leave to act."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        found = desk.member(session, member_id, desk.WORKERS)
        live = agents.list_of(session, person_id=found.person_id)
        if not any(each.id == agent_id and each.ledger_id == desk.ledger_id() for each in live):
            raise NotFound("no such leave in this book")
        agents.end(session, person_id=found.person_id, agent_id=agent_id, actor=actor())

    return step(verb, member_id, _("已收回代办。"))


@bp.post("/household")
@allow(SIGNED_IN)
def join_household(member_id: UUID) -> ResponseReturnValue:
    """Enter another member into this one's household, which begins with this one as its head."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        found = desk.member(session, member_id, desk.WORKERS)
        other = numbered(session, asked["volunteer_no"])
        desk.require_at(session, other.node_id, desk.WORKERS)
        key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
        home = households.household_of(session, **key, member_id=member_id) or households.create(
            session,
            **key,
            node_id=found.node_id,
            name=found.volunteer_no,
            head_member_id=member_id,
            actor=actor(),
        )
        households.join(
            session,
            **key,
            household_id=home.id,
            member_id=other.id,
            relation=asked["relation"],
            actor=actor(),
        )

    return step(verb, member_id, _("已登记为一户。"), HouseholdIn)


@bp.post("/household/leave")
@allow(SIGNED_IN)
def leave_household(member_id: UUID) -> ResponseReturnValue:
    """End a member's stay in their household."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        desk.member(session, member_id, desk.WORKERS)
        key: dict[str, Any] = {"ledger_id": desk.ledger_id(), "member_id": member_id}
        home = households.household_of(session, **key)
        if home is None:
            raise NotFound("no household")
        households.leave(session, **key, household_id=home.id, actor=actor())

    return step(verb, member_id, _("已退出这一户。没有人的户还有积分的，在“没有人的户”里定给谁。"))


@bp.post("/merge")
@allow(SIGNED_IN)
def ask_merge(member_id: UUID) -> ResponseReturnValue:
    """Ask that this membership be merged into another; a colleague decides."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        desk.member(session, member_id, desk.WORKERS)
        kept = numbered(session, asked["volunteer_no"])
        desk.require_at(session, kept.node_id, desk.WORKERS)
        merges.request(
            session,
            ledger_id=desk.ledger_id(),
            old_member_id=member_id,
            kept_member_id=kept.id,
            reason=asked["reason"],
            actor=actor(),
        )

    return step(verb, member_id, _("已申请合并，等同事审核。"), MergeIn)


def numbered(session: Session, volunteer_no: str) -> Member:
    """Return the member whom people know by this number, in this desk's book."""
    return members.by_volunteer_no(session, ledger_id=desk.ledger_id(), volunteer_no=volunteer_no)


def step(verb: forms.Verb, member_id: UUID, said: str, schema: Any = None) -> ResponseReturnValue:
    """Do one step for a member and go back to their page."""
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.member.show", member_id=member_id),
        again=lambda problem: draw(member_id, problem),
    )


def _subject(member_id: UUID) -> dict[str, Any]:
    return {
        "ledger_id": desk.ledger_id(),
        "subject_kind": "member",
        "subject_id": member_id,
    }
