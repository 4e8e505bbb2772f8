"""长安 whole, lived through by the loader's own code; the refusals; the table in the terminal.

The complete world takes minutes: it is loaded and reconciled by the tests marked `world`.
"""

import json
from datetime import date
from itertools import islice, pairwise

import pytest
import sqlalchemy as sa

from app.activities.models import Activity, Attendance, Organiser
from app.base.transactions import reading
from app.cli.demo import jinxi_people
from app.cli.demo import places as quick
from app.cli.demo.whole import changan, load, ningde, places, reconcile, table
from app.cli.demo.whole.expected import FIGURES, PROGRAMMES
from app.cli.demo.world import BEGAN_ON, at, step
from app.community import tree
from app.community.models import Node
from app.ledger import books
from app.ledger.models import Entry
from app.people import teams
from app.people.models import Member
from app.reports import place_reports
from app.service_orders import registers
from app.service_orders.models import Exchange

AS_OF_ON = date(2026, 3, 2)


def invoke(app, *words):
    return app.test_cli_runner().invoke(args=list(words))


@pytest.fixture
def places_only(app):
    """All places and programmes, and nobody yet."""
    with app.app_context():
        quick.import_divisions(lambda done, size: None)
        step(at(BEGAN_ON, 7), quick.build_below)
        load.start()
        quick.start_programmes()
    return app


def test_p1_a12_changan_lives_is_broken_off_and_comes_out_at_its_figures(places_only):
    with places_only.app_context():
        broken_off = changan.load()
        list(islice(broken_off, 4))
        broken_off.close()
    assert invoke(places_only, "ledger", "proof", "--book", "changan").exit_code == 0  # halfway

    with places_only.app_context():
        assert sum(changan.load()) == changan.count()
        assert sum(changan.load()) == changan.count()  # again changes nothing

        with reading() as session:
            ledger_id = books.by_code(session, "changan").id
            told = place_reports.totals(session, ledger_id=ledger_id, as_of_on=AS_OF_ON)
            scope = place_reports.scope_of(
                session,
                ledger_id=ledger_id,
                node=tree.by_code(session, places.CHANGAN),
                as_of_on=AS_OF_ON,
            )
            lines = place_reports.of_place(session, scope)
            states = dict(
                session.execute(
                    sa.select(Exchange.state, sa.func.count())
                    .where(Exchange.ledger_id == ledger_id)
                    .group_by(Exchange.state)
                ).all()
            )
    assert told == place_reports.BookTotals(466 * 60, 4_100, 0, 4_100, 20)
    assert states == {"done": 28, "open": 1}
    assert lines["exchanges_done"] == 28
    assert (lines["attendances"], lines["sessions"], lines["team_members"]) == (205, 41, 36)
    proved = invoke(places_only, "ledger", "proof", "--book", "changan", "--json")
    assert json.loads(proved.output)["ok"] is True
    _everything_is_scanned_filed_away_and_in_order(places_only)
    _the_figures_are_compared(places_only)


def _the_figures_are_compared(app):
    """Only 长安 has lived: its rows agree, the others differ, and the exit code says so."""
    compared = invoke(app, "demo", "reconcile", "--json")
    told = json.loads(compared.output)
    same = {one["book"] for one in told["programmes"] if one["ok"]}
    wrong = {one["book"] for one in told["figures"] if not one["ok"]}

    assert compared.exit_code == 1
    assert told["ok"] is False
    assert same == {"changan"}
    assert "changan" not in wrong
    assert len(told["programmes"]) == len(PROGRAMMES) + 1
    assert len(told["figures"]) == len(FIGURES)

    shown = invoke(app, "demo", "reconcile").output.splitlines()
    planned = [line for line in shown if "计划" in line]
    assert "长安 爱心储蓄银行" in planned[3]
    assert len({table.wide(line) for line in planned}) == 1  # Chinese letters are two wide


def _everything_is_scanned_filed_away_and_in_order(app):
    with app.app_context(), reading() as session:
        ledger_id = books.by_code(session, "changan").id
        postings = session.execute(
            sa.select(Entry.account_id, Entry.posted_at)
            .where(Entry.ledger_id == ledger_id)
            .order_by(Entry.account_id, Entry.seq)
        ).all()
        doors = session.execute(
            sa.select(Attendance.in_door, Attendance.out_door)
            .where(Attendance.ledger_id == ledger_id)
            .distinct()
        ).all()
        filed = session.scalars(
            sa.select(Activity.state).where(Activity.ledger_id == ledger_id).distinct()
        ).all()
    assert all(
        one.account_id != other.account_id or one.posted_at <= other.posted_at
        for one, other in pairwise(postings)
    )
    assert [tuple(row) for row in doors] == [("code", "code")]
    assert filed == ["archived"]


def test_c17_c20_c29_c37_t18_ningdes_fixtures_stand_where_they_belong(places_only):
    with places_only.app_context():
        with reading() as session:
            ledger_id = jinxi_people.ledger_of(session)
        jinxi_people.join(ledger_id)
        assert sum(ningde.load()) == ningde.count()

        with reading() as session:
            crumbs = tree.breadcrumb(session, tree.by_code(session, quick.COMMUNITY))
            assert "金涵畲族乡" in crumbs
            held = {
                (activity.title, place): activity.state
                for activity, place in session.execute(
                    sa.select(Activity, Node.short_name)
                    .join(Node, Node.id == Activity.node_id)
                    .where(Activity.ledger_id == ledger_id)
                )
            }
            assert {place for _, place in held} == {"亿利社区", "春风里", "金溪首府"}
            assert len(session.scalars(sa.select(Organiser).where(
                Organiser.ledger_id == ledger_id)).all()) == 1  # fmt: skip
            wanda = tree.by_code(session, places.WANDA)
            found = teams.list_in(session, ledger_id=ledger_id, node=wanda)
            assert len(found) == 8
            building = tree.by_code(session, ningde.BUILDING)
            (entry,) = registers.list_in(
                session, ledger_id=ledger_id, node=building, list_code="project"
            )
            assert entry.state == "matched"


def test_the_places_that_no_source_names_are_seen_to_be_unknown(places_only):
    with places_only.app_context(), reading() as session:
        estate = tree.find(session, "金溪首府")
        crumb = tree.breadcrumb(session, estate)
        villages = [
            node
            for node in session.scalars(sa.select(Node).where(Node.kind_code == "village"))
            if "demo" in node.code
        ]
        grids = [
            node.code
            for node in tree.children(session, tree.by_code(session, places.BEIGAO))
            if node.kind_code == "grid"
        ]
    assert "〔社区未写明〕" in crumb
    assert len(villages) == 89
    assert grids == [f"350304103001{number:03d}" for number in range(1, 34)]  # O14

    added = invoke(places_only, "demo", "load")  # the quick demo leaves a whole world alone
    assert added.exit_code == 0
    assert "--all" in added.output
    with places_only.app_context(), reading() as session:
        anybody = sa.select(Member.id).limit(1)
        assert not session.scalar(anybody.execution_options(cross_ledger=True))


def test_a_quick_demo_is_no_beginning_of_the_whole_world(copy_demo):
    asked = invoke(copy_demo(), "demo", "load", "--all")

    assert asked.exit_code == 1
    assert "empty database" in asked.output


def test_a_difference_of_one_point_is_told():
    same = reconcile.Compared("b", "长安", "", (60, 10), (60, 10))
    other = reconcile.Compared("b", "长安", "", (60, 10), (60, 11))

    assert reconcile.Reconciliation((same,), ()).is_same
    assert not reconcile.Reconciliation((same,), (other,)).is_same
    assert "DIFFERS" in list(table.lines(reconcile.Reconciliation((other,), ())))[2]
