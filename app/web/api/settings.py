"""The numbers of the rules at a place: read by its staff, set by its administrators, audited.

What is read carries an ETag; whoever sets a number names the version that they read.
"""

from collections.abc import Callable
from typing import Any

from flask import Response, json, jsonify
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.base import crypto, serials
from app.base.errors import VersionStale
from app.base.transactions import reading
from app.community import settings, tree
from app.community.models import Node
from app.community.settings import Change
from app.people import audit
from app.web.acts import act
from app.web.api import standing, versions
from app.web.api.standing import READERS
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import items_of
from app.web.schemas.places import ChangeOut, SettingIn, SettingOut
from app.web.session import actor

ADMINISTRATORS = ("administrator",)
VERSION_BYTES = 6

bp = Blueprint(
    "settings", __name__, url_prefix="/nodes/<node_code>/settings", description="Settings"
)


@bp.get("")
@allow(SIGNED_IN)
@bp.response(200, items_of(SettingOut))
def show(node_code: str) -> Response:
    """List what holds at a place, and which place says so; with an ETag."""
    with reading() as session:
        node = standing.place(session, node_code, READERS)
        items = SettingOut(many=True).dump(_list(session, node))
        return versions.tagged(jsonify({"items": items}), _version(session, node))


@bp.put("/<name>")
@allow(SIGNED_IN)
@bp.arguments(SettingIn)
@bp.response(200, ChangeOut)
def put(asked: dict[str, Any], node_code: str, name: str) -> ResponseReturnValue:
    """Set a number at a place, for it and all below it; If-Match names what was read."""
    return _change(node_code, name, settings.put, value=asked["value"])


@bp.delete("/<name>")
@allow(SIGNED_IN)
@bp.response(200, ChangeOut)
def clear(node_code: str, name: str) -> ResponseReturnValue:
    """Let a place follow its ancestors again; If-Match names what was read."""
    return _change(node_code, name, settings.clear)


def _change(
    node_code: str, name: str, write: Callable[..., Change], **values: Any
) -> ResponseReturnValue:
    version = versions.required()

    def verb(session: Session, _fact: None) -> Change:
        node = standing.place(session, node_code, ADMINISTRATORS)
        # One after another, so that nobody sets what another has just set.
        serials.lock(session, ledger_id=serials.HOUSE, name="settings")
        if _version(session, node) != version:
            raise VersionStale
        change = write(session, node=node, name=name, actor=actor(), **values)
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
        return change

    return act(verb, dump=ChangeOut().dump, status=200)


def _list(session: Session, node: Node) -> list[dict[str, Any]]:
    found = settings.trace(session, node)
    sayers = {each.node_id for each in found.values() if each.node_id is not None}
    codes = {node_id: each.code for node_id, each in tree.get_many(session, sayers).items()}
    names = ("default", "minimum", "maximum", "may_be_off", "doc", "source")
    return [
        {
            "name": name,
            "value": each.value,
            "from_node_code": codes[each.node_id] if each.node_id else None,
            **{key: getattr(settings.REGISTRY[name], key) for key in names},
        }
        for name, each in found.items()
    ]


def _version(session: Session, node: Node) -> int:
    """Return a number that changes with whatever holds at the place."""
    found = settings.trace(session, node)
    held = sorted((name, each.value, each.node_id) for name, each in found.items())
    digest = crypto.fingerprint(json.dumps(held).encode())
    return int.from_bytes(digest[:VERSION_BYTES])
