"""Neighbours' help on the phone: asked for, offered, taken on, confirmed (P1, P11, L5–L7)."""

from app.web.h5.neighbours import asking, helping, offers, street

PAGES = (street, asking, offers, helping)
