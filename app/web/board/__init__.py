"""Public pages: what codes and posters open, help, what a place shows, files verified."""

from flask import Blueprint

from app.web.board import (
    certificates,
    choices,
    help,
    landing,
    notices,
    posters,
    problems,
    team_cards,
    verify,
    wall,
)
from app.web.board.figures import place_report, places, venues
from app.web.board.households import honour
from app.web.board.partners import months as shop_months
from app.web.board.stars import quarters

bp = Blueprint("board", __name__)
for page in (
    certificates,
    choices,
    help,
    honour,
    landing,
    notices,
    place_report,
    places,
    posters,
    problems,
    quarters,
    shop_months,
    team_cards,
    venues,
    verify,
    wall,
):
    bp.register_blueprint(page.bp)
