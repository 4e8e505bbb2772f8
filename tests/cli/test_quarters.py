"""`flask quarter close`: the operator is the second person, and says what was frozen."""

from datetime import date

from app.base import clock
from app.points.quarters import closing
from app.points.quarters.calendar import Quarter
from app.reports.quarters import freezing
from tests.factories import points as make


def test_the_operator_closes_what_a_person_proposed_and_nothing_else(app, session):
    world = make.world(session)
    member = make.member(session, world)
    with clock.held_at(make.at(date(2025, 12, 20), 10)):
        make.grant(session, world, member.id, 120)
        session.commit()
    with clock.held_at(make.at(date(2026, 1, 5), 10)):
        call = ["quarter", "close", "2025Q4", "--book", "ningde"]
        refused = app.test_cli_runner().invoke(args=call)
        assert (refused.exit_code, "period_conflict" in refused.stderr) == (2, True)
        named = {"ledger_id": world.ledger_id, "quarter": Quarter(2025, 4)}
        closing.propose(session, **named, actor=world.staff)
        session.commit()
        closed = app.test_cli_runner().invoke(args=call)
    assert closed.exit_code == 0
    report = freezing.find(session, **named)
    assert f"1 lines, {report.sha256.hex()}" in closed.stdout


def test_the_pack_of_a_place_is_one_file(app, session, tmp_path):
    world = make.world(session)
    path = tmp_path / "pack.xlsx"
    call = ["quarter", "pack", "2026Q1", "--node", world.node.code, "--out", str(path)]
    made = app.test_cli_runner().invoke(args=call)
    assert made.exit_code == 0
    assert path.read_bytes()[:2] == b"PK"
    refused = app.test_cli_runner().invoke(args=[*call[:2], "2026Q9", *call[3:]])
    assert (refused.exit_code, "validation_failed" in refused.stderr) == (2, True)
