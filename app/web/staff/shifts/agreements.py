"""Agreements at the desk: 共建协议, 结对, 认领 of buildings and grids (T17, T18, T20)."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activities import joint_counts
from app.base import clock
from app.base.serials import HOUSE
from app.base.transactions import reading
from app.community import agreements, terms, tree, units
from app.community.agreements import Terms
from app.community.models import AGREEMENT_KINDS, Agreement, Node
from app.people import audit
from app.people.team_cards import list_parts
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_venues import AgreementIn, EndIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _, _l

bp = Blueprint("agreements", __name__, url_prefix="/<place>/agreements")
KINDS = {"joint": _l("共建协议"), "pairing": _l("结对共建"), "claim": _l("认领楼栋、网格")}
LEVELS_ABOVE = 2


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the register: who agreed to what with which place, and until when."""
    return _show()


@bp.post("")
@allow(SIGNED_IN)
def sign() -> ResponseReturnValue:
    """Enter an agreement with this place or a part of it."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        desk.require_here(session, desk.WORKERS)
        node = tree.by_code(session, asked.pop("node_code"))
        desk.require_at(session, node.id, desk.WORKERS)
        unit = units.get(session, asked.pop("unit_id"))
        made = agreements.sign(session, unit=unit, node=node, terms=Terms(**asked), actor=actor())
        _note(session, "agreement_signed", made)

    return forms.answer(
        verb,
        schema=AgreementIn,
        ledger_id=HOUSE,
        said=_("记好了。"),
        to=url_for("staff.agreements.show"),
        again=_show,
    )


@bp.post("/<int:agreement_id>/end")
@allow(SIGNED_IN)
def end(agreement_id: int) -> ResponseReturnValue:
    """End an agreement today, with the reason."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        found = agreements.get(session, agreement_id)
        desk.require_at(session, found.node_id, desk.WORKERS)
        done = agreements.end(session, agreement_id=agreement_id, actor=actor(), **asked)
        _note(session, "agreement_ended", done)

    return forms.answer(
        verb,
        schema=EndIn,
        ledger_id=HOUSE,
        said=_("结束了，记录还在。"),
        to=url_for("staff.agreements.show"),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("manage")
    chosen = request.args.get("kind")
    kind = chosen if chosen in AGREEMENT_KINDS else None
    with reading() as session:
        node = desk.here().node
        found = agreements.list_in(session, node, kind=kind)
        nodes = tree.get_many(session, {each.node_id for each in found})
        whose = units.get_many(session, {each.unit_id for each in found})
        parts = [(node.code, node.short_name)]
        parts += [(each.code, each.short_name) for each in list_parts(session, node)]
        return forms.page(
            "shifts/agreements.html",
            problem,
            kinds=KINDS,
            chosen=kind,
            rows=[
                (each, whose[each.unit_id], agreements.is_running(each, clock.today()))
                for each in found
            ],
            places=_below(session, node, nodes),
            kind_names=terms.names(session, node, terms.UNIT_KIND),
            joint=agreements.count_by_kind_of_unit(session, node, kind="joint"),
            projects=_projects(session, node, found),
            unit_options=_units(session, node),
            place_options=parts,
            today=clock.today(),
            may_change=desk.here().may(desk.WORKERS),
        )


def _below(session: Session, node: Node, nodes: dict[int, Node]) -> dict[int, str]:
    """Say where each place is, from this desk's place on (金溪社区 / 金涵小区二期 / B区17号楼)."""
    crumbs = tree.breadcrumbs(session, nodes.values())
    above = tree.breadcrumb(session, node)
    head = above[: len(above) - len(node.short_name)]
    return {node_id: text.removeprefix(head) for node_id, text in crumbs.items()}


def _units(session: Session, node: Node) -> list[tuple[int, str]]:
    """List who may sign here: units of this place, and of the two levels above it."""
    line = tree.ancestors(session, node)
    widest = line[max(0, len(line) - LEVELS_ABOVE - 1)]
    return [(each.id, each.name) for each in units.list_in(session, widest)]


def _projects(session: Session, node: Node, found: list[Agreement]) -> dict[int, int]:
    """Count what each unit does with this place: activities held together (T17)."""
    return joint_counts.count_by_unit(
        session,
        ledger_id=desk.ledger_id(),
        node=node,
        unit_ids={each.unit_id for each in found},
    )


def _note(session: Session, action: str, agreement: Agreement) -> None:
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor(),
        action=action,
        subject_kind="agreement",
        kind=agreement.kind,
        title=agreement.title,
    )
