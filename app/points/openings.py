"""Opening balances taken over from paper: a document number and two people (L12).

Hours arrive as historical, points in a wallet of today's vintage, both from the
book's opening account. A document opens a member's balance once.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.base.upserts import insert_or_ignore
from app.community import tree
from app.community.models import Node
from app.people import audit, inbox
from app.people.errors import AlreadyDecided
from app.people.models import Member
from app.points import grants, holders, programmes, second_person, verdicts
from app.points.deeds import Deed
from app.points.errors import DocumentAlreadyUsed
from app.points.models import Decision, Opening

OPENING_LEVEL = 2


@dataclass(frozen=True, slots=True)
class PaperBalance:
    """One member's line of the paper list: whole minutes and whole points."""

    member_id: UUID
    minutes: int
    points: int


def request(
    session: Session,
    *,
    ledger_id: int,
    document_no: str,
    as_of_on: date,
    balances: Sequence[PaperBalance],
    actor: Actor,
) -> list[Opening]:
    """Enter the lines of a document; they wait for a second person. The same line is kept once.

    Raises:
        ValidationFailed: No document number, an empty or negative line, a day to come,
            or points where the programme keeps hours only.
        DocumentAlreadyUsed: The document says other numbers for a member already.
        NotFound: One is no member of this book.

    Rule: L12, A17.
    """
    _require_sense(session, ledger_id, document_no, as_of_on, balances)
    holders.of(session, ledger_id=ledger_id, member_ids={line.member_id for line in balances})
    common = {
        "ledger_id": ledger_id,
        "document_no": document_no.strip(),
        "as_of_on": as_of_on,
        "state": "waiting",
        "entered_by_id": actor.person_id,
        "entered_at": clock.now(),
    }
    rows = [{**common, "id": new_id(), **asdict(line)} for line in balances]
    session.execute(insert_or_ignore(session, Opening.__table__), rows)
    entered = _of_document(session, ledger_id, document_no.strip())
    for line in balances:
        found = entered[line.member_id]
        if (found.minutes, found.points) != (line.minutes, line.points):
            raise DocumentAlreadyUsed
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action="opening_requested",
        subject_kind="opening",
        document_no=document_no.strip(),
        line_count=len(rows),
    )
    return [entered[line.member_id] for line in balances]


def decide(
    session: Session,
    *,
    ledger_id: int,
    opening_ids: Collection[UUID],
    verdict: str,
    reason: str | None = None,
    actor: Actor,
) -> list[Opening]:
    """Approve or refuse lines, all or none; approved ones post at once.

    Raises:
        NotFound: One of them does not exist.
        AlreadyDecided: One of them was decided before.
        SecondPersonRequired: The actor entered one, or would get it (D23, L12).
    """
    verdicts.require(verdict, reason)
    openings = _lock(session, ledger_id, set(opening_ids))
    second_person.require(
        session,
        ledger_id=ledger_id,
        actor=actor,
        makers={each.entered_by_id for each in openings},
        member_ids={each.member_id for each in openings},
    )
    if verdict == "approved":
        _post(session, ledger_id, openings, actor)
    for each in openings:
        each.state = verdict
    session.add_all(_decision(each, reason, actor) for each in openings)
    session.flush()
    if verdict == "refused":
        _tell_refused(session, ledger_id, openings, reason or "")
    acts = [audit.Act(f"opening_{verdict}", "opening", each.id) for each in openings]
    audit.write_all(session, ledger_id=ledger_id, actor=actor, acts=acts)
    return openings


def get_many(
    session: Session, *, ledger_id: int, opening_ids: Collection[UUID]
) -> dict[UUID, Opening]:
    """Return lines by id in one statement; unknown ids are left out."""
    query = sa.select(Opening).where(Opening.ledger_id == ledger_id, Opening.id.in_(opening_ids))
    return {each.id: each for each in session.scalars(query)}


def list_waiting(
    session: Session, *, ledger_id: int, node: Node, limit: int = 50, offset: int = 0
) -> list[Opening]:
    """List the lines that wait for members of the node's subtree, by document."""
    query = (
        sa.select(Opening)
        .join(
            Member,
            sa.and_(Member.ledger_id == Opening.ledger_id, Member.id == Opening.member_id),
        )
        .join(Node, Node.id == Member.node_id)
        .where(
            Opening.ledger_id == ledger_id,
            Opening.state == "waiting",
            tree.within(Node.path, node),
        )
        .order_by(Opening.document_no, Opening.id)
    )
    return list(session.scalars(query.limit(limit).offset(offset)))


def _require_sense(
    session: Session,
    ledger_id: int,
    document_no: str,
    as_of_on: date,
    balances: Sequence[PaperBalance],
) -> None:
    programme = programmes.of_ledger(session, ledger_id)
    if not document_no.strip() or not balances:
        raise ValidationFailed("an opening names its document", field="document_no")
    if as_of_on > clock.today():
        raise ValidationFailed("of a day to come", field="as_of_on")
    for line in balances:
        if line.minutes < 0 or line.points < 0 or line.minutes + line.points == 0:
            raise ValidationFailed("an empty or negative line", field="minutes")
        if line.points and not programme.has_points:
            raise ValidationFailed("this programme keeps hours only", field="points")
    if len({line.member_id for line in balances}) < len(balances):
        raise ValidationFailed("a member stands in the document once", field="member_id")


def _of_document(session: Session, ledger_id: int, document_no: str) -> dict[UUID, Opening]:
    query = sa.select(Opening).where(
        Opening.ledger_id == ledger_id, Opening.document_no == document_no
    )
    return {each.member_id: each for each in session.scalars(query)}


def _lock(session: Session, ledger_id: int, opening_ids: set[UUID]) -> list[Opening]:
    query = (
        sa.select(Opening)
        .where(Opening.ledger_id == ledger_id, Opening.id.in_(opening_ids))
        .order_by(Opening.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    openings = list(session.scalars(query))
    if len(openings) < len(opening_ids):
        raise NotFound("no such opening balance")
    for each in openings:
        if each.state != "waiting":
            raise AlreadyDecided(state=each.state)
    return openings


def _post(session: Session, ledger_id: int, openings: Sequence[Opening], actor: Actor) -> None:
    """Post each line through a grant, so that statements, rankings and proofs know it."""
    home = sa.select(Member.id, Member.node_id).where(
        Member.ledger_id == ledger_id, Member.id.in_({each.member_id for each in openings})
    )
    node_of = {row.id: row.node_id for row in session.execute(home)}
    deeds = [
        Deed(
            member_id=each.member_id,
            source_kind="opening",
            source_id=each.id,
            provenance="historical",
            minutes=each.minutes,
            quantity=each.points,
            category_code=None,
            served_on=each.as_of_on,
            node_id=node_of[each.member_id],
            reason=each.document_no,
        )
        for each in openings
    ]
    made = grants.grant(session, ledger_id=ledger_id, deeds=deeds, actor=actor)
    for each, grant in zip(openings, made, strict=True):
        each.journal_id = grant.journal_id


def _tell_refused(
    session: Session, ledger_id: int, openings: Sequence[Opening], reason: str
) -> None:
    """Tell each member that the line of the paper list was not taken over."""
    notes = [
        inbox.Note(
            each.member_id,
            "opening_refused",
            {"minutes": each.minutes, "points": each.points, "reason": reason},
            natural_key=f"opening_refused:{each.id}",
        )
        for each in openings
    ]
    inbox.tell(session, ledger_id=ledger_id, notes=notes)


def _decision(opening: Opening, reason: str | None, actor: Actor) -> Decision:
    return Decision(
        ledger_id=opening.ledger_id,
        subject_id=opening.id,
        level=OPENING_LEVEL,
        subject_kind="opening",
        verdict=opening.state,
        decided_by_id=actor.person_id,
        decided_at=clock.now(),
        reason=reason,
    )
