"""INSERT … ON CONFLICT in the words of both databases."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_for(session: Session, table: Any) -> Any:
    """Return the dialect's INSERT for a table or model, which knows `on_conflict_do_…`."""
    return insert_in(session.get_bind().dialect.name, table)


def insert_in(dialect: str, table: Any) -> Any:
    """Return the INSERT of a dialect by its name, for statements built once."""
    module = sqlite if dialect == "sqlite" else postgresql
    return module.insert(table)


def insert_or_ignore(session: Session, table: Any) -> Any:
    """Return an INSERT that skips rows which exist already.

    Add `.returning(…)` and look at the rows that come back: the row count of such
    an insert is not to be trusted.
    """
    return insert_for(session, table).on_conflict_do_nothing()


def insert_or_ignore_in(dialect: str, table: Any) -> Any:
    """Return the same for a dialect by its name, for statements built once."""
    return insert_in(dialect, table).on_conflict_do_nothing()
