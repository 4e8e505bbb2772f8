"""My record: all that is held of me, to read and to take away; and my erasure (D47, PIPL 45)."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import reading
from app.ledger import balances, books
from app.people import erasure, members, objections
from app.people.models import Home
from app.points import photos, wallets
from app.reports.sheets import Sheet, write_csv
from app.service_orders import forgetting
from app.web.acts import act
from app.web.api import own_rows
from app.web.api.me_access import proven
from app.web.api.standing import oneself
from app.web.downloads import attached
from app.web.limiter import GUESSING, limiter
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.me import BookQueryIn, ErasureIn, ErasurePreviewOut, OwnRecordOut
from app.web.session import actor
from app.web.translate import _

bp = Blueprint("me_record", __name__, url_prefix="/me", description="What is held of me")


@bp.get("/record")
@allow(SIGNED_IN)
@bp.arguments(BookQueryIn, location="query")
@bp.response(200, OwnRecordOut)
def show(asked: dict[str, Any]) -> dict[str, Any]:
    """Show all that is held of me, in one book or in all of them."""
    return {"made_at": clock.now(), "books": _records(asked.get("book"))}


@bp.get("/record.csv")
@allow(SIGNED_IN)
@bp.arguments(BookQueryIn, location="query")
@bp.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
def download(asked: dict[str, Any]) -> ResponseReturnValue:
    """Take all that is held of me away as a table."""
    rows = [
        (own_rows.part_of(path), book, path, value)
        for record in _records(asked.get("book"))
        for book, path, value in _flat(record["book"], record)
    ]
    heads = (_("部分"), _("账本"), _("项目"), _("内容"))
    made_at = clock.now().astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
    sheet = Sheet(_("我的记录"), [(_("时间"), made_at)], heads, rows)
    file = BytesIO()
    write_csv(sheet, file)
    return attached(file.getvalue(), "record", "csv")


@bp.get("/erasure")
@allow(SIGNED_IN)
@bp.response(200, ErasurePreviewOut)
def preview_erasure() -> dict[str, Any]:
    """Show what is still open before I leave: points, reserved points, objections."""
    with reading() as session:
        return {"books": _left(session, oneself())}


@bp.post("/erasure")
@allow(SIGNED_IN)
@limiter.limit(GUESSING)
@bp.arguments(ErasureIn)
@bp.response(204)
def erase(asked: dict[str, Any]) -> ResponseReturnValue:
    """Erase my name and my phone everywhere; needs no key, for it cannot happen twice."""

    def verb(session: Session, _proof: None) -> None:
        person_id = oneself()
        left = _left(session, person_id)
        if any(each["held_points"] for each in left):
            raise ValidationFailed("points are reserved still", field="books", reason="held")
        if any(each["spendable_points"] for each in left) and not asked["gives_up_points"]:
            raise ValidationFailed(
                "points are left; say that you give them up", field="gives_up_points"
            )
        photos.forget_all(session, person_id=person_id)
        forgetting.forget_all(session, person_id=person_id, actor=actor())
        erasure.erase(session, person_id=person_id, actor=actor())

    return act(verb, before=proven(asked), status=204, needs_key=False)


def _left(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    return [_left_in(session, home) for home in members.list_homes(session, person_id=person_id)]


def _left_in(session: Session, home: Home) -> dict[str, Any]:
    ledger_id, member_id = home.ledger_id, home.member_id
    holding = wallets.holding(session, ledger_id=ledger_id, member_id=member_id)
    held = balances.of_owner(session, ledger_id=ledger_id, owner_id=member_id)
    raised = objections.list_for_member(session, ledger_id=ledger_id, member_id=member_id)
    return {
        "book": books.get(session, ledger_id).code,
        "spendable_points": holding.spendable_points,
        "receivable_points": holding.receivable_points,
        "held_points": sum(each.held for each in held if each.ref.unit == "points"),
        "open_objections": sum(each.state == "open" for each in raised),
    }


def _records(code: str | None) -> list[dict[str, Any]]:
    with reading() as session:
        homes = members.list_homes(session, person_id=oneself())
        codes = {home.ledger_id: books.get(session, home.ledger_id).code for home in homes}
        if code is not None:
            homes = [home for home in homes if codes[home.ledger_id] == code]
            if not homes:
                raise NotFound("not a member of this book")
        return [own_rows.of_home(session, home, codes[home.ledger_id]) for home in homes]


def _flat(book: str, value: Any, path: str = "") -> Any:
    """Yield (book, path, value) for every leaf of a record."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(book, inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for index, inner in enumerate(value, 1):
            yield from _flat(book, inner, f"{path}.{index}")
    else:
        yield book, path, value if value is None else str(value)
