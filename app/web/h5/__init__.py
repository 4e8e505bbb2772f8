"""Phone pages for volunteers and leaders."""

from flask import Blueprint

from app.web.h5 import (
    access,
    activities,
    backfilling,
    books,
    checkin,
    claims,
    codes,
    confirming,
    correcting,
    door,
    explaining,
    export,
    goods,
    helping,
    home,
    inbox,
    joining,
    late,
    leading,
    leaving,
    neighbours,
    objecting,
    partners,
    passbook,
    planning,
    profile,
    records,
    rolling,
    scanning,
    screen,
    shifts,
    sign_in,
)
from app.web.h5.households import applying, deducted, giving
from app.web.h5.households import home as household
from app.web.h5.orders import PAGES as ORDERS
from app.web.h5.registers import sightings
from app.web.h5.stars import assessing
from app.web.h5.stars import mine as my_stars
from app.web.h5.stars import proofs as my_proofs

bp = Blueprint("h5", __name__)
PAGES = (
    *(home, joining, sign_in, activities, checkin, scanning, codes, passbook, inbox, records),
    *(objecting, backfilling, correcting, explaining),
    sightings,
    *(goods, profile, access, books, export, leaving, helping),
    *(household, applying, deducted, giving),
    *ORDERS,
    *(my_stars, my_proofs, assessing),
    *(leading, planning, screen, door, rolling, confirming, late),
    *shifts.PAGES,
)
SUBJECTS = (claims, neighbours, partners)
"""Subjects of several files, each with a folder of its own."""
for page in PAGES:
    bp.register_blueprint(page.bp)
for subject in SUBJECTS:
    for page in subject.PAGES:
        bp.register_blueprint(page.bp)
