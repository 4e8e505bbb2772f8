"""My code: shown to a clerk to pay, or to a leader to be taken in; good for 60 seconds.

The page works without its script: the button asks for a code and shows it. The
script renews the code before it ends, and shows what came of it.
"""

from typing import Any

from flask import Blueprint, json, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.errors import NotFound
from app.base.transactions import reading
from app.people import codes
from app.people.codes import SpentCode
from app.people.errors import CodeExpired
from app.points import wallets
from app.web import qr
from app.web.acts import act
from app.web.h5 import own, sentences
from app.web.h5.forms import page as show_page
from app.web.h5.own import Own
from app.web.h5.words import WORDS
from app.web.pages import hours, number
from app.web.permissions import SIGNED_IN, allow
from app.web.tickets import LIFE
from app.web.translate import _, _l

bp = own.for_oneself(Blueprint("codes", __name__))

LABELS = {"redeem": _l("我的付款码"), "attend": _l("我的签到码"), "confirm": _l("我的确认码")}
GROUP = 6


@bp.get("/my-code/<purpose>")
@allow(SIGNED_IN)
def page(purpose: str) -> ResponseReturnValue:
    """Show the place of the code; asking for one is the button's or the script's part."""
    return _page(purpose)


@bp.post("/my-code/<purpose>")
@allow(SIGNED_IN)
def issue(purpose: str) -> ResponseReturnValue:
    """Make a code of 60 seconds; for the script as JSON, else as the page."""
    me = _me(purpose)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        code = codes.issue(session, **me.key, purpose=purpose)
        return {
            "id": code.code_hash.hex(),
            "svg": qr.svg(code.token, label=str(LABELS[purpose])),
            "digits": grouped(code.digits),
            "seconds": codes.LIFE_SECONDS,
        }

    answer = act(verb, ledger_id=me.ledger_id, needs_key=False)
    if request.accept_mimetypes.best == "application/json":
        return answer
    values = json.loads(answer.get_data())
    is_good = answer.status_code < 400
    return _page(purpose, None if is_good else values, values if is_good else None)


@bp.get("/my-code/status/<code_id>")
@allow(SIGNED_IN)
def status(code_id: str) -> ResponseReturnValue:
    """Say what became of a code of mine, in a sentence; the script asks while it shows it."""
    with reading() as session:
        me = own.here(session)
        found = _status(session, me, code_id)
    return {"state": found.state, **_said(found.result or {})}


@bp.post("/my-code/agree/<code_id>")
@allow(SIGNED_IN)
def agree(code_id: str) -> ResponseReturnValue:
    """Agree, on one's own phone, to the amount that the till asked for."""
    with reading() as session:
        me = own.here(session)
    points = request.form.get("points", type=int)

    def verb(session: Session, _fact: None) -> None:
        code = _status(session, me, code_id)
        said = code.result or {}
        if said.get("state") != "asked" or said.get("points") != points or code.used_at is None:
            raise NotFound("the till asks for another amount")
        if code.used_at + LIFE <= clock.now():
            raise CodeExpired
        hashed = bytes.fromhex(code_id)
        spent = SpentCode(
            me.ledger_id, hashed, me.member.id, "redeem", me.member.person_id, code.used_at
        )
        codes.note_result(session, spent, {**said, "state": "agreed"})

    return act(verb, ledger_id=me.ledger_id, status=204, needs_key=False)


def grouped(digits: str) -> str:
    """Write digits as people read them out: 408172 639504 …."""
    return " ".join(digits[at : at + GROUP] for at in range(0, len(digits), GROUP))


def _page(
    purpose: str, problem: dict[str, Any] | None = None, code: dict[str, Any] | None = None
) -> ResponseReturnValue:
    me = _me(purpose)
    with reading() as session:
        holding = wallets.holding(session, **me.key)
    return show_page(
        "h5/code.html",
        problem,
        me=me,
        purpose=purpose,
        label=LABELS[purpose],
        points=holding.spendable_points,
        code=code,
    )


def _me(purpose: str) -> Own:
    with reading() as session:
        me = own.here(session)
    if purpose not in LABELS or (purpose != "attend" and not me.has_points):
        raise NotFound("no such code")
    return me


def _status(session: Session, me: Own, code_id: str) -> codes.CodeStatus:
    try:
        code_hash = bytes.fromhex(code_id)
    except ValueError as error:
        raise NotFound("no such code of yours") from error
    found = codes.status(session, ledger_id=me.ledger_id, code_hash=code_hash)
    if found.member_id != me.member.id:
        raise NotFound("no such code of yours")
    return found


def _said(result: dict[str, Any]) -> dict[str, Any]:
    """Say the door's note in words: `step` is done, asked, agreed, refused, or seen."""
    points = number(result.get("points"))
    if "refused" in result:
        text = sentences.refusal(str(result["refused"]))
        return {"step": "refused", "title": _("没有办成"), "text": text}
    if "exchange" in result:
        text = _(
            "帮忙的邻居收到 %(n)s 积分。互助单 %(number)s。", n=points, number=result["exchange"]
        )
        return {"step": "done", "title": _("互助办好了"), "text": text}
    if "direction" in result:
        title = WORDS["done"][result["direction"]]
        return {"step": "done", "title": str(title), "text": result["title"]}
    if "visit" in result:
        text = _("%(title)s，%(n)s 小时。", title=result["visit"], n=hours(result["minutes"]))
        return {"step": "done", "title": _("上门服务确认好了"), "text": text}
    if result.get("state") == "asked":
        text = _("%(shop)s要用您 %(n)s 积分。", shop=result["shop"], n=points)
        asked = {"step": "asked", "title": _("请您看一看"), "text": text}
        return {**asked, "points": result["points"]}
    if result.get("state") == "agreed":
        return {"step": "agreed", "title": _("您同意了"), "text": _("等店员办完。")}
    if result.get("state") == "done":
        left = number(result.get("balance_points"))
        text = _(
            "在%(shop)s用了 %(n)s 积分，还有 %(left)s 积分。",
            shop=result["shop"],
            n=points,
            left=left,
        )
        return {"step": "done", "title": _("换好了"), "text": text, "points_left": left}
    return {"step": "seen", "title": _("店员扫到了"), "text": _("请等一等。")}
