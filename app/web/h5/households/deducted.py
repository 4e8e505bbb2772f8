"""Deductions (扣分) on the phone: what is to be taken, was taken or came back, and why (P7)."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.base.transactions import reading
from app.people import members
from app.points import deduction_notices, deductions, notices, programmes
from app.web.h5 import own
from app.web.permissions import SIGNED_IN, allow

bp = own.may_be_acted(Blueprint("deducted", __name__))


@bp.get("/deductions")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show the deductions of mine and of my household; one on notice can be objected to."""
    with reading() as session:
        me = own.here(session)
        found = deductions.list_of_member(session, **me.key)
        key = {"ledger_id": me.ledger_id}
        programme = programmes.of_ledger(session, me.ledger_id)
        seen = {each.notice_id for each in found if each.state == "noticed" and each.notice_id}
        shown = [notices.get(session, **key, notice_id=each) for each in seen]
        ids = {each.member_id for each in found}
        return render_template(
            "h5/households/deductions.html",
            me=me,
            found=found,
            names={each.code: each.name for each in programmes.list_indicators(session, programme)},
            whose=members.get_many(session, **key, member_ids=ids),
            closing={each.id: each.closes_on for each in shown if notices.is_open(each)},
            lines=deduction_notices.lines_of(session, **key, found=found),
        )
