"""The till page of the shop."""

from flask import Blueprint

bp = Blueprint("till", __name__)
