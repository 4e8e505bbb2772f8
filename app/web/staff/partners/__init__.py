"""The desk's pages about partners: settlements, figures, offers, vouchers."""

from app.web.staff.partners import claimed, figures, offers, settlements

PAGES = (claimed, figures, offers, settlements)
