"""A content as the file that somebody takes away: registered, with its code (A16, D45)."""

from flask import Response
from sqlalchemy.orm import Session

from app.reports import exports
from app.reports.file_contents import Content
from app.web.downloads import attached
from app.web.session import actor


def issued(
    session: Session, content: Content, name: str, kind: str = "xlsx", *, ledger_id: int
) -> Response:
    """Return a content as a file of this kind, registered for who is signed in."""
    ordered = exports.ordered_by(session, ledger_id=ledger_id, actor=actor())
    file, code = exports.issue(session, content, kind, ledger_id=ledger_id, ordered=ordered)
    return attached(file, name, kind, code=code)
