"""The proof of the book, so that a layman can read it: each check as a sentence, ✓ or ✗."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.ledger import books
from app.ledger import proof as ledger_proof
from app.people import audit
from app.reports import proofs
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import ReasonIn
from app.web.session import actor
from app.web.staff import desk, forms, menu, proof_words
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("proof", __name__, url_prefix="/<place>/proof")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the last proof."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def run() -> ResponseReturnValue:
    """Prove the book now; a broken proof makes it read-only."""

    def verb(session: Session, _asked: dict[str, Any]) -> bool:
        desk.require_here(session, desk.PROVERS)
        return proofs.prove(session, ledger_id=desk.ledger_id()).is_ok

    return forms.answer(
        verb,
        show=lambda is_ok: {"is_ok": is_ok},
        said=lambda made: (
            _("核对完了，全部相符。") if made["is_ok"] else _("核对完了，有对不上的。")
        ),
        to=url_for("staff.proof.show"),
        again=_show,
    )


@bp.post("/reopen")
@allow(SIGNED_IN)
def reopen() -> ResponseReturnValue:
    """Let a stopped book take postings again, once a proof after the stop is in order."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        desk.require_programme(session, desk.MANAGERS)
        ledger_proof.reopen(session, ledger_id=desk.ledger_id(), actor=actor(), **asked)
        audit.write(
            session,
            ledger_id=desk.ledger_id(),
            actor=actor(),
            action="book_reopened",
            subject_kind="book",
            reason=asked["reason"],
        )

    return forms.answer(
        verb,
        schema=ReasonIn,
        said=_("账本又可以记账了。"),
        to=url_for("staff.proof.show"),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("proof")
    with reading() as session:
        history = ledger_proof.history(session, ledger_id=desk.ledger_id())
        minutes, points = ledger_proof.totals(session, ledger_id=desk.ledger_id())
        latest = history[0] if history else None
        return forms.page(
            "proof.html",
            problem,
            latest=latest,
            checks=proof_words.read(history),
            run_count=len(history),
            minutes=minutes,
            points=points,
            book=books.get(session, desk.ledger_id()),
            may_prove=desk.here().may(desk.PROVERS),
            may_reopen=desk.here().may(desk.MANAGERS),
        )
