"""The phone's pages about partners: offers, services and places, what is kept for me."""

from app.web.h5.partners import buying, mine, offers, reserving

PAGES = (offers, buying, reserving, mine)
