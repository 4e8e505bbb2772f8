"""Lists of words of a place: classes of partners, kinds of units (T16, X7)."""

from typing import Any

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base.transactions import reading
from app.community import terms, tree
from app.community.models import TERM_KINDS
from app.people import audit
from app.web.acts import act
from app.web.api import standing
from app.web.api.nodes import ADMINISTRATORS
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.units import TermIn, TermOut
from app.web.session import actor

KINDS = f"<any({', '.join(repr(kind) for kind in TERM_KINDS)}):kind>"
bp = Blueprint(
    "terms", __name__, url_prefix="/nodes/<node_code>/words", description="Lists of words"
)


@bp.get(f"/{KINDS}")
@allow(SIGNED_IN)
@bp.response(200, items_of(TermOut))
def list_words(node_code: str, kind: str) -> dict[str, Any]:
    """List the words that hold at a place, retired ones as well."""
    with reading() as session:
        return {"items": terms.list_at(session, tree.by_code(session, node_code), kind)}


@bp.post(f"/{KINDS}")
@allow(SIGNED_IN)
@bp.arguments(TermIn)
@bp.response(201, TermOut)
def add(asked: dict[str, Any], node_code: str, kind: str) -> ResponseReturnValue:
    """Add a word at a place and below it; by its administrator."""
    return _change(node_code, terms.add, "word_added", 201, kind=kind, **asked)


@bp.patch(f"/{KINDS}/<code>")
@allow(SIGNED_IN)
@bp.arguments(TermIn)
@bp.response(200, TermOut)
def rename(asked: dict[str, Any], node_code: str, kind: str, code: str) -> ResponseReturnValue:
    """Call a word by another name; old rows show it as well."""
    return _change(node_code, terms.rename, "word_renamed", kind=kind, code=code, **asked)


@bp.put(f"/{KINDS}/<code>/retirement")
@allow(SIGNED_IN)
@bp.response(200, TermOut)
def retire(node_code: str, kind: str, code: str) -> ResponseReturnValue:
    """Offer a word no more; rows that have it are read still."""
    return _change(node_code, terms.retire, "word_retired", kind=kind, code=code)


@bp.delete(f"/{KINDS}/<code>/retirement")
@allow(SIGNED_IN)
@bp.response(200, TermOut)
def restore(node_code: str, kind: str, code: str) -> ResponseReturnValue:
    """Offer a retired word again."""
    return _change(node_code, terms.restore, "word_restored", kind=kind, code=code)


def _change(
    node_code: str, step: Any, action: str, status: int = 200, **about: str
) -> ResponseReturnValue:
    def verb(session: Session, _fact: None) -> Any:
        node = standing.place(session, node_code, ADMINISTRATORS)
        word = step(session, node=node, actor=actor(), **about)
        audit.write(
            session,
            ledger_id=audit.HOUSE,
            actor=actor(),
            action=action,
            subject_kind="node",
            node_code=node.code,
            kind=about["kind"],
            name=word.name,
        )
        return word

    return act(verb, status=status, dump=TermOut().dump)
