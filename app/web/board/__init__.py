"""Public pages: the scan landing, what each refusal means, whether a file is genuine."""

from flask import Blueprint

from app.web.board import choices, landing, problems, verify

bp = Blueprint("board", __name__)
for page in (choices, landing, problems, verify):
    bp.register_blueprint(page.bp)
