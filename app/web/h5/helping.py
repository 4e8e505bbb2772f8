"""Acting on behalf (代办): begin for a member who gave leave, end; and who may act for me."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError, NotFound, PermissionDenied
from app.base.transactions import reading
from app.people import agents, members
from app.people.models import Agent
from app.web.acts import submit
from app.web.errors import problem_of
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.h5.sign_in import next_page
from app.web.limiter import GUESSING, limiter
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor, person
from app.web.translate import _

bp = own.for_oneself(Blueprint("helping", __name__))


@bp.get("/helping")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Ask for whom, by their volunteer number."""
    return _page()


@bp.post("/helping/begin")
@allow(SIGNED_IN)
@limiter.limit(GUESSING, deduct_when=lambda answer: answer.status_code >= 400)
def begin() -> ResponseReturnValue:
    """Act for a member from now on, if they gave leave."""
    number = request.form.get("volunteer_no", "")
    with reading() as session:
        me = own.here(session)
        try:
            member = _principal(session, me, number)
        except DomainError as refusal:
            return _page(problem_of(refusal))
    answer = redirect(url_for("h5.home.page"), code=303)
    return own.remember_acting(answer, book_code=me.book_code, person_id=member)


@bp.post("/helping/stop")
@allow(SIGNED_IN)
def stop() -> ResponseReturnValue:
    """Be oneself again."""
    return own.forget_acting(redirect(next_page(), code=303))


@bp.get("/me/agents")
@allow(SIGNED_IN)
def mine() -> ResponseReturnValue:
    """List who may act for me, and who once might."""
    return _mine()


@bp.post("/me/agents")
@allow(SIGNED_IN)
def allow_one() -> ResponseReturnValue:
    """Let another member act for me in this book."""
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        number = request.form.get("agent_volunteer_no", "")
        helper = members.by_volunteer_no(session, ledger_id=me.ledger_id, volunteer_no=number)
        agents.begin(
            session,
            ledger_id=me.ledger_id,
            person_id=me.member.person_id,
            agent_person_id=members.require_active(helper).person_id,
            relation=request.form.get("relation", ""),
            consent_note=_("本人在手机上同意"),
            actor=actor(),
        )

    _nothing, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _mine(problem)
    return redirect(url_for("h5.helping.mine"), code=303)


@bp.post("/me/agents/<uuid:agent_id>/end")
@allow(SIGNED_IN)
def end(agent_id: UUID) -> ResponseReturnValue:
    """End a leave that I gave."""
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        agents.end(session, person_id=me.member.person_id, agent_id=agent_id, actor=actor())

    _, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _mine(problem)
    return redirect(url_for("h5.helping.mine"), code=303)


def _principal(session: Session, me: Own, number: str) -> UUID:
    """Return the person behind a number who gave leave; a stranger's number tells nothing."""
    try:
        member = members.by_volunteer_no(session, ledger_id=me.ledger_id, volunteer_no=number)
    except NotFound as error:
        raise PermissionDenied from error
    agents.require_may_act_for(
        session,
        ledger_id=me.ledger_id,
        agent_person_id=person().person_id,
        person_id=member.person_id,
    )
    return members.require_active(member).person_id


def _page(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
    return show_page(
        "h5/helping.html",
        problem,
        number=request.form.get("volunteer_no", ""),
        prefix=me.member.volunteer_no.rpartition("-")[0],
        has_ended="ended" in request.args,
    )


def _mine(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        found = [
            (each, _helper_name(session, each))
            for each in agents.list_of(session, person_id=me.member.person_id)
            if each.ledger_id == me.ledger_id
        ]
    return show_page("h5/agents.html", problem, found=found, typed=request.form)


def _helper_name(session: Session, leave: Agent) -> str:
    helper = members.find_of_person(
        session, ledger_id=leave.ledger_id, person_id=leave.agent_person_id
    )
    return helper.name_masked if helper else _("工作人员")
