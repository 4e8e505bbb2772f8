"""The database handle, the model base, and the column types that rooms share.

Every table says in `Table.info` how it is spread (`distribution`, `key`), so
that the same schema runs on SQLite, PostgreSQL and Citus (decision 0002).
"""

import uuid
from datetime import UTC, date, datetime
from typing import Annotated, Any

import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.base import engines
from app.base.ids import new_id

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

NEVER = date(9999, 12, 31)
"""The vintage of points that do not expire (D28 `never`); a date, for keys hold no NULL."""


class Id(sa.types.TypeDecorator[uuid.UUID]):
    """A UUID: native on PostgreSQL, 16 bytes on SQLite (a third smaller than text)."""

    impl = sa.Uuid
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        """Choose the storage of the dialect."""
        kind = sa.LargeBinary(16) if dialect.name == "sqlite" else sa.Uuid()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: uuid.UUID | None, dialect: sa.Dialect) -> Any:
        """Hand the value over in the dialect's form."""
        return value.bytes if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> uuid.UUID | None:
        """Give back a UUID, whatever the dialect stored."""
        if value is None or isinstance(value, uuid.UUID):
            return value
        return uuid.UUID(bytes=bytes(value))


class UTCDateTime(sa.types.TypeDecorator[datetime]):
    """A timestamp that is aware and in UTC on both sides of the database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse a naive datetime on the way in."""
        if value is not None and value.tzinfo is None:
            raise ValueError("naive datetime: use app.base.clock.now()")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Speak UTC on the way out: SQLite forgets the zone, PostgreSQL may use another."""
        if value is None or value.tzinfo is not None:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Parent of every model: one metadata, one naming rule for constraints."""

    metadata = sa.MetaData(naming_convention=NAMING_CONVENTION)


db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)

IdColumn = Annotated[uuid.UUID, mapped_column(Id())]
"""A UUID that names a row of this or of another table."""

Instant = Annotated[datetime, mapped_column(UTCDateTime())]
"""An aware UTC timestamp; its column ends in `_at`."""

Amount = Annotated[int, mapped_column(sa.BigInteger)]
"""Whole minutes or whole points. Never a float, never a fraction."""

Small = Annotated[int, mapped_column(sa.SmallInteger)]
"""A small whole number: an ordinal, a version."""

Digest = Annotated[bytes, mapped_column(sa.LargeBinary(32))]
"""A keyed hash or a SHA-256."""

Cipher = Annotated[bytes, mapped_column(sa.LargeBinary)]
"""An encrypted personal field (`app.base.crypto`)."""

NodeId = Annotated[int, mapped_column(sa.BigInteger)]
"""A node of the org tree; the application gives the number."""


class LedgerKey:
    """First key column of every table that belongs to one book."""

    ledger_id: Mapped[int] = mapped_column(
        sa.BigInteger, primary_key=True, autoincrement=False, sort_order=-20
    )


class LedgerRow(LedgerKey):
    """A table of one book whose rows have an id of their own."""

    id: Mapped[uuid.UUID] = mapped_column(Id(), primary_key=True, default=new_id, sort_order=-10)


REFERENCE: dict[str, Any] = {"info": {"distribution": "reference"}}
"""A small or slow-changing table that every machine holds whole."""


def spread_by(key: str, **options: Any) -> dict[str, Any]:
    """Table arguments of a table that is spread over machines by `key`."""
    return {"info": {"distribution": "distributed", "key": key}, **options}


BY_LEDGER = spread_by("ledger_id")
BY_PERSON = spread_by("person_id")
BY_LOGIN = spread_by("login_hash")


def one_of(column: str, *values: str) -> sa.CheckConstraint:
    """A named check that the column holds one of the values (no enum types: Citus)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def ledger_fk(
    columns: str | list[str], table: str, target: str | list[str] = "id"
) -> sa.ForeignKeyConstraint:
    """A foreign key inside one book: the ledger's number stands first on both sides."""
    here = [columns] if isinstance(columns, str) else columns
    there = [target] if isinstance(target, str) else target
    return sa.ForeignKeyConstraint(
        ["ledger_id", *here], [f"{table}.{name}" for name in ("ledger_id", *there)]
    )


def unique_where(name: str, *columns: str, where: str) -> sa.Index:
    """A unique index over the rows that match `where`: "at most one live row"."""
    condition = sa.text(where)
    return sa.Index(name, *columns, unique=True, sqlite_where=condition, postgresql_where=condition)


def index_where(name: str, *columns: str, where: str) -> sa.Index:
    """An index over the rows that match `where`: a short list inside a long table."""
    condition = sa.text(where)
    return sa.Index(name, *columns, sqlite_where=condition, postgresql_where=condition)


def init_app(app: Flask) -> None:
    """Bind the database to the application, with the settings of its dialect."""
    options = engines.options(app.config["SQLALCHEMY_DATABASE_URI"])
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    db.init_app(app)
    with app.app_context():
        engines.prepare(db.engine)


def apart(column: Any) -> Any:
    """Return a column to order by that invites no database to walk the column's index.

    Few rows of a large book are found by another index and sorted then. Without statistics
    SQLite would rather read all of the book in the order of its ids than sort nine rows.
    """
    return sa.case((column.is_not(None), column))
