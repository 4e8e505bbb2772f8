"""The rows of the review: each grant with its member, its ground, its worth, and who decides."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.community import grids, tree
from app.people import households, members
from app.people.models import Member
from app.points import programmes, rates
from app.points.approvals import WAITING
from app.points.models import Grant
from app.reports import review_rows
from app.web.staff import desk
from app.web.translate import _

PLAIN = {"roll"}
"""Hold reasons that come with every roll and card: nothing odd by themselves."""


def rows(session: Session, found: Sequence[Grant]) -> list[dict[str, Any]]:
    """Return each grant that waits with what a person must see; the statements are constant."""
    ledger_id = desk.ledger_id()
    whose = members.get_many(
        session, ledger_id=ledger_id, member_ids={each.member_id for each in found}
    )
    grounds = review_rows.grounds_of(
        session,
        ledger_id=ledger_id,
        attendance_ids={each.source_id for each in found if each.source_kind == "attendance"},
    )
    away = _away(session, found, whose)
    card = rates.card(session, programmes.of_ledger(session, ledger_id).id)
    circle = households.circle_of(session, ledger_id=ledger_id, person_id=desk.me())
    return [
        {
            "grant": each,
            "member": whose[each.member_id],
            "ground": grounds.get(each.source_id),
            "is_away": each.id in away,
            "holds": (each.hold_reasons or "").split(",") if each.hold_reasons else [],
            "points": _worth(card, each),
            **_kind(each, whose[each.member_id], circle),
        }
        for each in found
    ]


def _away(session: Session, found: Sequence[Grant], whose: Mapping[UUID, Member]) -> set[UUID]:
    """Return the grants of members who live outside the community of the deed (A13).

    They are marked, and decided like all others.
    """
    wanted = {each.node_id for each in found} | {each.node_id for each in whose.values()}
    nodes = tree.get_many(session, wanted)
    bounds = grids.neighbourhoods(session, [nodes[each.node_id] for each in found])
    return {
        each.id
        for each in found
        if not tree.contains(bounds[each.node_id], nodes[whose[each.member_id].node_id])
    }


def sums(found: Iterable[dict[str, Any]]) -> dict[str, int]:
    """Return what rows add up to: minutes and points."""
    listed = list(found)
    return {
        "sum_minutes": sum(row["grant"].minutes for row in listed),
        "sum_points": sum(row["points"] or 0 for row in listed),
    }


def activities(found: Iterable[dict[str, Any]]) -> dict[UUID, str]:
    """Return the activities behind rows, by id, as a filter offers them."""
    grounds = [row["ground"] for row in found if row["ground"]]
    return {each.activity.id: each.activity.title for each in grounds}


def is_plain(hold_reasons: str) -> bool:
    """Whether a grant waits for nothing but a second look that every roll gets."""
    return set(hold_reasons.split(",")) - {""} <= PLAIN


def _worth(card: rates.RateCard, grant: Grant) -> int | None:
    """Return what the grant would earn by its rate, without the rest of earlier ones."""
    if grant.provenance not in ("credited", "none") or grant.indicator_code is None:
        return 0
    rate = card.find_on(grant.indicator_code, grant.served_on)
    return rates.earn(rate, carry=0, quantity=grant.quantity).points if rate else None


def _kind(grant: Grant, member: Member, circle: set[UUID]) -> dict[str, str]:
    """Say who decides: not the maker, not a relative, not below the level."""
    if desk.here().level < WAITING[grant.state]:
        return {"kind": "others", "why": _("等上一级审核")}
    if grant.made_by_id == desk.me():
        return {"kind": "others", "why": _("您经手的，请同事审核")}
    if member.id in circle:
        return {"kind": "others", "why": _("您自己或家人的，请同事审核")}
    return {"kind": "plain" if is_plain(grant.hold_reasons or "") else "odd", "why": ""}
