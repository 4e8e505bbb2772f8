"""`flask ledger proof` and `flask ledger statement`, as an operator and a cron run them."""

import json

import pytest
import sqlalchemy as sa

from app.base import clock
from app.ledger.models import Account, Book, Proof
from app.people.models import Member
from app.reports import proofs
from tests.factories import lives, points
from tests.factories import mall as make
from tests.web.answers import everything


def run(app, *words):
    return app.test_cli_runner().invoke(args=["ledger", *words])


@pytest.fixture
def life(stage):
    with clock.held_at(points.at(lives.TODAY, 10)):
        yield stage.put_up(lives.live, "session", "client")


def break_it(session, ledger_id):
    """Take the floor off a wallet."""
    wallet = sa.and_(Account.ledger_id == ledger_id, Account.kind == "wallet")
    session.execute(sa.update(Account).where(wallet).values(floor_amount=None))
    session.commit()


def test_the_json_has_the_shape_that_machines_were_promised(app, life):
    proved = run(app, "proof", "--json")

    assert (proved.exit_code, proved.stderr) == (0, "")
    told = json.loads(proved.stdout)
    assert told.keys() == {"ok", "ledgers"}
    assert told["ok"] is True
    (book,) = told["ledgers"]
    assert book.keys() == {"name", "ok", "read_only", "checks", "totals"}
    assert (book["name"], book["ok"], book["read_only"]) == ("爱心银行", True, False)
    assert [check["name"] for check in book["checks"]] == list(proofs.ORDER)
    for check in book["checks"]:
        assert check.keys() == {"name", "ok", "detail"}
        assert check["ok"] is True
        assert isinstance(check["detail"], str)
    assert book["totals"] == {"minutes": 1936, "points": 11}


def test_the_text_says_the_same_for_people(app, life):
    proved = run(app, "proof")

    assert proved.exit_code == 0
    first, *checks, last = proved.stdout.splitlines()
    assert first == "爱心银行 (ningde): ok"
    assert [line.split()[:2] for line in checks] == [["ok", name] for name in proofs.ORDER]
    assert last.strip() == "members hold 32.3 h and 11 points"


def test_a_broken_book_ends_with_one_and_is_stopped(app, session, life):
    break_it(session, life.ledger_id)

    proved = run(app, "proof")

    assert proved.exit_code == 1
    assert proved.stdout.splitlines()[0] == "爱心银行 (ningde): BROKEN  READ-ONLY"
    assert [line.split()[1] for line in proved.stdout.splitlines() if " NO " in line] == ["floors"]
    assert json.loads(run(app, "proof", "--json").stdout)["ledgers"][0]["read_only"] is True


def test_one_book_is_proved_by_its_code_and_the_other_is_left_alone(app, session, life):
    make.a_programme(session)
    session.commit()
    break_it(session, life.ledger_id)
    (other,) = set(session.scalars(sa.select(Book.code).where(Book.id != 0))) - {"ningde"}
    proofs_before = count(session, Proof)

    proved = run(app, "proof", "--json", "--book", other)

    assert proved.exit_code == 0
    assert len(json.loads(proved.stdout)["ledgers"]) == 1
    assert count(session, Proof) == proofs_before + 1
    assert session.get(Book, life.ledger_id, populate_existing=True).read_only_at is None
    session.rollback()
    everything_proved = run(app, "proof", "--json")
    assert everything_proved.exit_code == 1
    assert {one["ok"] for one in json.loads(everything_proved.stdout)["ledgers"]} == {True, False}


def count(session, model):
    statement = sa.select(sa.func.count()).select_from(model)
    found = session.scalar(statement.execution_options(cross_ledger=True))
    session.rollback()
    return found


def test_a_database_without_books_is_in_order(app):
    proved = run(app, "proof", "--json")

    assert (proved.exit_code, json.loads(proved.stdout)) == (0, {"ok": True, "ledgers": []})


def test_the_statement_runs_from_opening_to_closing(app, session, life):
    number = session.get(Member, (life.ledger_id, life.su.id)).volunteer_no
    session.rollback()

    told = run(app, "statement", number.lower(), "--book", "ningde")

    assert told.exit_code == 0
    title, opening, *lines, closing, held = told.stdout.splitlines()
    assert title.split() == [number, life.su.name_masked, "·", "爱心银行", "·", "points"]
    assert opening.split() == ["opening", "0"]
    # 10 from paper, 4 spent and refunded, what was left of 2026 expired, 5 of the new year
    moved = [(row[1], int(row[2]), int(row[3])) for row in map(str.split, lines)]
    assert [delta for _, delta, _ in moved] == [10, -4, 4, -10, 5]
    assert [balance for _, _, balance in moved] == [10, 6, 10, 0, 5]
    assert closing.split() == ["closing", "5"]
    assert held.split() == ["2027-01-04", "held,", "until", "2027-02-01", "1"]


def test_a_statement_of_a_span_opens_with_what_was_there(app, session, life):
    number = session.get(Member, (life.ledger_id, life.su.id)).volunteer_no
    session.rollback()
    span = ("--from", "2026-04-01", "--to", "2026-04-30")

    told = run(app, "statement", number, "--book", "ningde", *span)

    lines = told.stdout.splitlines()
    assert lines[1].split() == ["opening", "10"]
    assert lines[-1].split() == ["closing", "10"]
    assert len(lines) == 5
    minutes = run(app, "statement", number, "--book", "ningde", "--unit", "minutes")
    assert minutes.stdout.splitlines()[-1].split() == ["closing", "900"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("proof", "--book", "nowhere"), "not_found"),
        (("proof", "--json", "--book", ""), "not_found"),
        (("statement", "NINGDE-000001", "--book", "nowhere"), "not_found"),
        (("statement", "NINGDE-999999", "--book", "ningde"), "not_found"),
        (("statement", "'; DROP", "--book", "ningde"), "not_found"),
        (("statement", "NINGDE-000001"), "--book"),
        (("statement", "NINGDE-000001", "--book", "ningde", "--unit", "yuan"), "yuan"),
        (("statement", "NINGDE-000001", "--book", "ningde", "--from", "heute"), "heute"),
    ],
)
def test_bad_input_is_told_and_changes_nothing(app, session, words, said):
    world = points.world(session)
    points.member_with(session, world, 3)
    before = everything(session)

    told = run(app, *words)

    assert told.exit_code == 2
    assert said in told.stderr
    assert told.stdout == ""
    assert everything(session) == before
