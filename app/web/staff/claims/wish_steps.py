"""What staff do with one wish: for a claimer or wisher without a phone, or sent back (T6, A11)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.errors import NotFound
from app.people import members
from app.service_orders import wishes
from app.service_orders.errors import WishStateConflict
from app.web import fulfilling
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import ReasonIn
from app.web.schemas.desk_claims import ClaimerIn
from app.web.schemas.wishes import StarsIn
from app.web.session import actor
from app.web.staff import desk, forms
from app.web.staff.claims.wishes import draw, scoped
from app.web.staff.member_steps import numbered
from app.web.translate import _

bp = Blueprint("wish_steps", __name__, url_prefix="/<place>/wishes/<uuid:wish_id>")


@bp.post("/claim")
@allow(SIGNED_IN)
def claim(wish_id: UUID) -> ResponseReturnValue:
    """Enter who takes the wish on; never the wisher, nor their household."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        scoped(session, wish_id)
        whose = numbered(session, asked["volunteer_no"])
        desk.require_at(session, whose.node_id, desk.WORKERS)
        wishes.claim(session, **_named(wish_id), claimer=whose)

    return _step(verb, wish_id, _("记下了，由他来办。"), ClaimerIn)


@bp.post("/fulfil")
@allow(SIGNED_IN)
def fulfil(wish_id: UUID) -> ResponseReturnValue:
    """Mark a claimed wish as fulfilled by who claimed it."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        found = scoped(session, wish_id)
        if found.claimer_id is None:
            raise NotFound("nobody took it on")
        claimer = members.get(session, ledger_id=desk.ledger_id(), member_id=found.claimer_id)
        wishes.fulfil(session, **_named(wish_id), claimer=claimer)

    return _step(verb, wish_id, _("记下了，心愿已兑现。"))


@bp.post("/came-true")
@allow(SIGNED_IN)
def came_true(wish_id: UUID) -> ResponseReturnValue:
    """Mark a wish as fulfilled by the activity that took it on, when its close left it."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        scoped(session, wish_id)
        fulfilling.fulfil_wish(session, **_named(wish_id), actor=actor())

    return _step(verb, wish_id, _("记下了，心愿已兑现。"))


@bp.post("/put-back")
@allow(SIGNED_IN)
def put_back(wish_id: UUID) -> ResponseReturnValue:
    """Free the wish from the activity that did not make it come true."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        found = scoped(session, wish_id)
        freed = found.activity_id and fulfilling.free_wishes(
            session,
            ledger_id=found.ledger_id,
            activity_id=found.activity_id,
            wish_ids=[wish_id],
            require_at=lambda node_id: desk.require_at(session, node_id, desk.WORKERS),
        )
        if not freed:
            raise WishStateConflict(state=found.state)

    return _step(verb, wish_id, _("拿掉了，别的活动可以接。"))


@bp.post("/rate")
@allow(SIGNED_IN)
def rate(wish_id: UUID) -> ResponseReturnValue:
    """Write down what the wisher says; never who fulfilled it."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        scoped(session, wish_id)
        fulfilling.rate_wish(session, **_named(wish_id), **asked, actor=actor())

    return _step(verb, wish_id, _("评价记下了。"), StarsIn)


@bp.post("/return")
@allow(SIGNED_IN)
def send_back(wish_id: UUID) -> ResponseReturnValue:
    """Return a wish that cannot be taken on (退回), with the reason."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        scoped(session, wish_id)
        wishes.send_back(session, **_named(wish_id), **asked)

    return _step(verb, wish_id, _("退回了，许愿的人看得到原因。"), ReasonIn)


def _named(wish_id: UUID) -> dict[str, Any]:
    return {"ledger_id": desk.ledger_id(), "wish_id": wish_id}


def _step(verb: forms.Verb, wish_id: UUID, said: str, schema: Any = None) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=schema,
        said=said,
        to=url_for("staff.wishes.wish", wish_id=wish_id),
        again=lambda problem: draw(wish_id, problem),
    )
