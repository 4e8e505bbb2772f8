"""Sightings (随手拍) at the desk: what waits, with its photo; accepted or refused."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading, unit_of_work
from app.community import tree
from app.people import audit, members
from app.points import programmes, rates
from app.service_orders import sighting_listings, sighting_rates, sightings
from app.service_orders.models import Sighting
from app.web import photos
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas import PageIn
from app.web.schemas.desk import ReasonIn
from app.web.schemas.sightings import SightingRateIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _, _l

bp = Blueprint("sightings", __name__, url_prefix="/<place>/sightings")
KINDS = {
    "hazard": _l("安全隐患"),
    "facility": _l("设施坏了"),
    "litter": _l("环境卫生"),
    "parking": _l("乱停乱放"),
    "other": _l("别的"),
}
STATES = {"waiting": _l("等着看"), "accepted": _l("收下了"), "refused": _l("没有收")}
CHIPS = {"waiting": "wait", "accepted": "ok", "refused": "stop"}


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the reports, those that wait first."""
    return _show()


@bp.get("/<uuid:sighting_id>/photo")
@allow(SIGNED_IN)
def photo(sighting_id: UUID) -> Response:
    """Show a report's photo, and write down that it was looked at (D49)."""

    def look(session: Session) -> bytes:
        found = _scoped(session, sighting_id)
        jpeg = sightings.photo_of(found)
        audit.write(
            session,
            ledger_id=found.ledger_id,
            actor=actor(),
            action="photo_opened",
            subject_kind="sighting",
            subject_id=found.id,
        )
        return jpeg

    return photos.as_picture(unit_of_work(look))


@bp.post("/<uuid:sighting_id>/accept")
@allow(SIGNED_IN)
def accept(sighting_id: UUID) -> ResponseReturnValue:
    """Accept a report; it earns by the rate."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        _scoped(session, sighting_id)
        sightings.accept(session, **_named(sighting_id), actor=actor())

    return _step(verb, _("收下了，本人会收到消息。"))


@bp.post("/<uuid:sighting_id>/refuse")
@allow(SIGNED_IN)
def refuse(sighting_id: UUID) -> ResponseReturnValue:
    """Refuse a report, with the reason."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, sighting_id)
        sightings.refuse(session, **_named(sighting_id), **asked, actor=actor())

    return _step(verb, _("没有收，原因已告诉本人。"), ReasonIn)


@bp.post("/rate")
@allow(SIGNED_IN)
def put_rate() -> ResponseReturnValue:
    """Say what an accepted report makes, from a day on."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        programme = desk.require_programme(session, desk.MANAGERS)
        sighting_rates.put(session, programme=programme, **asked, actor=actor())

    return _step(verb, _("标准存好了，到那天起用。"), SightingRateIn)


def _step(verb: forms.Verb, said: str, schema: Any = None) -> ResponseReturnValue:
    return forms.answer(
        verb, schema=schema, said=said, to=url_for("staff.sightings.show"), again=_show
    )


def _named(sighting_id: UUID) -> dict[str, Any]:
    return {"ledger_id": desk.ledger_id(), "sighting_id": sighting_id}


def _scoped(session: Session, sighting_id: UUID) -> Sighting:
    found = sightings.get(session, **_named(sighting_id))
    desk.require_at(session, found.node_id, desk.DECIDERS)
    if not tree.contains(desk.here().node, tree.get(session, found.node_id)):
        raise NotFound("of another place")
    return found


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("review")
    asked, wrong = forms.asked(PageIn)
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        programme = programmes.of_ledger(session, desk.ledger_id())
        home = tree.get(session, programme.node_id)
        found = sighting_listings.list_in(session, **key, node=desk.here().node, **asked)
        versions = rates.list_versions(session, programme.id, sightings.CATEGORY)
        return forms.page(
            "registers/sightings.html",
            problem or wrong,
            **asked,
            found=found,
            texts={each.id: sightings.text_of(each) for each in found},
            whose=members.get_many(session, **key, member_ids={each.member_id for each in found}),
            nodes=tree.get_many(session, {each.node_id for each in found}),
            kinds=KINDS,
            states=STATES,
            state_kinds=CHIPS,
            rate=versions[-1] if versions else None,
            may_decide=desk.here().may(desk.DECIDERS),
            may_manage=tree.contains(desk.here().node, home) and desk.here().may(desk.MANAGERS),
            today=clock.today(),
        )
