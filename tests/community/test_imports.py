"""Import of places: idempotent, every bad row named, nothing held in memory."""

import io
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.base.csv_rows import BadRow
from app.base.errors import CsvUnreadable
from app.base.transactions import unit_of_work
from app.community import imports, tree
from app.community.errors import AmbiguousNode
from app.community.models import Node
from tests.factories.community import make_node

DIVISIONS = Path("app/cli/demo/divisions.csv")
DIVISIONS_COUNT = 2_962
HEAD = "code,name,parent_code,kind\n"
TREE = HEAD + (
    "35,福建省,,省\n"
    "3509,宁德市,35,市\n"
    "350902,蕉城区,3509,县区\n"
    "350902200,金涵畲族乡,350902,乡镇\n"
    "350902200001,金溪社区居民委员会,350902200,社区\n"
)


@dataclass
class Result:
    counts: Counter[str] = field(default_factory=Counter)
    bad: list[BadRow] = field(default_factory=list)
    steps: list[imports.Step] = field(default_factory=list)

    @property
    def reasons(self) -> list[tuple[int, str]]:
        return [(row.line_no, row.reason) for row in self.bad]

    def count(self, name: str) -> int:
        return self.counts[name]


def collect(steps: Iterable[imports.Step]) -> Result:
    result = Result()
    for step in steps:
        result.counts.update(new=step.new, changed=step.changed, unchanged=step.unchanged)
        result.bad += step.bad
        result.steps.append(step)
    return result


def run(session: Session, content: str | bytes, encoding: str = "utf-8", **options) -> Result:
    data = content if isinstance(content, bytes) else content.encode(encoding)
    steps = imports.import_nodes(
        io.BytesIO(data), unit=lambda work: work(session), actor=SYSTEM, **options
    )
    return collect(steps)


def paths(session: Session) -> dict[str, str]:
    """Every code with the code of its parent: the tree, without its ids."""
    parent = sa.orm.aliased(Node)
    query = sa.select(Node.code, parent.code).outerjoin(parent, parent.id == Node.parent_id)
    return dict(session.execute(query).all())


def snapshot(session: Session) -> list[tuple]:
    return sorted(tuple(row) for row in session.execute(sa.select(Node.__table__)))


def check_paths(session: Session) -> None:
    """Every path is its parent's and its own id."""
    parent = sa.orm.aliased(Node)
    query = sa.select(Node.id, Node.path, Node.depth, parent.path, parent.depth)
    for row in session.execute(query.outerjoin(parent, parent.id == Node.parent_id)):
        assert row[1] == f"{row[3] or '/'}{row[0]}/"
        assert row[2] == (row[4] or 0) + 1


@pytest.mark.slow
def test_the_official_divisions_are_imported_whole_and_a_second_run_changes_nothing(session):
    first = run(session, DIVISIONS.read_bytes())
    assert (first.count("new"), first.bad) == (DIVISIONS_COUNT, [])
    check_paths(session)
    before = snapshot(session)

    second = run(session, DIVISIONS.read_bytes())

    assert dict(second.counts) == {"new": 0, "changed": 0, "unchanged": DIVISIONS_COUNT}
    assert snapshot(session) == before
    crumbs = {
        "350902200001": "福建省 / 宁德市 / 蕉城区 / 金涵畲族乡 / 金溪社区",
        "340406105206": "安徽省 / 淮南市 / 潘集区 / 架河镇 / 武庙村",
        "350902500009": "福建省 / 宁德市 / 蕉城区 / 东侨开发区 / 亿利社区",
    }
    for code, crumb in crumbs.items():
        assert tree.breadcrumb(session, tree.by_code(session, code)) == crumb


def test_226_official_names_are_not_unique_and_find_lists_the_candidates(session):
    run(session, DIVISIONS.read_bytes())
    shared = session.execute(sa.select(Node.name).group_by(Node.name).having(sa.func.count() > 1))
    assert len(shared.all()) == 226
    assert tree.find(session, "金溪社区").code == "350902200001"
    assert tree.find(session, "武庙村").code == "340406105206"
    with pytest.raises(AmbiguousNode) as refused:
        tree.find(session, "新村")
    assert len(refused.value.facts["candidates"]) > 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_every_encoding_gives_the_same_tree(session, encoding):
    assert run(session, TREE, encoding).count("new") == 5
    assert tree.by_code(session, "350902200001").name == "金溪社区居民委员会"
    assert run(session, TREE.replace("\n", "\r\n")).count("unchanged") == 5


def test_children_may_stand_before_their_parents(session):
    head, *rows = TREE.splitlines()
    content = "\n".join([head, *reversed(rows)])

    assert run(session, content, batch_rows=2).count("new") == 5

    check_paths(session)
    crumb = tree.breadcrumb(session, tree.by_code(session, "350902200001"))
    assert crumb == "福建省 / 宁德市 / 蕉城区 / 金涵畲族乡 / 金溪社区"


BAD_ROWS = {
    "9,甲,350902200,星系": "unknown_kind",
    ",甲,350902200,社区": "bad_code",
    "9,,350902200,社区": "bad_name",
    "9,甲,777,社区": "unknown_parent",
    "9,甲,9,社区": "unknown_parent",
    "9,甲,350902200": "unreadable",
    "9,甲,350902200,社区,多": "unreadable",
    '9,"甲"乙,350902200,社区': "unreadable",
    f"{'9' * 33},甲,350902200,社区": "bad_code",
    f"9,{'甲' * 65},350902200,社区": "bad_name",
    '9,"甲\n乙",350902200,社区': "bad_name",
    "9,甲,35\x000902200,社区": "bad_parent_code",
    "350902200001,金溪社区居民委员会,350902200,社区": "repeated",
    "350902200001,别名,350902200,社区": "repeated",
}


@pytest.mark.parametrize(("line", "reason"), BAD_ROWS.items(), ids=range(len(BAD_ROWS)))
@pytest.mark.parametrize("is_dry_run", [False, True], ids=["real", "dry"])
def test_a_bad_row_is_named_with_its_line_and_the_others_are_imported(
    session, line, reason, is_dry_run
):
    after = "350902200002,后来社区,350902200,社区\n"
    result = run(session, f"{TREE}{line}\n{after}", is_dry_run=is_dry_run)

    assert result.reasons == [(7, reason)]
    assert result.count("new") == 6
    assert all(row.text for row in result.bad)


def test_the_line_of_a_repeated_code_names_the_first(session):
    result = run(session, TREE + "35,福建,,省\n", batch_rows=2)
    assert result.bad == [BadRow(7, "repeated", "is on line 2 already")]
    assert tree.by_code(session, "35").name == "福建省"


def test_what_stands_below_a_bad_row_is_bad_too(session):
    result = run(session, TREE + "9,甲,777,街道\n91,乙,9,社区\n911,丙,91,小区\n", batch_rows=1)
    assert result.reasons == [(line_no, "unknown_parent") for line_no in (7, 8, 9)]
    assert len(paths(session)) == 5


def test_two_rows_that_stand_below_each_other_are_bad(session):
    result = run(session, TREE + "8,甲,9,街道\n9,乙,8,街道\n")
    assert result.reasons == [(7, "unknown_parent"), (8, "unknown_parent")]


def test_a_renamed_place_is_changed_and_says_so(session):
    run(session, TREE)
    content = TREE.replace("金溪社区居民委员会", "金溪新社区居民委员会").replace("乡镇", "街道")

    assert dict(run(session, content).counts) == {"new": 0, "changed": 2, "unchanged": 3}

    community = tree.by_code(session, "350902200001")
    assert (community.name, community.short_name) == ("金溪新社区居民委员会", "金溪新社区")
    assert tree.by_code(session, "350902200").kind_code == "subdistrict"


def test_a_display_name_that_staff_chose_survives_the_import(session):
    run(session, TREE)
    chosen = sa.update(Node).where(Node.code == "350902200001").values(short_name="金溪")
    session.execute(chosen)
    assert run(session, TREE.replace("金溪社区", "金溪大社区")).count("changed") == 1
    session.expire_all()
    assert tree.by_code(session, "350902200001").short_name == "金溪"


@pytest.mark.parametrize("is_dry_run", [False, True], ids=["real", "dry"])
def test_a_place_is_never_moved(session, is_dry_run):
    run(session, TREE)
    before = snapshot(session)
    for parent in ("3509", "", "777"):
        result = run(
            session, f"{HEAD}350902200001,金溪社区居民委员会,{parent},社区\n", is_dry_run=is_dry_run
        )
        assert result.reasons == [(2, "moved")]
    assert snapshot(session) == before


FULL_HEAD = "code,name,parent_code,kind,household_count,resident_count,external_id\n"


def test_counts_and_external_ids_are_taken_and_an_empty_cell_says_nothing(session):
    run(session, FULL_HEAD + "G1,一网格,,网格,400,1200,E-1\n")
    result = run(session, FULL_HEAD + "G1,一网格,,网格,,1300,\n")

    assert result.count("changed") == 1
    grid = tree.by_code(session, "G1")
    assert (grid.household_count, grid.resident_count, grid.external_id) == (400, 1300, "E-1")


@pytest.mark.parametrize("count", ["-1", "1.5", "many", "１２", "9" * 30, "999999999"])
def test_a_count_that_is_no_count_is_a_bad_row(session, count):
    result = run(session, f"{FULL_HEAD}G1,一网格,,网格,{count},,\n")
    assert [row.line_no for row in result.bad] == [2]
    assert result.bad[0].reason in ("bad_count", "bad_household_count")
    assert paths(session) == {}


def test_an_external_id_knows_its_place_under_a_new_code(session):
    run(session, FULL_HEAD + "A1,甲,,社区,,,E-1\n")
    result = run(session, FULL_HEAD + "A2,甲,,社区,,,E-1\nA1,乙,,社区,,,E-2\n")

    assert dict(result.counts) == {"new": 1, "changed": 1, "unchanged": 0}
    assert tree.by_code(session, "A2").external_id == "E-1"
    assert tree.by_code(session, "A1").external_id == "E-2"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A2,甲,,社区,,,E-1", "code_taken"),
        ("A1,甲,,社区,,,E-9", "external_id_differs"),
    ],
)
def test_two_places_are_never_mixed_up(session, line, reason):
    run(session, FULL_HEAD + "A1,甲,,社区,,,E-1\nA2,乙,,社区,,,E-2\n")
    before = snapshot(session)
    assert run(session, f"{FULL_HEAD}{line}\n").reasons == [(2, reason)]
    assert snapshot(session) == before


def test_one_external_id_twice_in_a_file_is_a_bad_row(session):
    result = run(session, FULL_HEAD + "A1,甲,,社区,,,E-1\nA2,乙,,社区,,,E-1\n")
    assert result.reasons == [(3, "repeated")]


def test_a_dry_run_writes_nothing_and_counts_the_same(session):
    make_node(session, code="35", name="福建", kind_code="province")
    session.commit()
    before = snapshot(session)
    head, *rows = TREE.splitlines()
    content = "\n".join([head, rows[0], *reversed(rows[1:]), "9,甲,777,社区"])

    dry = run(session, content, is_dry_run=True, batch_rows=2)
    assert not session.dirty
    assert not session.new
    session.commit()
    assert snapshot(session) == before

    real = run(session, content, batch_rows=2)
    assert (dry.counts, dry.bad) == (real.counts, real.bad)
    assert dry.counts == {"new": 4, "changed": 1, "unchanged": 0}


def test_a_file_that_cannot_be_read_imports_nothing(session):
    for content in ("", "code,name\n", TREE.encode() + b"\xff\xff,x,y,z\n"):
        with pytest.raises(CsvUnreadable):
            run(session, content)
    assert paths(session) == {}


def test_chinese_headings_are_understood(session):
    content = "编码,名称,上级编码,类别\n35,福建省,,省\n"
    assert run(session, content, "gb18030").count("new") == 1


def test_places_added_afterwards_get_numbers_of_their_own(session):
    run(session, TREE)
    node = make_node(session, tree.by_code(session, "350902200"))
    assert node.id == 6


def test_a_batch_costs_the_same_statements_whatever_its_size(session):
    counts = []
    session.connection()
    for size in (10, 100):
        lines = [f"S{size}-{number},第{number}社区,,社区" for number in range(size)]
        statements: list[str] = []
        listener = lambda *args, seen=statements: seen.append(args[2])  # noqa: E731
        sa.event.listen(session.get_bind(), "before_cursor_execute", listener)
        run(session, HEAD + "\n".join(lines))
        sa.event.remove(session.get_bind(), "before_cursor_execute", listener)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_run_that_breaks_off_is_finished_by_the_next(app, session):
    """Each batch is committed by itself, and what is there already stays."""
    with app.app_context():
        steps = imports.import_nodes(
            io.BytesIO(TREE.encode()), unit=unit_of_work, actor=SYSTEM, batch_rows=2
        )
        next(steps)
        steps.close()
        assert len(paths(session)) == 2
        session.rollback()
        again = imports.import_nodes(
            io.BytesIO(TREE.encode()), unit=unit_of_work, actor=SYSTEM, batch_rows=2
        )
        assert collect(again).counts == {"new": 3, "changed": 0, "unchanged": 2}


def write_country(path: Path, communities: int) -> int:
    """Write a made-up country of that many communities below 1,000 streets; return the rows."""
    streets = 1_000
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD + "99,拟省,,省\n")
        file.writelines(f"99{street:04},拟{street}街道,99,街道\n" for street in range(streets))
        for number in range(communities):
            street = number * streets // communities
            file.write(f"99{street:04}{number:06},拟{number}社区居委会,99{street:04},社区\n")
    return 1 + streets + communities


def peak_bytes_of(path: Path) -> int:
    """The most memory that Python held while importing the file in small batches."""
    tracemalloc.start()
    try:
        with path.open("rb") as file:
            collect(imports.import_nodes(file, unit=unit_of_work, actor=SYSTEM, batch_rows=200))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.once
@pytest.mark.slow
def test_the_memory_needed_does_not_grow_with_the_file(app, tmp_path):
    files = [tmp_path / name for name in ("warm.csv", "small.csv", "large.csv")]
    for path, communities in zip(files, (0, 1_000, 9_000), strict=True):
        write_country(path, communities)
    with app.app_context():
        peak_bytes_of(files[0])
        small, large = peak_bytes_of(files[1]), peak_bytes_of(files[2])
    assert large < 1.2 * small


@pytest.mark.slow
def test_a_hundred_thousand_places_are_streamed(app, session, tmp_path):
    path = tmp_path / "country.csv"
    count = write_country(path, 98_999)
    began = time.monotonic()
    with app.app_context(), path.open("rb") as file:
        result = collect(imports.import_nodes(file, unit=unit_of_work, actor=SYSTEM))
    seconds = time.monotonic() - began

    assert (result.count("new"), result.bad) == (count, [])
    assert count == 100_000
    assert seconds < 120  # 8 on an idle machine
    done = [step.bytes_done for step in result.steps]
    assert done == sorted(done)
    assert done[-1] == path.stat().st_size == result.steps[0].size_bytes
    province = tree.by_code(session, "99")
    below = sa.select(sa.func.count()).where(tree.within(Node.path, province))
    assert session.scalar(below) == count
