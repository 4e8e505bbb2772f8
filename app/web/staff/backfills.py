"""Back-fills (补录): entered with evidence, decided by another; hours without points."""

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import DomainError
from app.base.transactions import reading
from app.people import members
from app.points import backfills, programmes, same_day
from app.points import photos as kept
from app.points.backfills import BackfillClaim
from app.points.photos import Subject
from app.web import photos
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import BackfillIn, OneDecideIn, ReasonIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.manual import ENTRANTS
from app.web.staff.member_steps import numbered
from app.web.translate import _

bp = Blueprint("backfills", __name__, url_prefix="/<place>/backfills")
SHOWN_MAX = 200


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what waits, and the form."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def ask() -> ResponseReturnValue:
    """Enter a back-fill for a member, with photos if there are any; a colleague decides."""
    try:
        taken = photos.sent()
    except DomainError as error:
        return _show(forms.problem(error))

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = desk.require_here(session, ENTRANTS)
        whose = numbered(session, asked.pop("volunteer_no"))
        desk.require_at(session, whose.node_id, ENTRANTS)
        claim = BackfillClaim(
            member_id=whose.id, node_id=node.id, applied_by_id=whose.person_id, **asked
        )
        made = backfills.request(session, ledger_id=desk.ledger_id(), claim=claim, actor=actor())
        subject = Subject("backfill", made.id, made.member_id)
        photos.keep(session, desk.ledger_id(), subject, taken)

    return _step(verb, _("补录已录入，等同事审核。"), BackfillIn)


@bp.post("/<uuid:backfill_id>/decide")
@allow(SIGNED_IN)
def decide(backfill_id: UUID) -> ResponseReturnValue:
    """Approve or refuse a back-fill."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        level = _level(session, backfill_id)
        backfills.decide(session, **_named(backfill_id), level=level, actor=actor(), **asked)

    return _step(verb, _("已决定，本人会收到通知。"), OneDecideIn)


@bp.post("/<uuid:backfill_id>/false")
@allow(SIGNED_IN)
def find_false(backfill_id: UUID) -> ResponseReturnValue:
    """Take back a back-fill that was found false; its member is barred for a time (D26)."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        _level(session, backfill_id)
        backfills.find_false(session, **_named(backfill_id), actor=actor(), **asked)

    return _step(verb, _("已撤回这笔补录，本人一年内不能再补录。"), ReasonIn)


def _step(verb: forms.Verb, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb, schema=schema, said=said, to=url_for("staff.backfills.show"), again=_show
    )


def _named(backfill_id: UUID) -> dict[str, Any]:
    return {"ledger_id": desk.ledger_id(), "backfill_id": backfill_id}


def _level(session: Session, backfill_id: UUID) -> int:
    found = backfills.get(session, **_named(backfill_id))
    return desk.level_at(session, {found.node_id})


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("review")
    key: dict[str, Any] = {"ledger_id": desk.ledger_id()}
    with reading() as session:
        found = backfills.list_waiting(session, **key, node=desk.here().node, limit=SHOWN_MAX)
        whose = members.get_many(session, **key, member_ids={each.member_id for each in found})
        programme = programmes.of_ledger(session, desk.ledger_id())
        return forms.page(
            "backfills.html",
            problem,
            same_day=same_day.minutes_of(
                session, **key, days=[(each.member_id, each.served_on) for each in found]
            ),
            found=found,
            whose=whose,
            mine=desk.me(),
            pictures=kept.list_of(
                session, **key, kind="backfill", subject_ids=[each.id for each in found]
            ),
            category_options=[
                (each.code, each.name) for each in programmes.list_categories(session, programme)
            ],
            volunteer_no=request.args.get("volunteer_no", "")[:32],
            today=clock.today(),
        )
