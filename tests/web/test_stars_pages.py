"""Quarters, assessments and proofs on the pages: desk, phone, and what a stranger sees."""

import io
import re
from datetime import date

import openpyxl
import pytest

from app.base.actors import SYSTEM
from app.people import roles
from app.people.models import Audit
from app.points import grants
from app.points.quarters import assessing
from app.points.quarters.calendar import Quarter
from app.reports import certificates
from app.reports.models import CertificatePrint
from tests.factories import activities, pages, people, points
from tests.factories import desk as builder
from tests.web.answers import everything, no_change

DECEMBER = date(2025, 12, 20)


@pytest.fixture
def desk(stage):
    with activities.at("12:00"):
        yield stage.put_up(builder.a_busy_desk, "app", "session")


@pytest.fixture
def served(desk):
    """The member whose roll-call waits has two hours of December."""
    member = desk.people["scanned"]
    made = points.grant(desk.session, desk.world, member.id, 120, served_on=DECEMBER)
    desk.session.commit()
    return member, made


def in_charge(desk, who):
    """Somebody in charge of the whole programme, with a browser."""
    made = people.member(desk.session, desk.ledger_id, desk.node, who)
    roles.grant(
        desk.session,
        person_id=made.person_id,
        node_id=desk.world.city.id,
        role="administrator",
        actor=SYSTEM,
    )
    return pages.browser(desk.app, desk.session, made)


def test_s2_two_people_close_a_quarter_and_its_board_stays(desk, served):
    member, made = served
    root = f"/staff/{desk.world.city.code}/quarters"
    first, second = in_charge(desk, "沈同舟"), in_charge(desk, "江行远")
    assert "轮到 2025Q4" in first.get(root).text
    assert first.send(f"{root}/2025Q4/propose").status_code == 303
    before = everything(desk.session)
    assert first.send(f"{root}/2025Q4/close").status_code == 403
    assert everything(desk.session) == before
    assert second.send(f"{root}/2025Q4/close").status_code == 303
    board = second.get(f"{root}/2025Q4")
    assert "和结账时核对过，一行没有变" in board.text
    assert "2.0" in board.text
    with activities.at("12:01"):
        grants.reverse(
            desk.session,
            ledger_id=desk.ledger_id,
            grant_id=made.id,
            reason="不在场",
            actor=desk.world.staff,
        )
        desk.session.commit()
    assert "2.0" in desk.at("staff").get(desk.path("/quarters/2025Q4")).text
    assert "−2.0" in desk.at("staff").get(desk.path("/quarters/2026Q1")).text
    file = desk.at("staff").send(desk.path("/quarters/2025Q4/file"), kind="member")
    assert file.data[:2] == b"PK"


def test_s1_the_rule_is_set_by_who_is_in_charge_and_stands_on_the_board(desk, served):
    root = f"/staff/{desk.world.city.code}/quarters"
    chief = in_charge(desk, "沈同舟")
    rule = {"hours_weight": "60", "rating_weight": "20", "review_weight": "10", "full_hours": "4"}
    with no_change(desk.session):
        assert chief.send(f"{root}/rule", **rule).status_code == 422
    assert chief.send(f"{root}/rule", **{**rule, "review_weight": "20"}).status_code == 303
    page = desk.at("staff").get(desk.path("/quarters/2025Q4"))
    assert "三方评议 20%" in page.text
    assert desk.at("staff").send(desk.path("/quarters/rule"), **rule).status_code in (403, 404)


def test_s9_an_assessor_scores_on_the_phone_and_never_themselves(desk, served):
    member, _made = served
    chair = desk.person("volunteer")
    points.grant(desk.session, desk.world, chair.id, 60, served_on=DECEMBER)
    sent = desk.at("staff").send(
        desk.path("/assessors"), volunteer_no=chair.volunteer_no, body="property"
    )
    assert sent.status_code == 303
    ((made, _whose),) = assessing.list_in(desk.session, ledger_id=desk.ledger_id, node=desk.node)
    phone = desk.at("volunteer")
    assert "物业" in phone.get("/assess").text
    listed = phone.get(f"/assess/{made.id}")
    assert member.volunteer_no in listed.text
    assert chair.volunteer_no not in listed.text
    before = everything(desk.session)
    own = phone.send(f"/assess/{made.id}/member/{chair.id}", score="100")
    assert own.status_code == 403
    assert phone.send(f"/assess/{made.id}/member/{member.id}", score="99").status_code == 422
    assert everything(desk.session) == before
    assert phone.send(f"/assess/{made.id}/member/{member.id}", score="80").status_code == 303
    found = assessing.averages(desk.session, ledger_id=desk.ledger_id, quarter=Quarter.of(DECEMBER))
    assert found == {("member", member.id): 8_000}
    other = pages.browser(desk.app, desk.session, member)
    assert other.get(f"/assess/{made.id}").status_code == 404
    assert desk.at("staff").send(desk.path(f"/assessors/{made.id}/end")).status_code == 303
    assert "您不是评议员" in phone.get("/assess").text


def issue(desk, member, **more):
    fields = {
        "volunteer_no": member.volunteer_no,
        "kind": "service",
        "begins_on": "2025-12-01",
        "ends_on": "2025-12-31",
        "issuer": "金溪社区",
        **more,
    }
    return desk.at("staff").send(desk.path("/proofs"), **fields)


def test_p13_a_stranger_sees_number_hours_days_issuer_and_no_name(desk, served):
    member, made = served
    sent = issue(desk, member, contact="0593-2820000")
    assert sent.status_code == 303
    (found,) = certificates.list_of_member(
        desk.session, ledger_id=desk.ledger_id, member_id=member.id
    )
    address = f"/certificate?code={found.verification_code.lower()}"
    stranger = pages.browser(desk.app, desk.session)
    page = stranger.get(address)
    for said in ("这份证明有效", found.number, "2.0", "金溪社区", "2025年12月1日"):
        assert said in page.text
    assert not re.search(r"姓名[：<]|身份证号[：<]|党员", page.text)
    assert member.volunteer_no not in page.text
    assert "没有这份证明" in stranger.get("/certificate?code=AAAA-BBBB-CCCC").text
    before = everything(desk.session)
    refused = desk.at("staff").send(desk.path(f"/proofs/{found.id}/withdraw"), reason="")
    assert refused.status_code == 422
    assert everything(desk.session) == before
    desk.at("staff").send(desk.path(f"/proofs/{found.id}/withdraw"), reason="写错了单位")
    page = stranger.get(address)
    assert "这份证明作废了" in page.text
    assert "写错了单位" in page.text
    with no_change(desk.session):
        assert desk.at("staff").send(desk.path(f"/proofs/{found.id}/print")).status_code == 410


def test_d44_a_member_takes_a_proof_free_and_each_printing_is_logged(desk, served):
    member, made = served
    phone = pages.browser(desk.app, desk.session, member)
    with no_change(desk.session):
        assert (
            phone.send("/me/proofs", begins_on="2025-01-01", ends_on="2025-01-31").status_code
            == 422
        )
    days = {"begins_on": "2025-12-01", "ends_on": "2025-12-31"}
    for _ in range(2):
        assert phone.send("/me/proofs", **days).status_code == 303
    (found,) = certificates.list_of_member(
        desk.session, ledger_id=desk.ledger_id, member_id=member.id
    )
    for _ in range(2):
        paper = phone.send(f"/me/proofs/{found.id}/print")
        assert paper.data[:5] == b"%PDF-"
    prints = certificates.list_prints(
        desk.session, ledger_id=desk.ledger_id, certificate_id=found.id
    )
    assert len(prints) == 2
    logged = desk.session.query(Audit).filter_by(
        ledger_id=desk.ledger_id, action="certificate_printed"
    )
    assert logged.count() == 2
    stranger = desk.at("volunteer")
    with no_change(desk.session):
        assert stranger.send(f"/me/proofs/{found.id}/print").status_code == 404
    grants.reverse(
        desk.session,
        ledger_id=desk.ledger_id,
        grant_id=made.id,
        reason="不在场",
        actor=desk.world.staff,
    )
    desk.session.commit()
    assert "要换新的" in phone.get("/me/proofs").text
    with no_change(desk.session):
        assert phone.send(f"/me/proofs/{found.id}/print").status_code == 409
    query = desk.session.query(CertificatePrint).filter_by(ledger_id=desk.ledger_id)
    assert query.count() == 2
    address = f"/certificate?code={found.verification_code}"
    assert "后来有变动" in pages.browser(desk.app, desk.session).get(address).text


def test_d44_proofs_are_found_by_number_and_go_on_page_by_page(desk, served):
    member, _made = served
    second = desk.people["colleague"]
    points.grant(desk.session, desk.world, second.id, 60, served_on=DECEMBER)
    days = {"begins_on": DECEMBER, "ends_on": DECEMBER, "issuer": "金溪社区爱心银行"}
    issued = [
        certificates.issue(
            desk.session,
            ledger_id=desk.ledger_id,
            wanted=certificates.Wanted(member_id=whose.id, kind="service", **days),
            actor=desk.actor("staff"),
        )
        for whose in (member, second)
    ]
    desk.session.commit()
    root, staff = desk.path("/proofs"), desk.at("staff")
    whole = staff.get(root).text
    assert all(each.number in whole for each in issued)
    halves = [staff.get(f"{root}?limit=1&offset={offset}").text for offset in (0, 1)]
    assert "共 2 条" in halves[0]
    assert sum(issued[0].number in page for page in halves) == 1
    found = staff.get(f"{root}?number={member.volunteer_no.lower()}").text
    assert issued[0].number in found
    assert issued[1].number not in found
    assert "没有这个编号的证明" in staff.get(f"{root}?number=nobody").text


def test_d41_the_review_counts_all_who_may_rise_and_not_only_the_page(desk):
    for name in ("甲一心", "乙二心", "丙三心"):
        member = people.member(desk.session, desk.ledger_id, desk.node, name)
        for day in range(1, 14):
            points.grant(desk.session, desk.world, member.id, 480, served_on=date(2025, 11, day))
    desk.session.commit()
    page = desk.at("staff").get(desk.path("/stars?limit=2")).text
    assert "等初审 3 人" in page
    assert page.count('name="member_ids"') == 2
    rest = desk.at("staff").get(desk.path("/stars?limit=2&offset=2")).text
    assert rest.count('name="member_ids"') == 1


def test_s3_a_proof_of_merit_names_every_row_and_is_made_by_another(desk, served):
    member, made = served
    roles.grant(
        desk.session,
        person_id=member.person_id,
        node_id=desk.node.id,
        role="staff",
        actor=SYSTEM,
    )
    fields = {"volunteer_no": member.volunteer_no, "kind": "merit", "issuer": "金溪社区"}
    days = {"begins_on": "2025-12-01", "ends_on": "2025-12-31"}
    own = pages.browser(desk.app, desk.session, member)
    before = everything(desk.session)
    assert own.send(desk.path("/proofs"), **fields, **days).status_code == 403
    assert everything(desk.session) == before
    sent = issue(desk, member, kind="merit")
    page = desk.at("staff").get(sent.headers["Location"])
    assert f"/grants/{made.id}" in page.text or str(made.id) in page.text
    assert 'href="#rows"' in page.text
    found = certificates.list_of_member(desk.session, ledger_id=desk.ledger_id, member_id=member.id)
    paper = desk.at("staff").send(desk.path(f"/proofs/{found[0].id}/print"))
    assert paper.data[:5] == b"%PDF-"


def merit_file(desk, member, address="sheet"):
    issue(desk, member, kind="merit", contact='=HYPERLINK("http://x")')
    (found,) = certificates.list_of_member(
        desk.session, ledger_id=desk.ledger_id, member_id=member.id
    )
    return found, desk.at("staff").send(desk.path(f"/proofs/{found.id}/{address}"))


def test_s3_d44_merit_as_a_workbook_leads_from_each_number_to_its_rows(desk, served):
    member, made = served
    found, sent = merit_file(desk, member)
    book = openpyxl.load_workbook(io.BytesIO(sent.data))
    assert book.sheetnames == [
        *("志愿服务评优评先佐证", "信用时长", "荣誉时长", "历史时长", "全部记录"),
    ]
    first = book["志愿服务评优评先佐证"]
    said = {row[0].value: row[1].value for row in first.iter_rows() if row[0].value}
    assert said["编号"] == found.number
    assert said["验证码"] == found.verification_code
    assert said["第几次打印"] == "1"
    assert said["联系方式"] == '=HYPERLINK("http://x")'
    assert all(cell.data_type != "f" for row in first.iter_rows() for cell in row)
    sums = {row[0].value: row for row in first.iter_rows() if row[0].value}
    assert [cell.value for cell in sums["一共"]][1:4] == ["2.0", "120", "1"]
    assert [cell.hyperlink.location for cell in sums["一共"][1:4]] == ["'全部记录'!A1"] * 3
    rows = list(book["全部记录"].values)
    assert str(made.id) in rows[-1]
    assert len(first._images) == 1


def test_s3_a_file_of_merit_is_known_again_and_a_changed_one_is_not(desk, served):
    member, _made = served
    found, sheet = merit_file(desk, member)
    paper = desk.at("staff").send(desk.path(f"/proofs/{found.id}/print"))
    stranger = pages.browser(desk.app, desk.session)

    def checked(content):
        fields = {"code": found.verification_code, "file": (io.BytesIO(content), "x.xlsx")}
        return stranger.send("/certificate", **fields).text

    for content in (sheet.data, paper.data):
        assert "文件没有改动过" in checked(content)
    assert "不是这份证明的原件" in checked(sheet.data[:-1] + b"0")
    desk.at("staff").send(desk.path(f"/proofs/{found.id}/withdraw"), reason="写错了")
    assert "这份证明作废了" in checked(sheet.data)
    before = everything(desk.session)
    assert desk.at("staff").send(desk.path(f"/proofs/{found.id}/sheet")).status_code == 410
    assert everything(desk.session) == before


def test_d44_taking_a_sheet_is_logged_like_a_print_and_only_merit_has_one(desk, served):
    member, _made = served
    found, _sent = merit_file(desk, member)
    issue(desk, member)
    plain = next(
        each
        for each in certificates.list_of_member(
            desk.session, ledger_id=desk.ledger_id, member_id=member.id
        )
        if each.kind == "service"
    )
    before = everything(desk.session)
    assert desk.at("staff").send(desk.path(f"/proofs/{plain.id}/sheet")).status_code == 422
    assert everything(desk.session) == before
    prints = certificates.list_prints(
        desk.session, ledger_id=desk.ledger_id, certificate_id=found.id
    )
    assert [(each.file_kind, len(each.sha256)) for each in prints] == [("xlsx", 32)]
    logged = desk.session.query(Audit).filter_by(
        ledger_id=desk.ledger_id, action="certificate_printed"
    )
    assert logged.count() == 1


def test_s11_p6_the_pack_and_the_returns_of_a_quarter_are_one_click_away(desk):
    page = desk.at("staff").get(desk.path("/quarters/2026Q1"))
    assert "下载季度包" in page.text
    file = desk.at("staff").send(desk.path("/quarters/2026Q1/pack"))
    assert file.data[:2] == b"PK"
    returns = desk.at("staff").get(desk.path("/quarters/2026Q1/returns"))
    assert "再服务的人（分子）" in returns.text
    assert desk.people["scanned"].volunteer_no in returns.text
