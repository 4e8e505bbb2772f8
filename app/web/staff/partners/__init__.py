"""The desk's pages about partners: settlements, figures, offers."""

from app.web.staff.partners import figures, offers, settlements

PAGES = (figures, offers, settlements)
