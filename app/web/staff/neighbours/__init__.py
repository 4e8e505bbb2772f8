"""Neighbours' help at the desk: signed for who has no phone, and what is odd about it (A12)."""

from app.web.staff.neighbours import asking, exchanges

PAGES = (exchanges, asking)
