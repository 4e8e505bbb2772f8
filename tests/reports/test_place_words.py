"""A place's report in its own words: written, refused, told with the figures of the day."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import sqlalchemy as sa

from app.base import clock
from app.base.actors import SYSTEM
from app.community import figures
from app.community.figures import NewFigure
from app.people import cards
from app.people.models import Audit
from app.reports import place_reports
from app.reports.errors import SentenceUnsound
from app.reports.models import Sentence
from app.reports.place_reports import Words, words
from tests.factories import community
from tests.factories import mall as make
from tests.ledger.statements_counted import counted

MARCH = datetime(2026, 3, 10, 4, tzinfo=UTC)


@pytest.fixture
def mall(stage):
    with clock.held_at(MARCH):
        yield stage.put_up(make.a_mall, "session")


def write(session, mall, *pairs):
    words.write(
        session,
        ledger_id=mall.ledger_id,
        node=mall.node,
        sentences=[Words(*pair) for pair in pairs],
        actor=mall.staff,
    )


def tell(session, mall, *, on=None, language="zh"):
    scope = place_reports.scope_of(
        session, ledger_id=mall.ledger_id, node=mall.node, as_of_on=on or clock.today()
    )
    return place_reports.tell_story(place_reports.Readings(session, scope), language=language)


def state(figure_node, code="complaints_down", day_on=date(2026, 3, 1)):
    return NewFigure(
        node_id=figure_node.id,
        kind_code=code,
        name="投诉量同比下降",
        unit="%",
        value=Decimal(42),
        qualifier="",
        span="",
        as_of_on=day_on,
        source="报道甲",
    )


def test_p3_a_sentence_is_told_with_the_figures_of_its_day(session, mall):
    member = make.a_member(session, mall, points=0)
    cards.issue_many(session, ledger_id=mall.ledger_id, member_ids=[member.id], actor=SYSTEM)
    figures.enter(session, figures=[state(mall.node)], actor=SYSTEM)
    write(
        session,
        mall,
        ("发卡{cards_issued}张。", "{cards_issued} cards."),
        ("投诉下降{@complaints_down}。", "Complaints fell by {@complaints_down}."),
    )
    first, second = tell(session, mall)
    assert (first[0], first[1].value, first[1].line.code, first[2]) == (
        "发卡", 1, "cards_issued", "张。",
    )  # fmt: skip
    assert (second[1].said, second[1].source, second[1].as_of_on) == (
        "42%", "报道甲", date(2026, 3, 1),
    )  # fmt: skip
    assert tell(session, mall, language="en")[0][0].value == 1
    before = tell(session, mall, on=date(2026, 2, 28))  # nobody had stated the second yet
    assert [(one[1].line.code, one[1].value) for one in before] == [("cards_issued", 0)]


def test_t9_a_share_of_nothing_is_told_as_the_number_itself(session, mall):
    write(session, mall, ("办结率{requests_finished%}。", "{requests_finished%} finished."))
    ((_, figure, _),) = tell(session, mall)
    assert (figure.value, figure.share) == (0, None)


def stated(node, code, value, *, qualifier="", unit="件", span="两年", source="报道甲"):
    return NewFigure(
        node.id, code, code, unit, Decimal(value), qualifier, span, MARCH.date(), source
    )


def shares(session, mall, text="{@events_finished/@events%2}"):
    write(session, mall, (text, text))
    return [str(piece.share) for (piece,) in tell(session, mall)]


@pytest.mark.parametrize(("finished", "said"), [(7_786, "98.95"), (7_785, "98.93")])
def test_t10_a_rate_is_computed_of_two_figures_of_one_place_source_and_window(
    session, mall, finished, said
):
    both = [stated(mall.node, "events", 7_869), stated(mall.node, "events_finished", finished)]
    figures.enter(session, figures=both, actor=SYSTEM)
    assert shares(session, mall) == [said]


@pytest.mark.parametrize("other", [{"span": "一年"}, {"source": "报道乙"}, {"qualifier": "余"}])
def test_t10_figures_that_do_not_belong_together_make_no_rate(session, mall, other):
    both = [
        stated(mall.node, "events", 7_869),
        stated(mall.node, "events_finished", 7_786, **other),
    ]
    figures.enter(session, figures=both, actor=SYSTEM)
    assert shares(session, mall) == []


def test_p5_what_is_counted_here_is_told_as_a_share_of_a_figure_from_elsewhere(session, mall):
    figures.enter(session, figures=[stated(mall.node, "villages", 141, unit="个")], actor=SYSTEM)
    assert shares(session, mall, "{shops/@villages%}") == ["0.7"]
    ((piece,),) = tell(session, mall)
    assert (piece.part.value, piece.whole.said) == (1, "141个")


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("{@villages/@nobody%}", "nobody"),
        ("{@events/@villages%}", "villages"),
        ("{hours/@villages%}", "hours"),
        ("{teams/shops%}", "teams"),
        ("{teams/@villages}", ""),
    ],
)
def test_a_share_of_two_things_that_make_none_is_refused(session, mall, text, figure):
    known = [stated(mall.node, "events", 1), stated(mall.node, "villages", 1, unit="个")]
    figures.enter(session, figures=known, actor=SYSTEM)
    refused(session, mall, text, line=1, figure=figure)


def test_a_report_counts_every_line_of_a_place_in_one_statement(session, mall):
    write(session, mall, ("{shops}家{shops}", "{shops} {shops}"))
    scope = place_reports.scope_of(session, ledger_id=mall.ledger_id, node=mall.node)
    readings = place_reports.Readings(session, scope)
    with counted(session) as run:
        assert place_reports.tell(readings)[0].line.code == "shops"
        assert place_reports.tell_story(readings)[0][0].value == 1
    assert len(run) == 3, "the lines, the stated figures, the sentences"


def test_a_part_of_the_place_is_told_by_its_code_and_no_other_place(session, mall):
    below = community.make_node(session, mall.node)
    elsewhere = community.make_node(session, None)
    write(session, mall, (f"那里{{{below.code}:teams}}支队", f"{{{below.code}:teams}} teams"))
    ((_, figure, _),) = tell(session, mall)
    assert figure.node.id == below.id
    refused(session, mall, f"{{{elsewhere.code}:teams}}", line=1, figure=elsewhere.code)
    refused(session, mall, "{nowhere-at-all:teams}", line=1, figure="nowhere-at-all")


def refused(session, mall, text, **facts):
    before = rows(session, mall)
    with pytest.raises(SentenceUnsound) as caught:
        write(session, mall, (text, text))
    assert caught.value.facts == {"field": "sentences", "figure": "", **facts}
    assert rows(session, mall) == before


def rows(session, mall):
    written = sa.select(sa.func.count()).where(
        Audit.ledger_id == mall.ledger_id, Audit.action == "report_words_written"
    )
    kept = session.scalars(sa.select(Sentence.text_zh).order_by(Sentence.node_id, Sentence.place))
    return list(kept), session.scalar(written)


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        (" ", ""),
        ("长" * 401, ""),
        ("响\x07铃", ""),
        ("没关上的{teams", ""),
        ("{没有这种数}", ""),
        ("{no_such_line}", "no_such_line"),
        ("{teams%}", "teams"),
        ("{@nobody_stated}", "nobody_stated"),
    ],
)
def test_a_sentence_that_names_no_figure_is_refused_and_nothing_changes(
    session, mall, text, figure
):
    write(session, mall, ("{teams}支", "{teams} teams"))
    refused(session, mall, text, line=1, figure=figure)


def test_both_languages_name_the_same_figures_and_there_are_not_too_many(session, mall):
    for pairs, line in (
        ([("{teams}支", "{team_members} people")], 1),
        ([("{teams}支", "{teams}")] * 31, 31),
    ):
        with pytest.raises(SentenceUnsound) as caught:
            write(session, mall, *pairs)
        assert caught.value.facts["line"] == line
    assert rows(session, mall) == ([], 0)


def test_new_sentences_take_the_place_of_the_old_ones_and_none_brings_the_plain_report_back(
    session, mall
):
    write(session, mall, ("一{teams}", "1{teams}"), ("二{teams}", "2{teams}"))
    write(session, mall, ("三{teams}", "3{teams}"))
    assert rows(session, mall) == (["三{teams}"], 2)
    write(session, mall)
    assert (tell(session, mall), rows(session, mall)) == ([], ([], 3))
