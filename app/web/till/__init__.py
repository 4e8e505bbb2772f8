"""The till page of the shop: open, sell, take back, count and close."""

from flask import Blueprint

from app.web.till import count, day_end, opening, partners, sales, selling, stall

bp = Blueprint("till", __name__, url_prefix="/till")
for page in (opening, selling, sales, count, day_end, stall, *partners.PAGES):
    bp.register_blueprint(page.bp)
