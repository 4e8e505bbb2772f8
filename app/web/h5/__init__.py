"""Phone pages for volunteers and leaders."""

from flask import Blueprint

from app.web.h5 import home, joining, sign_in

bp = Blueprint("h5", __name__)
for page in (home, joining, sign_in):
    bp.register_blueprint(page.bp)
