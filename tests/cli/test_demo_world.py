"""长安 whole, lived through by the loader's own code; the refusals; the table in the terminal.

The complete world takes minutes: it is loaded and reconciled by the tests marked `world`.
"""

import json
from collections import Counter
from datetime import date
from itertools import islice, pairwise

import pytest
import sqlalchemy as sa

from app.activities.models import Activity, Attendance, Organiser
from app.base.transactions import reading
from app.cli.demo import jinxi_people
from app.cli.demo import places as quick
from app.cli.demo.whole import (
    changan,
    grounds,
    load,
    ningde,
    ningde_partners,
    places,
    reconcile,
    stories,
    table,
)
from app.cli.demo.whole.expected import FIGURES, PROGRAMMES, SHARES
from app.cli.demo.world import BEGAN_ON, at, step
from app.community import agreements, tree, venues
from app.community.models import Node
from app.ledger import books
from app.ledger.models import Entry
from app.mall.models import Shop
from app.people import teams
from app.people.models import Member
from app.reports import place_reports
from app.service_orders import register_listings
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
    _its_sentences_tell_the_figures_that_are_reconciled(places_only, places.CHANGAN)


def _its_sentences_tell_the_figures_that_are_reconciled(app, code):
    planned = {(each.node_code, each.line): each.count for each in FIGURES}
    with app.app_context():
        step(at(BEGAN_ON, 17, 45), stories.write)
        step(at(BEGAN_ON, 17, 45), stories.write)  # again changes nothing
        with reading() as session:
            node = tree.by_code(session, code)
            ledger_id = books.by_code(session, "changan").id
            scope = place_reports.scope_of(
                session, ledger_id=ledger_id, node=node, as_of_on=AS_OF_ON
            )
            told = [
                place_reports.tell_story(place_reports.Readings(session, scope), language=language)
                for language in ("zh", "en")
            ]
    for sentences in told:
        assert len(sentences) == len(stories.planned()[code])
        counted = [each for one in sentences for each in one if not isinstance(each, str)]
        assert {each.line.code: each.value for each in counted} == {
            line: planned[code, line]
            for line in (
                "team_members", "attendances", "hours", "exchanges_done", "exchanges_waiting",
            )
        }  # fmt: skip


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
    assert len(told["figures"]) == len(FIGURES) + len(SHARES)

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
            assert {place for _, place in held} == {"亿利社区", "春风里", "金溪首府", "财富广场"}
            assert len(session.scalars(sa.select(Organiser).where(
                Organiser.ledger_id == ledger_id)).all()) == 2  # fmt: skip
            (library,) = session.scalars(sa.select(Shop).where(Shop.ledger_id == ledger_id))
            assert (library.name, library.kind) == (ningde_partners.NAME, "partner")
            wanda = tree.by_code(session, places.WANDA)
            found = teams.list_in(session, ledger_id=ledger_id, node=wanda)
            assert len(found) == 8
            building = tree.by_code(session, ningde.BUILDING)
            (entry,) = register_listings.list_in(
                session, ledger_id=ledger_id, node=building, list_code="project"
            )
            assert entry.state == "matched"
            holder = agreements.holder_of(session, building)
            assert holder is not None
            assert holder.name == "宁德市委宣传部"


def test_t20_o15_m2_v14_what_stands_in_the_places_is_counted_row_by_row(places_only):
    with places_only.app_context():
        load.start()  # again changes nothing
        with reading() as session:

            def value(book, code, line):
                scope = place_reports.scope_of(
                    session,
                    ledger_id=books.by_code(session, book).id,
                    node=tree.by_code(session, code),
                    as_of_on=AS_OF_ON,
                )
                return place_reports.value(session, scope, place_reports.LINES[line])

            agreed = [
                value("ningde", quick.COMMUNITY, line)
                for line in ("agreements", "agreements_institutions", "agreements_new")
            ]
            stations = [
                value("licheng", places.GONGCHEN, line) for line in ("venues", "venue_stations")
            ]
            warm = value("jianyang", places.JIANYANG, "warm_stations")
            jianyang = venues.list_in(session, tree.by_code(session, places.JIANYANG))
            tags = venues.tags_of(session, [each.id for each in jianyang])
            households = {
                node.household_count
                for code in grounds.GRIDDED
                for node in tree.children(session, tree.by_code(session, code))
                if node.kind_code == "grid"
            }
    assert (agreed, stations, warm) == ([10, 7, 3], [5, 4], 14)
    assert Counter(each.kind for each in jianyang) == {
        "暖蜂驿站": 14, "城市幸福空间": 7, "小区服务站": 26,
    }  # fmt: skip
    assert {tuple(tags[each.id]) for each in jianyang if each.kind == "暖蜂驿站"} == {
        grounds.WARM_TAGS
    }
    assert min(households) >= 300
    assert max(households) <= 500


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
