"""The org tree: places of any kind and any depth, found by code, by name or by path.

A path is `/1/17/203/`: the ids from the root down to the place itself. Everything
below a place is one range of paths, so a subtree needs no recursion (rulings §3).
"""

from collections.abc import Iterable
from typing import Any, TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import serials
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.upserts import insert_or_ignore
from app.community.errors import AmbiguousNode, NodeCodeTaken
from app.community.models import Kind, Node
from app.community.names import short_name as short_name_of

REQUIRED_TEXTS = ("code", "name")
TEXT_LENGTHS_MAX = {"code": 32, "name": 64, "short_name": 64, "external_id": 64, "path": 255}
COUNT_MAX = 100_000_000
CANDIDATES_MAX = 20
UNKNOWN = "unknown"
"""Kind of a place that is there because the sources do not say which it is."""
ID_SERIES = "community_node"


class Details(TypedDict, total=False):
    """What else may be said of a place; `short_name` is derived from the name unless said."""

    short_name: str | None
    household_count: int | None
    resident_count: int | None
    external_id: str | None


def get(session: Session, node_id: int) -> Node:
    """Return the place with this id.

    Raises:
        NotFound: There is none.
    """
    return _found(session.get(Node, node_id), node_id)


def by_code(session: Session, code: str) -> Node:
    """Return the place with this official or grid code.

    Raises:
        NotFound: There is none.
    """
    return _found(session.scalar(sa.select(Node).where(Node.code == code.strip())), code)


def find(session: Session, text: str) -> Node:
    """Return the place that a person means: by code, else by a name that only one open place has.

    Raises:
        NotFound: Nothing has this code or name.
        AmbiguousNode: Several have this name; the fact `candidates` lists "code path".
    """
    text = text.strip()
    coded = session.scalar(sa.select(Node).where(Node.code == text))
    if coded is not None:
        return coded
    named = sa.or_(Node.name == text, Node.short_name == text)
    query = sa.select(Node).where(named, Node.closed_on.is_(None)).order_by(Node.code)
    nodes = list(session.scalars(query.limit(CANDIDATES_MAX)))
    if len(nodes) > 1:
        crumbs = breadcrumbs(session, nodes)
        listed = [f"{node.code} {crumbs[node.id]}" for node in nodes]
        raise AmbiguousNode(candidates=listed)
    return _found(nodes[0] if nodes else None, text)


def ancestors(session: Session, node: Node) -> list[Node]:
    """Return the places from the root down to this one, itself last."""
    query = sa.select(Node).where(Node.id.in_(path_ids(node.path))).order_by(Node.depth)
    return list(session.scalars(query))


def path_ids(path: str) -> list[int]:
    """Return the ids that a path is made of, root first."""
    return [int(part) for part in path.strip("/").split("/")]


def within(path_column: Any, node: Node) -> sa.ColumnElement[bool]:
    """Condition: the place of this path column is the node or stands below it.

    A range, not LIKE: `0` is the character after `/`, and paths compare by bytes.
    """
    condition: sa.ColumnElement[bool] = sa.and_(
        path_column >= node.path, path_column < node.path[:-1] + "0"
    )
    return condition


def contains(outer: Node, inner: Node) -> bool:
    """Whether `inner` is `outer` or stands below it."""
    return inner.path.startswith(outer.path)


def children(session: Session, node: Node) -> list[Node]:
    """Return the open places right below this one, by code."""
    query = sa.select(Node).where(Node.parent_id == node.id, Node.closed_on.is_(None))
    return list(session.scalars(query.order_by(Node.code)))


def roots(session: Session) -> list[Node]:
    """Return the places that stand below none, by code."""
    return list(
        session.scalars(sa.select(Node).where(Node.parent_id.is_(None)).order_by(Node.code))
    )


def breadcrumb(session: Session, node: Node) -> str:
    """Return the way down to the place in words: 福建省 / 宁德市 / … / 金溪社区."""
    return breadcrumbs(session, [node])[node.id]


def breadcrumbs(session: Session, nodes: Iterable[Node]) -> dict[int, str]:
    """Return the way down to each place, by its id, in one statement."""
    paths = {node.id: path_ids(node.path) for node in nodes}
    wanted = {part for path in paths.values() for part in path}
    names = session.execute(sa.select(Node.id, Node.short_name).where(Node.id.in_(wanted)))
    by_id = {row.id: row.short_name for row in names}
    return {node_id: " / ".join(by_id[part] for part in path) for node_id, path in paths.items()}


def kinds(session: Session) -> list[Kind]:
    """Return every kind of place that this time bank knows."""
    return list(session.scalars(sa.select(Kind).order_by(Kind.code)))


def add(
    session: Session,
    *,
    parent: Node | None,
    kind_code: str,
    code: str,
    name: str,
    actor: Actor,
    **details: Unpack[Details],
) -> Node:
    """Add a place below `parent` (None: a root) and return it.

    Raises:
        ValidationFailed: The kind is unknown, a text is empty or too long, or the tree too deep.
        NodeCodeTaken: Another place has this code or external id.
    """
    if session.get(Kind, kind_code) is None:
        raise ValidationFailed(f"no kind of place {kind_code!r}", field="kind_code")
    node_id = serials.take(session, ledger_id=serials.HOUSE, name=ID_SERIES)
    parent_path = parent.path if parent else "/"
    row = new_row(node_id, parent_path, kind_code=kind_code, code=code, name=name, **details)
    insert = insert_or_ignore(session, Node).values(**row).returning(Node.id)
    if session.execute(insert).first() is None:
        raise NodeCodeTaken(node_code=row["code"])
    return get(session, node_id)


def add_unknown(session: Session, *, parent: Node, missing_kind: Kind, actor: Actor) -> Node:
    """Return the visible stand-in 〔社区未写明〕 below `parent`, made on its first use (O1).

    Where the sources do not say which community a place is in, it hangs here: not a guess.
    """
    code = f"{parent.code}-u-{missing_kind.code}"
    known = session.scalar(sa.select(Node).where(Node.code == code))
    if known is not None:
        return known
    name = f"〔{missing_kind.label_zh}未写明〕"
    return add(session, parent=parent, kind_code=UNKNOWN, code=code, name=name, actor=actor)


def new_row(
    node_id: int,
    parent_path: str,
    *,
    kind_code: str,
    code: str,
    name: str,
    **details: Unpack[Details],
) -> dict[str, Any]:
    """Return the columns of a new place below `parent_path` ("/" for a root).

    Raises:
        ValidationFailed: A text is empty or too long, a count negative, or the tree too deep.
    """
    row = {
        "id": node_id,
        "parent_id": path_ids(parent_path)[-1] if parent_path != "/" else None,
        "kind_code": kind_code,
        "code": code.strip(),
        "name": name.strip(),
        "short_name": details.get("short_name") or short_name_of(name),
        "path": f"{parent_path}{node_id}/",
        "depth": parent_path.count("/"),
        "household_count": details.get("household_count"),
        "resident_count": details.get("resident_count"),
        "external_id": details.get("external_id") or None,
    }
    check_row(row)
    return row


def check_row(row: dict[str, Any]) -> None:
    """Refuse texts and counts that the table would refuse on one database or the other.

    Raises:
        ValidationFailed: With the fact `field`.
    """
    for field, length_max in TEXT_LENGTHS_MAX.items():
        text = row.get(field)
        if field in REQUIRED_TEXTS and not text:
            raise ValidationFailed(f"{field} is empty", field=field, reason="empty")
        if text and (len(text) > length_max or not text.isprintable()):
            raise ValidationFailed(
                f"{field} is too long or unprintable", field=field, reason="text"
            )
    for field in ("household_count", "resident_count"):
        count = row.get(field)
        if count is not None and not 0 <= count <= COUNT_MAX:
            raise ValidationFailed(f"{field} is out of range", field=field, reason="range")


def _found(node: Node | None, wanted: object) -> Node:
    if node is None:
        raise NotFound(f"no place {wanted}", node=str(wanted))
    return node
