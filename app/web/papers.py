"""A certificate as a file to be printed, for the phone and the desk alike."""

from typing import Any

from flask import Response, current_app
from sqlalchemy.orm import Session

from app.base.actors import Actor
from app.community import tree
from app.community.models import Node
from app.people import members
from app.people.models import Member
from app.points import programmes
from app.reports import certificate_pdf, certificate_sheets, certificates, certified
from app.reports.certificate_pdf import Paper
from app.reports.models import Certificate
from app.web.downloads import attached
from app.web.poster import FONT

DRAWN = {"pdf": certificate_pdf.draw, "xlsx": certificate_sheets.draw}


def print_out(
    session: Session, found: Certificate, *, actor: Actor, file_kind: str = "pdf"
) -> Response:
    """Write down a printing and return its file; raises as `certificates.print_out`."""

    def draw(print_no: int) -> bytes:
        return DRAWN[file_kind](_paper(session, found, print_no))

    made = certificates.print_out(
        session,
        ledger_id=found.ledger_id,
        certificate_id=found.id,
        actor=actor,
        file_kind=file_kind,
        draw=draw,
    )
    return attached(made.content, found.number, file_kind)


def _paper(session: Session, found: Certificate, print_no: int) -> Paper:
    named: dict[str, Any] = {"ledger_id": found.ledger_id, "member_id": found.member_id}
    whose = members.get(session, **named)
    programme = programmes.of_ledger(session, found.ledger_id)
    listed = programmes.list_categories(session, programme)
    days: dict[str, Any] = {"begins_on": found.begins_on, "ends_on": found.ends_on}
    return Paper(
        found=found,
        name=members.full_name(whose),
        volunteer_no=whose.volunteer_no,
        rows=certified.list_rows(session, **named, **days) if found.kind == "merit" else [],
        categories={each.code: each.name for each in listed},
        url=url_of(found),
        font=FONT,
        print_no=print_no,
    )


def issuer_of(session: Session, whose: Member) -> str:
    """Return who issues a proof that a member takes by themselves: their place and programme."""
    return issuer_at(session, whose.ledger_id, tree.get(session, whose.node_id))


def issuer_at(session: Session, ledger_id: int, node: Node) -> str:
    """Return who issues a proof at a place, unless another body answers for it."""
    return f"{node.short_name}{programmes.of_ledger(session, ledger_id).name}"


def url_of(found: Certificate) -> str:
    """Return the address that a certificate's code opens; it names nobody."""
    return f"{current_app.config['PUBLIC_URL']}/certificate?code={found.verification_code}"
