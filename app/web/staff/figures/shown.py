"""A place in figures at the desk: what came from elsewhere with its history, and what is counted.

The form takes a file of figures; it is tried first, its bad rows are named, then it is
taken in. Figures are never overwritten, and nothing here adds two of them up.
"""

import io
from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.serials import HOUSE
from app.base.transactions import reading
from app.community import figure_imports, figure_withdrawals, figures
from app.community.figure_words import Stated, said
from app.people import roles
from app.reports import place_figures
from app.web import figure_steps
from app.web.count_words import COUNTS
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk import ReasonIn
from app.web.schemas.figures import FigureKindIn, WithdrawalDecisionIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.staff.lists_in import ListIn, Taken
from app.web.translate import _

bp = Blueprint("figures", __name__, url_prefix="/<place>/figures")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the place in figures, and what the places below it state."""
    return _show()


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("manage")
    with reading() as session:
        here = desk.here()
        picture = place_figures.draw(session, ledger_id=here.ledger_id, node=here.node)
        below = [
            each for each in figures.list_in(session, here.node) if each.node.id != here.node.id
        ]
        wrong = figure_withdrawals.list_in(session, here.node, "waiting", "withdrawn")
    return forms.page(
        "figures/show.html",
        problem,
        picture=picture,
        below=below,
        counts=COUNTS,
        said=said,
        as_stated=_as_stated,
        waiting=[each for each in wrong if each.withdrawal.state == "waiting"],
        withdrawn=[each for each in wrong if each.withdrawal.state == "withdrawn"],
        asked_about={each.figure.id for each in wrong},
        mine=desk.me(),
        may_name=here.may(desk.MANAGERS) and figure_imports.may_name(here.node),
    )


@bp.post("/<int:figure_id>/withdrawal")
@allow(SIGNED_IN)
def ask_withdrawal(figure_id: int) -> ResponseReturnValue:
    """Ask that a wrong figure be taken down."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = desk.require_here(session, desk.WORKERS)
        figure_steps.ask_withdrawal(
            session, figure_id=figure_id, within=node, actor=actor(), **asked
        )

    return _step(verb, ReasonIn, _("记下了，请同事看一看再撤下。"))


@bp.post("/withdrawals/<uuid:withdrawal_id>")
@allow(SIGNED_IN)
def decide_withdrawal(withdrawal_id: UUID) -> ResponseReturnValue:
    """Take a figure down that a colleague asked about, or leave it."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = desk.require_here(session, desk.DECIDERS)
        figure_steps.decide_withdrawal(
            session, withdrawal_id=withdrawal_id, within=node, actor=actor(), **asked
        )

    return _step(verb, WithdrawalDecisionIn, _("办好了。撤下的数哪里都不再写。"))


@bp.post("/kinds/<kind_code>")
@allow(SIGNED_IN)
def rename_kind(kind_code: str) -> ResponseReturnValue:
    """Put right what a kind is called and counted in, everywhere."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        node = desk.require_here(session, desk.MANAGERS)
        figure_steps.rename_kind(session, code=kind_code, at=node, actor=actor(), **asked)

    return _step(verb, FigureKindIn, _("改好了，各处都照新的写。"))


def _as_stated(each: figure_withdrawals.Listed) -> str:
    return said(Stated(each.figure.value, each.figure.qualifier, each.kind.unit))


def _step(verb: Any, schema: Any, said: str) -> ResponseReturnValue:
    return forms.answer(
        verb, schema=schema, said=said, to=url_for("staff.figures.show"), again=_show
    )


@bp.get("/import")
@allow(SIGNED_IN)
def form() -> ResponseReturnValue:
    """Show the form, and what a file must hold."""
    desk.require(*desk.WORKERS)
    return _form()


@bp.post("/import/try")
@allow(SIGNED_IN)
def rehearse() -> ResponseReturnValue:
    """Say what would come of a file; nothing of it is written."""
    return FIGURES.rehearse()


@bp.post("/import/corrections")
@allow(SIGNED_IN)
def give_back() -> ResponseReturnValue:
    """Give the list back as xlsx with what is wrong beside each row; nothing is written."""
    return FIGURES.give_back()


@bp.post("/import")
@allow(SIGNED_IN)
def take_in() -> ResponseReturnValue:
    """Take in the good rows of a file that was tried; name the bad ones."""
    return FIGURES.take_in()


def _form(problem: Problem | None = None, **found: Any) -> ResponseReturnValue:
    menu.at("manage")
    return forms.page("figures/upload.html", problem, **found)


def _take(session: Session, content: bytes) -> Taken:
    node = desk.require_here(session, desk.WORKERS)
    found = figure_steps.take_in(
        session,
        io.BytesIO(content),
        within=[node],
        named_by=roles.nodes_of(session, person_id=actor().person_id, roles=desk.WORKERS),
        actor=actor(),
    )
    return Taken(found.new, found.unchanged, found.bad)


FIGURES = ListIn(
    "figures", ("node_code", "name"), figure_imports.open_figures, _take, _form, ledger_id=HOUSE
)
