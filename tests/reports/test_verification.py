"""A code from a printed sheet says what it was, and whether the books still say so."""

import io
from datetime import date

import pytest

from app.base import clock
from app.points import reversals
from app.reports import exports, rankings, statement_files, verification
from app.reports.errors import UnknownExport
from tests.factories import points


@pytest.fixture
def made(session):
    return points.world(session)


def ranking(session, made):
    cut = rankings.Cut(made.ledger_id, made.node, date(2020, 1, 1), clock.today())
    return exports.hours_ranking(
        session,
        cut=cut,
        file=io.BytesIO(),
        kind="csv",
        ordered=exports.Ordered(made.staff, "卓知远"),
    )


def printed(session, made, member, **days):
    span = statement_files.Span(made.ledger_id, member.id, "minutes", **days)
    content = statement_files.content(session, span)
    written = exports.write(content, io.BytesIO(), "csv", operator_name="卓知远")
    return exports.register(session, ledger_id=made.ledger_id, made=written, actor=made.staff)


def test_a_ranking_stands_until_hours_come_or_go(session, made):
    member = points.member(session, made, "温如许")
    grant = points.grant(session, made, member.id, 90)
    export = ranking(session, made)

    found = verification.look_up(session, export.verification_code.lower().replace("-", " "))

    assert found.is_standing is True
    assert found.said == found.now == {"people": 1, "minutes": 90}
    assert (found.place, found.book) == (made.node.short_name, "爱心银行")
    points.grant(session, made, points.member(session, made, "任清和").id, 60)
    later = verification.look_up(session, export.verification_code)
    assert (later.is_standing, later.now) == (False, {"people": 2, "minutes": 150})
    assert later.said == {"people": 1, "minutes": 90}
    assert grant.minutes == 90


def test_a_statement_stands_though_more_is_posted_later(session, made):
    member = points.member(session, made, "温如许")
    points.grant(session, made, member.id, 90)
    export = printed(session, made, member)
    points.grant(session, made, member.id, 30)

    found = verification.look_up(session, export.verification_code)

    assert (found.is_standing, found.undone_count) == (True, 0)
    assert found.said == {"opening": 0, "closing": 90, "lines": 1}
    assert "温如许" not in str((found.export.filter, found.said))
    assert found.export.filter["志愿者"] == "温*许"


def test_a_statement_stands_no_more_when_a_line_of_it_was_taken_back(session, made):
    member = points.member(session, made, "温如许")
    grant = points.grant(session, made, member.id, 90)
    export = printed(session, made, member)
    reversals.reverse(
        session, ledger_id=made.ledger_id, grant_id=grant.id, reason="记错了", actor=made.second
    )

    found = verification.look_up(session, export.verification_code)

    assert (found.is_standing, found.undone_count) == (False, 1)


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA", "x" * 500, "' OR 1=1 --"])
def test_an_unknown_code_finds_nothing(session, made, code):
    ranking(session, made)
    with pytest.raises(UnknownExport):
        verification.look_up(session, code)


def test_an_old_export_says_what_it_was_and_no_more(session, made):
    export = ranking(session, made)
    export.asked = export.said = export.node_id = None
    session.flush()

    found = verification.look_up(session, export.verification_code)

    assert (found.is_standing, found.place, found.said) == (None, None, {})
