"""评议 on the phone: a reviewer by duty rates what nobody else can, never their own (S9)."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.service_orders import reviewing, standing
from app.web import orders, paging
from app.web.acts import submit
from app.web.h5 import forms, own
from app.web.h5.orders.asking import STARS
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.orders import RatingIn
from app.web.session import actor
from app.web.translate import _l

bp = own.for_oneself(Blueprint("order_reviews", __name__))
SHOWN_MAX = 30
SAID = {"rated": _l("评好了，谢谢您")}


@bp.get("/reviews")
@allow(SIGNED_IN)
def page() -> ResponseReturnValue:
    """Show what waits for my rating, each with its stars."""
    return _page()


@bp.post("/reviews/<uuid:order_id>")
@allow(SIGNED_IN)
def rate(order_id: UUID) -> ResponseReturnValue:
    """Rate one of them with stars and a sentence."""
    asked, wrong = forms.load(RatingIn(), forms.typed())
    if wrong:
        return _page(wrong)
    with reading() as session:
        me = own.here(session)

    def verb(session: Session, _fact: None) -> None:
        found = standing.get_order(session, ledger_id=me.ledger_id, order_id=order_id)
        reviewing.require_reviewer(session, ledger_id=me.ledger_id, order=found, member=me.member)
        orders.rate(session, ledger_id=me.ledger_id, order_id=order_id, actor=actor(), **asked)

    _nothing, problem = submit(verb, ledger_id=me.ledger_id)
    if problem:
        return _page(problem)
    return redirect(url_for("h5.order_reviews.page", said="rated"), code=303)


def _page(problem: dict[str, Any] | None = None) -> ResponseReturnValue:
    with reading() as session:
        me = own.here(session)
        key: dict[str, Any] = {"ledger_id": me.ledger_id, "member": me.member}
        found, pages = paging.cut(
            reviewing.to_rate(session, **key, **paging.slice_of(SHOWN_MAX)),
            limit=SHOWN_MAX,
            endpoint="h5.order_reviews.page",
        )
        return forms.page(
            "h5/orders/reviews.html",
            problem,
            me=me,
            is_reviewer=reviewing.is_reviewer(session, **me.key),
            found=orders.shown(session, ledger_id=me.ledger_id, orders=found),
            count=reviewing.count_to_rate(session, **key),
            pages=pages,
            star_words=STARS,
            typed=request.form,
            sent_id=(request.view_args or {}).get("order_id"),
            said=SAID.get(request.args.get("said", "")),
        )
