"""Counts the statements that a verb sends: the cheapest gate of speed there is."""

from contextlib import contextmanager

from sqlalchemy import event


@contextmanager
def counted(session):
    """Yield a list that fills with the statements sent while the block runs."""
    statements = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if not statement.startswith("BEGIN"):
            statements.append(" ".join(statement.split())[:160])

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
