"""What a place says of itself: the sentences of its report, with figures in braces."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from app.base.db import REFERENCE, Base, NodeId, Small

SENTENCE_MAX = 400


class Sentence(Base):
    """A sentence of a place's report, in both languages: `{teams}` stands for a figure.

    `place` orders them. They hold words only; the figures are counted when they are read.
    """

    __tablename__ = "reports_sentence"
    __table_args__ = (
        sa.ForeignKeyConstraint(["node_id"], ["community_node.id"]),
        REFERENCE,
    )

    node_id: Mapped[NodeId] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[Small] = mapped_column(primary_key=True, autoincrement=False)
    text_zh: Mapped[str] = mapped_column(sa.String(SENTENCE_MAX))
    text_en: Mapped[str] = mapped_column(sa.String(SENTENCE_MAX))
