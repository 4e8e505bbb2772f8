"""Back-fills (补录) on the phone: ask for past service to be recorded, with photos; see mine."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import DomainError
from app.base.transactions import reading
from app.points import backfills, programmes
from app.points import photos as kept
from app.points.backfills import BackfillClaim
from app.points.photos import Subject
from app.web import photos
from app.web.acts import submit
from app.web.errors import problem_of
from app.web.h5 import forms, own
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.me_backfill import MyBackfillIn
from app.web.session import actor
from app.web.translate import _

bp = own.may_be_acted(Blueprint("backfilling", __name__))


@bp.get("/backfills")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show what I asked for, and what came of it."""
    with reading() as session:
        me = own.here(session)
        found = backfills.list_of_member(session, **me.key)
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "kind": "backfill"}
        pictures = kept.list_of(session, **named, subject_ids=[each.id for each in found])
    said = _("已经交上去了，审核完会发消息给您") if request.args.get("said") else None
    return forms.page("h5/backfills.html", me=me, found=found, pictures=pictures, said=said)


@bp.get("/backfills/new")
@allow(SIGNED_IN)
def form() -> ResponseReturnValue:
    """Ask what was done, when, and who saw it."""
    return _form()


@bp.post("/backfills/new")
@allow(SIGNED_IN)
def send() -> ResponseReturnValue:
    """Hand a back-fill in; staff decide."""
    typed = {name: value for name, value in forms.typed().items() if name != "photos"}
    asked, wrong = forms.load(MyBackfillIn(), typed)
    try:
        taken = photos.sent()
    except DomainError as error:
        wrong = wrong or problem_of(error)
    if wrong:
        return _form(wrong)
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        claim = BackfillClaim(
            member_id=me.member.id,
            node_id=me.node.id,
            applied_by_id=me.member.person_id,
            provenance="honorary",
            **asked,
        )
        made = backfills.request(session, ledger_id=me.ledger_id, claim=claim, actor=actor())
        photos.keep(session, me.ledger_id, Subject("backfill", made.id, me.member.id), taken)

    _made, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _form(problem)
    return redirect(url_for("h5.backfilling.page", said=1), code=303)


@bp.get("/photos/<uuid:photo_id>")
@allow(SIGNED_IN)
def picture(photo_id: UUID) -> Response:
    """Show a photo of mine."""
    with reading() as session:
        me = own.here(session)
    return photos.own_picture(me.ledger_id, photo_id)


def _form(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        programme = programmes.of_ledger(session, me.ledger_id)
        categories = programmes.list_categories(session, programme)
    return forms.page(
        "h5/backfill.html",
        problem,
        me=me,
        categories=[(each.code, each.name) for each in categories],
        today=clock.today().isoformat(),
        typed=request.form,
    )
