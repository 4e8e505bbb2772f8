"""Activity types over the API: renamed, retired, offered again, by the administrator (C3)."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.points import activity_types, programmes
from app.web.acts import act
from app.web.api import standing
from app.web.api.points import MANAGERS
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.points import CategoryNameIn, CategoryOut
from app.web.session import actor

bp = Blueprint("activity_types", __name__, description="Activity types")


@bp.patch("/books/<book>/categories/<code>")
@allow(SIGNED_IN)
@bp.arguments(CategoryNameIn)
@bp.response(200, CategoryOut)
def rename(asked: dict[str, Any], book: str, code: str) -> ResponseReturnValue:
    """Call an activity type by another name; by the programme's administrator."""
    return _type(book, activity_types.rename, code=code, **asked)


@bp.put("/books/<book>/categories/<code>/retirement")
@allow(SIGNED_IN)
@bp.response(200, CategoryOut)
def retire(book: str, code: str) -> ResponseReturnValue:
    """Offer an activity type no more; what was done under it keeps its name."""
    return _type(book, activity_types.retire, code=code)


@bp.delete("/books/<book>/categories/<code>/retirement")
@allow(SIGNED_IN)
@bp.response(200, CategoryOut)
def restore(book: str, code: str) -> ResponseReturnValue:
    """Offer a retired activity type again."""
    return _type(book, activity_types.restore, code=code)


def _type(book: str, verb: Any, **about: Any) -> ResponseReturnValue:
    """Run a verb on a type of the book's programme, for its administrator."""
    ledger_id = standing.book_id(book)

    def run(session: Session, _fact: None) -> Any:
        programme = programmes.of_ledger(session, ledger_id)
        standing.node_at(session, programme.node_id, MANAGERS)
        return verb(session, programme=programme, actor=actor(), **about)

    return act(run, ledger_id=ledger_id, status=200, dump=CategoryOut().dump)
