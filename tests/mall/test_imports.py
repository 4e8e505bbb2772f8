"""Goods from a list: once for each number, every bad row with its line, stock as a movement."""

from io import BytesIO

import openpyxl
import pytest
import sqlalchemy as sa

from app.base.errors import CsvUnreadable, ValidationFailed
from app.base.transactions import attempt
from app.mall import goods, imports, stock
from app.mall.models import Goods, StockMovement
from tests.factories import mall
from tests.ledger.statements_counted import counted

HEADER = "编号,名称,积分价,类别,条码,低库存线,每人每月限,到货件数\n"


@pytest.fixture
def made(session):
    return mall.a_mall(session)


def run(session, made, text, header=HEADER):
    return load(session, made, BytesIO((header + text).encode()))


def load(session, made, content):
    return imports.import_goods(
        session, content, ledger_id=made.ledger_id, shop_id=made.shop.id, actor=made.staff
    )


def on_sale(session, made):
    found = goods.list_of_shop(session, ledger_id=made.ledger_id, shop_id=made.shop.id)
    return {one.number: (one.name, one.price_points, one.stock_count) for one in found}


def bad(found):
    return [(row.line_no, row.reason, row.field) for row in found.bad]


LIST = "A1,大米,50,,690001,5,2,20\nA2,理发,30,服务,,,,3\nA3,电影票优惠,10,优惠,,,,\n"


def test_goods_come_in_once_with_their_stock(session, made):
    first = run(session, made, LIST)
    assert (first.new, first.unchanged, first.bad) == (3, 0, ())
    expected = {"A1": ("大米", 50, 20), "A2": ("理发", 30, 3), "A3": ("电影票优惠", 10, 0)}
    assert on_sale(session, made) == expected
    again = run(session, made, LIST)
    assert (again.new, again.unchanged, again.bad) == (0, 3, ())
    assert on_sale(session, made) == expected
    moved = sa.select(sa.func.sum(StockMovement.change_count))
    assert session.scalar(moved.where(StockMovement.ledger_id == made.ledger_id)) == 23


def test_every_bad_row_is_named_and_the_good_ones_come_in(session, made):
    run(session, made, LIST)
    found = run(
        session,
        made,
        "B1,洗衣液,25,,,,,\n"
        ",无号,1,,,,,\n"
        "B2,,1,,,,,\n"
        "B3,负价,-1,,,,,\n"
        "B4,无价,,,,,,\n"
        "B5,小数,1.5,,,,,\n"
        "B6,怪物,1,怪,,,,\n"
        "B1,又一个,1,,,,,\n"
        "A1,大米,60,,,,,\n"
        "B7,同码,1,,690001,,,\n"
        "B8,优惠有货,1,优惠,,,,5\n"
        "B9,太贵,9999999,,,,,\n"
        "B10,两格\n",
    )
    assert (found.new, found.unchanged) == (1, 0)
    assert bad(found) == [
        (3, "validation_failed", "number"),
        (4, "validation_failed", "name"),
        (5, "bad_count", "price_points"),
        (6, "bad_count", "price_points"),
        (7, "bad_count", "price_points"),
        (8, "unknown_kind", "kind"),
        (9, "repeated", "number"),
        (10, "known_differs", "number"),
        (11, "barcode_taken", "barcode"),
        (12, "bad_count", "stock_count"),
        (13, "validation_failed", "price_points"),
        (14, "unreadable", None),
    ]
    assert on_sale(session, made)["A1"] == ("大米", 50, 20)


def test_an_xlsx_of_goods_comes_in(session, made):
    book = openpyxl.Workbook()
    for row in (["编号", "名称", "积分价", "到货件数"], [101, "大米", 50, 4], ["102", "=A1", 5, 1]):
        book.active.append(row)
    content = BytesIO()
    book.save(content)

    found = load(session, made, content)

    assert (found.new, bad(found)) == (1, [(3, "formula", None)])
    assert on_sale(session, made) == {"101": ("大米", 50, 4)}


def test_a_list_that_is_none_brings_nothing(session, made):
    with pytest.raises(CsvUnreadable), attempt(session):
        run(session, made, "", header="编号\n")
    long = "".join(f"N{n},货,1,,,,,\n" for n in range(imports.ROWS_MAX + 1))
    with pytest.raises(ValidationFailed), attempt(session):
        run(session, made, long)
    count = sa.select(sa.func.count()).select_from(Goods)
    assert session.scalar(count.execution_options(cross_ledger=True)) == 0


def test_the_statements_do_not_grow_with_the_rows(session, made):
    counts = []
    for first, last in ((0, 5), (5, 105)):
        with counted(session) as statements:
            run(session, made, "".join(f"N{n},货{n},1,,,,,2\n" for n in range(first, last)))
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert stock.COUNT_MAX > 0
