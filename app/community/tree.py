"""The org tree: places of any kind and any depth, found by code, by name or by path.

A path is `/1/17/203/`: the ids from the root down to the place itself. Everything
below a place is one range of paths, so a subtree needs no recursion (rulings §3).
"""

from collections.abc import Iterable
from typing import Any, Unpack

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import serials
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.upserts import insert_or_ignore
from app.community.errors import AmbiguousNode, NodeCodeTaken
from app.community.models import Kind, Node
from app.community.node_rows import ROOT_PATH, Details, new_row, path_ids

CANDIDATES_MAX = 20
CODES_AT_ONCE = 1_000
UNKNOWN = "unknown"
"""Kind of a place that is there because the sources do not say which it is."""
ID_SERIES = "community_node"


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


def get_many(session: Session, node_ids: Iterable[int]) -> dict[int, Node]:
    """Return places by id in one statement; unknown ids are left out."""
    wanted = set(node_ids)
    if not wanted:
        return {}
    return {node.id: node for node in session.scalars(sa.select(Node).where(Node.id.in_(wanted)))}


def by_codes(session: Session, codes: Iterable[str]) -> dict[str, Node]:
    """Return places by code, a thousand a statement; unknown codes are left out."""
    return {node.code: node for node in _among(session, Node.code, codes)}


def by_external_ids(session: Session, external_ids: Iterable[str]) -> dict[str, Node]:
    """Return places by their number in another system; unknown ones are left out."""
    found = _among(session, Node.external_id, external_ids)
    return {str(node.external_id): node for node in found}


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


def add_kind(
    session: Session, *, code: str, label_zh: str, label_en: str, is_official: bool, actor: Actor
) -> Kind:
    """Add a kind of place: kinds are rows, so a tree may have its own local levels (O1-O5).

    Raises:
        NodeCodeTaken: A kind of this code exists.
    """
    row = {"code": code, "label_zh": label_zh, "label_en": label_en, "is_official": is_official}
    insert = insert_or_ignore(session, Kind).values(**row).returning(Kind.code)
    if session.execute(insert).first() is None:
        raise NodeCodeTaken(node_code=code)
    return session.get_one(Kind, code)


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
    parent_path = parent.path if parent else ROOT_PATH
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


def _among(session: Session, column: Any, values: Iterable[str]) -> list[Node]:
    wanted, found = sorted(set(values)), list[Node]()
    for start in range(0, len(wanted), CODES_AT_ONCE):
        part = wanted[start : start + CODES_AT_ONCE]
        found += session.scalars(sa.select(Node).where(column.in_(part)))
    return found


def _found(node: Node | None, wanted: object) -> Node:
    if node is None:
        raise NotFound(f"no place {wanted}", node=str(wanted))
    return node
