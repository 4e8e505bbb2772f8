"""Signals: something odd, put before a person with its facts. A signal refuses nothing.

A signal raised because a verb refused (E14) is an outer fact: the door raises it
outside the verb's savepoint. While a case is open it is not raised again with the
same facts. No personal data in facts: ids and numbers only.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, SecondPersonRequired
from app.base.ids import new_id
from app.community.models import Node
from app.people import audit
from app.people.errors import AlreadyDecided
from app.people.models import Member
from app.people.plain_facts import plain
from app.risk import rules
from app.risk.models import Rule, Signal
from app.risk.places import Places, about

SCORE_MAX = 100
VERDICTS = ("confirmed", "dismissed")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found about a subject. `score` is 0 to 100; the list is sorted by it.

    Attributes:
        subject_kind: `member`, `person`, `session`, `shop`, `device` and the like.
    """

    rule_code: str
    subject_kind: str
    subject_id: UUID
    score: int
    facts: dict[str, Any] = field(default_factory=dict)


def raise_signal(
    session: Session,
    *,
    ledger_id: int,
    rule_code: str,
    subject_kind: str,
    subject_id: UUID,
    score: int,
    **facts: Any,
) -> None:
    """Put one case before a person; an open case of the same facts is not raised again."""
    finding = Finding(rule_code, subject_kind, subject_id, score, facts)
    raise_many(session, ledger_id=ledger_id, findings=[finding])


def raise_many(
    session: Session, *, ledger_id: int, findings: Sequence[Finding], is_once: bool = False
) -> None:
    """Put many cases before a person, in a constant number of statements.

    Args:
        is_once: A case that somebody has judged is not raised again either: for what the
            clock finds anew each night.
    """
    if not findings:
        return
    _ensure_rules(session, {finding.rule_code for finding in findings})
    subjects = {finding.subject_id for finding in findings}
    seen = _known_cases(session, ledger_id, subjects, is_once)
    rows, now = [], clock.now()
    for finding in findings:
        assert 0 <= finding.score <= SCORE_MAX, "a score is 0 to 100"
        facts = plain(finding.facts)
        case = (finding.rule_code, finding.subject_id, facts)
        if case in seen:
            continue
        seen.append(case)
        rows.append(
            {
                "ledger_id": ledger_id,
                "id": new_id(),
                "rule_code": finding.rule_code,
                "rule_version": rules.current(finding.rule_code).version,
                "subject_kind": finding.subject_kind,
                "subject_id": finding.subject_id,
                "facts": facts,
                "score": finding.score,
                "seen_at": now,
            }
        )
    if rows:
        session.execute(sa.insert(Signal), rows)


def decide(
    session: Session, *, ledger_id: int, signal_id: UUID, verdict: str, actor: Actor
) -> Signal:
    """Judge a case. Nobody judges their own (A6).

    Args:
        verdict: `confirmed` or `dismissed`. A freeze or a reversal is an act of its own.

    Raises:
        NotFound: No such signal.
        SecondPersonRequired: The case is about the actor.
        AlreadyDecided: Somebody judged it before; fact `state`.
    """
    assert verdict in VERDICTS, "a schema lets only confirmed and dismissed through"
    signal = get(session, ledger_id=ledger_id, signal_id=signal_id)
    if _is_about(session, signal, actor):
        raise SecondPersonRequired
    statement = (
        sa.update(Signal)
        .where(Signal.ledger_id == ledger_id, Signal.id == signal_id, Signal.decided_at.is_(None))
        .values(verdict=verdict, decided_by_id=actor.person_id, decided_at=clock.now())
        .returning(Signal)
        .execution_options(populate_existing=True)
    )
    decided = session.scalars(statement).one_or_none()
    if decided is None:
        session.refresh(signal)
        raise AlreadyDecided(state=signal.verdict)
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="signal_decided",
        subject_kind=signal.subject_kind,
        subject_id=signal.subject_id,
        signal_id=signal_id,
        verdict=verdict,
    )
    return decided


def get(session: Session, *, ledger_id: int, signal_id: UUID) -> Signal:
    """Return a signal of this book.

    Raises:
        NotFound: There is none.
    """
    signal = session.get(Signal, (ledger_id, signal_id))
    if signal is None:
        raise NotFound("no such signal")
    return signal


def list_open(
    session: Session,
    *,
    ledger_id: int,
    node: Node | None = None,
    places: Places | None = None,
    rule_code: str | None = None,
    limit: int = 50,
    offset: int = 0,
) -> list[Signal]:
    """List the cases that wait for a person, gravest first.

    Args:
        node: Only those about somebody or something at or below this place.
        places: For kinds of subject of rooms above: those that are at the place.
    """
    query = sa.select(Signal).where(Signal.ledger_id == ledger_id, Signal.decided_at.is_(None))
    if node is not None:
        query = query.where(about(Signal, ledger_id=ledger_id, node=node, places=places))
    if rule_code is not None:
        query = query.where(Signal.rule_code == rule_code)
    query = query.order_by(Signal.score.desc(), Signal.seen_at.desc(), Signal.id)
    return list(session.scalars(query.limit(limit).offset(offset)))


def list_of_subject(session: Session, *, ledger_id: int, subject_id: UUID) -> list[Signal]:
    """List every signal about a subject, latest first."""
    query = sa.select(Signal).where(Signal.ledger_id == ledger_id, Signal.subject_id == subject_id)
    return list(session.scalars(query.order_by(Signal.seen_at.desc(), Signal.id.desc())))


def _ensure_rules(session: Session, codes: set[str]) -> None:
    """See that the versions that are valid today have their rows; written on first use only."""
    wanted = {(code, rules.current(code).version) for code in codes}
    query = sa.select(Rule.code, Rule.version).where(Rule.code.in_(codes))
    if not wanted <= {(row.code, row.version) for row in session.execute(query)}:
        rules.ensure(session)


def _known_cases(
    session: Session, ledger_id: int, subject_ids: set[UUID], is_once: bool
) -> list[tuple[str, UUID, dict[str, Any]]]:
    query = sa.select(Signal.rule_code, Signal.subject_id, Signal.facts).where(
        Signal.ledger_id == ledger_id, Signal.subject_id.in_(subject_ids)
    )
    if not is_once:
        query = query.where(Signal.decided_at.is_(None))
    return [(row.rule_code, row.subject_id, row.facts) for row in session.execute(query)]


def _is_about(session: Session, signal: Signal, actor: Actor) -> bool:
    """Whether the subject is the actor, as a person or as a member."""
    if actor.is_involved(signal.subject_id):
        return True
    member: Member | None = session.get(Member, (signal.ledger_id, signal.subject_id))
    return member is not None and actor.is_involved(member.person_id)
