"""Agreements: what a unit and a place agreed: 共建协议, 结对, 认领 of a building or grid.

One register with begin and end (T17, T18, T20). What is claimed is claimed by one unit at
a time: the first, until its claim ends or its last day has passed. Ended rows stay.
"""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, serials
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.errors import PlaceClaimed
from app.community.models import AGREEMENT_KINDS, Agreement, Node, Unit

EXPIRED = "到期"
"""Why a claim ended whose last day passed: nobody else gave a reason."""
TITLE_MAX, STANDARD_MAX, REASON_MAX = 80, 32, 200


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed.

    Attributes:
        kind: `joint`, `pairing` or `claim`.
        standard: To what a claimed building is brought, such as 五星楼道.
        ends_on: Its last day; None: until it is ended.
    """

    kind: str
    title: str
    begins_on: date
    ends_on: date | None = None
    standard: str | None = None


def sign(session: Session, *, unit: Unit, node: Node, terms: Terms, actor: Actor) -> Agreement:
    """Enter what a unit and a place agreed.

    Raises:
        ValidationFailed: The kind, a text or the days are not as they may be.
        PlaceClaimed: Another unit holds this building or grid; fact `unit`.
    """
    _check(terms)
    if terms.kind == "claim":
        _end_expired(session, node)
    is_over = terms.kind == "claim" and terms.ends_on is not None and terms.ends_on < clock.today()
    row = {
        "id": serials.take(session, ledger_id=serials.HOUSE, name="community_agreement"),
        "unit_id": unit.id,
        "node_id": node.id,
        "kind": terms.kind,
        "title": terms.title.strip(),
        "standard": (terms.standard or "").strip() or None,
        "begins_on": terms.begins_on,
        "ends_on": terms.ends_on,
        "ended_on": terms.ends_on if is_over else None,
        "ended_reason": EXPIRED if is_over else None,
        "made_at": clock.now(),
    }
    made = session.scalar(
        insert_or_ignore(session, Agreement).values(**row).returning(Agreement.id)
    )
    if made is None:
        holder = holder_of(session, node)
        raise PlaceClaimed(unit=holder.name if holder else "")
    return get(session, made)


def end(session: Session, *, agreement_id: int, reason: str, actor: Actor) -> Agreement:
    """End an agreement today, with the reason; a claimed place is free again.

    Raises:
        NotFound: There is none, or it ended before.
        ValidationFailed: There is no reason.
    """
    why = reason.strip()
    if not 0 < len(why) <= REASON_MAX:
        raise ValidationFailed("a reason", field="reason")
    ended = session.execute(
        sa.update(Agreement)
        .where(Agreement.id == agreement_id, Agreement.ended_on.is_(None))
        .values(ended_on=clock.today(), ended_reason=why)
        .returning(Agreement.id)
        .execution_options(synchronize_session=False)
    )
    if ended.first() is None:
        raise NotFound("no agreement that runs")
    return get(session, agreement_id)


def get(session: Session, agreement_id: int) -> Agreement:
    """Return an agreement.

    Raises:
        NotFound: There is none.
    """
    found = session.scalars(
        sa.select(Agreement)
        .where(Agreement.id == agreement_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound(f"no agreement {agreement_id}")
    return found


def list_in(session: Session, node: Node, *, kind: str | None = None) -> list[Agreement]:
    """List the agreements with a place and all below it, those that run first."""
    query = (
        sa.select(Agreement)
        .join(Node, Node.id == Agreement.node_id)
        .where(tree.within(Node.path, node))
        .order_by(Agreement.ended_on.is_not(None), Agreement.begins_on.desc(), Agreement.id)
    )
    if kind is not None:
        query = query.where(Agreement.kind == kind)
    return list(session.scalars(query))


def holder_of(session: Session, node: Node) -> Unit | None:
    """Return the unit that holds a claimed building or grid now (T18)."""
    return session.scalar(
        sa.select(Unit)
        .join(Agreement, Agreement.unit_id == Unit.id)
        .where(
            Agreement.node_id == node.id,
            Agreement.kind == "claim",
            Agreement.ended_on.is_(None),
            sa.or_(Agreement.ends_on.is_(None), Agreement.ends_on >= clock.today()),
        )
    )


def is_running(agreement: Agreement, on: date) -> bool:
    """Whether an agreement holds on a day."""
    last = min(each for each in (agreement.ends_on, agreement.ended_on, date.max) if each)
    return agreement.begins_on <= on <= last


def count_by_kind_of_unit(session: Session, node: Node, *, kind: str) -> dict[str, int]:
    """Count the agreements of a kind that run today, by the kind of their unit (7 + 3, T20)."""
    today = clock.today()
    query = (
        sa.select(Unit.kind, sa.func.count())
        .join(Agreement, Agreement.unit_id == Unit.id)
        .join(Node, Node.id == Agreement.node_id)
        .where(
            tree.within(Node.path, node),
            Agreement.kind == kind,
            Agreement.begins_on <= today,
            sa.or_(Agreement.ends_on.is_(None), Agreement.ends_on >= today),
            sa.or_(Agreement.ended_on.is_(None), Agreement.ended_on >= today),
        )
        .group_by(Unit.kind)
    )
    return {row[0]: int(row[1]) for row in session.execute(query)}


def _end_expired(session: Session, node: Node) -> None:
    """End a claim of this place whose last day has passed; its row is held until the next is in."""
    session.execute(
        sa.update(Agreement)
        .where(
            Agreement.node_id == node.id,
            Agreement.kind == "claim",
            Agreement.ended_on.is_(None),
            Agreement.ends_on < clock.today(),
        )
        .values(ended_on=Agreement.ends_on, ended_reason=EXPIRED)
        .execution_options(synchronize_session=False)
    )


def _check(terms: Terms) -> None:
    if terms.kind not in AGREEMENT_KINDS:
        raise ValidationFailed("joint, pairing or claim", field="kind")
    if not 0 < len(terms.title.strip()) <= TITLE_MAX:
        raise ValidationFailed("a title of up to 80 characters", field="title")
    if len((terms.standard or "").strip()) > STANDARD_MAX:
        raise ValidationFailed("a short name of a standard", field="standard")
    if terms.ends_on is not None and terms.ends_on < terms.begins_on:
        raise ValidationFailed("ends before it begins", field="ends_on")
