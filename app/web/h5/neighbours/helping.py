"""Helping a neighbour on the phone: taken on, given up, confirmed with their code (L6, T28)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people.codes import SpentCode
from app.service_orders import exchanges
from app.web import day_spans, neighbour_help
from app.web.acts import submit
from app.web.h5 import own
from app.web.h5.neighbours import street
from app.web.h5.own import Own
from app.web.limiter import GUESSING, limiter
from app.web.permissions import SIGNED_IN, allow

bp = own.for_oneself(Blueprint("neighbour_helping", __name__))

CODE_LENGTH_MAX = 64


@bp.post("/neighbours/<uuid:exchange_id>/accept")
@allow(SIGNED_IN)
def accept(exchange_id: UUID) -> ResponseReturnValue:
    """Take a neighbour's request on; of two at once one gets it."""

    def step(session: Session, me: Own) -> None:
        named: dict[str, Any] = {"ledger_id": me.ledger_id, "exchange_id": exchange_id}
        neighbour_help.require_neighbour(session, **named, me=me.member)
        exchanges.accept(session, **named, helper=me.member)

    return _step(exchange_id, step, "accepted")


@bp.post("/neighbours/<uuid:exchange_id>/decline")
@allow(SIGNED_IN)
def decline(exchange_id: UUID) -> ResponseReturnValue:
    """Say that I cannot do what I offered; other neighbours may."""

    def step(session: Session, me: Own) -> None:
        exchanges.decline(
            session, ledger_id=me.ledger_id, exchange_id=exchange_id, member=me.member
        )

    return _step(exchange_id, step, "declined")


@bp.post("/neighbours/<uuid:exchange_id>/give-up")
@allow(SIGNED_IN)
def give_up(exchange_id: UUID) -> ResponseReturnValue:
    """Say that I cannot help after all."""

    def step(session: Session, me: Own) -> None:
        exchanges.give_up(
            session, ledger_id=me.ledger_id, exchange_id=exchange_id, helper=me.member
        )

    return _step(exchange_id, step, "given_up")


@bp.post("/neighbours/<uuid:exchange_id>/confirm")
@allow(SIGNED_IN)
@limiter.limit(GUESSING, deduct_when=lambda answer: answer.status_code >= 400)
def confirm(exchange_id: UUID) -> ResponseReturnValue:
    """Confirm with the code on the helped neighbour's phone; the code is good for one try."""
    with reading() as session:
        me = street.here(session)

    def before(session: Session) -> SpentCode:
        day_spans.typed(request.form)  # a time that cannot be read costs no code
        presented = request.form.get("code", "")[:CODE_LENGTH_MAX]
        return neighbour_help.spend_code(session, ledger_id=me.ledger_id, presented=presented)

    def verb(session: Session, spent: SpentCode) -> None:
        starts_at, ends_at = day_spans.typed(request.form)
        neighbour_help.confirm_by_code(
            session,
            spent=spent,
            exchange_id=exchange_id,
            me=me.member,
            starts_at=starts_at,
            ends_at=ends_at,
        )

    _nothing, problem = submit(
        verb, ledger_id=me.ledger_id, before=before, refused=neighbour_help.note_refusal
    )
    return _answered(exchange_id, problem, "done")


def _step(
    exchange_id: UUID, step: Callable[[Session, Own], None], said: str
) -> ResponseReturnValue:
    with reading() as session:
        me = street.here(session)
    _nothing, problem = submit(lambda session, _fact: step(session, me), ledger_id=me.ledger_id)
    return _answered(exchange_id, problem, said)


def _answered(exchange_id: UUID, problem: dict[str, Any] | None, said: str) -> ResponseReturnValue:
    if problem:
        return street.draw(exchange_id, problem)
    target = url_for("h5.neighbours.detail", exchange_id=exchange_id, said=said)
    return redirect(target, code=303)
