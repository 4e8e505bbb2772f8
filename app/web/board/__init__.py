"""Public pages: the scan landing, and what each refusal means."""

from flask import Blueprint

from app.web.board import landing, problems

bp = Blueprint("board", __name__)
for page in (landing, problems):
    bp.register_blueprint(page.bp)
