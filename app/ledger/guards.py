"""The append-only guards, as the database's own catalogue tells of them (I5).

Migrations put them there (`migrations.house.append_only`); whoever takes one off, to
change what was posted, is found by the next proof. Citus has no triggers: there
the application's role must not hold UPDATE and DELETE.
"""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.ledger.batches import dialect_of

GUARDED = (
    "ledger_journal",
    "ledger_transfer",
    "ledger_entry",
    "people_audit",
    "activities_correction",
    "mall_stock_movement",
    "community_figure",
    "points_star_fall",
    "reports_quarter",
    "reports_quarter_line",
    "reports_certificate_print",
    "service_orders_log",
)

_SQLITE = sa.text("SELECT tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")

# tgtype: 2 before, 8 delete, 16 update, 32 truncate; tgenabled: origin or always
_POSTGRESQL = sa.text(
    "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
    " JOIN pg_proc p ON p.oid = t.tgfoid"
    " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND t.tgqual IS NULL"
    " AND t.tgattr::text = '' AND (t.tgtype & 58) = 58 AND pg_table_is_visible(c.oid)"
    " AND p.prosrc LIKE '%RAISE EXCEPTION%'"
)

_HAS_CITUS = sa.text("SELECT 1 FROM pg_extension WHERE extname = 'citus'")

_MAY_CHANGE = sa.text("SELECT has_table_privilege(:table, 'UPDATE, DELETE, TRUNCATE')")


def unguarded(session: Session) -> list[str]:
    """Return the append-only tables whose rows could be changed, in the order of `GUARDED`."""
    if dialect_of(session) == "sqlite":
        guarded = _guarded_on_sqlite(session)
    elif session.execute(_HAS_CITUS).scalar():
        guarded = {name for name in GUARDED if not _may_change(session, name)}
    else:
        guarded = set(session.execute(_POSTGRESQL).scalars())
    return [name for name in GUARDED if name not in guarded]


def _guarded_on_sqlite(session: Session) -> set[str]:
    """Tables on which both verbs abort, always and not only WHEN something holds."""
    verbs: dict[str, set[str]] = {}
    for table, sql in session.execute(_SQLITE):
        text = " ".join(sql.upper().split())
        for verb in ("UPDATE", "DELETE"):
            whole = f"BEFORE {verb} ON {table.upper()} BEGIN SELECT RAISE(ABORT"
            if whole in text:
                verbs.setdefault(table, set()).add(verb)
    return {table for table, found in verbs.items() if found == {"UPDATE", "DELETE"}}


def _may_change(session: Session, table: str) -> bool:
    return bool(session.execute(_MAY_CHANGE, {"table": table}).scalar())
