"""Of forms with one address the refused one is told by what it carries hidden."""

import pytest

from app.web.staff.drawing import Drawn

REFUSED = {"facts": {"field": "reason"}}
PATH = "/staff/3509/alliances/1/leave"


@pytest.mark.parametrize(
    ("href", "fields", "is_it"),
    [
        (PATH, {"team_id": 7}, True),
        (f"{PATH}?limit=2", {"team_id": 7}, True),
        (PATH, {"team_id": 7, "version": "newer"}, True),
        (PATH, {"team_id": 8}, False),
        ("/staff/3509/alliances/1/join", {"team_id": 7}, False),
    ],
)
def test_the_refused_form_alone_keeps_what_was_typed(app, href, fields, is_it):
    sent = {"team_id": "7", "reason": "不去了", "version": "old"}
    with app.test_request_context(PATH, method="POST", data=sent):
        drawn = Drawn(REFUSED)
        drawn.close()
        drawn.begin(href, fields)
        assert (drawn.was_sent, bool(drawn.marked)) == (is_it, is_it)
        assert drawn.typed.get("reason", "") == ("不去了" if is_it else "")


def test_a_page_that_was_not_refused_has_no_form_to_open(app):
    with app.test_request_context(PATH, method="POST", data={"reason": "不去了"}):
        drawn = Drawn(None)
        drawn.begin(PATH, {})
        assert (drawn.was_sent, drawn.marked, drawn.typed["reason"]) == (False, {}, "不去了")
