"""Orders at the desk: lists, one order, kinds and workflow, figures, calls, lists in and out."""

from app.web.staff.orders import calls, figures, kinds, listing, one, uploads

PAGES = (calls, figures, kinds, listing, one, uploads)
