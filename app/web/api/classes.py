"""Classes of a shop: moved to another time, or cancelled, by staff; whoever booked is told (M6)."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.mall import classes, goods
from app.web.acts import act
from app.web.api import counter, standing, versions
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.claimed import CancelClassIn, ClassTimeIn, PlacesOut
from app.web.session import actor

bp = Blueprint("classes", __name__, url_prefix="/books/<book>", description="Classes for points")
OUT = PlacesOut()


@bp.post("/goods/<uuid:goods_id>/move")
@allow(SIGNED_IN)
@bp.arguments(ClassTimeIn)
@bp.response(200, PlacesOut)
def move(asked: dict[str, Any], book: str, goods_id: UUID) -> ResponseReturnValue:
    """Move a class to another time before it begins, if nobody changed it since `If-Match`."""
    return _step(classes.move, asked, book, goods_id)


@bp.post("/goods/<uuid:goods_id>/cancel")
@allow(SIGNED_IN)
@bp.arguments(CancelClassIn)
@bp.response(200, PlacesOut)
def cancel(asked: dict[str, Any], book: str, goods_id: UUID) -> ResponseReturnValue:
    """Cancel a class that does not take place: every place comes back with its points."""
    return _step(classes.cancel, asked, book, goods_id)


def _step(
    step: Callable[..., int], asked: dict[str, Any], book: str, goods_id: UUID
) -> ResponseReturnValue:
    """Take a step with a class of a shop in the person's charge; answer with its next version."""
    ledger_id, version = standing.book_id(book), versions.required()
    key: dict[str, Any] = {"ledger_id": ledger_id, "goods_id": goods_id}

    def verb(session: Session, _fact: None) -> dict[str, int]:
        standing.require_holder(session, standing.WORKERS)
        counter.shop_of_staff(session, ledger_id, goods.get(session, **key).shop_id)
        return {"places_count": step(session, **key, version=version, **asked, actor=actor())}

    answer = act(verb, ledger_id=ledger_id, dump=OUT.dump, status=200)
    return versions.tagged(answer, version + 1)
