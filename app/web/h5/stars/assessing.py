"""三方评议 on the phone: an assessor scores who served at their place, never their own (S1, S9)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.community import tree
from app.people import members, teams
from app.points.models import Assessor
from app.points.models_assessment import ASSESSED_KINDS
from app.points.quarters import assessing, closing
from app.points.quarters.assessing import Mark, Subject
from app.points.quarters.calendar import Quarter
from app.reports.quarters import boards, naming, projects
from app.service_orders import posts
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.forms import invalid
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.translate import _l

bp = own.for_oneself(Blueprint("assessing", __name__, url_prefix="/assess"))
SHOWN_MAX = 100
GRADES = (
    (100, _l("很满意")),
    (80, _l("满意")),
    (60, _l("一般")),
    (40, _l("不太满意")),
    (20, _l("不满意")),
)
BODIES = {"committee": _l("居委会"), "owners": _l("业委会"), "property": _l("物业")}


@bp.get("")
@allow(SIGNED_IN)
def seats() -> ResponseReturnValue:
    """Show for which bodies I assess."""
    with reading() as session:
        me = own.here(session)
        held = [
            (seat, tree.get(session, seat.node_id).short_name)
            for seat in assessing.list_of_member(session, **me.key)
        ]
    return show_page("h5/stars/seats.html", me=me, held=held, bodies=BODIES)


@bp.get("/<uuid:assessor_id>")
@allow(SIGNED_IN)
def subjects(assessor_id: UUID) -> ResponseReturnValue:
    """Show who served at the place in the quarter, and what I gave."""
    kind = request.args.get("kind", "member")
    kind = kind if kind in ASSESSED_KINDS else "member"
    with reading() as session:
        me, seat = _seat(session, assessor_id)
        quarter = _quarter(session, me)
        board = boards.draw(
            session,
            ledger_id=me.ledger_id,
            node=tree.get(session, seat.node_id),
            quarter=quarter,
            kind=kind,
        )
        given = assessing.list_given(
            session, ledger_id=me.ledger_id, assessor_id=seat.id, quarter=quarter
        )
        ids = [one.subject_id for _, one in board.ranked[:SHOWN_MAX]]
        names = naming.at_desk(session, ledger_id=me.ledger_id, kind=kind, ids=ids)
    return show_page(
        "h5/stars/subjects.html",
        me=me,
        seat=seat,
        body=BODIES[seat.body],
        quarter=quarter,
        kind=kind,
        found=[one for _, one in board.ranked[:SHOWN_MAX] if one.subject_id != me.member.id],
        names=names,
        scores={each.subject_id: each.score for each in given},
        grades=dict(GRADES),
    )


@bp.get("/<uuid:assessor_id>/<kind>/<uuid:subject_id>")
@allow(SIGNED_IN)
def form(assessor_id: UUID, kind: str, subject_id: UUID) -> ResponseReturnValue:
    """Ask for the grade."""
    return _form(assessor_id, kind, subject_id)


@bp.post("/<uuid:assessor_id>/<kind>/<uuid:subject_id>")
@allow(SIGNED_IN)
def give(assessor_id: UUID, kind: str, subject_id: UUID) -> ResponseReturnValue:
    """Give the grade; until the quarter is closed it may be given anew."""
    typed = request.form.get("score", "")
    if typed not in {str(score) for score, _word in GRADES}:
        return _form(assessor_id, kind, subject_id, invalid("score"))
    with reading() as session:
        me, seat = _seat(session, assessor_id)
        quarter = _quarter(session, me)

    def verb(session: Session, _fact: None) -> None:
        assessing.assess(
            session,
            ledger_id=me.ledger_id,
            assessor_id=seat.id,
            quarter=quarter,
            subject=_subject(session, me, kind, subject_id),
            mark=Mark(int(typed), request.form.get("note", "")[:200]),
            actor=actor(),
        )

    _done, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _form(assessor_id, kind, subject_id, problem)
    return redirect(url_for("h5.assessing.subjects", assessor_id=assessor_id, kind=kind), 303)


def _form(
    assessor_id: UUID, kind: str, subject_id: UUID, problem: dict[str, Any] | None = None
) -> ResponseReturnValue:
    if kind not in ASSESSED_KINDS:
        raise NotFound("no such kind")
    with reading() as session:
        me, seat = _seat(session, assessor_id)
        quarter = _quarter(session, me)
        given = assessing.list_given(
            session, ledger_id=me.ledger_id, assessor_id=seat.id, quarter=quarter
        )
        return show_page(
            "h5/stars/assess.html",
            problem,
            me=me,
            seat=seat,
            body=BODIES[seat.body],
            quarter=quarter,
            kind=kind,
            subject_id=subject_id,
            name=_name(session, me, Subject(kind, subject_id)),
            had=next((each for each in given if each.subject_id == subject_id), None),
            grades=GRADES,
        )


def _seat(session: Session, assessor_id: UUID) -> tuple[Own, Assessor]:
    me = own.here(session)
    seat = assessing.get(session, ledger_id=me.ledger_id, assessor_id=assessor_id)
    if seat.member_id != me.member.id:
        raise NotFound("another's appointment")
    return me, seat


def _quarter(session: Session, me: Own) -> Quarter:
    """Return the quarter that is assessed now: the one that waits to be closed, else this one."""
    turn = closing.next_in_turn(session, ledger_id=me.ledger_id)
    return turn if closing.is_over(turn) else Quarter.of(clock.today())


def _subject(session: Session, me: Own, kind: str, subject_id: UUID) -> Subject:
    if kind == projects.KIND:
        return projects.subject(session, ledger_id=me.ledger_id, post_id=subject_id)
    return Subject(kind, subject_id)


def _name(session: Session, me: Own, subject: Subject) -> str:
    if subject.kind == "team":
        return teams.get(session, ledger_id=me.ledger_id, team_id=subject.id).name
    if subject.kind == projects.KIND:
        return posts.get(session, ledger_id=me.ledger_id, post_id=subject.id).title
    found = members.get(session, ledger_id=me.ledger_id, member_id=subject.id)
    return f"{found.name_masked} {found.volunteer_no}"
