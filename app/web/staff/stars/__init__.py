"""Stars, quarters and proofs at the desk."""

from app.web.staff.stars import reviewing, steps

PAGES = (reviewing, steps)
