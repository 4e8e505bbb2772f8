"""Lists from xlsx over HTTP, goods too; a sheet to correct comes back and doubles nothing."""

from io import BytesIO

import openpyxl
import pytest

from app.mall import goods
from app.people import members
from tests.factories import mall
from tests.factories.doors import new_key
from tests.web.answers import done, everything, refused

PEOPLE = ["外部编号", "姓名", "手机号", "社区编码"]
GOODS = ["编号", "名称", "积分价", "到货件数"]


def xlsx(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def table(content):
    page = openpyxl.load_workbook(BytesIO(content)).active
    return [["" if cell is None else cell for cell in row] for row in page.values]


@pytest.fixture
def shop(town):
    merchant = mall.a_merchant(
        town.session,
        town.ledger_id,
        town.node,
        applicant=town.world.staff,
        approver=town.world.second,
    )
    made = mall.shops.open_shop(
        town.session,
        ledger_id=town.ledger_id,
        merchant_id=merchant.id,
        node_id=town.node.id,
        name="金溪超市",
        actor=town.world.staff,
    )
    town.session.commit()
    return made


def test_three_wrong_rows_go_out_to_be_corrected_and_come_back(town):
    staff, code = town.caller("staff"), town.node.code
    path = f"{town.book}/members/import"
    sheet = xlsx(
        PEOPLE,
        ["A1", "欧阳小满", "00000008801", code],
        ["A2", "", "00000008802", code],
        ["A3", "苏小满", "12", code],
        ["A4", "=1+1", "", code],
        ["A5", "白清禾", "", code],
    )
    before = everything(town.session)

    sent_back = staff.upload(f"{path}/corrections", sheet)

    assert everything(town.session) == before
    assert "members-to-correct.xlsx" in sent_back.headers["Content-Disposition"]
    rows = table(sent_back.data)
    assert rows[0] == [*PEOPLE, "问题"]
    assert [row[0] for row in rows[1:] if row[-1]] == ["A2", "A3", "A4"]
    assert rows[3][-1] == "手机号：写得不对"
    first = done(staff.upload(path, sheet))
    assert (first["new_count"], first["bad_count"]) == (2, 3)
    assert [(row["line_no"], row["field"]) for row in first["bad_rows"]] == [
        (3, "name"),
        (4, "phone"),
        (5, None),
    ]
    rows[2][1], rows[3][2], rows[4][1] = "梁书遥", "00000008803", "宋听雨"
    second = done(staff.upload(path, xlsx(*rows)))
    assert (second["new_count"], second["unchanged_count"], second["bad_count"]) == (3, 2, 0)
    listed = members.list_in(
        town.session, ledger_id=town.ledger_id, node=town.node, limit=99, offset=0
    )
    numbers = [each.external_id for each in listed if each.external_id]
    assert sorted(numbers) == ["A1", "A2", "A3", "A4", "A5"]


def test_goods_come_in_by_a_sheet_once_and_wrong_rows_go_back(town, shop):
    staff = town.caller("staff")
    path = f"{town.book}/shops/{shop.id}/goods/import"
    sheet = xlsx(GOODS, ["G1", "大米", 50, 20], ["G2", "油", "贵", 1])
    before = everything(town.session)
    dry = done(staff.upload(path, sheet, dry_run="true"))
    assert (dry["new_count"], dry["bad_count"]) == (1, 1)
    assert everything(town.session) == before
    rows = table(staff.upload(f"{path}/corrections", sheet).data)
    assert rows[2][-1] == "积分价：要写整数"
    assert everything(town.session) == before
    key = new_key()
    for _ in range(2):
        assert done(staff.upload(path, sheet, key=key))["new_count"] == 1
    rows[2][2] = 30
    again = done(staff.upload(path, xlsx(*rows)))
    assert (again["new_count"], again["unchanged_count"]) == (1, 1)
    found = goods.list_of_shop(town.session, ledger_id=town.ledger_id, shop_id=shop.id)
    assert [(one.number, one.stock_count) for one in found] == [("G1", 20), ("G2", 1)]


@pytest.mark.parametrize("who", ["volunteer", "clerk", "auditor", "second"])
def test_goods_are_imported_by_staff_only(town, shop, who):
    caller, foreign = town.caller(who), town.caller("foreign_staff")
    path = f"{town.book}/shops/{shop.id}/goods/import"
    before = everything(town.session)
    for each in (path, f"{path}/corrections", f"{town.book}/members/import/corrections"):
        refused(caller.upload(each, xlsx(GOODS, ["G1", "大米", 50, 20])), "permission_denied", 403)
    refused(foreign.upload(path, xlsx(GOODS, ["G1", "大米", 50, 20])), "not_found", 404)
    assert everything(town.session) == before


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"\xd0\xcf\x11\xe0old", xlsx(["别的"])])
def test_a_sheet_that_cannot_be_read_is_refused(town, shop, content):
    staff = town.caller("staff")
    before = everything(town.session)
    for path in (f"{town.book}/members/import", f"{town.book}/shops/{shop.id}/goods/import"):
        refused(staff.upload(path, content), "csv_unreadable", 400)
        refused(staff.upload(f"{path}/corrections", content), "csv_unreadable", 400)
    assert everything(town.session) == before
