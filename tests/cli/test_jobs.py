"""`flask jobs run`: what the clock must do, done once, whatever else fails."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from app.activities import closing
from app.activities.models import Activity, ActivitySession, Attendance
from app.base import clock
from app.base.actors import SYSTEM
from app.ledger.models import Book, Proof
from app.people.models import Message
from app.points import wallets
from app.points.models import Day, Grant
from app.reports import export_jobs, rankings
from app.reports.models import ExportJob
from app.service_orders import wish_links, wishes
from app.service_orders.models import Wish
from app.service_orders.wishes import Words
from tests.factories import activities as make
from tests.factories import lives, points
from tests.web.answers import everything

ALL = [
    *("auto-close", "no-response", "archive", "holds", "exchanges", "vouchers", "reservations"),
    "stalls",
    *("claims", "orders", "stars", "applications", "empty-homes", "overlaps"),
    *("reminders", "expiry", "prune", "proof", "files", "exports"),
]


def run(app, *words):
    """Run the command; return its exit code and what each job of each book said."""
    done = app.test_cli_runner().invoke(args=["jobs", "run", *words])
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines() if len(line.split()) > 2]
    return done.exit_code, {(book, job): said for book, job, said in lines}


@pytest.fixture
def world(session):
    return make.a_world(session)


@pytest.fixture
def book(session, world):
    code = session.get(Book, world.ledger_id).code
    session.rollback()
    return code


@pytest.fixture
def life(stage):
    with clock.held_at(points.at(lives.TODAY, 10)):
        yield stage.put_up(lives.live, "session", "client")


def one(session, model, row_id):
    """The row as it stands now; lets go of the database."""
    table = model.__table__
    query = sa.select(table).where(table.c.id == row_id)
    found = session.execute(query.execution_options(cross_ledger=True)).one()
    session.rollback()
    return found


def messages(session, topic):
    query = sa.select(Message.facts).where(Message.topic == topic)
    found = session.scalars(query.execution_options(cross_ledger=True)).all()
    session.rollback()
    return found


def test_d16_a_forgotten_check_out_is_closed_and_waits_for_its_leader(app, session, world, book):
    member = make.a_member(session, world)
    _, (slot,) = make.opened(session, world)
    stay = make.scan_in(session, world, slot, member, "08:50")

    with make.at("11:29"):
        assert run(app, "--only", "auto-close") == (0, {(book, "auto-close"): "0"})
    with make.at("11:31"):
        assert run(app, "--only", "auto-close") == (0, {(book, "auto-close"): "1"})

    found = one(session, Attendance, stay.attendance_id)
    assert (found.state, found.credited_minutes) == ("needs_confirmation", 0)
    assert found.zero_reason == "no_check_out"
    assert one(session, ActivitySession, slot.id).state == "closed"
    assert (
        session.scalars(sa.select(Grant.id).where(Grant.ledger_id == world.ledger_id)).all() == []
    )


def test_a_call_that_no_team_answered_ends(app, session, world, book):
    activity = make.called(session, world)

    with make.at("08:59", make.EVE + timedelta(days=2)):
        assert run(app, "--only", "no-response")[1] == {(book, "no-response"): "0"}
    with make.at("09:01", make.EVE + timedelta(days=2)):
        assert run(app, "--only", "no-response")[1] == {(book, "no-response"): "1"}

    assert one(session, Activity, activity.id).state == "no_response"


def test_c16_a_call_that_nobody_answered_frees_its_wishes(app, session, world, book):
    activity = make.called(session, world)
    wisher, other = make.a_member(session, world), make.a_member(session, world)
    words = Words(kind="维修", title="修水管")
    key = {"ledger_id": world.ledger_id}
    wish = wishes.make(session, **key, wisher=wisher, words=words, actor=SYSTEM)
    wish_links.link(session, **key, wish_ids=[wish.id], activity_id=activity.id, actor=SYSTEM)
    session.commit()
    with make.at("09:01", make.EVE + timedelta(days=2)):
        run(app, "--only", "no-response")

    assert one(session, Wish, wish.id).activity_id is None
    assert wishes.claim(session, **key, wish_id=wish.id, claimer=other).state == "claimed"


def test_a_finished_activity_is_archived_once_nothing_of_it_waits(app, session, world, book):
    activity, (slot,) = make.opened(session, world)
    make.been(session, world, slot, make.a_member(session, world), "08:50", "11:00")
    named = {"ledger_id": world.ledger_id, "activity_id": activity.id}
    with make.at("12:00"):
        closing.close(session, **named, beneficiary_count=42, actor=world.leader)
        session.commit()
        assert run(app, "--only", "archive")[1] == {(book, "archive"): "0"}
    make.confirm(session, world, slot, "12:30")
    with make.at("13:00"):
        assert run(app, "--only", "archive")[1] == {(book, "archive"): "1"}

    assert one(session, Activity, activity.id).state == "archived"


def test_a_lapsed_hold_is_given_back(app, session, life):
    held = ("ningde", "holds")
    with clock.held_at(points.at(date(2027, 1, 31), 23)):
        assert run(app, "--only", "holds")[1] == {held: "0"}
        assert spendable(session, life, life.su) == 4
    with clock.held_at(points.at(date(2027, 2, 1), 1)):
        assert run(app, "--only", "holds")[1] == {held: "1"}
        assert run(app, "--only", "holds")[1] == {held: "0"}
        assert spendable(session, life, life.su) == 5


def spendable(session, life, member):
    session.expire_all()
    found = wallets.holding(session, ledger_id=life.ledger_id, member_id=member.id)
    session.rollback()
    return found.spendable_points


def test_d28_points_are_announced_twice_and_then_expire(app, session, life):
    told_before = len(messages(session, "expired"))
    for day, count in ((date(2027, 11, 30), 0), (date(2027, 12, 5), 2), (date(2027, 12, 6), 2)):
        with clock.held_at(points.at(day, 1)):
            assert run(app)[0] == 0
        assert len(messages(session, "expiring")) == count, day
    with clock.held_at(points.at(date(2027, 12, 25), 1)):
        run(app, "--only", "reminders")
    assert len(messages(session, "expiring")) == 4

    with clock.held_at(points.at(date(2028, 1, 1), 1)):
        exit_code, said = run(app)
    assert (exit_code, said[("ningde", "expiry")]) == (0, "2")
    assert spendable(session, life, life.su) == spendable(session, life, life.wen) == 0
    assert len(messages(session, "expired")) == told_before + 2


def test_the_whole_run_names_every_job_of_every_book_and_a_second_changes_nothing(
    app, session, life
):
    other = make.a_world(session)
    code = session.get(Book, other.ledger_id).code
    session.rollback()
    with clock.held_at(points.at(date(2028, 1, 1), 1)):
        exit_code, said = run(app)
        assert exit_code == 0
        assert [job for _, job in said] == ALL * 2
        assert {book for book, _ in said} == {"ningde", code}
        assert {said[(book, "proof")] for book in ("ningde", code)} == {"0"}
        before = without_proofs(session)

        exit_code, said = run(app)

        assert exit_code == 0
        assert set(said.values()) == {"0"}
        assert without_proofs(session) == before


def without_proofs(session):
    return {name: rows for name, rows in everything(session).items() if name != "ledger_proof"}


def test_a_job_that_fails_holds_up_no_other_and_the_exit_says_so(app, session, life):
    """A stopped book takes no posting: its holds and its expiry fail, all else is done."""
    other = make.a_world(session)
    activity = make.called(session, other)
    code = session.get(Book, other.ledger_id).code
    stopped = sa.update(Book).where(Book.id == life.ledger_id)
    reason = {"read_only_at": clock.now(), "read_only_reason": "proof 2027-01-06/1: floors"}
    session.execute(stopped.values(**reason))
    session.commit()

    with clock.held_at(points.at(date(2028, 1, 1), 1)):
        exit_code, said = run(app)

    assert exit_code == 1
    failed = {name: words for name, words in said.items() if words.startswith("FAILED")}
    assert failed == {
        ("ningde", "holds"): "FAILED: LedgerReadOnly",
        ("ningde", "expiry"): "FAILED: LedgerReadOnly",
    }
    assert len(said) == 2 * len(ALL)
    assert said[("ningde", "proof")] == "0"
    assert said[(code, "no-response")] == "1"
    assert one(session, Activity, activity.id).state == "no_response"


def test_a_broken_proof_ends_the_run_with_one_and_stops_the_book(app, session, life):
    day = Day.__table__
    own = day.c.ledger_id == life.ledger_id
    session.execute(sa.update(day).where(own).values(minutes=day.c.minutes + 1))
    session.commit()

    exit_code, said = run(app)

    assert exit_code == 1
    assert said[("ningde", "proof")] == "1"
    assert session.get(Book, life.ledger_id, populate_existing=True).read_only_at is not None


def test_an_unknown_job_is_refused_and_nothing_runs(app, session, life):
    before = everything(session)

    done = app.test_cli_runner().invoke(args=["jobs", "run", "--only", "everything"])

    assert done.exit_code == 2
    assert "everything" in done.stderr
    assert everything(session) == before


def test_without_books_there_is_nothing_to_do(app, session):
    assert run(app) == (0, {})
    assert session.scalars(sa.select(Proof).execution_options(cross_ledger=True)).all() == []


def test_ordered_files_are_written_and_forgotten_by_the_clock(app, session, world, book):
    asked = rankings.Cut(world.ledger_id, world.node, date(2026, 1, 1), date(2026, 3, 1)).asked()
    wanted = export_jobs.Order("hours_ranking", "csv", world.node.id, asked)
    key = {"ledger_id": world.ledger_id}
    job = export_jobs.order(session, **key, wanted=wanted, actor=SYSTEM)
    session.commit()

    assert run(app, "--only", "exports") == (0, {(book, "exports"): "1"})
    assert one(session, ExportJob, job.id).state == "done"
    assert run(app, "--only", "exports") == (0, {(book, "exports"): "0"})
    assert run(app, "--only", "files") == (0, {(book, "files"): "0"})
    with clock.held_at(clock.now() + timedelta(days=4)):
        assert run(app, "--only", "files") == (0, {(book, "files"): "1"})
    assert one(session, ExportJob, job.id).state == "expired"
