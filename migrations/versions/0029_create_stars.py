"""Create stars: tables of steps, what was granted, rises, falls and bars.

Why: how many hours make a star is decided by each programme; stars are granted after review
    and notice and fall with a reversal (D41, P10). Notices of a further kind carry them.
Rows: none changed; until somebody decides, the usual steps hold, and nobody was granted any.
Old code: keeps working; it puts up notices of the old kinds only.
Undo: refused once a member was reviewed or barred, or a notice of stars was put up.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import append_only, is_postgresql, not_append_only, refuse_if_filled, spread

revision = "0029"
down_revision = "0028"

TABLES = (
    "points_star",
    "points_star_bar",
    "points_star_table",
    "points_star_step",
    "points_star_fall",
    "points_star_rise",
)
NOTICE, KIND_KNOWN = "points_notice", "ck_points_notice_kind_known"
NOTICE_INDEX = "ix_points_notice_ledger_id_node_id_closes_on"
KINDS_BEFORE = "kind IN ('hours', 'grants')"
KINDS = "kind IN ('hours', 'grants', 'stars')"


def upgrade() -> None:
    _change_kinds(KINDS_BEFORE, KINDS)
    op.create_table(
        "points_star",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("stars", sa.SmallInteger(), nullable=False),
        sa.Column("steps_version", sa.Integer(), nullable=False),
        sa.Column("rise_id", Id(), nullable=True),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("stars BETWEEN 0 AND 5", name=op.f("ck_points_star_stars_in_range")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_star_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "member_id", name=op.f("pk_points_star")),
    )
    spread("points_star", "ledger_id")
    op.create_table(
        "points_star_bar",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("barred_by_id", Id(), nullable=False),
        sa.Column("barred_at", UTCDateTime(), nullable=False),
        sa.Column("lifted_by_id", Id(), nullable=True),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.Column("lift_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "lifted_by_id <> barred_by_id", name=op.f("ck_points_star_bar_lifted_by_another")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_star_bar_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_star_bar")),
    )
    spread("points_star_bar", "ledger_id")
    op.create_index(
        op.f("ix_points_star_bar_ledger_id_member_id"),
        "points_star_bar",
        ["ledger_id", "member_id"],
        unique=False,
    )

    op.create_table(
        "points_star_table",
        sa.Column("programme_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counts", sa.String(length=8), nullable=False),
        sa.Column("notice_workdays", sa.SmallInteger(), nullable=False),
        sa.Column("bar_days", sa.SmallInteger(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=False),
        sa.Column("made_by_id", Id(), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "counts IN ('all', 'credited')", name=op.f("ck_points_star_table_counts_known")
        ),
        sa.CheckConstraint(
            "bar_days BETWEEN 365 AND 1096",
            name=op.f("ck_points_star_table_bar_one_to_three_years"),
        ),
        sa.CheckConstraint(
            "notice_workdays BETWEEN 5 AND 30", name=op.f("ck_points_star_table_notice_long_enough")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"],
            ["points_programme.id"],
            name=op.f("fk_points_star_table_programme_id"),
        ),
        sa.PrimaryKeyConstraint("programme_id", "version", name=op.f("pk_points_star_table")),
    )
    spread("points_star_table", None)
    op.create_table(
        "points_star_step",
        sa.Column("programme_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stars", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_points_star_step_minutes_positive")),
        sa.CheckConstraint(
            "stars BETWEEN 1 AND 5", name=op.f("ck_points_star_step_stars_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id", "version"],
            ["points_star_table.programme_id", "points_star_table.version"],
            name=op.f("fk_points_star_step_programme_id_version"),
        ),
        sa.PrimaryKeyConstraint(
            "programme_id", "version", "stars", name=op.f("pk_points_star_step")
        ),
    )
    spread("points_star_step", None)
    op.create_table(
        "points_star_fall",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("from_stars", sa.SmallInteger(), nullable=False),
        sa.Column("to_stars", sa.SmallInteger(), nullable=False),
        sa.Column("minutes_counted", sa.BigInteger(), nullable=False),
        sa.Column("grant_id", Id(), nullable=False),
        sa.Column("fell_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("to_stars < from_stars", name=op.f("ck_points_star_fall_falls")),
        sa.ForeignKeyConstraint(
            ["ledger_id", "grant_id"],
            ["points_grant.ledger_id", "points_grant.id"],
            name=op.f("fk_points_star_fall_ledger_id_grant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_star_fall_ledger_id_member_id"),
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_star_fall")),
    )
    spread("points_star_fall", "ledger_id")
    op.create_index(
        op.f("ix_points_star_fall_ledger_id_member_id_fell_at"),
        "points_star_fall",
        ["ledger_id", "member_id", "fell_at"],
        unique=False,
    )

    op.create_table(
        "points_star_rise",
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("stars", sa.SmallInteger(), nullable=False),
        sa.Column("minutes_counted", sa.BigInteger(), nullable=False),
        sa.Column("steps_version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reviewed_by_id", Id(), nullable=False),
        sa.Column("reviewed_at", UTCDateTime(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("notice_id", Id(), nullable=True),
        sa.Column("notice_line_id", Id(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "(state = 'reviewed') = (notice_id IS NULL) OR state = 'refused'",
            name=op.f("ck_points_star_rise_put_up_before_granted"),
        ),
        sa.CheckConstraint(
            "state IN ('reviewed', 'noticed', 'granted', 'refused', 'lapsed')",
            name=op.f("ck_points_star_rise_state_known"),
        ),
        sa.CheckConstraint(
            "stars BETWEEN 1 AND 5", name=op.f("ck_points_star_rise_stars_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "member_id"],
            ["people_member.ledger_id", "people_member.id"],
            name=op.f("fk_points_star_rise_ledger_id_member_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "notice_id"],
            ["points_notice.ledger_id", "points_notice.id"],
            name=op.f("fk_points_star_rise_ledger_id_notice_id"),
        ),
        sa.ForeignKeyConstraint(
            ["ledger_id", "notice_line_id"],
            ["points_notice_line.ledger_id", "points_notice_line.id"],
            name=op.f("fk_points_star_rise_ledger_id_notice_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_points_star_rise_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_star_rise")),
    )
    spread("points_star_rise", "ledger_id")
    op.create_index(
        op.f("ix_points_star_rise_ledger_id_notice_id"),
        "points_star_rise",
        ["ledger_id", "notice_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_points_star_rise_ledger_id_state_node_id"),
        "points_star_rise",
        ["ledger_id", "state", "node_id"],
        unique=False,
    )
    op.create_index(
        "uq_points_star_rise_live",
        "points_star_rise",
        ["ledger_id", "member_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('reviewed', 'noticed')"),
        postgresql_where=sa.text("state IN ('reviewed', 'noticed')"),
    )
    append_only("points_star_fall")


def downgrade() -> None:
    for table in ("points_star_rise", "points_star_bar", "points_star_table"):
        refuse_if_filled(table)
    not_append_only("points_star_fall")
    for table in reversed(TABLES):
        op.drop_table(table)
    _change_kinds(KINDS, KINDS_BEFORE)


def _change_kinds(before: str, after: str) -> None:
    if is_postgresql():
        op.drop_constraint(op.f(KIND_KNOWN), NOTICE, type_="check")
        op.create_check_constraint(op.f(KIND_KNOWN), NOTICE, after)
        return
    op.drop_index(NOTICE_INDEX, NOTICE)
    with op.batch_alter_table(NOTICE, copy_from=_notice(before)) as batch:
        batch.drop_constraint(op.f(KIND_KNOWN), type_="check")
        batch.create_check_constraint(op.f(KIND_KNOWN), after)
    op.create_index(NOTICE_INDEX, NOTICE, ["ledger_id", "node_id", "closes_on"], unique=False)


def _notice(kinds: str) -> sa.Table:
    """The table as SQLite is to copy it: it cannot change a CHECK in place."""
    return sa.Table(
        NOTICE,
        sa.MetaData(),
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("node_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("contact", sa.String(length=120), nullable=False),
        sa.Column("published_by_id", Id(), nullable=False),
        sa.Column("published_at", UTCDateTime(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_by_id", Id(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdraw_reason", sa.String(length=200), nullable=True),
        sa.CheckConstraint(kinds, name=op.f(KIND_KNOWN)),
        sa.CheckConstraint("begins_on <= ends_on", name=op.f("ck_points_notice_ends_later")),
        sa.ForeignKeyConstraint(
            ["node_id"], ["community_node.id"], name=op.f("fk_points_notice_node_id")
        ),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f("pk_points_notice")),
    )
