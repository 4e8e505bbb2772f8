"""Approvals: grants that wait are decided by another person, singly or by the hundred.

Never one's own, one's household's, or what one made (D23, A6, A17). A batch is
decided as a whole: one grant that may not be decided refuses all.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, PermissionDenied
from app.community import tree
from app.community.models import Node
from app.people import audit, inbox, roles
from app.people.audit import Act
from app.points import crediting, holders, judging, presences, programmes, second_person, verdicts
from app.points.errors import GrantStateConflict, OverlapWithOtherActivity
from app.points.models import Decision, Grant, Indicator
from app.points.stars import returning

WAITING = {"waiting_level_2": 2, "waiting_level_3": 3}
"""Which level must decide on a grant in this state (D17)."""

OUTCOME = (
    *("state", "points", "carry_before", "carry_after", "vintage_on", "counted_on", "journal_id"),
    "household_id",
)


def decide(
    session: Session,
    *,
    ledger_id: int,
    grant_ids: Collection[UUID],
    level: int,
    verdict: str,
    reason: str | None,
    actor: Actor,
) -> list[Grant]:
    """Approve or refuse waiting grants; approved ones post at once, refused ones free their time.

    Args:
        level: The level at which the actor decides here (the door knows the roles).
        reason: Why; needed to refuse.

    Raises:
        NotFound: One of them does not exist.
        GrantStateConflict: One of them waits no more; fact `state`.
        PermissionDenied: One needs a higher level, or the role its indicator names.
        SecondPersonRequired: One is the actor's own, their household's, or made by them.
        OverlapWithOtherActivity: Another deed of the same time is credited (A3).

    Rule: D17, D23, A6, A17.
    """
    verdicts.require(verdict, reason)
    grants, holder_of = _lock(session, ledger_id, set(grant_ids))
    _require_waiting(grants, level)
    _require_other_person(session, ledger_id, grants, holder_of, actor)
    for each in grants:
        session.expunge(each)  # one UPDATE for all of them below, not one each
    if verdict == "approved":
        _require_free_time(session, ledger_id, grants)
        programme = programmes.of_ledger(session, ledger_id)
        crediting.credit(
            session, programme=programme, grants=grants, holder_of=holder_of, actor=actor
        )
    else:
        _refuse(session, ledger_id, grants, reason or "")
    _store(session, grants)
    returning.give_back(session, ledger_id=ledger_id, grants=grants, holder_of=holder_of)
    _record(session, ledger_id, grants, (level, verdict, reason), actor)
    return _read(session, ledger_id, [each.id for each in grants])


def drop(
    session: Session, *, ledger_id: int, grant_id: UUID, reason: str, actor: Actor
) -> Grant | None:
    """Refuse a waiting grant whose deed was undone; return it, or None if it waits no more.

    No approver is asked, for nobody gains by it: who says that the deed was not done is
    the decision. Its time and its day's minutes are free again.

    Raises:
        NotFound: There is none.

    Rule: T9, A3.
    """
    (found,), _holder_of = _lock(session, ledger_id, {grant_id})
    if found.state not in WAITING:
        return None
    level = WAITING[found.state]
    session.expunge(found)
    _refuse(session, ledger_id, [found], reason)
    _store(session, [found])
    _record(session, ledger_id, [found], (level, "refused", reason), actor)
    return _read(session, ledger_id, [grant_id])[0]


def list_waiting(
    session: Session,
    *,
    ledger_id: int,
    node: Node,
    level: int | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Grant]:
    """List the grants that wait in the node's subtree, oldest first; `level` 2 or 3, or both."""
    below = sa.select(Node.id).where(tree.within(Node.path, node))
    states = [state for state, needed in WAITING.items() if level in (None, needed)]
    query = (
        sa.select(Grant)
        .where(Grant.ledger_id == ledger_id, Grant.state.in_(states), Grant.node_id.in_(below))
        .order_by(Grant.made_at, Grant.id)
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def count_waiting(session: Session, *, ledger_id: int, node: Node) -> Counter[tuple[int, str]]:
    """Count the grants that wait in the node's subtree, by level and hold reasons."""
    below = sa.select(Node.id).where(tree.within(Node.path, node))
    query = (
        sa.select(Grant.state, Grant.hold_reasons, sa.func.count())
        .where(Grant.ledger_id == ledger_id, Grant.state.in_(WAITING), Grant.node_id.in_(below))
        .group_by(Grant.state, Grant.hold_reasons)
    )
    found: Counter[tuple[int, str]] = Counter()
    for state, reasons, count in session.execute(query):
        found[WAITING[state], reasons or ""] += count
    return found


def _lock(
    session: Session, ledger_id: int, grant_ids: set[UUID]
) -> tuple[list[Grant], Mapping[UUID, UUID]]:
    """Lock the members, then read the grants as they stand under that lock."""
    query = sa.select(Grant.member_id).where(Grant.ledger_id == ledger_id, Grant.id.in_(grant_ids))
    members = set(session.scalars(query))
    holder_of = holders.of(session, ledger_id=ledger_id, member_ids=members, lock=True)
    grants = _read(session, ledger_id, grant_ids)
    if len(grants) < len(grant_ids):
        raise NotFound("no such grant")
    return grants, holder_of


def _read(session: Session, ledger_id: int, grant_ids: Collection[UUID]) -> list[Grant]:
    query = (
        sa.select(Grant)
        .where(Grant.ledger_id == ledger_id, Grant.id.in_(grant_ids))
        .order_by(Grant.served_on, Grant.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def _require_waiting(grants: Sequence[Grant], level: int) -> None:
    for each in grants:
        if each.state not in WAITING:
            raise GrantStateConflict(state=each.state)
        if WAITING[each.state] > level:
            raise PermissionDenied(level_needed=WAITING[each.state])


def _require_other_person(
    session: Session,
    ledger_id: int,
    grants: Sequence[Grant],
    holder_of: Mapping[UUID, UUID],
    actor: Actor,
) -> None:
    second_person.require(
        session,
        ledger_id=ledger_id,
        actor=actor,
        makers={each.made_by_id for each in grants},
        member_ids={*holder_of, *holder_of.values()},
    )
    for role, node_id in _named_approvers(session, grants):
        node = tree.get(session, node_id)
        if not roles.has(session, person_id=actor.person_id, roles=role, node=node):
            raise PermissionDenied(role_needed=role)


def _named_approvers(session: Session, grants: Sequence[Grant]) -> list[tuple[str, int]]:
    """Roles that an indicator asks for (件), each with the places of its grants (P7)."""
    query = sa.select(Indicator.programme_id, Indicator.code, Indicator.approver_role).where(
        Indicator.approver_role.is_not(None),
        Indicator.programme_id.in_({each.programme_id for each in grants}),
    )
    named = {(row.programme_id, row.code): row.approver_role for row in session.execute(query)}
    pairs = {
        (named[each.programme_id, each.indicator_code], each.node_id)
        for each in grants
        if (each.programme_id, each.indicator_code) in named
    }
    return sorted(pairs)


def _require_free_time(session: Session, ledger_id: int, grants: Sequence[Grant]) -> None:
    """One time is credited once: no other posted grant, and no other of this batch (A3)."""
    stays = [stay for each in grants if (stay := presences.stay_of(each))]
    near = presences.list_near(session, ledger_id=ledger_id, stays=stays)
    source_ids = {other.source_id for other in near}
    query = sa.select(Grant.source_kind, Grant.source_id).where(
        Grant.ledger_id == ledger_id, Grant.source_id.in_(source_ids), Grant.state == "posted"
    )
    credited = {tuple(row) for row in session.execute(query)} if near else set()
    taken = [other for other in near if (other.source_kind, other.source_id) in credited]
    for stay in stays:
        if any(stay.overlaps(other) for other in taken):
            raise OverlapWithOtherActivity
        taken.append(stay)


def _refuse(session: Session, ledger_id: int, grants: Sequence[Grant], reason: str) -> None:
    for each in grants:
        each.state = "refused"
    presences.free(session, ledger_id=ledger_id, grants=grants)
    judging.give_back(session, ledger_id=ledger_id, grants=grants)
    notes = [
        inbox.Note(
            each.member_id,
            "grant_refused",
            {
                "minutes": each.minutes,
                "served_on": each.served_on.isoformat(),
                "reason": reason,
            },
            natural_key=f"grant_refused:{each.id}",
        )
        for each in grants
    ]
    inbox.tell(session, ledger_id=ledger_id, notes=notes)


def _store(session: Session, grants: Sequence[Grant]) -> None:
    """Write the outcomes in one statement that is run for each row."""
    rows = [
        {"book": each.ledger_id, "grant": each.id}
        | {f"new_{name}": getattr(each, name) for name in OUTCOME}
        for each in grants
    ]
    table: Any = Grant.__table__
    statement = (
        sa.update(table)
        .where(table.c.ledger_id == sa.bindparam("book"), table.c.id == sa.bindparam("grant"))
        .values({name: sa.bindparam(f"new_{name}") for name in OUTCOME})
    )
    session.execute(statement, rows)


def _record(
    session: Session,
    ledger_id: int,
    grants: Sequence[Grant],
    decision: tuple[int, str, str | None],
    actor: Actor,
) -> None:
    level, verdict, reason = decision
    rows = [
        {
            "ledger_id": ledger_id,
            "subject_id": each.id,
            "level": level,
            "subject_kind": "grant",
            "verdict": verdict,
            "decided_by_id": actor.person_id,
            "decided_at": clock.now(),
            "reason": reason,
        }
        for each in grants
    ]
    session.execute(sa.insert(Decision), rows)
    acts = [Act(f"grant_{verdict}", "grant", each.id, {"level": level}) for each in grants]
    audit.write_all(session, ledger_id=ledger_id, actor=actor, acts=acts)
