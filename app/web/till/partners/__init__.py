"""The clerk's pages about claims: vouchers honoured, offers used, reservations collected."""

from app.web.till.partners import claims

PAGES = (claims,)
