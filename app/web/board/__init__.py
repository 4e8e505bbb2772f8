"""Public pages: scan landing, what a poster opens, refusals explained, files verified."""

from flask import Blueprint

from app.web.board import choices, help, landing, posters, problems, verify

bp = Blueprint("board", __name__)
for page in (choices, help, landing, posters, problems, verify):
    bp.register_blueprint(page.bp)
