"""All that the rooms hold of one member, gathered for the member alone (PIPL 45).

Nothing is left out because it is old or was taken back: a withdrawn sign-up, a refused
record and a refunded sale are in it with their state.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from app.activities import late_listings, listings
from app.community import tree
from app.ledger.statements import statement
from app.mall import listings as mall_listings
from app.people import objections, own_record
from app.people.models import Home
from app.people.plain_facts import plain
from app.points import backfills, grants, photos, wallets
from app.service_orders import own_record as asked_and_given
from app.web.api.standing import MemberKey
from app.web.translate import _, _l

ROWS_MAX = 10_000
UNITS = ("minutes", "points")


def of_home(session: Session, home: Home, code: str) -> dict[str, Any]:
    """Return what is held of a person in one book, ready for JSON."""
    key: MemberKey = {"ledger_id": home.ledger_id, "member_id": home.member_id}
    record = own_record.my_record(session, person_id=home.person_id, ledger_id=home.ledger_id)
    record["membership"]["node_name"] = tree.get(session, record["membership"]["node_id"]).name
    added = {
        "book": code,
        "holding": _holding(session, key),
        "statements": {unit: _statement(session, home, unit) for unit in UNITS},
        "grants": _rows(grants.list_of_member(session, limit=ROWS_MAX, **key), *GRANT),
        "backfills": _rows(backfills.list_of_member(session, **key), *BACKFILL),
        "photos": _rows(photos.list_of_member(session, **key), *PHOTO),
        "attendances": _attendances(session, key),
        "late_scans": _rows(late_listings.list_of_member(session, limit=ROWS_MAX, **key), *LATE),
        "enrolments": _enrolments(session, key),
        "redemptions": _redemptions(session, key),
        "objections": _rows(objections.list_for_member(session, **key), *OBJECTION),
        **asked_and_given.of_member(session, **key),
    }
    return {**record, **plain(added)}


PARTS = {
    "person": _l("本人"),
    "membership": _l("志愿者身份"),
    "books": _l("加入的社区"),
    "consents": _l("同意书"),
    "roles": _l("身份"),
    "sessions": _l("登录过的手机"),
    "agents": _l("代办"),
    "book": _l("账本"),
    "holding": _l("现有积分"),
    "statements": _l("存折"),
    "grants": _l("时长和积分"),
    "backfills": _l("补录"),
    "attendances": _l("到场记录"),
    "photos": _l("补录的照片"),
    "late_scans": _l("没网时的扫码"),
    "enrolments": _l("报名"),
    "redemptions": _l("兑换"),
    "objections": _l("提的问题"),
    "orders": _l("找志愿者"),
    "order_work": _l("替人办的事"),
    "calls": _l("事项呼叫"),
    "posts": _l("认领的岗位和项目"),
    "wishes": _l("许的心愿"),
    "wishes_claimed": _l("认领的心愿"),
    "exchanges": _l("邻里互助"),
    "offers": _l("愿意帮的忙"),
    "sightings": _l("随手拍"),
}
"""What a part of the record is called in the table that people take away."""


def part_of(path: str) -> str:
    """Return what people call the part of the record that a value belongs to."""
    return str(PARTS.get(path.split(".")[0], _("其他")))


GRANT = ("served_on", "minutes", "points", "provenance", "state", "category_code", "source_kind")
BACKFILL = ("served_on", "minutes", "provenance", "state", "evidence", "entered_at")
PHOTO = ("id", "subject_kind", "subject_id", "width", "height", "added_at")
LATE = ("direction", "claimed_at", "received_at", "state", "decided_at")
STAY = ("checked_in_at", "checked_out_at", "credited_minutes", "state", "in_door", "out_door")
OBJECTION = ("subject_kind", "claim", "state", "answer", "raised_at", "answered_at")
LINE = ("kind", "occurred_at", "posted_at", "delta", "balance", "reason")


def _holding(session: Session, key: MemberKey) -> dict[str, Any]:
    found = wallets.holding(session, **key)
    return {
        "spendable_points": found.spendable_points,
        "receivable_points": found.receivable_points,
        "lots": [{"expires_on": day, "points": points} for day, points in found.lots],
    }


def _attendances(session: Session, key: MemberKey) -> list[dict[str, Any]]:
    mine = listings.mine(session, limit=ROWS_MAX, **key)
    return [
        {"title": slot.activity.title, **_columns(stay, *STAY)}
        for slot in mine
        for stay in slot.stays
    ]


def _enrolments(session: Session, key: MemberKey) -> list[dict[str, Any]]:
    """The sign-ups of every state: also those that were withdrawn."""
    return [
        {
            "title": activity.title,
            "starts_at": slot.starts_at,
            **_columns(signed, "state", "enrolled_at", "withdrawn_at"),
        }
        for signed, slot, activity in listings.sign_ups(session, limit=ROWS_MAX, **key)
    ]


def _redemptions(session: Session, key: MemberKey) -> list[dict[str, Any]]:
    found = mall_listings.list_of_member(session, limit=ROWS_MAX, **key)
    ids: list[UUID] = [each.id for each in found]
    lines = mall_listings.lines_of(session, ledger_id=key["ledger_id"], redemption_ids=ids)
    return [
        {
            **_columns(each, "number", "total_points", "state", "redeemed_at"),
            "lines": _rows(lines[each.id], "name", "quantity_count", "price_points"),
        }
        for each in found
    ]


def _statement(session: Session, home: Home, unit: str) -> dict[str, Any]:
    found = statement(session, ledger_id=home.ledger_id, owner_id=home.member_id, unit=unit)
    return {
        "opening": found.opening,
        "closing": found.closing,
        "lines": _rows(found.lines, *LINE),
    }


def _rows(found: Iterable[object], *names: str) -> list[dict[str, Any]]:
    return [_columns(each, *names) for each in found]


def _columns(row: object, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
