"""Orders from another system, and their figures by kind and by place (V15, T9, T11, T12, S4)."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import sqlalchemy as sa

from app.base.errors import ValidationFailed
from app.community import settings
from app.service_orders import figures, filing, imports, listings, standing, templates
from app.service_orders.figures import Cut, Figures
from app.service_orders.listings import Wanted
from app.service_orders.models import Order
from tests.factories import community
from tests.factories import service_orders as make
from tests.factories.activities import at
from tests.ledger.statements_counted import counted

HEADER = "外部编号,网格编码,类别,事项,说明,状态,提出日期\n"


@pytest.fixture
def grid(session, street):
    made = community.make_node(session, street.world.node, code="350902001001001", name="一网格")
    session.commit()
    return made


def run(session, street, text, header=HEADER):
    with at("10:00"):
        found = imports.import_orders(
            session,
            BytesIO((header + text).encode()),
            ledger_id=street.ledger_id,
            within=[street.world.node],
            actor=street.world.staff,
        )
        session.commit()
    return found


def counts(found):
    return (found.new, found.changed, found.unchanged, len(found.bad))


def lines(grid, *numbers, status=""):
    return "".join(f"W{n},{grid.code},楼道照明,灯坏了{n},,{status},2026-03-02\n" for n in numbers)


def by_number(session, street):
    """The orders of the book by their numbers elsewhere."""
    orders = session.scalars(sa.select(Order).where(Order.ledger_id == street.ledger_id))
    return {each.external_id: each for each in orders}


def test_v15_a_list_comes_in_once_by_its_numbers_and_closes_what_is_done(session, street, grid):
    assert counts(run(session, street, lines(grid, 1, 2, 3))) == (3, 0, 0, 0)
    again = lines(grid, 1) + lines(grid, 2, status="已办结") + lines(grid, 3, status="撤回")
    assert counts(run(session, street, again)) == (0, 2, 1, 0)
    assert counts(run(session, street, again)) == (0, 0, 3, 0)

    found = by_number(session, street)
    assert [found[f"W{n}"].state for n in (1, 2, 3)] == ["open", "finished", "withdrawn"]
    first = found["W1"]
    assert (first.node_id, first.category_code, first.handler_kind) == (
        grid.id,
        "lighting",
        "staff",
    )
    history = standing.history(session, ledger_id=street.ledger_id, order_id=found["W2"].id)
    assert [(each.act, each.meaning) for each in history] == [
        ("step", "filed"),
        ("step", "finished"),
    ]


def test_v15_an_unknown_code_is_named_with_its_line_and_the_rest_comes_in(session, street, grid):
    elsewhere = community.make_node(session, None, code="350902001009", name="别处")
    session.commit()
    text = (
        lines(grid, 1)
        + "W2,999999,楼道照明,灯坏了,,,\n"
        + f"W3,{elsewhere.code},楼道照明,灯坏了,,,\n"
        + f"W4,{grid.code},算命,看相,,,\n"
        + f"W5,{grid.code},楼道照明,灯坏了,,飞了,\n"
        + f"W6,{grid.code},楼道照明,灯坏了,,,2026-13-01\n"
        + f"W7,{grid.code},楼道照明,,,,\n"
        + lines(grid, 1)
    )
    found = run(session, street, text)

    assert counts(found) == (1, 0, 0, 7)
    assert [(row.line_no, row.reason) for row in found.bad] == [
        (3, "unknown_place"),
        (4, "unknown_place"),
        (5, "unknown_kind"),
        (6, "unknown_status"),
        (7, "bad_date"),
        (8, "empty"),
        (9, "repeated"),
    ]


def test_v15_a_known_number_that_says_something_else_is_left_to_people(session, street, grid):
    run(session, street, lines(grid, 1) + lines(grid, 2, status="已办结"))
    other = f"W1,{grid.code},楼道照明,水管漏了,,,\n" + lines(grid, 2)
    found = run(session, street, other)

    assert counts(found) == (0, 0, 0, 2)
    assert [row.reason for row in found.bad] == ["order_differs"] * 2


def test_t22_a_list_closes_nothing_that_was_not_talked_over(session, street, grid):
    templates.choose(session, node=street.world.node, code="wushi", actor=street.world.staff)
    run(session, street, lines(grid, 1, 2))
    found = run(session, street, lines(grid, 1, status="已办结") + lines(grid, 2, status="撤回"))

    assert counts(found) == (0, 1, 0, 1)
    assert [(row.line_no, row.reason) for row in found.bad] == [(2, "steps_missing")]
    left = by_number(session, street)
    assert (left["W1"].state, left["W2"].state) == ("open", "withdrawn")


def test_a_list_that_is_too_long_brings_nothing(session, street, grid):
    with pytest.raises(ValidationFailed):
        run(session, street, lines(grid, *range(2_001)))


def test_the_statements_of_an_import_do_not_grow_with_its_rows(session, street, grid):
    with counted(session) as few:
        run(session, street, lines(grid, *range(1, 4)))
    with counted(session) as many:
        run(session, street, lines(grid, *range(10, 110)))

    assert len(many) <= len(few) + 2


def cut(street, **more):
    return Cut(ledger_id=street.ledger_id, node=street.world.node, **more)


def test_t12_s4_figures_by_kind_and_by_place_add_up_to_the_whole(session, street, grid):
    make.rated(session, street, stars=5)
    make.rated(session, street, stars=3)
    run(session, street, lines(grid, 1, 2) + lines(grid, 3, status="已办结"))
    whole = figures.total(session, cut(street))
    kinds = figures.by_category(session, cut(street))
    places = figures.by_place(session, cut(street))

    assert whole == Figures(5, 3, 2, 1, 0, 2)
    assert sum((each for _, each in kinds), Figures()) == whole
    assert sum((each for _, each in places), Figures()) == whole
    assert [(kind.code, each.filed_count) for kind, each in kinds] == [
        ("errands", 2),
        ("lighting", 3),
    ]
    assert [(node.id, each.filed_count) for node, each in places] == [
        (street.world.node.id, 2),
        (grid.id, 3),
    ]
    assert figures.hard(kinds) == Figures(3, 1, 0, 0, 0, 2)
    assert (whole.finished_percent(), whole.good_percent()) == (Decimal("60.0"), Decimal("50.0"))


def test_t9_what_was_taken_back_counts_nowhere(session, street):
    order = make.filed(session, street)
    make.step(session, street, filing.withdraw, order, reason="不用了", actor=street.asking)

    assert figures.total(session, cut(street)) == Figures()
    assert figures.by_place(session, cut(street)) == []
    assert figures.total(session, cut(street)).finished_percent() is None


def test_t10_a_place_prints_its_shares_with_the_decimals_it_chose(session, street):
    node, staff = street.world.node, street.world.staff
    assert figures.places_at(session, node) == 1
    settings.put(session, node=node, name=figures.PLACES, value=2, actor=staff)

    assert figures.places_at(session, node) == 2
    assert Figures(7_869, 7_786).finished_percent(2) == Decimal("98.95")
    assert Figures(1_764, 1_710).finished_percent() == Decimal("96.9")


def test_the_rows_behind_a_number_are_as_many_as_the_number(session, street, grid):
    make.rated(session, street, stars=5)
    make.accepted(session, street)
    run(session, street, lines(grid, 1, 2) + lines(grid, 3, status="已办结"))
    node = street.world.node
    expected = {
        Wanted(): 5,
        Wanted(state="finished"): 2,
        Wanted(only_rated=True): 1,
        Wanted(only_good=True): 1,
        Wanted(only_unassigned=True): 2,
        Wanted(only_hard=True): 3,
        Wanted(category_code="errands"): 2,
        Wanted(meaning="worked"): 1,
        Wanted(meaning="filed"): 2,
        Wanted(meaning="deliberated"): 0,
        Wanted(begins_at=make.moment("00:00", date(2026, 3, 3))): 2,
    }
    for wanted, count in expected.items():
        found = listings.list_in(session, ledger_id=street.ledger_id, node=node, wanted=wanted)
        total = listings.count_in(session, ledger_id=street.ledger_id, node=node, wanted=wanted)
        assert (len(found), total) == (count, count), wanted


def test_what_is_to_be_done_stands_first_with_those_who_are_to_do_it(session, street):
    late, soon = make.assigned(session, street), make.accepted(session, street, "talk")
    key = {
        "ledger_id": street.ledger_id,
        "person_id": street.leader.person_id,
        "team_ids": [street.world.team.id],
    }
    assert [each.id for each in listings.list_of_hands(session, **key)] == [late.id, soon.id]

    make.finished(session, street, soon)
    assert [each.id for each in listings.list_of_hands(session, is_open=False, **key)] == [soon.id]
