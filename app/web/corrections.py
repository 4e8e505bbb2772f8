"""The way back of an import: the same sheet, with what is wrong beside each row.

Both doors give it: programs as a file, the desk as a button. The words are those of
the table on the page.
"""

import io
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, TypeVar

from flask import Response
from sqlalchemy.orm import Session

from app.base.csv_rows import BadRow, Rows
from app.base.sheet_rows import write_corrections
from app.web.downloads import attached
from app.web.translate import _l

REASONS = {
    "unreadable": _l("这一行读不了，列数不对"),
    "formula": _l("这一行有公式，请改成数值"),
    "cell_error": _l("这一行有一格是错误值"),
    "long_number": _l("数字太长，请把这一列设成文本"),
    "empty": _l("没有写"),
    "birth_year": _l("出生年份要 4 位数字"),
    "repeated": _l("和前面的行重复"),
    "unknown_place": _l("没有这个社区编码"),
    "not_in_charge": _l("这个编号已在别的社区报到，不归您管"),
    "unknown_team": _l("这个社区没有这支队伍，或者有同名的"),
    "already_member": _l("这个号码登记的是别的姓名"),
    "member_not_active": _l("这个账户停用了"),
    "validation_failed": _l("写得不对"),
    "unknown_kind": _l("没有这个类别"),
    "bad_count": _l("要写整数"),
    "known_differs": _l("店里有这个编号，写的不一样；请在商品页上改"),
    "bad_code": _l("编码要用小写字母、数字和下划线"),
    "bad_number": _l("不是数字；可以写 600 或 2.1万"),
    "bad_day": _l("日期要写成 2025-12-31"),
    "text": _l("空着，或者太长"),
    "unknown_qualifier": _l("约数词只有余、多、以上、近"),
    "kind_differs": _l("这个指标编码已经有别的名称或单位"),
    "figure_differs": _l("同一来源同一天报过别的数；报错了的先撤下，再报对的"),
    "new_kind": _l("没有这个指标编码；新的指标请市里先报一次"),
    "unknown_unit": _l("没有登记这个单位；先到共建单位里加上"),
    "unknown_standing": _l("身份只有在职、离退休"),
    "unknown_source": _l("来源只有线上、线下"),
    "too_long": _l("太长了，请写短些"),
    "unknown_status": _l("请写 待办、办理中、已办结 或 已撤回"),
    "bad_date": _l("日期要写成 2026-03-02，不能在今天以后"),
    "order_differs": _l("这个编号的事项登记过，写的不一样；请在单子上改"),
    "steps_missing": _l("这一单还没有议好，不能直接办结；请在单子上一步步办"),
    "barcode_taken": _l("这个条码是别的商品的"),
    "unknown_offer": _l("这家商家没有这个优惠编号"),
    "needs_points": _l("这个优惠要用积分换券，不能记名单"),
    "unknown_member": _l("没有这个志愿者编号，或者账户停用了"),
    "wrong_day": _l("这一天不在优惠的日子里"),
    "not_in_group": _l("这个人不在优惠给的群体里"),
    "over_limit": _l("这个人这个月用得太多了"),
}
"""What is wrong with a row of a list, as people say it."""

FIELDS = {
    "offer_number": _l("优惠编号"),
    "volunteer_no": _l("志愿者编号"),
    "used_on": _l("日期"),
    "times": _l("次数"),
    "external_id": _l("外部编号"),
    "name": _l("姓名或名称"),
    "phone": _l("手机号"),
    "node_code": _l("社区编码"),
    "birth_year": _l("出生年份"),
    "team": _l("志愿服务队"),
    "number": _l("编号"),
    "price_points": _l("积分价"),
    "kind": _l("类别"),
    "barcode": _l("条码"),
    "low_stock_count": _l("低库存线"),
    "person_period_max": _l("每人每月限"),
    "stock_count": _l("到货件数"),
    "kind_code": _l("指标编码"),
    "value": _l("数"),
    "unit": _l("单位"),
    "qualifier": _l("约数词"),
    "span": _l("时间范围"),
    "as_of_on": _l("截至"),
    "source": _l("来源"),
    "standing": _l("身份"),
    "enlisted_on": _l("报到日期"),
    "category": _l("类别"),
    "title": _l("事项"),
    "text": _l("说明"),
    "status": _l("状态"),
    "filed_on": _l("提出日期"),
}

Result = TypeVar("Result")


def told(reason: str, field: str | None) -> str:
    """Say what is wrong with a row, with the column where one is to blame."""
    sentence = str(REASONS.get(reason, reason))
    return f"{FIELDS[field]}\N{FULLWIDTH COLON}{sentence}" if field in FIELDS else sentence


def write(rows: Rows, bad: Iterable[BadRow]) -> bytes:
    """Return the sheet to correct as xlsx."""
    problems = {row.line_no: told(row.reason, row.field) for row in bad}
    file = io.BytesIO()
    write_corrections(rows, problems, file)
    return file.getvalue()


def answer(content: bytes, name: str) -> Response:
    """Return the sheet to correct as an answer that the browser keeps."""
    return attached(content, f"{name}-to-correct")


def taken_back(session: Session, work: Callable[[], Result]) -> Result:
    """Do something as for real and take it back: a rehearsal."""
    savepoint = session.begin_nested()
    try:
        return work()
    finally:
        savepoint.rollback()


def rewound(file: BinaryIO) -> Any:
    """Return the file at its start."""
    file.seek(0)
    return file
