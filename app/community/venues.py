"""Venues (阵地): where activities are held, each below one place, with what it has and is for."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock, serials
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.community import tree
from app.community.models import Node, Venue, VenueAlias, VenueTag
from app.community.node_rows import path_ids

KINDS = (
    "党群服务中心",
    "党群服务站",
    "近邻驿站",
    "暖蜂驿站",
    "小区服务站",
    "城市幸福空间",
    "志愿者服务站",
    "长者食堂",
    "日间照料中心",
    "四点半课堂",
    "活动室",
    "广场",
)
"""The kinds that forms offer; a place may write another (V8, M2, M7)."""

FACILITIES = (
    *("饮水", "充电", "热饭", "应急药箱"),
    *("老年食堂", "亲子书屋", "骑手驿站", "零工市场"),
)
"""What a venue may have (M2, V6)."""

AREAS = ("政务服务", "党群活动", "综合治理", "协商议事")
"""Its functional areas (V10)."""

NEEDS = ("幼有所育", "老有所养", "病有所医", "食有所安", "居有所乐", "事有所办")
"""Which of the six needs it serves (V13)."""

TAGS = (*FACILITIES, *AREAS, *NEEDS)
TAG_MAX, TAG_COUNT_MAX, ALIAS_COUNT_MAX = 16, 30, 10
NAME_MAX, KIND_MAX, ADDRESS_MAX, OPENING_MAX = 64, 24, 200, 80


def add(
    session: Session,
    *,
    node: Node,
    kind: str,
    name: str,
    actor: Actor,
    address: str | None = None,
    **more: Any,
) -> Venue:
    """Add a venue below a place; `more` as for `change`.

    Raises:
        ValidationFailed: Its kind or name is empty, or a detail is not as `change` wants it.
    """
    venue = Venue(
        id=serials.take(session, ledger_id=serials.HOUSE, name="community_venue"),
        node_id=node.id,
        kind=_text(kind, "kind", KIND_MAX),
        name=_text(name, "name", NAME_MAX),
        address=address,
    )
    session.add(venue)
    session.flush()
    return change(session, venue=venue, actor=actor, **more)


def change(
    session: Session,
    *,
    venue: Venue,
    actor: Actor,
    parent_id: int | None = None,
    opening: str | None = None,
    tags: Collection[str] = (),
    aliases: Collection[str] = (),
) -> Venue:
    """Say what a venue has, when it is open, how else it is called, and its centre (1 + N, O15).

    What is not said is taken away: these are the whole of it.

    Raises:
        ValidationFailed: The centre is itself, a station, or of another place; too many or
            too long tags or names. Fact `field` says which.
    """
    venue.parent_id = _centre(session, venue, parent_id)
    venue.opening = _text(opening, "opening", OPENING_MAX) if (opening or "").strip() else None
    _replace(session, venue, VenueTag, "tag", _texts(tags, "tags", TAG_MAX, TAG_COUNT_MAX))
    _replace(
        session, venue, VenueAlias, "name", _texts(aliases, "aliases", NAME_MAX, ALIAS_COUNT_MAX)
    )
    session.flush()
    return venue


def rename(session: Session, *, venue: Venue, kind: str, name: str, address: str | None) -> Venue:
    """Put a venue's kind, name and address right.

    Raises:
        ValidationFailed: Its kind or name is empty, or a text is too long.
    """
    venue.kind = _text(kind, "kind", KIND_MAX)
    venue.name = _text(name, "name", NAME_MAX)
    venue.address = _text(address, "address", ADDRESS_MAX) if (address or "").strip() else None
    session.flush()
    return venue


def close(session: Session, *, venue: Venue, actor: Actor) -> Venue:
    """Close a venue from today on: it is offered no more, and its use stays on record."""
    venue.closed_on = venue.closed_on or clock.today()
    session.flush()
    return venue


def get(session: Session, venue_id: int) -> Venue:
    """Return the venue with this id.

    Raises:
        NotFound: There is none.
    """
    venue = session.get(Venue, venue_id)
    if venue is None:
        raise NotFound(f"no venue {venue_id}")
    return venue


def list_in(session: Session, node: Node, *, with_closed: bool = False) -> list[Venue]:
    """Return the venues at or below a place, by name."""
    query = sa.select(Venue).join(Node, Node.id == Venue.node_id)
    if not with_closed:
        query = query.where(Venue.closed_on.is_(None))
    return list(session.scalars(query.where(tree.within(Node.path, node)).order_by(Venue.name)))


def list_near(session: Session, node: Node, *, tag: str | None = None) -> list[tuple[Venue, Node]]:
    """List the open venues around a place, nearest first: its own, then those of places above.

    Near is said by the tree: the more of the way down two places share, the nearer (V7).
    """
    above = [int(part) for part in path_ids(node.path)]
    top = tree.get(session, above[max(0, len(above) - REACH)])
    query = (
        sa.select(Venue, Node)
        .join(Node, Node.id == Venue.node_id)
        .where(tree.within(Node.path, top), Venue.closed_on.is_(None))
    )
    if tag is not None:
        query = query.where(Venue.id.in_(sa.select(VenueTag.venue_id).where(VenueTag.tag == tag)))
    found = [(venue, place) for venue, place in session.execute(query)]
    return sorted(found, key=lambda each: (-_shared(node, each[1]), each[0].name))[:NEAR_MAX]


REACH = 3
"""How many levels up one looks for venues: a grid's people go to the street's."""

NEAR_MAX = 100


def find_by_name(session: Session, node: Node, text: str) -> list[Venue]:
    """Return the venues at or below a place of this name, official or local."""
    named = sa.select(VenueAlias.venue_id).where(VenueAlias.name == text.strip())
    query = (
        sa.select(Venue)
        .join(Node, Node.id == Venue.node_id)
        .where(
            tree.within(Node.path, node), sa.or_(Venue.name == text.strip(), Venue.id.in_(named))
        )
    )
    return list(session.scalars(query.order_by(Venue.name)))


def tags_of(session: Session, venue_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return what each venue has, in the order in which forms offer it."""
    rows = session.execute(
        sa.select(VenueTag.venue_id, VenueTag.tag).where(VenueTag.venue_id.in_(set(venue_ids)))
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.venue_id, []).append(row.tag)
    rank = {tag: nth for nth, tag in enumerate(TAGS)}
    return {
        venue_id: sorted(tags, key=lambda tag: (rank.get(tag, len(rank)), tag))
        for venue_id, tags in found.items()
    }


def aliases_of(session: Session, venue_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the other names of each venue."""
    rows = session.execute(
        sa.select(VenueAlias.venue_id, VenueAlias.name)
        .where(VenueAlias.venue_id.in_(set(venue_ids)))
        .order_by(VenueAlias.name)
    )
    found: dict[int, list[str]] = {}
    for row in rows:
        found.setdefault(row.venue_id, []).append(row.name)
    return found


def _centre(session: Session, venue: Venue, parent_id: int | None) -> int | None:
    if parent_id is None:
        return None
    centre = session.get(Venue, parent_id)
    has_stations = session.scalar(sa.select(Venue.id).where(Venue.parent_id == venue.id).limit(1))
    if centre is None or centre.id == venue.id or centre.parent_id is not None or has_stations:
        raise ValidationFailed("a centre is no station and not itself", field="parent_id")
    here, there = tree.get(session, venue.node_id), tree.get(session, centre.node_id)
    if not (tree.contains(there, here) or tree.contains(here, there)):
        raise ValidationFailed("a centre of another place", field="parent_id")
    return centre.id


def _shared(one: Node, other: Node) -> int:
    """Count the places that both ways down have in common."""
    mine, theirs = path_ids(one.path), path_ids(other.path)
    return sum(1 for here, there in zip(mine, theirs, strict=False) if here == there)


def _replace(
    session: Session, venue: Venue, model: Any, column: str, values: Sequence[str]
) -> None:
    session.execute(sa.delete(model).where(model.venue_id == venue.id))
    session.add_all(model(venue_id=venue.id, **{column: value}) for value in values)


def _texts(texts: Collection[str], field: str, length_max: int, count_max: int) -> list[str]:
    cleaned = list(dict.fromkeys(_text(each, field, length_max) for each in texts if each.strip()))
    if len(cleaned) > count_max:
        raise ValidationFailed("too many", field=field)
    return cleaned


def _text(text: str | None, field: str, length_max: int) -> str:
    trimmed = (text or "").strip()
    if not 0 < len(trimmed) <= length_max or not trimmed.isprintable():
        raise ValidationFailed(f"{field} is missing or too long", field=field)
    return trimmed
