"""Create vouchers, places of a class, and reservations.

Why: services are bought as single-use vouchers posted at issue (L8, M7), classes have sessions
    with places (M6), and goods are set aside with the points held until collected (D34).
Rows: goods get no session; every stock movement gets `voucher_id` NULL.
Old code: keeps working; the new columns may be empty. It would count what is set aside for
    members as if a stall had it.
Undo: refused once a voucher or a reservation exists; else drops tables and columns.
"""

import sqlalchemy as sa
from alembic import op

from app.base.db import Id, UTCDateTime
from migrations.house import refuse_if_filled, spread

revision = "0041"
down_revision = "0040"

GOODS = (("starts_at", UTCDateTime()), ("ends_at", UTCDateTime()), ("return_hours", sa.Integer()))


def upgrade() -> None:
    for name, kind in GOODS:
        op.add_column("mall_goods", sa.Column(name, kind, nullable=True))
    op.add_column("mall_stock_movement", sa.Column("voucher_id", Id(), nullable=True))
    _vouchers()
    _reservations()


def downgrade() -> None:
    for table in ("mall_voucher", "mall_reservation"):
        refuse_if_filled(table)
        op.drop_table(table)
    op.drop_column("mall_stock_movement", "voucher_id")
    for name, _kind in reversed(GOODS):
        op.drop_column("mall_goods", name)


def _vouchers() -> None:
    table = "mall_voucher"
    op.create_table(
        table,
        *_beginning(),
        sa.Column("total_points", sa.BigInteger(), nullable=False),
        *_code(),
        sa.Column("issued_at", UTCDateTime(), nullable=False),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("return_until_at", UTCDateTime(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.Column("used_by_id", Id(), nullable=True),
        sa.Column("journal_id", Id(), nullable=True),
        sa.Column("reversal_journal_id", Id(), nullable=True),
        sa.Column("reversed_at", UTCDateTime(), nullable=True),
        sa.Column("settlement_id", Id(), nullable=True),
        sa.Column("reversal_settlement_id", Id(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'used', 'returned', 'lapsed', 'missed')",
            name=op.f("ck_mall_voucher_state_known"),
        ),
        _fk(table, "journal_id", "ledger_journal"),
        _fk(table, "reversal_journal_id", "ledger_journal"),
        *_ending(table),
    )
    spread(table, "ledger_id")
    for columns in (("member_id",), ("shop_id", "issued_at")):
        name = f"ix_{table}_ledger_id_{'_'.join(columns)}"
        op.create_index(op.f(name), table, ["ledger_id", *columns])
    op.create_index("ix_mall_voucher_settlement", table, ["ledger_id", "settlement_id"])
    _index_where("ix_mall_voucher_open", table, "valid_until_on", "state = 'open'")


def _reservations() -> None:
    table = "mall_reservation"
    op.create_table(
        table,
        *_beginning(),
        sa.Column("quantity_count", sa.Integer(), nullable=False),
        sa.Column("total_points", sa.BigInteger(), nullable=False),
        *_code(),
        sa.Column("hold_journal_id", Id(), nullable=True),
        sa.Column("redemption_id", Id(), nullable=True),
        sa.Column("reserved_at", UTCDateTime(), nullable=False),
        sa.Column("lapses_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('held', 'collected', 'cancelled', 'lapsed')",
            name=op.f("ck_mall_reservation_state_known"),
        ),
        sa.CheckConstraint(
            "quantity_count > 0", name=op.f("ck_mall_reservation_quantity_positive")
        ),
        _fk(table, "hold_journal_id", "ledger_journal"),
        _fk(table, "redemption_id", "mall_redemption"),
        *_ending(table),
    )
    spread(table, "ledger_id")
    op.create_index(
        op.f("ix_mall_reservation_ledger_id_member_id"), table, ["ledger_id", "member_id"]
    )
    _index_where("ix_mall_reservation_held", table, "lapses_at", "state = 'held'")


def _beginning() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("ledger_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", Id(), nullable=False),
        sa.Column("number", sa.String(length=48), nullable=False),
        sa.Column("member_id", Id(), nullable=False),
        sa.Column("shop_id", Id(), nullable=False),
        sa.Column("goods_id", Id(), nullable=False),
    )


def _code() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("digits_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code_cipher", sa.LargeBinary(), nullable=False),
    )


def _ending(table: str) -> tuple[sa.Constraint, ...]:
    unique = ("number", "token_hash", "digits_hash")
    return (
        sa.CheckConstraint("total_points >= 0", name=op.f(f"ck_{table}_total_not_negative")),
        _fk(table, "member_id", "people_member"),
        _fk(table, "shop_id", "mall_shop"),
        _fk(table, "goods_id", "mall_goods"),
        sa.PrimaryKeyConstraint("ledger_id", "id", name=op.f(f"pk_{table}")),
        *(
            sa.UniqueConstraint("ledger_id", name, name=op.f(f"uq_{table}_ledger_id_{name}"))
            for name in unique
        ),
    )


def _fk(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["ledger_id", column],
        [f"{target}.ledger_id", f"{target}.id"],
        name=op.f(f"fk_{table}_ledger_id_{column}"),
    )


def _index_where(name: str, table: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        table,
        ["ledger_id", column],
        sqlite_where=condition,
        postgresql_where=condition,
    )
