"""The lists of words of a place: classes of partners, kinds of units, kept by administrators."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.serials import HOUSE
from app.base.transactions import reading
from app.community import terms
from app.community.models import TERM_KINDS, Node
from app.people import audit
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.units import TermIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _, _l

KINDS = f"<any({', '.join(repr(kind) for kind in TERM_KINDS)}):kind>"
bp = Blueprint("terms", __name__, url_prefix="/<place>/words")
LISTS = (
    (terms.PARTNER_CLASS, _l("合伙人类别")),
    (terms.UNIT_KIND, _l("单位种类")),
)


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show both lists as they hold here, retired words as well."""
    return _show()


@bp.post(f"/{KINDS}")
@allow(SIGNED_IN)
def add(kind: str) -> ResponseReturnValue:
    """Add a word to a list."""
    return _change(terms.add, "word_added", _("加好了，马上能选。"), TermIn, kind=kind)


@bp.post(f"/{KINDS}/<code>/name")
@allow(SIGNED_IN)
def rename(kind: str, code: str) -> ResponseReturnValue:
    """Call a word by another name."""
    said = _("改好了，以前记的也显示新名字。")
    return _change(terms.rename, "word_renamed", said, TermIn, kind=kind, code=code)


@bp.post(f"/{KINDS}/<code>/retire")
@allow(SIGNED_IN)
def retire(kind: str, code: str) -> ResponseReturnValue:
    """Offer a word no more."""
    said = _("停用了，新登记时不再出现；以前记的不变。")
    return _change(terms.retire, "word_retired", said, kind=kind, code=code)


@bp.post(f"/{KINDS}/<code>/restore")
@allow(SIGNED_IN)
def restore(kind: str, code: str) -> ResponseReturnValue:
    """Offer a retired word again."""
    return _change(terms.restore, "word_restored", _("又可以选了。"), kind=kind, code=code)


def note(session: Session, node: Node, action: str, kind: str, name: str) -> None:
    """Write a change of a list into the audit."""
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor(),
        action=action,
        subject_kind="node",
        node_code=node.code,
        kind=kind,
        name=name,
    )


def _change(
    step: Any, action: str, said: str, schema: Any = None, **about: str
) -> ResponseReturnValue:
    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = desk.require_here(session, desk.MANAGERS)
        word = step(session, node=node, actor=actor(), **about, **asked)
        note(session, node, action, about["kind"], word.name)

    return forms.answer(
        verb,
        schema=schema,
        ledger_id=HOUSE,
        said=said,
        to=url_for("staff.terms.show"),
        again=_show,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("manage")
    node = desk.here().node
    with reading() as session:
        lists = [(kind, title, terms.list_at(session, node, kind)) for kind, title in LISTS]
    may = desk.here().may(desk.MANAGERS)
    return forms.page("terms.html", problem, lists=lists, may_manage=may)
