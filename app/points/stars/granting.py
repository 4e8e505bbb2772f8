"""Granting: reviewed rises are put up, and granted after the last working day (D41).

An objection stops its own line until it is answered; one that is upheld ends that rise.
Each rise is granted once: its row is its natural key.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import SYSTEM, Actor
from app.base.ids import new_id
from app.base.upserts import insert_for
from app.community import tree
from app.people import audit, inbox
from app.people.audit import Act
from app.people.models import Objection
from app.points import notices, programmes
from app.points.errors import NoticeEmpty
from app.points.models import Notice, Star, StarRise
from app.points.models_star import STARS_MAX
from app.points.notices import Draft
from app.points.stars import bars, counting, rises, tables
from app.points.stars.tables import Table

KIND = "stars"
AT_ONCE_MAX = 2_000


def put_up(
    session: Session, *, ledger_id: int, node_id: int, contact: str, title: str, actor: Actor
) -> Notice:
    """Put up the reviewed rises of a place and below it, for as long as the table says.

    Raises:
        NoticeEmpty: Nobody was reviewed.
        ValidationFailed: The notice says nothing of how to object.
    """
    node = tree.get(session, node_id)
    table = tables.current(session, programmes.of_ledger(session, ledger_id).id)
    listed = rises.list_in(
        session, ledger_id=ledger_id, node=node, states=("reviewed",), limit=AT_ONCE_MAX
    )
    if not listed:
        raise NoticeEmpty
    listed.sort(key=lambda pair: (-pair[0].stars, -pair[0].minutes_counted, pair[1].volunteer_no))
    ids = {rise.id: new_id() for rise, _member in listed}
    lines = [
        {
            "id": ids[rise.id],
            "line": number,
            "member_id": rise.member_id,
            "minutes": rise.minutes_counted,
            "points": 0,
        }
        for number, (rise, _member) in enumerate(listed, 1)
    ]
    draft = Draft(
        node_id=node.id,
        kind=KIND,
        title=title,
        begins_on=min(clock.local_date(rise.reviewed_at) for rise, _member in listed),
        ends_on=clock.today(),
        contact=contact,
        workdays=table.notice_workdays,
    )
    notice = notices.put_up(session, ledger_id=ledger_id, draft=draft, rows=lines, actor=actor)
    for rise, _member in listed:
        rise.state, rise.notice_id, rise.notice_line_id = "noticed", notice.id, ids[rise.id]
    session.flush()
    put = [rise for rise, _member in listed]
    _tell(session, ledger_id, put, "star_noticed", closes_on=notice.closes_on.isoformat())
    return notice


def grant_due(session: Session, *, ledger_id: int) -> int:
    """Grant the stars whose notice is over and that nobody objected to; return how many ended.

    A rise whose notice was taken down waits for the next one. One whose hours no longer
    reach it lapses; one that was barred meanwhile is refused.
    """
    _release_withdrawn(session, ledger_id)
    due = _due(session, ledger_id)
    if not due:
        return 0
    table = tables.current(session, programmes.of_ledger(session, ledger_id).id)
    contested = _contested(session, ledger_id, [rise.notice_line_id for rise in due])
    waiting = {line_id for line_id, state in contested.items() if state == "open"}
    ready = [rise for rise in due if rise.notice_line_id not in waiting]
    verdicts = _verdicts(session, ledger_id, ready, contested, table)
    for rise in ready:
        rise.state, rise.ended_at = verdicts[rise.id], clock.now()
    session.flush()
    granted = [rise for rise in ready if rise.state == "granted"]
    _write(session, granted)
    _tell(session, ledger_id, granted, "star_risen")
    refused = [rise for rise in ready if rise.state == "refused"]
    _tell(session, ledger_id, refused, "star_refused", reason=None)
    acts = [
        Act(f"star_{rise.state}", "member", rise.member_id, {"stars": rise.stars}) for rise in ready
    ]
    audit.write_all(session, ledger_id=ledger_id, actor=SYSTEM, acts=acts)
    return len(ready)


def keep_most(session: Session, *, ledger_id: int, old_id: UUID, kept_id: UUID) -> None:
    """Give a merged member's stars to the member who was kept, where those are more (L13).

    The old one's rises end; so do those of the kept one that lead no higher any more.
    """
    old = session.get(Star, (ledger_id, old_id), with_for_update=True)
    kept = session.get(Star, (ledger_id, kept_id), with_for_update=True)
    _end_rises(session, ledger_id, old_id)
    if old is None or not old.stars:
        return
    if kept is None:
        kept = Star(ledger_id=ledger_id, member_id=kept_id, stars=0)
        session.add(kept)
    if kept.stars < old.stars:
        kept.stars, kept.steps_version = old.stars, old.steps_version
        kept.rise_id, kept.changed_at = old.rise_id, clock.now()
        _end_rises(session, ledger_id, kept_id, stars_max=kept.stars)
    old.stars, old.changed_at = 0, clock.now()
    session.flush()


def of_notice(session: Session, *, ledger_id: int, notice_id: UUID) -> dict[UUID, int]:
    """Return how many stars each line of a notice is about."""
    query = sa.select(StarRise.notice_line_id, StarRise.stars).where(
        StarRise.ledger_id == ledger_id, StarRise.notice_id == notice_id
    )
    return {line_id: stars for line_id, stars in session.execute(query) if line_id}


def _end_rises(
    session: Session, ledger_id: int, member_id: UUID, *, stars_max: int = STARS_MAX
) -> None:
    """End a member's live rises that lead to so many stars at most."""
    session.execute(
        sa.update(StarRise)
        .where(
            StarRise.ledger_id == ledger_id,
            StarRise.member_id == member_id,
            StarRise.stars <= stars_max,
            StarRise.state.in_(counting.LIVE_RISES),
        )
        .values(state="refused", ended_at=clock.now(), reason="会员合并")
    )


def _release_withdrawn(session: Session, ledger_id: int) -> None:
    gone = sa.select(Notice.id).where(
        Notice.ledger_id == ledger_id, Notice.kind == KIND, Notice.withdrawn_at.is_not(None)
    )
    session.execute(
        sa.update(StarRise)
        .where(
            StarRise.ledger_id == ledger_id,
            StarRise.state == "noticed",
            StarRise.notice_id.in_(gone),
        )
        .values(state="reviewed", notice_id=None, notice_line_id=None)
        .execution_options(synchronize_session=False)
    )


def _due(session: Session, ledger_id: int) -> list[StarRise]:
    """Lock and return the rises whose notice was up until its last day."""
    query = (
        sa.select(StarRise)
        .join(
            Notice, sa.and_(Notice.ledger_id == StarRise.ledger_id, Notice.id == StarRise.notice_id)
        )
        .where(
            StarRise.ledger_id == ledger_id,
            Notice.ledger_id == ledger_id,
            StarRise.state == "noticed",
            Notice.withdrawn_at.is_(None),
            Notice.closes_on < clock.today(),
        )
        .order_by(StarRise.id)
        .limit(AT_ONCE_MAX)
        .with_for_update(of=StarRise)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def _contested(
    session: Session, ledger_id: int, line_ids: Collection[UUID | None]
) -> dict[UUID, str]:
    """Return the lines that somebody objected to: still open, else upheld."""
    query = sa.select(Objection.subject_id, Objection.state).where(
        Objection.ledger_id == ledger_id,
        Objection.subject_kind == "notice",
        Objection.subject_id.in_(line_ids),
        Objection.state.in_(("open", "upheld")),
    )
    found: dict[UUID, str] = {}
    for line_id, state in session.execute(query):
        found[line_id] = "open" if "open" in (state, found.get(line_id)) else state
    return found


def _verdicts(
    session: Session,
    ledger_id: int,
    ready: Sequence[StarRise],
    contested: dict[UUID, str],
    table: Table,
) -> dict[UUID, str]:
    """Return what becomes of each rise, by what its member's hours reach today."""
    ids = [rise.member_id for rise in ready]
    programme = programmes.of_ledger(session, ledger_id)
    by = {
        number: tables.version(session, programme.id, number)
        for number in {rise.steps_version for rise in ready}
    }
    minutes = {
        number: counting.minutes_of(session, ledger_id=ledger_id, member_ids=ids, table=each)
        for number, each in by.items()
    }
    barred = bars.until(session, ledger_id=ledger_id, member_ids=ids, table=table)
    found = {}
    for rise in ready:
        number = rise.steps_version
        served = minutes[number].get(rise.member_id, 0)
        if rise.notice_line_id in contested or rise.member_id in barred:
            found[rise.id] = "refused"
        elif by[number].stars_of(served) < rise.stars:
            found[rise.id] = "lapsed"
        else:
            found[rise.id] = "granted"
    return found


def _write(session: Session, granted: Sequence[StarRise]) -> None:
    """Write what each member has now, in one statement; who has as many already keeps those."""
    if not granted:
        return
    insert = insert_for(session, Star.__table__)
    names = ("stars", "steps_version", "rise_id", "changed_at")
    upsert = insert.on_conflict_do_update(
        index_elements=["ledger_id", "member_id"],
        set_={name: getattr(insert.excluded, name) for name in names},
        where=Star.stars < insert.excluded.stars,
    )
    session.execute(
        upsert,
        [
            {
                "ledger_id": rise.ledger_id,
                "member_id": rise.member_id,
                "stars": rise.stars,
                "steps_version": rise.steps_version,
                "rise_id": rise.id,
                "changed_at": clock.now(),
            }
            for rise in granted
        ],
    )


def _tell(
    session: Session, ledger_id: int, listed: Sequence[StarRise], topic: str, **facts: str | None
) -> None:
    notes = [
        inbox.Note(rise.member_id, topic, {"stars": rise.stars, **facts}, f"{topic}:{rise.id}")
        for rise in listed
    ]
    inbox.tell(session, ledger_id=ledger_id, notes=notes)
