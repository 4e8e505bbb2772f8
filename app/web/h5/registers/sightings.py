"""Sightings (随手拍) on the phone: take a photo, say what and where; see what came of mine."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import DomainError, NotFound
from app.base.transactions import reading
from app.community import tree
from app.points import grants
from app.service_orders import sighting_listings, sightings
from app.service_orders.sightings import Seen
from app.web import photos
from app.web.acts import submit
from app.web.errors import problem_of
from app.web.h5 import forms, own
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.sightings import SightingIn
from app.web.translate import _, _l

bp = own.for_oneself(Blueprint("sightings", __name__))
KINDS = {
    "hazard": _l("安全隐患"),
    "facility": _l("设施坏了"),
    "litter": _l("环境卫生"),
    "parking": _l("乱停乱放"),
    "other": _l("别的"),
}
STATES = {"waiting": _l("等社区看"), "accepted": _l("收下了"), "refused": _l("没有收")}
CHIPS = {"waiting": "wait", "accepted": "ok", "refused": "stop"}


@bp.get("/sightings")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show what I reported, and what came of it."""
    with reading() as session:
        me = own.here(session)
        found = sighting_listings.list_of_member(session, **me.key)
        ids = [each.grant_id for each in found if each.grant_id]
        made = grants.get_many(session, ledger_id=me.ledger_id, grant_ids=ids)
        may_report = sightings.may_report(session, me.member)
    return forms.page(
        "h5/registers/sightings.html",
        me=me,
        found=found,
        texts={each.id: sightings.text_of(each) for each in found},
        points={each.id: made[each.grant_id].points for each in found if each.grant_id in made},
        kinds=KINDS,
        states=STATES,
        chips=CHIPS,
        may_report=may_report,
        said=_("交上去了，社区看过会告诉您。") if request.args.get("said") else None,
    )


@bp.get("/sightings/new")
@allow(SIGNED_IN)
def form() -> ResponseReturnValue:
    """Ask what is to be seen, where, with a photo."""
    return _form()


@bp.post("/sightings/new")
@allow(SIGNED_IN)
def send() -> ResponseReturnValue:
    """Report it."""
    typed = {name: value for name, value in forms.typed().items() if name != "photo"}
    asked, wrong = forms.load(SightingIn(), typed)
    try:
        taken = photos.sent("photo")
    except DomainError as error:
        wrong = wrong or problem_of(error)
    if wrong:
        return _form(wrong)
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        seen = Seen(
            kind=asked["kind"],
            place=asked["place_text"],
            text=asked["text"],
            picture=taken[0] if taken else None,
        )
        node = tree.by_code(session, asked["node_code"]) if asked["node_code"] else None
        key: dict[str, Any] = {"ledger_id": me.ledger_id, "member": me.member}
        sightings.report(session, **key, node=node, seen=seen)

    _made, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _form(problem)
    return redirect(url_for("h5.sightings.page", said=1), code=303)


@bp.get("/sightings/<uuid:sighting_id>/photo")
@allow(SIGNED_IN)
def picture(sighting_id: UUID) -> Response:
    """Show the photo of a report of mine."""
    with reading() as session:
        me = own.here(session)
        found = sightings.get(session, ledger_id=me.ledger_id, sighting_id=sighting_id)
        if found.member_id != me.member.id:
            raise NotFound("no report of yours")
        return photos.as_picture(sightings.photo_of(found))


def _form(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        places = sightings.places(session, me.member)
    return forms.page(
        "h5/registers/sighting.html",
        problem,
        me=me,
        places=[(each.code, each.short_name) for each in places],
        kinds=list(KINDS.items()),
        typed=request.form,
    )
