"""Submitted work at the desk (验收): accepted into hours and points, or refused (T3)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import households, members
from app.service_orders import claim_listings, claims
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import ReasonIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.claims.posts import scoped
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("claim_work", __name__, url_prefix="/<place>/claims/work")
SHOWN_MAX = 200


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the work that waits to be accepted, oldest first."""
    return _show()


@bp.post("/<uuid:claim_id>/accept")
@allow(SIGNED_IN)
def accept(claim_id: UUID) -> ResponseReturnValue:
    """Accept it: hours and points follow; never one's own, or one's household's."""

    def verb(session: Session, _asked: dict[str, Any]) -> None:
        _scoped(session, claim_id)
        claims.accept(session, ledger_id=desk.ledger_id(), claim_id=claim_id, actor=actor())

    return _step(verb, _("验收通过，时长和积分记上了。"))


@bp.post("/<uuid:claim_id>/refuse")
@allow(SIGNED_IN)
def refuse(claim_id: UUID) -> ResponseReturnValue:
    """Refuse it, with the reason; the slot is free again."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _scoped(session, claim_id)
        claims.refuse(
            session, ledger_id=desk.ledger_id(), claim_id=claim_id, actor=actor(), **asked
        )

    return _step(verb, _("没有通过，名额又空出来了。"), ReasonIn)


def _scoped(session: Session, claim_id: UUID) -> None:
    found = claims.get(session, ledger_id=desk.ledger_id(), claim_id=claim_id)
    scoped(session, found.post_id, desk.DECIDERS)


def _step(verb: forms.Verb, said: str, schema: Any = None) -> ResponseReturnValue:
    return forms.answer(
        verb, schema=schema, said=said, to=url_for("staff.claim_work.show"), again=_show
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("claims")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = claim_listings.list_in(session, **key, node=desk.here().node, limit=SHOWN_MAX)
        ids = {each.claim.member_id for each in found}
        return forms.page(
            "claims/work.html",
            problem,
            found=found,
            whose=members.get_many(session, **key, member_ids=ids),
            notes={each.claim.id: claims.note_of(each.claim) for each in found},
            circle=households.circle_of(session, **key, person_id=desk.me()),
            may_decide=desk.here().may(desk.DECIDERS),
        )
