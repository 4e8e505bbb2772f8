"""A certificate as a file to be printed, for the phone and the desk alike."""

from typing import Any

from flask import Response, current_app
from sqlalchemy.orm import Session

from app.people import members
from app.points import programmes
from app.reports import certificate_pdf, certified
from app.reports.certificate_pdf import Paper
from app.reports.models import Certificate
from app.web.poster import FONT


def response(session: Session, found: Certificate, *, print_no: int) -> Response:
    """Return a certificate as PDF; its printing was written down before."""
    named: dict[str, Any] = {"ledger_id": found.ledger_id, "member_id": found.member_id}
    whose = members.get(session, **named)
    programme = programmes.of_ledger(session, found.ledger_id)
    listed = programmes.list_categories(session, programme)
    days: dict[str, Any] = {"begins_on": found.begins_on, "ends_on": found.ends_on}
    paper = Paper(
        found=found,
        name=members.full_name(whose),
        volunteer_no=whose.volunteer_no,
        rows=certified.list_rows(session, **named, **days) if found.kind == "merit" else [],
        categories={each.code: each.name for each in listed},
        url=url_of(found),
        font=FONT,
        print_no=print_no,
    )
    answer = Response(certificate_pdf.draw(paper), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return answer


def url_of(found: Certificate) -> str:
    """Return the address that a certificate's code opens; it names nobody."""
    return f"{current_app.config['PUBLIC_URL']}/certificate?code={found.verification_code}"
