"""Files ordered and written by and by: progress, a lease, tries, a fetch and an end."""

import csv
import io
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound
from app.base.ids import new_id
from app.base.transactions import attempt
from app.people.models import Audit
from app.reports import export_jobs, export_leases, export_runs, exports, rankings, statement_files
from app.reports.errors import ExportExpired, ExportsWaiting, ExportUnfinished
from app.reports.models import Export, ExportJob, ExportPiece
from tests.factories import points


@pytest.fixture
def made(session):
    return points.world(session)


@pytest.fixture
def sessions(session):
    """The test's own session in both places: a job is run between two of its steps."""

    @contextmanager
    def reading():
        yield session

    return export_runs.Sessions(unit=lambda work: work(session), reading=reading)


def asked(made):
    return rankings.Cut(made.ledger_id, made.node, date(2020, 1, 1), clock.today()).asked()


def order(session, made, *, file_kind="csv", by=None):
    wanted = export_jobs.Order("hours_ranking", file_kind, made.node.id, asked(made))
    return export_jobs.order(
        session, ledger_id=made.ledger_id, wanted=wanted, actor=by or made.staff
    )


def run(sessions, job):
    return export_runs.run(sessions, ledger_id=job.ledger_id, job_id=job.id)


def now_of(session, job, by=None):
    person_id = by or job.ordered_by_id
    return export_jobs.get(session, ledger_id=job.ledger_id, job_id=job.id, person_id=person_id)


def served(session, made, *names):
    for name in names:
        points.grant(session, made, points.member(session, made, name).id, 90)


def pieces(session):
    query = sa.select(ExportPiece).execution_options(cross_ledger=True)
    return list(session.scalars(query))


def actions(session):
    return session.scalars(sa.select(Audit.action).execution_options(cross_ledger=True)).all()


@pytest.mark.parametrize("file_kind", ["csv", "xlsx"])
def test_an_ordered_file_is_written_kept_sealed_and_fetched(session, made, sessions, file_kind):
    served(session, made, "温如许", "任清和")
    job = order(session, made, file_kind=file_kind)
    assert (job.state, job.done_count) == ("queued", 0)

    assert run(sessions, job)

    done = now_of(session, job)
    assert (done.state, done.done_count, done.total_count) == ("done", 2, 2)
    file = export_jobs.fetch(session, done, actor=made.staff)
    assert len(file) == done.size_bytes
    export = session.get(Export, (made.ledger_id, done.export_id))
    code = {"ledger_id": made.ledger_id, "code": export.verification_code}
    assert exports.verify(session, content=file, **code)[1]
    assert "温如许".encode() not in b"".join(each.content for each in pieces(session))
    assert actions(session).count("export_made") == 1
    assert actions(session).count("export_fetched") == 1


def test_what_stands_in_the_file_is_what_was_asked(session, made, sessions):
    served(session, made, "温如许")
    job = order(session, made)
    run(sessions, job)

    file = export_jobs.fetch(session, now_of(session, job), actor=made.staff)
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))

    assert rows[-1][2] == "温如许"
    assert ["范围", f"{made.node.code} {made.node.name}"] in rows


def test_a_member_s_statement_is_written_with_its_closing(session, made, sessions):
    member = points.member(session, made, "温如许")
    points.grant(session, made, member.id, 90)
    span = statement_files.Span(made.ledger_id, member.id, "minutes")
    wanted = export_jobs.Order("statement", "csv", made.node.id, span.asked())
    job = export_jobs.order(session, ledger_id=made.ledger_id, wanted=wanted, actor=made.staff)

    assert run(sessions, job)

    file = export_jobs.fetch(session, now_of(session, job), actor=made.staff)
    rows = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    assert ["姓名", "温如许"] in rows
    assert ["期末", "90"] in rows
    export = session.get(Export, (made.ledger_id, now_of(session, job).export_id))
    assert "温如许" not in str((export.filter, export.asked, export.said))
    assert export.said == {"opening": 0, "closing": 90, "lines": 1}


def test_only_who_ordered_a_file_sees_it(session, made, sessions):
    job = order(session, made)
    with pytest.raises(NotFound):
        now_of(session, job, by=new_id())
    other = {"ledger_id": made.ledger_id, "person_id": new_id()}
    assert export_jobs.list_of(session, **other) == []
    assert [each.id for each in export_jobs.list_of(
        session, ledger_id=made.ledger_id, person_id=made.staff.person_id
    )] == [job.id]  # fmt: skip


def test_one_person_has_at_most_three_files_under_way(session, made):
    for _ in range(export_jobs.LIVE_MAX):
        order(session, made)
    with pytest.raises(ExportsWaiting), attempt(session):
        order(session, made)
    order(session, made, by=Actor(new_id()))
    count = sa.select(sa.func.count()).select_from(ExportJob)
    assert session.scalar(count.execution_options(cross_ledger=True)) == 4


def test_a_file_is_written_by_one_at_a_time(session, made, sessions):
    job = order(session, made)
    assert export_leases.claim(session, ledger_id=made.ledger_id, job_id=job.id)
    assert export_leases.claim(session, ledger_id=made.ledger_id, job_id=job.id) is None
    assert not run(sessions, job)
    assert export_leases.list_due(session, ledger_id=made.ledger_id) == []


def test_a_writer_that_died_is_followed_and_can_finish_no_more(session, made, sessions):
    served(session, made, "温如许")
    job = order(session, made)
    dead = export_leases.claim(session, ledger_id=made.ledger_id, job_id=job.id)
    session.expunge(dead)
    assert export_leases.note(session, dead, done=1, total=9)
    later = clock.now() + export_leases.LEASE + timedelta(seconds=1)
    with clock.held_at(later):
        assert export_jobs.is_idle(now_of(session, job))
        assert export_leases.list_due(session, ledger_id=made.ledger_id) == [job.id]
        assert run(sessions, job)
        assert not export_leases.note(session, dead, done=2, total=9)

    done = now_of(session, job)
    assert (done.state, done.try_count, done.done_count) == ("done", 2, 1)
    assert len(pieces(session)) == 1


def test_a_file_whose_writers_die_is_given_up_after_three_tries(session, made, sessions):
    job = order(session, made)
    late = clock.now()
    for _ in range(export_leases.TRIES_MAX):
        with clock.held_at(late):
            assert export_leases.claim(session, ledger_id=made.ledger_id, job_id=job.id)
        late += export_leases.LEASE + timedelta(seconds=1)
    with clock.held_at(late):
        assert not run(sessions, job)
    assert (now_of(session, job).state, now_of(session, job).failure) == ("failed", "lost")


def test_an_error_leaves_the_file_for_another_try(session, made, sessions, monkeypatch):
    job = order(session, made)

    def broken(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(exports, "write", broken)
    for _ in range(export_leases.TRIES_MAX):
        with pytest.raises(OSError, match="disk full"):
            run(sessions, job)
    assert now_of(session, job).state == "failed"

    monkeypatch.undo()
    again = export_jobs.again(
        session, ledger_id=made.ledger_id, job_id=job.id, person_id=made.staff.person_id
    )
    assert (again.state, again.try_count) == ("queued", 0)
    assert run(sessions, job)


def test_a_refusal_ends_a_file_for_good_and_says_why(session, made, sessions):
    cut = rankings.Cut(made.ledger_id, made.node, date(2026, 2, 1), date(2026, 1, 1))
    wanted = export_jobs.Order("hours_ranking", "csv", made.node.id, cut.asked())
    job = export_jobs.order(session, ledger_id=made.ledger_id, wanted=wanted, actor=made.staff)

    assert not run(sessions, job)

    ended = now_of(session, job)
    assert (ended.state, ended.failure) == ("failed", "validation_failed")
    with pytest.raises(ExportUnfinished):
        export_jobs.fetch(session, ended, actor=made.staff)
    assert actions(session).count("export_made") == 0


def test_a_file_is_forgotten_after_three_days_and_can_be_ordered_anew(session, made, sessions):
    served(session, made, "温如许")
    job = order(session, made)
    run(sessions, job)
    key = {"ledger_id": made.ledger_id}
    assert export_jobs.expire(session, **key) == 0
    with clock.held_at(clock.now() + export_leases.KEPT + timedelta(seconds=1)):
        with pytest.raises(ExportExpired):
            export_jobs.fetch(session, now_of(session, job), actor=made.staff)
        assert export_jobs.expire(session, **key) == 1
        assert pieces(session) == []
        with pytest.raises(ExportExpired):
            export_jobs.fetch(session, now_of(session, job), actor=made.staff)
        export_jobs.again(session, **key, job_id=job.id, person_id=made.staff.person_id)
        assert run(sessions, job)
        assert export_jobs.fetch(session, now_of(session, job), actor=made.staff)


def test_progress_is_kept_while_the_file_is_written(session, made, sessions, monkeypatch):
    served(session, made, "温如许", "任清和", "苏小满")
    job = order(session, made)
    monkeypatch.setattr(export_runs, "TELL_SECONDS", 0.0)
    seen = []
    noted = export_leases.note

    def note(session, job, **how):
        answer = noted(session, job, **how)
        row = session.execute(
            sa.select(ExportJob.done_count, ExportJob.total_count).where(
                ExportJob.ledger_id == job.ledger_id, ExportJob.id == job.id
            )
        ).one()
        seen.append(tuple(row))
        return answer

    monkeypatch.setattr(export_leases, "note", note)
    run(sessions, job)

    assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_long_file_is_kept_in_pieces_and_comes_back_whole(session, made, sessions, monkeypatch):
    served(session, made, "温如许", "任清和", "苏小满")
    monkeypatch.setattr(export_runs, "PIECE_BYTES", 16)
    job = order(session, made)
    run(sessions, job)

    done = now_of(session, job)
    file = export_jobs.fetch(session, done, actor=made.staff)
    assert len(pieces(session)) == -(-len(file) // 16)
    export = session.get(Export, (made.ledger_id, done.export_id))
    assert exports.verify(
        session, ledger_id=made.ledger_id, code=export.verification_code, content=file
    )[1]
