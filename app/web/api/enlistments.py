"""Reporting-in over HTTP: lists that come in once, both registers, hours once (T1, T2)."""

from typing import Any, BinaryIO

from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.base import clock
from app.base.transactions import reading
from app.community import tree, units
from app.people import enlistment_imports, enlistments, names, phones
from app.people.enlistments import NewEnlistment
from app.people.models import Enlistment
from app.points import programmes
from app.reports import enlistment_hours
from app.web import corrections
from app.web.acts import act
from app.web.api import standing, uploads
from app.web.api.standing import READERS, WORKERS, book_id
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.lists import PlaceIn, PlacePageIn, items_of
from app.web.schemas.members import ImportIn, ImportOut, UploadIn
from app.web.schemas.registers import (
    EnlistmentFiguresOut,
    EnlistmentIn,
    EnlistmentOut,
    EnlistmentPageIn,
    UnitEnlistmentIn,
    UnitEnlistmentOut,
)
from app.web.session import actor

bp = Blueprint("enlistments", __name__, url_prefix="/books/<book>", description="Reporting-in")


@bp.get("/enlistments")
@allow(SIGNED_IN)
@bp.arguments(EnlistmentPageIn, location="query")
@bp.response(200, items_of(EnlistmentOut))
def list_enlistments(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List who reported in: of a residence, or of a unit; of another place's unit one's own."""
    ledger_id, unit_id = book_id(book), asked.pop("unit_id", None)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        if unit_id is None:
            found = enlistments.list_at_home(session, ledger_id=ledger_id, node=node, **asked)
        else:
            unit = units.get(session, unit_id)
            is_own = standing.is_at(session, unit.node_id, READERS)
            key: dict[str, Any] = {"ledger_id": ledger_id, "unit": unit, **asked}
            found = enlistments.list_of_unit(session, **key, node=None if is_own else node)
        return {"items": _shown(session, ledger_id, found)}


@bp.post("/enlistments")
@allow(SIGNED_IN)
@bp.arguments(EnlistmentIn)
@bp.response(201, EnlistmentOut)
def enlist(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Enter one person who reports in to a place in one's charge."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.place(session, asked["node_code"], WORKERS)
        standing.require_book(session, ledger_id, node)
        phone, unit_id = asked["phone"], asked["unit_id"]
        if unit_id is not None:
            units.get(session, unit_id)
        new = NewEnlistment(
            external_id=asked["external_id"],
            name=names.normalise(asked["name"]),
            node_id=node.id,
            unit_id=unit_id,
            standing=asked["standing"],
            source=asked["source"],
            enlisted_on=clock.today(),
            phone_hash=phones.login_hash(phones.normalise(phone)) if phone else None,
        )
        made = enlistments.enlist(
            session,
            ledger_id=ledger_id,
            new=new,
            takes=lambda session, node: standing.is_at(session, node.id, WORKERS),
            actor=actor(),
        )
        return _shown(session, ledger_id, [made])[0]

    return act(verb, ledger_id=ledger_id, dump=EnlistmentOut().dump)


@bp.post("/enlistments/import")
@allow(SIGNED_IN)
@bp.arguments(UploadIn, location="files")
@bp.arguments(ImportIn, location="form")
@bp.response(200, ImportOut)
def import_enlistments(
    files: dict[str, FileStorage], asked: dict[str, bool], book: str
) -> ResponseReturnValue:
    """Import who reported in: external_id, name, node_code, standing, source; perhaps more."""
    ledger_id, file = book_id(book), uploads.stream_of(files)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        return uploads.summed(_steps(session, ledger_id, file), asked["dry_run"])

    return act(
        uploads.rehearsed(verb) if asked["dry_run"] else verb, ledger_id=ledger_id, status=200
    )


@bp.get("/enlistments/figures")
@allow(SIGNED_IN)
@bp.arguments(PlaceIn, location="query")
@bp.response(200, EnlistmentFiguresOut)
def figures(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Show the three populations apart, and the hours: once by residence, of which by unit."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.get("node_code"), READERS)
        counted = enlistment_hours.populations(session, ledger_id=ledger_id, node=node)
        hours = enlistment_hours.of_place(session, ledger_id=ledger_id, node=node)
        return {
            "enlisted_count": counted.enlisted_count,
            "team_people_count": counted.team_people_count,
            "card_holder_count": counted.card_holder_count,
            "residences": hours.residences,
            "of_which_units": hours.units,
        }


@bp.get("/unit-enlistments")
@allow(SIGNED_IN)
@bp.arguments(PlacePageIn, location="query")
@bp.response(200, items_of(UnitEnlistmentOut))
def list_units(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """List the units that reported in to a place and below it."""
    ledger_id = book_id(book)
    with reading() as session:
        node = standing.place(session, asked.pop("node_code", None), READERS)
        found = enlistments.list_units(session, ledger_id=ledger_id, node=node, **asked)
        return {
            "items": [
                {"unit_id": unit.id, "unit": unit.name, "node_code": place.code}
                for unit, place in found
            ]
        }


@bp.post("/unit-enlistments")
@allow(SIGNED_IN)
@bp.arguments(UnitEnlistmentIn)
@bp.response(201, UnitEnlistmentOut)
def enlist_unit(asked: dict[str, Any], book: str) -> ResponseReturnValue:
    """Enter that a unit reported in to a community in one's charge."""
    ledger_id = book_id(book)

    def verb(session: Session, _fact: None) -> dict[str, Any]:
        node = standing.place(session, asked["node_code"], WORKERS)
        standing.require_book(session, ledger_id, node)
        unit = units.get(session, asked["unit_id"])
        enlistments.enlist_unit(session, ledger_id=ledger_id, unit=unit, node=node, actor=actor())
        return {"unit_id": unit.id, "unit": unit.name, "node_code": node.code}

    return act(verb, ledger_id=ledger_id, dump=UnitEnlistmentOut().dump)


def _steps(session: Session, ledger_id: int, file: BinaryIO) -> list[enlistment_imports.Step]:
    held = standing.require_holder(session, WORKERS)
    programme = programmes.of_ledger(session, ledger_id)
    steps = enlistment_imports.import_enlistments(
        corrections.rewound(file),
        ledger_id=ledger_id,
        unit=lambda work: work(session),
        book_node=tree.get(session, programme.node_id),
        takes=lambda session, node: (
            any(tree.contains(each, node) for each in held)
            and standing.is_of_book(session, ledger_id, node)
        ),
        actor=actor(),
    )
    return list(steps)


def _shown(session: Session, ledger_id: int, found: list[Enlistment]) -> list[dict[str, Any]]:
    nodes = tree.get_many(session, {each.node_id for each in found})
    owners = units.get_many(session, {each.unit_id for each in found if each.unit_id})
    away = enlistment_hours.elsewhere_among(
        session, ledger_id=ledger_id, enlistment_ids=[each.id for each in found]
    )
    names_of = ("id", "external_id", "name_masked", "standing", "source", "enlisted_on")
    return [
        {
            **{name: getattr(each, name) for name in names_of},
            "unit": owners[each.unit_id].name if each.unit_id else None,
            "node_code": nodes[each.node_id].code,
            "is_member": each.member_id is not None,
            "is_elsewhere": each.id in away,
        }
        for each in found
    ]
