"""Table of zones (商圈, 片区): places of several parents that belong together (O18)."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import REFERENCE, Base, IdColumn, Instant


class ZoneMember(Base):
    """A place of a zone. The zone is a place of the tree itself; its own parts are in it anyway."""

    __tablename__ = "community_zone_member"
    __table_args__ = (
        sa.ForeignKeyConstraint(["zone_id"], ["community_node.id"]),
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        sa.Index(None, "node_id"),
        sa.CheckConstraint("zone_id <> node_id", name="another_place"),
        REFERENCE,
    )

    zone_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    node_id: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, autoincrement=False)
    added_by_id: Mapped[IdColumn]
    added_at: Mapped[Instant]
