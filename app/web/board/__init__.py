"""Public pages and the check-in landing."""

from flask import Blueprint

bp = Blueprint("board", __name__)
