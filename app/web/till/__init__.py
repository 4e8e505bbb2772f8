"""The till page of the shop: open, sell, take back, count and close."""

from flask import Blueprint

from app.web.till import day_end, opening, sales, selling

bp = Blueprint("till", __name__, url_prefix="/till")
for page in (opening, selling, sales, day_end):
    bp.register_blueprint(page.bp)
