"""The inbox: what happened, in sentences; read by looking at it."""

from uuid import UUID

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.people import inbox
from app.web.acts import submit
from app.web.h5 import own, sentences
from app.web.h5.forms import page as show_page
from app.web.permissions import SIGNED_IN, allow
from app.web.translate import _l

bp = own.may_be_acted(Blueprint("inbox", __name__))

MESSAGES_SHOWN = 100
ACTIVITIES = ("h5.activities.near", _l("看活动"))
PASSBOOK = ("h5.passbook.page", _l("看存折"))
RECORDS = ("h5.records.page", _l("看记录"))
NEIGHBOURS = ("h5.neighbours.page", _l("看互助"))
DEDUCTED = ("h5.deducted.page", _l("看扣分"))
WISHES = ("h5.wishes.mine", _l("看我的心愿"))
CLAIMS = ("h5.my_claims.page", _l("看我认领的"))
ASKED = ("h5.orders.page", _l("看我找的"))
TASKS = ("h5.order_tasks.page", _l("看要办的"))
WAYS = {
    **dict.fromkeys(("enrolled", "waiting_list", "promoted", "activity_cancelled"), ACTIVITIES),
    **dict.fromkeys(("granted", "reversed", "expired", "debited", "refunded"), PASSBOOK),
    **dict.fromkeys(("refunded_in_part", "opening_balance", "merged"), PASSBOOK),
    **dict.fromkeys(("attendance_confirmed", "attendance_refused"), RECORDS),
    **dict.fromkeys(("attendance_corrected", "grant_waiting", "grant_refused"), RECORDS),
    **dict.fromkeys(("expiring", "home_expiring"), ("h5.goods.page", _l("看能换什么"))),
    **dict.fromkeys(("pool_helped", "gift_received", "home_passed"), PASSBOOK),
    "application_decided": ("h5.applying.page", _l("看申报")),
    **dict.fromkeys(("deducted", "deduction_noticed", "deduction_dropped"), DEDUCTED),
    "deduction_reversed": DEDUCTED,
    "home_expired": ("h5.household.page", _l("看我家的积分")),
    "relative_asked": ("h5.giving.kin", _l("看我的亲属")),
    "class_cancelled": ("h5.partner_services.page", _l("看别的课")),
    "class_moved": ("h5.partner_mine.page", _l("看我的券")),
    "objection_answered": ("h5.objecting.page", _l("看答复")),
    **dict.fromkeys(("agent_begun", "agent_ended"), ("h5.helping.mine", _l("看谁能替我办"))),
    **dict.fromkeys(("help_asked", "help_taken", "help_left", "help_withdrawn"), NEIGHBOURS),
    **dict.fromkeys(("help_wanted", "help_declined", "help_over"), NEIGHBOURS),
    **dict.fromkeys(("help_done", "help_lapsed"), PASSBOOK),
    **dict.fromkeys(("wish_claimed", "wish_left", "wish_fulfilled", "wish_returned"), WISHES),
    **dict.fromkeys(("claim_refused", "claim_released", "claim_due"), CLAIMS),
    "wish_not_needed": WISHES,
    **dict.fromkeys(("order_assigned", "order_finished", "order_moved"), ASKED),
    "order_taken_back": ASKED,
    **dict.fromkeys(("order_for_you", "order_reopened", "order_urged"), TASKS),
    "name_corrected": ("h5.profile.page", _l("看资料")),
}
"""Where a message leads: the page on which its matter stands."""


@bp.get("/inbox")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """List the messages, latest first, the unread ones marked."""
    with reading() as session:
        me = own.here(session)
        found = inbox.list_for(session, **me.key, limit=MESSAGES_SHOWN)
        unread = inbox.unread_count(session, **me.key)
    rows = [(each, sentences.of(each.topic, each.facts), WAYS.get(each.topic)) for each in found]
    return show_page("h5/inbox.html", me=me, rows=rows, unread=unread)


@bp.post("/inbox/read")
@allow(SIGNED_IN)
def mark_read() -> ResponseReturnValue:
    """Mark every message as read."""
    return _mark(None)


@bp.post("/inbox/<uuid:message_id>/read")
@allow(SIGNED_IN)
def mark_one(message_id: UUID) -> ResponseReturnValue:
    """Mark one message as read."""
    return _mark([message_id])


def _mark(message_ids: list[UUID] | None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        inbox.mark_read(session, **me.key, message_ids=message_ids)

    submit(verb, ledger_id=me.ledger_id)
    return redirect(url_for("h5.inbox.page"), code=303)
