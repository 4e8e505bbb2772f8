"""The numbers of the rules at a place: read by its offices, set by its administrators, audited."""

from typing import Any

from flask import Blueprint, json, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import crypto, serials
from app.base.errors import VersionStale
from app.base.transactions import reading
from app.community import settings, tree
from app.community.models import Node
from app.people import audit
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import SettingIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("settings", __name__, url_prefix="/<place>/settings")
VERSION_BYTES = 8


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show what holds here, and which place says so."""
    return _show()


@bp.post("/<name>")
@allow(SIGNED_IN)
def put(name: str) -> ResponseReturnValue:
    """Set a number here and below, if nobody did since the page was read."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = _unchanged(session, asked["version"])
        change = settings.put(session, node=node, name=name, value=asked["value"], actor=actor())
        _note(session, node, change)

    return _step(verb, _("已改好，从现在起用。"))


@bp.post("/<name>/clear")
@allow(SIGNED_IN)
def clear(name: str) -> ResponseReturnValue:
    """Let this place follow the place above again."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = _unchanged(session, asked["version"])
        _note(session, node, settings.clear(session, node=node, name=name, actor=actor()))

    return _step(verb, _("已恢复，跟上级一样。"))


def _step(verb: forms.Verb, said: str) -> ResponseReturnValue:
    return forms.answer(
        verb,
        schema=SettingIn,
        said=said,
        to=url_for("staff.settings.show"),
        again=_show,
    )


def _unchanged(session: Session, version: str) -> Node:
    """Return this place for its administrator, one change after another.

    Raises:
        VersionStale: What holds here has changed since it was read.
    """
    node = desk.require_here(session, desk.MANAGERS)
    serials.lock(session, ledger_id=serials.HOUSE, name="settings")
    if _version(session, node) != version:
        raise VersionStale
    return node


def _version(session: Session, node: Node) -> str:
    """Return a word that changes with whatever holds at the place."""
    found = settings.trace(session, node)
    held = sorted((name, each.value, each.node_id) for name, each in found.items())
    return crypto.fingerprint(json.dumps(held).encode())[:VERSION_BYTES].hex()


def _note(session: Session, node: Node, change: settings.Change) -> None:
    audit.write(
        session,
        ledger_id=audit.HOUSE,
        actor=actor(),
        action="setting_changed",
        subject_kind="node",
        node_code=node.code,
        name=change.name,
        old=change.old,
        new=change.new,
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("manage")
    with reading() as session:
        node = desk.here().node
        found = settings.trace(session, node)
        sayers = {each.node_id for each in found.values() if each.node_id is not None}
        nodes = tree.get_many(session, sayers)
        rows = [
            {
                "name": name,
                "rule": settings.REGISTRY[name],
                "value": each.value,
                "sayer": nodes[each.node_id] if each.node_id else None,
                "is_own": each.node_id == node.id,
            }
            for name, each in found.items()
        ]
        return forms.page(
            "settings.html",
            problem,
            numbers=rows,
            version=_version(session, node),
            may_manage=desk.here().may(desk.MANAGERS),
        )
