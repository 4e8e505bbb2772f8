"""Stars, quarters and proofs at the desk."""

from app.web.staff.stars import assessors, proofs, quarters, reviewing, steps

PAGES = (assessors, proofs, quarters, reviewing, steps)
