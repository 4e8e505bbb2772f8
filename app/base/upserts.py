"""INSERT … ON CONFLICT in the words of both databases."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_for(session: Session, table: Any) -> Any:
    """Return the dialect's INSERT for a table or model, which knows `on_conflict_do_…`."""
    module = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return module.insert(table)


def insert_or_ignore(session: Session, table: Any) -> Any:
    """Return an INSERT that skips rows which exist already.

    Add `.returning(…)` and look at the rows that come back: the row count of such
    an insert is not to be trusted.
    """
    return insert_for(session, table).on_conflict_do_nothing()
