"""`flask programme` and `flask workdays`: what an empty installation needs first."""

from datetime import date

import pytest
import sqlalchemy as sa

from app.base import workdays
from app.base.models import CalendarYear
from app.people.models import Audit
from app.points import programmes, rates
from app.points.models import Category, Programme
from tests.factories import community as places

YEAR = 2198
HEAD = "日期,安排,节日\n"


def run(app, *words):
    return app.test_cli_runner().invoke(args=list(words))


@pytest.fixture
def line(session):
    found = places.make_jinxi(session)
    session.commit()
    return found


def start(app, *words, node="宁德市", book="ningde"):
    named = ("--node", node, "--book", book, "--name", "爱心银行")
    return run(app, "programme", "start", *named, *words)


def count(session, model):
    """Count, and let go of the database: the next command writes."""
    found = session.scalar(sa.select(sa.func.count()).select_from(model))
    session.rollback()
    return found


def test_a_programme_is_started_with_its_first_rates_and_listed(app, session, line):
    told = start(app, "--points-per-hour", "10", "--expiry", "calendar_year")
    assert (told.exit_code, told.stdout) == (
        0,
        "爱心银行 started at 福建省 / 宁德市, book ningde\n",
    )

    programme = programmes.of_node(session, line[-1])
    assert (programme.name, programme.expiry_policy) == ("爱心银行", "calendar_year")
    for each in programmes.list_indicators(session, programme):
        rate = rates.list_versions(session, programme.id, each.code)[0]
        assert (rate.points, rate.per_quantity) == (1, 6)
    session.rollback()
    listed = run(app, "programme", "list").stdout
    assert listed == "ningde 爱心银行, hours and points, at 3509 宁德市\n"


def test_a_programme_of_hours_alone_has_no_rates(app, session, line):
    assert start(app, "--hours-only").exit_code == 0
    assert "hours only" in run(app, "programme", "list").stdout
    assert not programmes.of_node(session, line[-1]).has_points


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ({"node": "无名市"}, "not_found"),
        ({"book": "宁德"}, "validation_failed"),
        ({"book": "a b"}, "validation_failed"),
        ({"more": ("--hours-only", "--points-per-hour", "10")}, "validation_failed"),
    ],
)
def test_what_is_no_programme_is_refused_and_starts_nothing(app, session, line, words, code):
    more = words.pop("more", ())

    told = start(app, *more, **words)

    assert (told.exit_code, told.stderr.split(":")[0]) == (2, code)
    assert count(session, Programme) == 0


def test_a_place_is_given_one_programme(app, session, line):
    assert start(app).exit_code == 0

    told = start(app, book="another")

    assert (told.exit_code, told.stderr.split(":")[0]) == (2, "programme_exists")
    assert count(session, Programme) == 1


def enter(app, path, text):
    path.write_bytes(text.encode("gb18030"))
    return run(app, "workdays", "enter", str(YEAR), str(path), "--source", "国办发明电〔2197〕7号")


def test_a_year_is_entered_from_a_file_and_again_replaced(app, session, tmp_path):
    first = f"{HEAD}{YEAR}-01-01,放假,元旦\n{YEAR}-01-06,上班,元旦\n"

    told = enter(app, tmp_path / "y.csv", first)

    assert (told.exit_code, told.stdout) == (0, f"{YEAR}: 2 days entered\n")
    assert not workdays.is_workday(session, date(YEAR, 1, 1))
    assert workdays.is_workday(session, date(YEAR, 1, 6)), "a Saturday that is worked"
    session.rollback()
    assert enter(app, tmp_path / "y.csv", f"{HEAD}{YEAR}-01-01,放假,元旦\n").exit_code == 0
    assert not workdays.is_workday(session, date(YEAR, 1, 6))
    acts = session.scalars(sa.select(Audit.action).where(Audit.ledger_id == 0))
    assert list(acts) == ["workdays_entered"] * 2


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (f"{YEAR}-13-01,放假,元旦\n", "validation_failed"),
        (f"{YEAR}-01-01,也许,元旦\n", "validation_failed"),
        (f"{YEAR}-01-01,放假\n", "validation_failed"),
        ("2197-12-31,放假,元旦\n", "validation_failed"),
    ],
)
def test_a_bad_row_refuses_the_whole_year(app, session, tmp_path, rows, code):
    good = f"{YEAR}-05-01,放假,劳动节\n"

    told = enter(app, tmp_path / "y.csv", HEAD + good + rows)

    assert (told.exit_code, told.stderr.split(":")[0]) == (2, code)
    assert count(session, CalendarYear) == 0


def test_a_file_without_its_columns_is_refused(app, session, tmp_path):
    told = enter(app, tmp_path / "y.csv", "日期\n2198-01-01\n")

    assert (told.exit_code, told.stderr.split(":")[0]) == (2, "csv_unreadable")
    assert count(session, CalendarYear) == 0


def test_an_older_programme_is_completed_after_an_upgrade(app, session, line):
    start(app)
    programme = programmes.of_node(session, line[-1])
    gone = sa.delete(Category).where(
        Category.programme_id == programme.id, Category.code.in_(("five_home", "home_talk"))
    )
    session.execute(gone)
    session.commit()

    told = run(app, "programme", "complete", "--book", "ningde")
    assert (told.exit_code, told.stdout) == (0, "ningde: 2 added: five_home, home_talk\n")
    assert run(app, "programme", "complete").stdout == "ningde: 0 added\n"
    assert run(app, "programme", "complete", "--book", "none").exit_code == 2
