"""Goods: numbers and barcodes are unique in a shop, and an edit does not overwrite another."""

import pytest

from app.base.errors import NotFound, ValidationFailed, VersionStale
from app.base.ids import new_id
from app.mall import goods
from app.mall.errors import NameTaken
from app.mall.goods import GoodsTerms
from app.people import audit
from tests.factories import mall as make


@pytest.fixture
def mall(stage):
    return stage.put_up(make.a_mall, "session")


def edit(session, mall, one, version, **changes):
    return goods.edit(
        session,
        ledger_id=mall.ledger_id,
        goods_id=one.id,
        version=version,
        changes=changes,
        actor=mall.staff,
    )


def test_an_edit_raises_the_version_and_is_audited(session, mall):
    salt = make.put_goods(session, mall, price=20)
    edited = edit(session, mall, salt, 1, price_points=25, name="加碘盐")
    assert (edited.version, edited.price_points, edited.name) == (2, 25, "加碘盐")
    last = audit.list_of_subject(session, ledger_id=mall.ledger_id, subject_id=salt.id)[0]
    assert last.facts["before"]["price_points"] == 20


def test_the_second_of_two_edits_is_stale(session, mall):
    salt = make.put_goods(session, mall)
    edit(session, mall, salt, 1, low_stock_count=3)
    with make.refused(session, mall, VersionStale, version=2):
        edit(session, mall, salt, 1, low_stock_count=5)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"stock_count": 5},
        {"number": "X"},
        {"kind": "service"},
        {"price_points": -1},
        {"price_points": 1.5},
        {"price_points": None},
        {"name": " "},
        {"name": "长" * 65},
        {"person_period_max": 0},
        {"is_on_sale": "no"},
    ],
)
def test_what_is_not_sound_is_not_edited(session, mall, changes):
    salt = make.put_goods(session, mall)
    with make.refused(session, mall, ValidationFailed):
        edit(session, mall, salt, 1, **changes)


def test_unknown_goods_are_not_edited(session, mall):
    with make.refused(session, mall, NotFound):
        goods.edit(
            session,
            ledger_id=mall.ledger_id,
            goods_id=new_id(),
            version=1,
            changes={"name": "盐"},
            actor=mall.staff,
        )


def test_number_and_barcode_are_unique_in_a_shop(session, mall):
    make.put_goods(session, mall, number="001", barcode="6900000000017")
    for wrong in ({"number": "001"}, {"number": "002", "barcode": "6900000000017"}):
        with make.refused(session, mall, NameTaken):
            make.put_goods(session, mall, stock_count=0, **wrong)
    other = make.put_goods(session, mall, number="003")
    with make.refused(session, mall, NameTaken):
        edit(session, mall, other, 1, barcode="6900000000017")


def test_all_or_none_are_added(session, mall):
    terms = [GoodsTerms("101", "盐", 20), GoodsTerms("102", "酱油", 25), GoodsTerms("101", "醋", 5)]
    with make.refused(session, mall, NameTaken, number="101"):
        goods.add_many(
            session,
            ledger_id=mall.ledger_id,
            shop_id=mall.shop_id,
            terms=terms,
            actor=mall.staff,
        )
    made = goods.add_many(
        session,
        ledger_id=mall.ledger_id,
        shop_id=mall.shop_id,
        terms=terms[:2],
        actor=mall.staff,
    )
    assert [one.number for one in made] == ["101", "102"]


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "cash"}, {"number": ""}, {"price": -5}, {"barcode": ""}, {"low_stock_count": -1}],
)
def test_unsound_goods_are_not_added(session, mall, wrong):
    with make.refused(session, mall, ValidationFailed):
        make.put_goods(session, mall, stock_count=0, **wrong)


def test_goods_are_found_by_barcode_before_number(session, mall):
    by_number = make.put_goods(session, mall, number="690")
    by_code = make.put_goods(session, mall, number="7", barcode="690")
    named = {"ledger_id": mall.ledger_id, "shop_id": mall.shop_id}
    assert goods.find(session, scanned="690", **named).id == by_code.id
    assert goods.find(session, scanned="7", **named).id == by_code.id
    assert goods.find(session, scanned="8", **named) is None
    assert by_number.id != by_code.id


def test_low_shelves_are_listed(session, mall):
    low = make.put_goods(session, mall, stock_count=2, low_stock_count=2)
    make.put_goods(session, mall, stock_count=3, low_stock_count=2)
    make.put_goods(session, mall, kind="honour", stock_count=0, low_stock_count=2)
    found = goods.list_low(session, ledger_id=mall.ledger_id, shop_id=mall.shop_id)
    assert [one.id for one in found] == [low.id]


def test_what_is_off_sale_is_left_out_of_the_tills_list(session, mall):
    salt, soap = make.put_goods(session, mall), make.put_goods(session, mall)
    edit(session, mall, soap, 1, is_on_sale=False)
    named = {"ledger_id": mall.ledger_id, "shop_id": mall.shop_id}
    assert [one.id for one in goods.list_of_shop(session, on_sale_only=True, **named)] == [salt.id]
    assert len(goods.list_of_shop(session, **named)) == 2
