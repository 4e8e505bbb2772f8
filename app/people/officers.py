"""Officers: who holds or held an office at a place, by name, for the desk's own records (D49)."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import crypto
from app.community.models import Node
from app.community.node_rows import path_ids
from app.people.models import Person, RoleGrant
from app.people.names import ERASED
from app.people.roles import OFFICE_ROLES


def names_at(session: Session, *, person_ids: Collection[UUID], node: Node) -> dict[UUID, str]:
    """Return the full names of those who hold an office at a place or above it, or held one.

    Only for staff of the place: what somebody did in office stays under their name.
    """
    held = sa.select(RoleGrant.person_id).where(
        RoleGrant.person_id.in_(set(person_ids)),
        RoleGrant.role.in_(OFFICE_ROLES),
        RoleGrant.node_id.in_(path_ids(node.path)),
    )
    officers = set(session.scalars(held))
    found = session.scalars(sa.select(Person).where(Person.person_id.in_(officers)))
    return {
        each.person_id: crypto.unseal(each.name_cipher, each.person_id)
        if each.name_cipher
        else ERASED
        for each in found
    }
