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
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem

bp = Blueprint("proof", __name__, url_prefix="/<place>/proof")

SENTENCES: dict[str, tuple[str, str]] = {
    "legs_balance": (
        "每一笔都有来有去",
        "一方少多少，另一方就多多少；不会凭空多出来。",
    ),
    "trial_zero": ("全账加起来是零", "所有账户的收支相抵，正好是零，没有漏记半边的账。"),
    "balance_equals_entries": ("余额等于流水", "每个账户的余额，都等于它的每一笔流水加起来。"),
    "floors": ("没有人透支", "没有账户的积分或时长少于零。"),
    "points_recomputed": ("积分按标准重算过", "每笔积分用当时的标准重新算一遍，结果一样。"),
    "outstanding": ("发出去的等于手里的", "发出的减去用掉和到期的，正好是大家手里的。"),
    "redemption_has_stock": ("每次兑换都有货出去", "每单兑换的货、积分和账，三样对得上。"),
    "one_source": ("每笔账只有一个来源", "同一次服务、同一张凭证，没有重复入账。"),
    "chain": ("流水没有断号", "每个账户的流水一笔接一笔，没有少的，没有插进来的。"),
    "opening_equals_closing": (
        "上次的收盘没有被改",
        "上次核对时的总数，今天从流水里算还是那个数。",
    ),
    "hours_agree": ("三处的时长一致", "按记录、按日期、按账户算的时长，是同一个数。"),
    "append_only_guards": ("账本的锁都在", "数据库里防止改账、删账的锁，一把没少。"),
    "orphans": ("没有无主的账", "每一行账都有它的账户和来由。"),
}
"""What each check asks, in the words of people who never kept books."""


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
        said=lambda made: "核对完了，全部相符。" if made["is_ok"] else "核对完了，有对不上的。",
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
        said="账本又可以记账了。",
        to=url_for("staff.proof.show"),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("proof")
    with reading() as session:
        latest = ledger_proof.find_latest(session, ledger_id=desk.ledger_id())
        minutes, points = ledger_proof.totals(session, ledger_id=desk.ledger_id())
        return forms.page(
            "proof.html",
            problem,
            latest=latest,
            checks=[_check(each) for each in latest.checks] if latest else [],
            minutes=minutes,
            points=points,
            book=books.get(session, desk.ledger_id()),
            may_prove=desk.here().may(desk.PROVERS),
            may_reopen=desk.here().may(desk.MANAGERS),
        )


def _check(found: dict[str, Any]) -> dict[str, Any]:
    name = str(found["name"])
    title, meaning = SENTENCES.get(name, (name, ""))
    return {
        "title": title,
        "meaning": meaning,
        "is_ok": found["is_ok"],
        "name": name,
        "detail": found["detail"],
    }
