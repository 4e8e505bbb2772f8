"""Small org trees for tests, made by the room's own verbs."""

from itertools import count

from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.community import tree
from app.community.models import Node

_serial = count(1)

JINXI_LINE = (
    ("province", "35", "福建省"),
    ("city", "3509", "宁德市"),
    ("county", "350902", "蕉城区"),
    ("township", "350902200", "金涵畲族乡"),
    ("community", "350902200001", "金溪社区居民委员会"),
)


def make_node(
    session: Session,
    parent: Node | None = None,
    *,
    kind_code: str = "community",
    code: str | None = None,
    name: str | None = None,
    **details: int | str | None,
) -> Node:
    """Add one place; code and name are made up unless given."""
    number = next(_serial)
    return tree.add(
        session,
        parent=parent,
        kind_code=kind_code,
        code=code or f"T{number:06}",
        name=name or f"试验{number}社区",
        actor=SYSTEM,
        **details,  # type: ignore[arg-type]
    )


def make_line(session: Session, *line: tuple[str, str, str]) -> list[Node]:
    """Add places one below the other, from (kind, code, name); return them, root first.

    What exists already is taken as it is, so that two lines may share their beginning.
    """
    nodes: list[Node] = []
    for kind_code, code, name in line:
        known = _known(session, code)
        parent = nodes[-1] if nodes else None
        nodes += known or [make_node(session, parent, kind_code=kind_code, code=code, name=name)]
    return nodes


def make_jinxi(session: Session) -> list[Node]:
    """Return 福建省, 宁德市, 蕉城区, 金涵畲族乡 and 金溪社区, made if they are not there."""
    return make_line(session, *JINXI_LINE)


def _known(session: Session, code: str) -> list[Node]:
    return session.query(Node).filter(Node.code == code).all()
