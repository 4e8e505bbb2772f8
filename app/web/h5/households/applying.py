"""Applications (积分申报) on the phone: say what was done, with photos; see where it stands."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import DomainError, NotFound, ValidationFailed
from app.base.transactions import reading
from app.points import (
    application_checks,
    application_listings,
    application_standing,
    applications,
    notices,
    programmes,
)
from app.points import photos as kept
from app.points.application_checks import Asked
from app.points.models import Indicator
from app.points.photos import Subject
from app.web import photos
from app.web.acts import submit
from app.web.day_spans import said_of
from app.web.errors import problem_of
from app.web.h5 import forms, own
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.me_application import MyApplicationIn
from app.web.session import actor
from app.web.translate import _, _l

bp = own.may_be_acted(Blueprint("applying", __name__))

CALLED = {
    "starts_at": (_l("从几点"), _l("按小时的要写从几点到几点")),
    "ends_at": (_l("到几点"), _l("按小时的要写从几点到几点，最多 12 小时，不能在以后")),
}
NEEDED = {"photo": _l("要照片"), "case_number": _l("要编号")}
SIZES = ("minutes", "quantity")
"""What the room calls the one number of the form."""

UNITS = {"minutes": _l("按小时"), "times": _l("按次"), "pieces": _l("按件")}


@bp.get("/applications")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show what I applied for, and where it stands."""
    return _page()


@bp.get("/applications/new")
@allow(SIGNED_IN)
def form() -> ResponseReturnValue:
    """Ask what was done, when, and how much of it."""
    return _form()


@bp.post("/applications/new")
@allow(SIGNED_IN)
def send() -> ResponseReturnValue:
    """Hand an application in; another person reviews it."""
    typed = {name: value for name, value in forms.typed().items() if name != "photos"}
    asked, wrong = forms.load(MyApplicationIn(), typed)
    try:
        taken = photos.sent()
    except DomainError as error:
        wrong = wrong or problem_of(error)
    if wrong:
        return _form(wrong)
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        wanted = _asked(session, me, dict(asked))
        made = applications.apply(session, ledger_id=me.ledger_id, asked=wanted, actor=actor())
        photos.keep(session, me.ledger_id, Subject("application", made.id, me.member.id), taken)
        application_checks.require_photo(session, made)

    _made, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _form(_pointed(problem, asked["amount"]))
    return redirect(url_for("h5.applying.page", said=1), code=303)


@bp.post("/applications/<uuid:application_id>/withdraw")
@allow(SIGNED_IN)
def withdraw(application_id: UUID) -> ResponseReturnValue:
    """Take my application back."""
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "application_id": application_id}
        if applications.get(session, **named).member_id != me.member.id:
            raise NotFound("no such application of yours")
        applications.withdraw(session, **named, actor=actor())

    _made, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _page(problem)
    return redirect(url_for("h5.applying.page"), code=303)


def _asked(session: Session, me: own.Own, asked: dict[str, Any]) -> Asked:
    """Turn the one number of the form into minutes, or into 次 or 件."""
    programme = programmes.of_ledger(session, me.ledger_id)
    category = programmes.category(session, programme, asked["category_code"])
    begins, ends = asked.pop("starts_at"), asked.pop("ends_at")
    starts_at, ends_at = said_of(asked["served_on"], begins, ends)
    amount = asked.pop("amount")
    minutes = quantity = 0
    if category.indicator_code is not None:
        measure = programmes.indicator(session, programme, category.indicator_code).measure
        if measure == "minutes":
            minutes = _minutes(amount, starts_at, ends_at)
        else:
            quantity = _quantity(amount, measure)
    return Asked(
        member_id=me.member.id,
        node_id=me.node.id,
        minutes=minutes,
        quantity=quantity,
        starts_at=starts_at,
        ends_at=ends_at,
        **asked,
    )


def _minutes(amount: Any, starts_at: datetime | None, ends_at: datetime | None) -> int:
    if amount is not None:
        return int(amount * 60)
    if starts_at is None or ends_at is None:
        raise ValidationFailed("hours say from when to when", field="starts_at")
    return int((ends_at - starts_at).total_seconds() // 60)


def _quantity(amount: Any, measure: str) -> int:
    """Count 次 as they are said; an application for a 件 is one case."""
    if amount is None and measure == "pieces":
        return 1
    if amount is None or amount != int(amount):
        raise ValidationFailed("a whole number", field="amount")
    return int(amount)


def _pointed(problem: dict[str, Any], amount: Any) -> dict[str, Any]:
    """Point at the form's own number, or at the time of day that was said instead of it."""
    facts = problem.get("facts", {})
    size = facts.get("field")
    if size not in SIZES:
        return problem
    field = "ends_at" if size == "minutes" and amount is None else "amount"
    return {**problem, "facts": {**facts, "field": field, "reason": size}}


def _page(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        found = application_listings.list_of_member(session, **me.key)
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "kind": "application"}
        pictures = kept.list_of(session, **named, subject_ids=[each.id for each in found])
        programme = programmes.of_ledger(session, me.ledger_id)
        listed = programmes.list_categories(session, programme)
        names = {each.code: each.name for each in listed}
        standings = application_standing.of(session, ledger_id=me.ledger_id, found=found)
        closing = notices.closing_days(
            session,
            ledger_id=me.ledger_id,
            notice_ids={each.notice_id for each in found if each.notice_id},
        )
        texts = {each.id: applications.text_of(each) for each in found}
    said = _("交上去了，审核完会发消息给您") if request.args.get("said") else None
    return forms.page(
        "h5/households/applications.html",
        problem,
        me=me,
        found=found,
        pictures=pictures,
        names=names,
        standings=standings,
        closing=closing,
        texts=texts,
        said=said,
    )


def _form(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        categories = _categories(session, me)
    return forms.page(
        "h5/households/apply.html",
        problem,
        CALLED,
        me=me,
        categories=categories,
        today=clock.today().isoformat(),
        typed=request.form,
    )


def _categories(session: Session, me: own.Own) -> list[tuple[str, str]]:
    """List what earns points, each with how it is counted."""
    programme = programmes.of_ledger(session, me.ledger_id)
    indicators: dict[str, Indicator] = {
        each.code: each for each in programmes.list_indicators(session, programme)
    }
    return [
        (each.code, f"{each.name}（{_counted(indicators[each.indicator_code])}）")
        for each in programmes.list_categories(session, programme)
        if each.indicator_code and each.earns_hours
    ]


def _counted(indicator: Indicator) -> str:
    """Say how it is counted, and what must be shown for it (P7)."""
    needed = {indicator.evidence, "case_number" if indicator.measure == "pieces" else ""}
    said = [UNITS[indicator.measure], *(text for code, text in NEEDED.items() if code in needed)]
    return _("，").join(map(str, said))
