"""Objections (异议): say that a record of mine is wrong, see the answers, take it back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import grounds, records
from app.base.errors import DomainError, NotFound
from app.base.transactions import reading
from app.mall import listings as mall_listings
from app.mall import shops
from app.people import objections
from app.people.objections import DisputedRecord
from app.points import deduction_objections, grants, notices
from app.points import photos as kept
from app.points.photos import Subject
from app.web import photos
from app.web.acts import submit
from app.web.errors import problem_of
from app.web.h5 import own
from app.web.h5.forms import page as show_page
from app.web.pages import day, hours, moment, number
from app.web.permissions import SIGNED_IN, allow
from app.web.session import actor
from app.web.translate import _

bp = own.may_be_acted(Blueprint("objecting", __name__))

Told = tuple[DisputedRecord, str]


@bp.get("/objections")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """List what I objected to, with the answers."""
    said = _("已经提上去了，答复会发到消息里") if request.args.get("said") else None
    return _page(said=said)


@bp.get("/objections/new/<kind>/<uuid:subject_id>")
@allow(SIGNED_IN)
def form(kind: str, subject_id: UUID) -> ResponseReturnValue:
    """Show the record, and ask what is wrong with it."""
    return _form(kind, subject_id)


@bp.post("/objections/new/<kind>/<uuid:subject_id>")
@allow(SIGNED_IN)
def send(kind: str, subject_id: UUID) -> ResponseReturnValue:
    """Raise the objection."""
    with reading() as session:
        me = own.here(session)
        _told(session, me, kind, subject_id)
    try:
        taken = photos.sent()
    except DomainError as error:
        return _form(kind, subject_id, problem_of(error))

    def verb(session: Session, _fact: None) -> None:
        record, _ = _told(session, me, kind, subject_id)
        claim = request.form.get("claim", "")
        raised = objections.raise_objection(
            session, **me.key, record=record, claim=claim, actor=actor()
        )
        photos.keep(session, me.ledger_id, Subject("objection", raised.id, me.member.id), taken)

    _, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _form(kind, subject_id, problem)
    return redirect(url_for("h5.objecting.page", said=1), code=303)


@bp.post("/objections/<uuid:objection_id>/withdraw")
@allow(SIGNED_IN)
def withdraw(objection_id: UUID) -> ResponseReturnValue:
    """Take my open objection back."""
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "objection_id": objection_id}
        if objections.get(session, **named).member_id != me.member.id:
            raise NotFound("no such objection of yours")
        objections.withdraw(session, **named, actor=actor())

    _, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _page(problem)
    return redirect(url_for("h5.objecting.page"), code=303)


def _page(problem: dict[str, Any] | None = None, said: str | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        found = objections.list_for_member(session, **me.key)
        pictures = kept.list_of(
            session,
            ledger_id=me.ledger_id,
            kind="objection",
            subject_ids=[each.id for each in found],
        )
    return show_page(
        "h5/objections.html", problem, me=me, found=found, pictures=pictures, said=said
    )


def _form(
    kind: str, subject_id: UUID, problem: dict[str, Any] | None = None
) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        _, told = _told(session, me, kind, subject_id)
    return show_page(
        "h5/objection.html", problem, me=me, told=told, claim=request.form.get("claim", "")
    )


def _told(session: Session, me: own.Own, kind: str, subject_id: UUID) -> Told:
    """Return a record of the member and how it reads.

    Raises:
        NotFound: There is none, or it is another's.
    """
    if kind not in (*RECORDS, *SHARED):
        raise NotFound("no such kind of record")
    if kind in SHARED:
        return SHARED[kind](session, me, subject_id)
    record, told = RECORDS[kind](session, me.ledger_id, subject_id)
    if record.member_id != me.member.id:
        raise NotFound("no such record of yours")
    return record, told


def _notice(session: Session, me: own.Own, subject_id: UUID) -> Told:
    """A notice is everybody's to object to: the record counts as the asker's own.

    Raises:
        NoticeClosed: Its time is over.
    """
    key: dict[str, Any] = {"ledger_id": me.ledger_id, "subject_id": subject_id}
    notice = notices.require_open(notices.about(session, **key))
    line = notices.find_line(session, **key)
    record = DisputedRecord(
        "notice", subject_id, me.member.id, notice.published_by_id, notice.node_id
    )
    if line is None:
        return record, notice.title
    facts = {"title": notice.title, "n": line.line, "points": number(line.points)}
    if line.deduction_id is not None:
        return record, _("%(title)s，第 %(n)s 行，%(points)s 积分", **facts)
    return record, _("%(title)s，第 %(n)s 行", **facts)


def _deduction(session: Session, me: own.Own, subject_id: UUID) -> Told:
    """What was taken from me, or from the household whose points I share (D29)."""
    record, found = deduction_objections.record_of(session, **me.key, deduction_id=subject_id)
    said = {"day": day(found.happened_on), "points": number(found.points), "why": found.reason}
    return record, _("%(day)s 扣了 %(points)s 积分：%(why)s", **said)


def _attendance(session: Session, ledger_id: int, subject_id: UUID) -> Told:
    stay = records.lock(session, ledger_id=ledger_id, attendance_id=subject_id)
    ground = grounds.find(session, ledger_id=ledger_id, session_id=stay.session_id)
    recorder_id = stay.confirmed_by_id or stay.in_by_id
    node_id = ground.activity.node_id
    record = DisputedRecord("attendance", stay.id, stay.member_id, recorder_id, node_id)
    told = _("%(title)s，%(at)s 签到", title=ground.activity.title, at=moment(stay.checked_in_at))
    return record, told


def _grant(session: Session, ledger_id: int, subject_id: UUID) -> Told:
    grant = grants.get(session, ledger_id=ledger_id, grant_id=subject_id)
    record = DisputedRecord("grant", grant.id, grant.member_id, grant.made_by_id, grant.node_id)
    served = {"day": day(grant.served_on), "hours": hours(grant.minutes)}
    if not grant.points:
        return record, _("%(day)s 记 %(hours)s 小时", **served)
    points = number(grant.points)
    return record, _("%(day)s 记 %(hours)s 小时，%(points)s 积分", points=points, **served)


def _redemption(session: Session, ledger_id: int, subject_id: UUID) -> Told:
    sale = mall_listings.get(session, ledger_id=ledger_id, redemption_id=subject_id)
    shop = shops.get(session, ledger_id=ledger_id, shop_id=sale.shop_id)
    record = DisputedRecord(
        "redemption", sale.id, sale.member_id, sale.clerk_person_id, shop.node_id
    )
    told = _(
        "%(shop)s，%(at)s，用了 %(points)s 积分",
        shop=shop.name,
        at=moment(sale.redeemed_at),
        points=number(sale.total_points),
    )
    return record, told


RECORDS: dict[str, Callable[[Session, int, UUID], Told]] = {
    "attendance": _attendance,
    "grant": _grant,
    "redemption": _redemption,
}
"""How the record of each kind is found, with its maker, its place, and its words."""

SHARED: dict[str, Callable[[Session, own.Own, UUID], Told]] = {
    "notice": _notice,
    "deduction": _deduction,
}
"""What others may object to as well: it counts as the asker's own."""
