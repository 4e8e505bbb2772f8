"""Quarters at the desk: the board with its inputs, closing by two people, the rule (S1, S2)."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading, unit_of_work
from app.points import programmes
from app.points.quarters import closing, scoring
from app.points.quarters.calendar import Quarter
from app.points.quarters.scoring import Rule
from app.reports import exports, returns
from app.reports.models_quarter import SUBJECT_KINDS
from app.reports.quarters import boards, files, freezing, naming, packs
from app.reports.quarters.boards import QuarterBoard
from app.web.downloads import attached
from app.web.issued_files import issued
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_stars import RuleIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _, _l

bp = Blueprint("quarters", __name__, url_prefix="/<place>/quarters")
SHOWN_MAX = 200
MINUTES_AN_HOUR = 60
KINDS = {"member": _l("志愿者"), "team": _l("队伍"), "project": _l("项目")}


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show which quarters are closed, which comes next, and the rule."""
    return _show()


@bp.post("/<period>/propose")
@allow(SIGNED_IN)
def propose(period: str) -> ResponseReturnValue:
    """Propose to close a quarter."""
    return _step(period, closing.propose, _("提出结账了，请另一位管理员来结。"))


@bp.post("/<period>/close")
@allow(SIGNED_IN)
def close(period: str) -> ResponseReturnValue:
    """Close a quarter that a colleague proposed, and freeze its board."""
    return _step(period, freezing.close, _("结账了。以后的更正算到下一个季度。"))


@bp.post("/<period>/withdraw")
@allow(SIGNED_IN)
def withdraw(period: str) -> ResponseReturnValue:
    """Take a proposal back."""
    return _step(period, closing.withdraw, _("不结了，这个季度还开着。"))


@bp.post("/rule")
@allow(SIGNED_IN)
def add_rule() -> ResponseReturnValue:
    """Set the rule by which quarters are ranked from now on."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        programme = desk.require_programme(session, desk.MANAGERS)
        full_minutes = MINUTES_AN_HOUR * asked.pop("full_hours")
        wanted = Rule(full_minutes=full_minutes, **asked)
        scoring.add_version(session, programme=programme, wanted=wanted, actor=actor())

    return forms.answer(
        verb,
        schema=RuleIn,
        said=_("规则存好了。结过账的季度不变。"),
        to=url_for("staff.quarters.show"),
        again=_show,
    )


@bp.get("/<period>")
@allow(SIGNED_IN)
def board(period: str) -> ResponseReturnValue:
    """Show a quarter's board with every input."""
    menu.at("showing")
    quarter, kind = Quarter.named(period), _kind()
    with reading() as session:
        drawn = _drawn(session, quarter, kind)
        report = drawn.report
        return forms.page(
            "stars/quarter.html",
            board=drawn,
            quarter=quarter,
            shown=drawn.ranked[:SHOWN_MAX],
            others=drawn.others[:SHOWN_MAX],
            names=_names(session, drawn),
            kinds=KINDS,
            rule=files.said(drawn.rule),
            is_sound=freezing.is_unchanged(session, report) if report else None,
        )


@bp.post("/<period>/file")
@allow(SIGNED_IN)
def take(period: str) -> ResponseReturnValue:
    """Take the board as a sheet; the file is registered and can be verified (A16)."""
    quarter, kind = Quarter.named(period), _kind()

    def write(session: Session) -> Response:
        node = desk.require_here(session, desk.READERS)
        content = files.content(
            session, ledger_id=desk.ledger_id(), node=node, quarter=quarter, kind=kind
        )
        name = f"{node.code}-{quarter.name}-{kind}"
        return issued(session, content, name, ledger_id=desk.ledger_id())

    return unit_of_work(write)


@bp.post("/<period>/pack")
@allow(SIGNED_IN)
def take_pack(period: str) -> ResponseReturnValue:
    """Take the quarter's pack of this place and below it in one file (S11)."""
    quarter = Quarter.named(period)

    def write(session: Session) -> Response:
        node = desk.require_here(session, desk.READERS)
        ordered = exports.ordered_by(session, ledger_id=desk.ledger_id(), actor=actor())
        named: dict[str, Any] = {"ledger_id": desk.ledger_id(), "node": node}
        pack = packs.make(session, **named, quarter=quarter, ordered=ordered)
        return attached(pack, f"{node.code}-{quarter.name}-pack")

    return unit_of_work(write)


@bp.get("/<period>/returns")
@allow(SIGNED_IN)
def show_returns(period: str) -> ResponseReturnValue:
    """Show how many redeemers served again within 90 days, with every row (P6)."""
    menu.at("showing")
    quarter = Quarter.named(period)
    with reading() as session:
        found = returns.count(
            session,
            ledger_id=desk.ledger_id(),
            node=desk.here().node,
            begins_on=quarter.begins_on,
            ends_on=quarter.ends_on,
        )
    return forms.page("stars/returns.html", quarter=quarter, found=found)


def _step(period: str, call: Any, said: str) -> ResponseReturnValue:
    def verb(session: Session, _asked: dict[str, Any]) -> None:
        desk.require_programme(session, desk.MANAGERS)
        quarter = Quarter.named(period)
        call(session, ledger_id=desk.ledger_id(), quarter=quarter, actor=actor())

    return forms.answer(verb, said=said, to=url_for("staff.quarters.show"), again=_show)


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("showing")
    with reading() as session:
        ledger_id = desk.ledger_id()
        listed = closing.list_all(session, ledger_id=ledger_id)
        programme = programmes.of_ledger(session, ledger_id)
        here = desk.here()
        turn = closing.next_in_turn(session, ledger_id=ledger_id)
        rule = scoring.current(session, programme.id)
        return forms.page(
            "stars/quarters.html",
            problem,
            listed=listed,
            present=Quarter.of(clock.today()),
            turn=turn,
            waiting=closing.find(session, ledger_id=ledger_id, quarter=turn),
            is_over=closing.is_over(turn),
            mine=desk.me(),
            rule=rule,
            rule_said=files.said(rule),
            may_manage=here.may(desk.MANAGERS) and programme.node_id == here.node.id,
        )


def _drawn(session: Session, quarter: Quarter, kind: str) -> QuarterBoard:
    return boards.draw(
        session,
        ledger_id=desk.ledger_id(),
        node=desk.here().node,
        quarter=quarter,
        kind=kind,
    )


def _kind() -> str:
    wanted = request.values.get("kind", "member")
    return wanted if wanted in SUBJECT_KINDS else "member"


def _names(session: Session, drawn: QuarterBoard) -> dict[Any, str]:
    """Return what each line is called: a member masked, a team or a project by its name."""
    shown = [*(one for _, one in drawn.ranked[:SHOWN_MAX]), *drawn.others[:SHOWN_MAX]]
    ids = [one.subject_id for one in shown]
    return naming.at_desk(session, ledger_id=desk.ledger_id(), kind=drawn.kind, ids=ids)
