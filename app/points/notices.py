"""Public notices (公示): a list is put up, anyone of the book may object, and it closes by itself.

The lines are the list as it stood that day; names are always masked. After the last day
the names are gone from the public page; only that the notice was up remains.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, workdays
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.ids import new_id
from app.community import tree
from app.community.models import Node
from app.people import audit
from app.people.models import Member
from app.points import application_notices, deduction_notices, notice_lines, notice_spans
from app.points.errors import NoticeClosed, NoticeEmpty
from app.points.models import Notice, NoticeLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A notice to be put up.

    Attributes:
        kind: `hours`: each member's sums of the period; `grants`: what waits for a decision;
            `applied`: what was applied for and reviewed, and what is to be taken away,
            posted when the notice is over;
            others are put up by their own subject.
        contact: How to object without a phone.
        workdays: For how many working days it stays up; None: 5, or as many as
            `household.notice_workdays` says of applications (D30).
    """

    node_id: int
    kind: str
    title: str
    begins_on: date
    ends_on: date
    contact: str
    workdays: int | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as everybody sees it: masked; a deduction's without a name, its points below 0."""

    id: UUID
    line: int
    name: str
    served_on: date | None
    minutes: int
    points: int


def publish(session: Session, *, ledger_id: int, draft: Draft, actor: Actor) -> Notice:
    """Put a notice up, with the lines as they stand now.

    Raises:
        ValidationFailed: The period is in the future or ends before it begins, or the
            notice would be up too briefly or too long.
        NoticeEmpty: There is nothing to show.
    """
    if not draft.begins_on <= draft.ends_on <= clock.today():
        raise ValidationFailed("no past period", field="ends_on")
    node = tree.get(session, draft.node_id)
    draft = replace(draft, workdays=notice_spans.chosen(session, node, draft.kind, draft.workdays))
    cut = notice_lines.Cut(ledger_id, node, draft.begins_on, draft.ends_on)
    rows = notice_lines.of_kind(session, draft.kind, cut)
    return put_up(session, ledger_id=ledger_id, draft=draft, rows=rows, actor=actor)


def put_up(
    session: Session,
    *,
    ledger_id: int,
    draft: Draft,
    rows: Sequence[Mapping[str, Any]],
    actor: Actor,
) -> Notice:
    """Put a notice up with lines that its subject chose; a line may bring its own id.

    Raises:
        NoticeEmpty: There is nothing to show.
        ValidationFailed: It says nothing of how to object, or has no title.
    """
    if not rows:
        raise NoticeEmpty
    if not draft.contact.strip() or not draft.title.strip():
        raise ValidationFailed("a title, and where to object", field="contact")
    days = draft.workdays or notice_spans.WORKDAYS
    notice = Notice(
        ledger_id=ledger_id,
        id=new_id(),
        node_id=draft.node_id,
        kind=draft.kind,
        title=draft.title.strip(),
        begins_on=draft.begins_on,
        ends_on=draft.ends_on,
        contact=draft.contact.strip(),
        published_by_id=actor.person_id,
        published_at=clock.now(),
        closes_on=workdays.add_workdays(session, clock.today(), days),
    )
    session.add(notice)
    session.flush()
    keys: dict[str, Any] = {"ledger_id": ledger_id, "notice_id": notice.id}
    session.execute(sa.insert(NoticeLine), [{**keys, "id": new_id(), **row} for row in rows])
    applied = _ids(rows, "application_id")
    if applied:
        application_notices.put_up(session, **keys, application_ids=applied)
    taken = _ids(rows, "deduction_id")
    if taken:
        deduction_notices.put_up(session, notice=notice, deduction_ids=taken)
    _audit(session, notice, actor, "notice_published")
    return notice


def _ids(rows: Sequence[Mapping[str, Any]], name: str) -> list[UUID]:
    return [row[name] for row in rows if row.get(name) is not None]


def withdraw(
    session: Session, *, ledger_id: int, notice_id: UUID, reason: str, actor: Actor
) -> Notice:
    """Take a notice down before its time, with the reason; the public page says so.

    Raises:
        NotFound: There is no such notice.
        NoticeClosed: It closed already, or was taken down.
        ValidationFailed: No reason is given.
    """
    if not reason.strip():
        raise ValidationFailed("a reason", field="reason")
    statement = (
        sa.update(Notice)
        .where(
            Notice.ledger_id == ledger_id,
            Notice.id == notice_id,
            Notice.withdrawn_at.is_(None),
            Notice.closes_on >= clock.today(),
        )
        .values(
            withdrawn_at=clock.now(),
            withdrawn_by_id=actor.person_id,
            withdraw_reason=reason.strip(),
        )
        .returning(Notice)
        .execution_options(populate_existing=True)
    )
    notice: Notice | None = session.scalars(statement).one_or_none()
    if notice is None:
        require_open(get(session, ledger_id=ledger_id, notice_id=notice_id))
        raise NotFound("no such notice")
    application_notices.take_down(session, ledger_id=ledger_id, notice_id=notice_id)
    deduction_notices.take_down(session, ledger_id=ledger_id, notice_id=notice_id)
    _audit(session, notice, actor, "notice_withdrawn")
    return notice


def get(session: Session, *, ledger_id: int, notice_id: UUID) -> Notice:
    """Return a notice, open or closed.

    Raises:
        NotFound: There is none.
    """
    notice = session.get(Notice, (ledger_id, notice_id))
    if notice is None:
        raise NotFound("no such notice")
    return notice


def closing_days(
    session: Session, *, ledger_id: int, notice_ids: Collection[UUID]
) -> dict[UUID, date]:
    """Return the last day of each of these notices, in one statement."""
    query = sa.select(Notice.id, Notice.closes_on).where(
        Notice.ledger_id == ledger_id, Notice.id.in_(notice_ids)
    )
    return {row.id: row.closes_on for row in session.execute(query)}


def about(session: Session, *, ledger_id: int, subject_id: UUID) -> Notice:
    """Return the notice that an objection is about: itself, or the one of that line.

    Raises:
        NotFound: It names neither.
    """
    line = session.get(NoticeLine, (ledger_id, subject_id))
    return get(session, ledger_id=ledger_id, notice_id=line.notice_id if line else subject_id)


def is_open(notice: Notice) -> bool:
    """Whether the list is to be seen and objected to: until the end of its last day."""
    return notice.withdrawn_at is None and clock.today() <= notice.closes_on


def require_open(notice: Notice) -> Notice:
    """Return the notice, if one may still object.

    Raises:
        NoticeClosed: Its last day is over, or it was taken down.
    """
    if not is_open(notice):
        raise NoticeClosed(closes_on=notice.closes_on.isoformat())
    return notice


def list_in(
    session: Session, *, ledger_id: int, node: Node, is_open_only: bool, limit: int = 50
) -> list[Notice]:
    """List the notices at or below a place, latest first."""
    query = (
        sa.select(Notice)
        .join(Node, Node.id == Notice.node_id)
        .where(Notice.ledger_id == ledger_id, tree.within(Node.path, node))
        .order_by(Notice.published_at.desc(), Notice.id.desc())
    )
    if is_open_only:
        query = query.where(Notice.withdrawn_at.is_(None), Notice.closes_on >= clock.today())
    return list(session.scalars(query.limit(limit)))


def count_lines(session: Session, *, ledger_id: int, notice_id: UUID) -> int:
    """Return how many lines a notice has."""
    query = sa.select(sa.func.count()).where(
        NoticeLine.ledger_id == ledger_id, NoticeLine.notice_id == notice_id
    )
    return int(session.execute(query).scalar_one())


def list_lines(
    session: Session, *, ledger_id: int, notice_id: UUID, limit: int = 200, offset: int = 0
) -> list[Shown]:
    """List the lines of a notice in their order, masked."""
    query = (
        sa.select(NoticeLine, Member.name_masked)
        .join(
            Member,
            (Member.ledger_id == NoticeLine.ledger_id) & (Member.id == NoticeLine.member_id),
        )
        .where(
            NoticeLine.ledger_id == ledger_id,
            Member.ledger_id == ledger_id,
            NoticeLine.notice_id == notice_id,
        )
        .order_by(NoticeLine.line)
    )
    found = session.execute(query.limit(limit).offset(offset)).all()
    return [
        Shown(line.id, line.line, _name(line, name), line.served_on, line.minutes, line.points)
        for line, name in found
    ]


def _name(line: NoticeLine, name: str) -> str:
    """There is no list of the shamed: a deduction is public, whose it is is not (D29)."""
    return name if line.deduction_id is None else ""


def find_line(session: Session, *, ledger_id: int, subject_id: UUID) -> NoticeLine | None:
    """Return the line that an objection is about; None if it is about the whole notice."""
    return session.get(NoticeLine, (ledger_id, subject_id))


def _audit(session: Session, notice: Notice, actor: Actor, action: str) -> None:
    audit.write(
        session,
        ledger_id=notice.ledger_id,
        actor=actor,
        action=action,
        subject_kind="notice",
        subject_id=notice.id,
        kind=notice.kind,
        closes_on=notice.closes_on.isoformat(),
    )
