"""A place's report at the desk, in public and over REST: one figure, its rows, its unit."""

import re
from datetime import timedelta
from html import unescape

from flask import Flask

from app.base import clock
from app.base.actors import SYSTEM
from app.people import cards
from app.web.reader import LANGUAGE_COOKIE
from app.web.session import COOKIE
from tests.factories import pages
from tests.factories.doors import Town
from tests.web.answers import done, everything, refused
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


def test_each_figure_has_its_unit_and_the_day_before_has_none(town: Town) -> None:
    with_cards(town)
    path = f"/api/v1/nodes/{town.node.code}/report"
    told = {line["code"]: line for line in done(town.client.get(path))["lines"]}

    assert [told[code]["value"] for code in ("cards_issued", "card_holders")] == [3, 2]
    assert (told["cards_issued"]["unit"], told["card_holders"]["unit"]) == ("张", "人")
    assert told["cards_replaced"]["value"] == 1
    yesterday = clock.today() - timedelta(days=1)
    earlier = done(town.client.get(path, query_string={"as_of": yesterday.isoformat()}))
    assert not {"cards_issued", "card_holders"} & {line["code"] for line in earlier["lines"]}


def test_a_public_report_keeps_its_sums_for_a_moment_and_the_desk_counts_anew(town: Town) -> None:
    path = f"/api/v1/nodes/{town.node.code}/report"
    town.client.set_cookie(COOKIE, town.caller("staff").token)
    town.client.application.config["REPORT_SECONDS"] = 60
    try:
        before = done(town.client.get(path))["lines"]
        with_cards(town)
        assert done(town.client.get(path))["lines"] == before
        assert "累计发放积分卡" in town.client.get(f"/staff/{town.node.code}/report").text
    finally:
        town.client.application.config["REPORT_SECONDS"] = 0
        del town.client.application.extensions["place_values"]
    told = {line["code"] for line in done(town.client.get(path))["lines"]}
    assert "cards_issued" in told


def test_what_others_stated_stands_beside_the_figure_with_its_source(town: Town) -> None:
    with_cards(town)
    done(sent(town.caller("city_administrator"), STATED.format(code=town.node.code)))
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


WORDS = {
    "text_zh": "累计发放积分卡{cards_issued}张，投诉下降{@complaints_down}。",
    "text_en": "{cards_issued} cards were issued, complaints fell by {@complaints_down}.",
}
IMPORTED = (
    "{code},complaints_down,投诉量同比下降,42,,%,,2025-12-31,报道甲\n"
    "{code},offers_near,专属优惠,1.2万,余,人次,年均,2025-12-31,报道乙\n"
)


def with_words(town: Town) -> None:
    """Two figures in a sentence: one counted from three cards, one taken over."""
    with_cards(town)
    done(sent(town.caller("city_administrator"), IMPORTED.format(code=town.node.code)))
    path = f"/nodes/{town.node.code}/report/words"
    done(town.caller("staff").put(path, {"sentences": [WORDS]}))


def test_the_rows_of_a_figure_have_no_empty_last_page_and_keep_their_day(town: Town) -> None:
    with_cards(town)
    path = f"/places/{town.node.code}/report/cards_issued"
    today = clock.today().isoformat()
    first = town.client.get(f"{path}?limit=2&as_of={today}").text
    whole = town.client.get(f"{path}?limit=3&as_of={today}").text
    (forward,) = [
        unescape(each) for each in re.findall(r'href="([^"]+)"', first) if "offset=" in each
    ]
    last = town.client.get(forward).text

    assert {f"as_of={today}", "limit=2", "offset=2"} == set(forward.partition("?")[2].split("&"))
    assert "offset=" not in whole
    assert "上一页" in last
    assert "下一页" not in last


def test_a_place_tells_its_report_in_its_own_words_in_both_languages(town: Town) -> None:
    with_words(town)
    address = f"/places/{town.node.code}/report"
    page = town.client.get(address).text
    town.client.set_cookie(LANGUAGE_COOKIE, "en")
    english = town.client.get(address).text

    assert "累计发放积分卡<a href=" in page
    assert f"/places/{town.node.code}/report/cards_issued" in page
    assert "<b>3</b></a>张，投诉下降<a href=" in page
    assert '<b>42%</b></a><sup class="ax-note">引用</sup>' in page
    assert "引用：42%（报道甲，截至 2025-12-31）" in page
    assert "cards were issued, complaints fell by" in english


def test_p3_a19_the_rows_of_a_figure_are_there_for_everybody_without_a_name(town: Town) -> None:
    numbers = with_cards(town)
    page = town.client.get(f"/places/{town.node.code}/report/cards_issued").text
    told = done(town.client.get(f"/api/v1/nodes/{town.node.code}/report/lines/cards_issued"))
    open_page = town.client.get(f"/places/{town.node.code}/report/teams").text

    assert "<b>3</b> 张" in page
    assert "不公开名字和编号" in page
    assert "不公开名字和编号" not in open_page
    assert not any(number in page for number in numbers)
    assert (told["value"], [row["label"] for row in told["rows"]]) == (3, [None] * 3)
    assert sum(row["amount"] for row in told["rows"]) == 3
    assert town.client.get(f"/places/{town.node.code}/report/nothing").status_code == 404
    nothing = town.client.get(f"/api/v1/nodes/{town.node.code}/report/lines/nothing")
    assert nothing.status_code == 404


def test_every_number_of_a_sentence_is_given_over_rest_with_where_it_is_from(town: Town) -> None:
    with_words(town)
    path = f"/api/v1/nodes/{town.node.code}/report"
    (sentence,) = done(town.client.get(path))["sentences"]
    figures = [each for each in sentence["pieces"] if each["code"]]

    assert sentence["text"] == "累计发放积分卡3张，投诉下降42%。"
    assert [(each["code"], each["value"], each["is_imported"]) for each in figures] == [
        ("cards_issued", 3, False), ("complaints_down", None, True),
    ]  # fmt: skip
    assert figures[1]["source"] == "报道甲"
    near = {"text_zh": "优惠{@offers_near}", "text_en": "Offers used {@offers_near} times"}
    done(town.caller("staff").put(f"/nodes/{town.node.code}/report/words", {"sentences": [near]}))
    (told,) = done(town.client.get(path, headers={"Accept-Language": "en"}))["sentences"]
    assert told["text"] == "Offers used more than 12,000 times"
    assert done(town.client.get(path))["sentences"][0]["text"] == "优惠1.2万余人次"
    done(town.caller("staff").put(f"/nodes/{town.node.code}/report/words", {"sentences": [WORDS]}))
    in_english = town.client.get(path, headers={"Accept-Language": "en"})
    assert done(in_english)["sentences"][0]["text"].startswith("3 cards were issued")
    assert done(town.client.get(f"{path}/words"))["sentences"] == [WORDS]


def test_staff_write_the_words_at_the_desk_and_are_told_which_one_is_wrong(
    app: Flask, town: Town
) -> None:
    with_words(town)
    browser = pages.browser(app, town.session, town.caller("staff").member)
    desk = f"/staff/{town.node.code}/report"
    form = browser.get(f"{desk}/words").text
    wrong = {"text_zh": "一{teams}\n二{nothing_known}", "text_en": "1{teams}\n2{nothing_known}"}
    refused = browser.send(f"{desk}/words", **wrong)
    kept = done(town.client.get(f"/api/v1/nodes/{town.node.code}/report/words"))
    right = {"text_zh": "志愿服务队{teams}支", "text_en": "{teams} teams"}
    written = browser.send(f"{desk}/words", **right)
    page = browser.get(desk).text

    assert "{cards_issued}" in form
    assert (refused.status_code, "第 2 句：nothing_known" in refused.text) == (422, True)
    assert kept["sentences"] == [WORDS]
    assert written.status_code == 303
    assert "志愿服务队<a href=" in page
    assert "累计发放积分卡<a" not in page


def test_a_neighbours_staff_write_no_words_here(town: Town) -> None:
    with_words(town)
    path = f"/nodes/{town.node.code}/report/words"
    foreign = town.caller("foreign_staff").put(path, {"sentences": []})
    unknown = town.caller("staff").put(path, {"sentences": [{**WORDS, "text": "?"}]})
    kept = done(town.client.get(f"/api/v1{path}"))

    assert (foreign.status_code, unknown.status_code) == (404, 422)
    assert kept["sentences"] == [WORDS]


def test_a_sentence_that_names_no_figure_is_refused_and_the_old_words_stay(town: Town) -> None:
    with_words(town)
    path = f"/nodes/{town.node.code}/report/words"
    before = everything(town.session)
    wrong = {"text_zh": "发了{no_such_figure}张。", "text_en": "{no_such_figure} were issued."}
    answer = town.caller("staff").put(path, {"sentences": [WORDS, wrong]})

    refused(answer, "report_sentence", 422)
    assert answer.get_json()["facts"]["line"] == 2
    assert everything(town.session) == before
