"""Phone pages for volunteers and leaders."""

from flask import Blueprint

bp = Blueprint("h5", __name__)
