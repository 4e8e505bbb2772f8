"""People from CSV: once by external id, every bad row with its line and its reason."""

from io import BytesIO

import openpyxl
import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM
from app.base.errors import CsvUnreadable, NotFound
from app.community import tree
from app.people import imports, members, team_members, teams
from app.people.models import Member, Person
from tests.factories.people import member, place
from tests.ledger.statements_counted import counted

HEADER = "external_id,name,phone,node_code,birth_year,team\n"


@pytest.fixture
def here(session):
    return place(session)


def run(session, text, *, encoding="utf-8", header=HEADER, **more):
    content = BytesIO((header + text).encode(encoding))
    return list(
        imports.import_people(
            content, ledger_id=1, unit=lambda work: work(session), actor=SYSTEM, **more
        )
    )


def summary(steps):
    return (
        sum(s.new for s in steps),
        sum(s.unchanged for s in steps),
        sum(len(s.bad) for s in steps),
    )


def bad(steps):
    return [(row.line_no, row.reason) for step in steps for row in step.bad]


def count(session, table):
    statement = sa.select(sa.func.count()).select_from(table)
    return session.scalar(statement.execution_options(cross_ledger=True))


def lines(numbers):
    return "".join(f"E{n},志愿者{n},000-0000-{n:04d},jinxi-3,,\n" for n in numbers)


def test_a_file_imported_twice_changes_nothing_the_second_time(session, here):
    assert summary(run(session, lines(range(1, 8)), batch_rows=3)) == (7, 0, 0)
    before = count(session, Member), count(session, Person)
    assert summary(run(session, lines(range(1, 8)), batch_rows=3)) == (0, 7, 0)
    assert (count(session, Member), count(session, Person)) == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_encodings_people_have(session, here, encoding):
    header = "外部编号,姓名,手机号,社区编码\n"
    run(session, "E1,温如许,000-0000-0001,jinxi-3\n", encoding=encoding, header=header)
    found = members.find_by_phone(session, ledger_id=1, phone="000-0000-0001")
    assert (members.full_name(found), found.external_id) == ("温如许", "E1")


def test_every_bad_row_is_named_and_the_good_ones_join(session, here):
    member(session, 1, here.community, "任清和", "000-0000-0009")
    steps = run(
        session,
        "E1,温如许,000-0000-0001,jinxi-3,1950,\n"
        ",无号,,jinxi-3,,\n"
        "E3,,,jinxi-3,,\n"
        "E4,某某,12345,jinxi-3,,\n"
        "E5,某某,,nowhere,,\n"
        "E6,某某,,jinxi-3,19x0,\n"
        "E1,某某,,jinxi-3,,\n"
        "E8,某某,000 0000 0001,jinxi-3,,\n"
        "E9,某某,000-0000-0009,jinxi-3,,\n"
        "E10,某某,,jinxi-3,,无此队\n"
        "E11,某某,,jinxi-3,2020,\n"
        "E12,某某\n"
        "E13,末位,,jinxi-3,,\n",
    )
    assert summary(steps) == (2, 0, 11)
    assert bad(steps) == [
        (3, "empty"),
        (4, "validation_failed"),
        (5, "validation_failed"),
        (6, "unknown_place"),
        (7, "birth_year"),
        (8, "repeated"),
        (9, "repeated"),
        (10, "already_member"),
        (11, "unknown_team"),
        (12, "validation_failed"),
        (13, "unreadable"),
    ]
    assert count(session, Member) == 3
    told = [row.text for step in steps for row in step.bad]
    assert "external_id is on line 2 already" in told
    assert not any("任清和" in text or "某某" in text for text in told)


def test_repeated_rows_are_found_across_batches(session, here):
    assert bad(run(session, lines([1, 2, 1]), batch_rows=2)) == [(4, "repeated")]


def test_somebody_known_by_phone_gets_the_external_id(session, here):
    known = member(session, 1, here.community, "志愿者1", "000-0000-0001")
    assert summary(run(session, lines([1]))) == (0, 1, 0)
    assert members.get(session, ledger_id=1, member_id=known.id).external_id == "E1"
    other_id = "E2,志愿者1,000-0000-0001,jinxi-3,,\n"
    assert bad(run(session, other_id)) == [(2, "already_member")]


def test_a_row_puts_the_member_into_the_team_of_its_name_or_alias(session, here):
    new = teams.NewTeam(
        node_id=here.community.id,
        name="畲乡枫警",
        kind="patrol",
        lead_body="派出所",
        aliases=("畚乡枫警",),
    )
    team = teams.create(session, ledger_id=1, team=new, actor=SYSTEM)
    text = "E1,温如许,,jinxi-3,,畲乡枫警\nE2,任清和,,jinxi-3,,畚乡枫警\nE3,无队,,jinxi-3,,\n"
    for _ in range(2):
        run(session, text)
    listed = team_members.list_members(session, ledger_id=1, team_id=team.id)
    names = {members.full_name(each) for each, _stay in listed}
    assert names == {"温如许", "任清和"}


def test_an_import_needs_its_columns_and_its_book(session, here):
    with pytest.raises(CsvUnreadable):
        run(session, "", header="name,phone\n")
    with pytest.raises(NotFound):
        list(
            imports.import_people(
                BytesIO((HEADER + lines([1])).encode()),
                ledger_id=77,
                unit=lambda work: work(session),
                actor=SYSTEM,
            )
        )
    assert count(session, Member) == 0


def team_at(session, node, name):
    new = teams.NewTeam(node_id=node.id, name=name, kind="patrol", lead_body="党委")
    return teams.create(session, ledger_id=1, team=new, actor=SYSTEM)


def names_in(session, team):
    listed = team_members.list_members(session, ledger_id=1, team_id=team.id)
    return {members.full_name(each) for each, _stay in listed}


def test_a_team_is_the_one_of_the_rows_own_place(session, here):
    other = tree.add(
        session, parent=here.township, kind_code="community", code="other-1", name="邻社区",
        actor=SYSTEM,
    )  # fmt: skip
    own, foreign = team_at(session, here.community, "银龄队"), team_at(session, other, "银龄队")
    far = team_at(session, other, "独一队")
    text = "E1,温如许,,jinxi-3,,银龄队\nE2,任清和,,other-1,,银龄队\nE3,苏小满,,jinxi-3,,独一队\n"

    steps = run(session, text)

    assert (names_in(session, own), names_in(session, foreign)) == ({"温如许"}, {"任清和"})
    assert bad(steps) == [(4, "unknown_team")]
    assert names_in(session, far) == set()


def test_a_team_above_the_place_is_found_only_within_ones_charge(session, here):
    above = team_at(session, here.township, "街道队")
    text = "E1,温如许,,jinxi-3,,街道队\n"

    assert bad(run(session, text, within=[here.community])) == [(2, "unknown_team")]
    assert bad(run(session, text, within=[here.township])) == []
    assert names_in(session, above) == {"温如许"}


def xlsx(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return content


def import_sheet(session, rows):
    content = xlsx([["外部编号", "姓名", "手机号", "社区编码", "出生年份"], *rows])
    return list(
        imports.import_people(content, ledger_id=1, unit=lambda work: work(session), actor=SYSTEM)
    )


def test_an_xlsx_is_imported_as_a_csv_is(session, here):
    rows = [["E1", "温如许", "00000000001", "jinxi-3", 1950], [1002, "任清和", None, "jinxi-3"]]
    for expected in ((2, 0, 0), (0, 2, 0)):
        assert summary(import_sheet(session, rows)) == expected
    found = members.find_by_phone(session, ledger_id=1, phone="000-0000-0001")
    assert (members.full_name(found), found.external_id) == ("温如许", "E1")


def test_a_formula_in_an_xlsx_is_not_believed(session, here):
    rows = [["E1", "温如许", "", "jinxi-3"], ["E2", '=HYPERLINK("x")', "", "jinxi-3"]]
    steps = import_sheet(session, rows)
    assert (summary(steps), bad(steps)) == ((1, 0, 1), [(3, "formula")])


def test_the_statements_do_not_grow_with_the_rows(session, here):
    counts = []
    for numbers in (range(1, 11), range(11, 211)):
        with counted(session) as statements:
            run(session, lines(numbers))
        counts.append(len(statements))
    assert counts[0] == counts[1]
