"""The front of the desk: every page under one address, and what every page may say."""

from datetime import datetime
from typing import Any

from flask import Blueprint, g, request, url_for

from app.base import clock
from app.web.staff import (
    activities,
    alliances,
    audit,
    backfills,
    boards,
    card_list,
    cards,
    claims,
    desk,
    exports,
    frozen,
    goods,
    goods_uploads,
    home,
    manual,
    member,
    member_steps,
    merchants,
    merges,
    neighbours,
    nodes,
    notices,
    objections,
    openings,
    organisers,
    partners,
    people,
    photos,
    planning,
    programme,
    proof,
    ranking,
    redemptions,
    review,
    roles,
    sessions,
    settings,
    shifts,
    shops,
    signals,
    stalls,
    team_cards,
    teams,
    terms,
    units,
    uploads,
    why,
    words,
)
from app.web.staff.households import PAGES as HOUSEHOLDS
from app.web.staff.menu import menu_of
from app.web.staff.orders import PAGES as ORDERS
from app.web.staff.registers import PAGES as REGISTERS
from app.web.staff.stars import PAGES as STARS
from app.web.texts import text_of

bp = Blueprint("staff", __name__, url_prefix="/staff")
PAGES = (
    activities, alliances, audit, backfills, boards, card_list, cards, exports, frozen, goods,
    goods_uploads, home, manual, member, member_steps, merchants, merges, nodes, notices,
    objections, openings, organisers, people, photos, planning, programme, proof, ranking,
    redemptions, review, roles, sessions, settings, shops, signals, stalls, team_cards, teams,
    terms, units, uploads, why, *HOUSEHOLDS, *ORDERS, *REGISTERS, *STARS,
)  # fmt: skip

SUBJECTS = (claims, neighbours, partners, shifts)
"""Subjects of several files, each with a folder of its own."""

for _page in (*PAGES, *(page for subject in SUBJECTS for page in subject.PAGES)):
    bp.register_blueprint(_page.bp)
bp.url_value_preprocessor(desk.take_place)
bp.before_request(desk.sit_down)


@bp.app_url_defaults
def _put_place(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint.startswith("staff.") and endpoint != "staff.home.start":
        desk.put_place(endpoint, values)


@bp.context_processor
def _shared() -> dict[str, Any]:
    """What every page of the desk may say."""
    here = g.get("desk")
    return {
        "desk": here,
        "menu": menu_of(here) if here else [],
        "here_part": g.get("part"),
        "word": words.word,
        "options": words.options,
        "field_name": words.field_name,
        "with_args": _with_args,
        "local": _local,
        "sentence": lambda code: text_of(code).zh,
    }


def _local(instant: datetime) -> str:
    """Return an instant as a browser's field for a local time wants it."""
    return instant.astimezone(clock.SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def _with_args(**changes: Any) -> str:
    """Return this page's address with some of its filter changed."""
    values = {**request.args.to_dict(), **(request.view_args or {}), **changes}
    return url_for(str(request.endpoint), **values)
