"""A place's report at the desk, in public and over REST: one figure, its rows, its unit."""

from datetime import timedelta

from app.base import clock
from app.base.actors import SYSTEM
from app.people import cards
from app.web.session import COOKIE
from tests.factories.doors import Town
from tests.web.answers import done
from tests.web.test_figures_api import sent

STATED = "{code},cards_issued,积分卡,2,余,张,累计,2025-12-31,报道甲\n"


def with_cards(town: Town) -> list[str]:
    """Two hold a card, one of them a second: three were issued."""
    members = [town.member("林可风"), town.member("谷雨生")]
    issued = cards.issue_many(
        town.session,
        ledger_id=town.ledger_id,
        member_ids=[each.id for each in members],
        actor=SYSTEM,
    )
    old = issued[0].card
    cards.report_lost(town.session, ledger_id=town.ledger_id, card_id=old.id, actor=SYSTEM)
    new = cards.replace(town.session, ledger_id=town.ledger_id, card_id=old.id, actor=SYSTEM)
    town.session.commit()
    return [each.card.card_no for each in (*issued, new)]


def test_p3_a_figure_is_the_sum_of_the_rows_that_the_desk_shows(town: Town) -> None:
    numbers = with_cards(town)
    town.client.set_cookie(COOKIE, town.caller("staff").token)
    report = town.client.get(f"/staff/{town.node.code}/report").text
    rows = town.client.get(f"/staff/{town.node.code}/report/cards_issued").text

    assert "累计发放积分卡" in report
    assert "/report/cards_issued" in report
    assert all(number in rows for number in numbers)
    assert "<b>3</b> 张" in rows
    assert town.client.get(f"/staff/{town.node.code}/report/nothing").status_code == 404


def test_d10_each_figure_has_its_unit_and_the_day_before_has_none(town: Town) -> None:
    with_cards(town)
    path = f"/api/v1/nodes/{town.node.code}/report"
    told = {line["code"]: line for line in done(town.client.get(path))["lines"]}

    assert [told[code]["value"] for code in ("cards_issued", "card_holders")] == [3, 2]
    assert (told["cards_issued"]["unit"], told["card_holders"]["unit"]) == ("张", "人")
    assert told["cards_replaced"]["value"] == 1
    yesterday = clock.today() - timedelta(days=1)
    earlier = done(town.client.get(path, query_string={"as_of": yesterday.isoformat()}))
    assert not {"cards_issued", "card_holders"} & {line["code"] for line in earlier["lines"]}


def test_what_others_stated_stands_beside_the_figure_with_its_source(town: Town) -> None:
    with_cards(town)
    done(sent(town.caller("staff"), STATED.format(code=town.node.code)))
    town.client.set_cookie(COOKIE, town.caller("staff").token)
    page = town.client.get(f"/staff/{town.node.code}/report").text
    (line,) = [
        each
        for each in done(town.client.get(f"/api/v1/nodes/{town.node.code}/report"))["lines"]
        if each["code"] == "cards_issued"
    ]

    assert "2余张" in page
    assert "报道甲" in page
    assert (line["stated"], line["is_as_stated"]) == ("2余张", False)  # 3 is no 2余


def test_a19_everybody_may_read_the_report_and_it_names_nobody(town: Town) -> None:
    numbers = with_cards(town)
    page = town.client.get(f"/places/{town.node.code}/report")

    assert page.status_code == 200
    assert "累计发放积分卡" in page.text
    for secret in ("林可风", "林*风", *numbers):
        assert secret not in page.text
    assert town.client.get("/places/nowhere/report").status_code == 404


def test_a_report_of_another_community_is_not_there_for_its_neighbours_staff(town: Town) -> None:
    town.client.set_cookie(COOKIE, town.caller("foreign_staff").token)

    assert town.client.get(f"/staff/{town.node.code}/report").status_code == 404
    assert town.client.get(f"/staff/{town.node.code}/report/hours").status_code == 404
