"""`flask nodes import`, as an operator runs it."""

import pytest
import sqlalchemy as sa

from app.community.models import Node
from app.people import audit
from app.people.models import Audit

DIVISIONS = "app/cli/demo/divisions.csv"


def run(app, *arguments: str):
    return app.test_cli_runner().invoke(args=["nodes", "import", *arguments])


def count_nodes(session) -> int:
    """Count, and hold no transaction open: on SQLite the command would wait for it."""
    with session.begin():
        return session.scalar(sa.select(sa.func.count()).select_from(Node))


@pytest.mark.slow
def test_the_official_divisions_are_imported_and_a_second_run_changes_nothing(app, session):
    first = run(app, DIVISIONS)
    assert (first.exit_code, first.stdout) == (0, "2962 new, 0 changed, 0 unchanged, 0 bad\n")
    assert count_nodes(session) == 2_962

    second = run(app, DIVISIONS)
    assert (second.exit_code, second.stdout) == (0, "0 new, 0 changed, 2962 unchanged, 0 bad\n")
    assert count_nodes(session) == 2_962
    with session.begin():
        (act,) = session.scalars(sa.select(Audit).where(Audit.ledger_id == audit.HOUSE)).all()
    assert (act.action, act.facts["new_count"]) == ("nodes_imported", 2_962)


def test_a_dry_run_says_what_would_come_and_writes_nothing(app, session):
    told = run(app, DIVISIONS, "--dry-run")
    assert told.exit_code == 0
    assert told.stdout == ("dry run, nothing written: 2962 new, 0 changed, 0 unchanged, 0 bad\n")
    assert count_nodes(session) == 0


@pytest.mark.parametrize("options", [(), ("--dry-run",)], ids=["real", "dry"])
def test_bad_rows_are_listed_by_line_and_the_exit_is_one(app, session, tmp_path, options):
    path = tmp_path / "nodes.csv"
    path.write_text("code,name,parent_code,kind\n35,福建省,,省\n36,某省,,星系\n3509,宁德市,77,市\n")

    told = run(app, str(path), *options)

    assert told.exit_code == 1
    assert told.stdout.splitlines()[:2] == [
        "line 3: no kind of place '星系'",
        "line 4: no place 77 to be under",
    ]
    assert "1 new, 0 changed, 0 unchanged, 2 bad" in told.stdout
    assert count_nodes(session) == (0 if options else 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"code,name\n", "columns missing: parent_code, kind"),
        (b"code,name,parent_code,kind\n\xff\xff,,,\n", "line 2 is neither UTF-8 nor GB18030"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    app, session, tmp_path, content, words
):
    path = tmp_path / "nodes.csv"
    path.write_bytes(content)

    told = run(app, str(path))

    assert told.exit_code == 1
    assert f"Error: nodes.csv: {words}; nothing was imported" in told.output
    assert count_nodes(session) == 0


def test_a_file_that_is_not_there_is_a_usage_error(app):
    assert run(app, "no-such.csv").exit_code == 2
