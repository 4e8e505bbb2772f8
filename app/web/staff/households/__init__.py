"""The desk's pages of household points: applications, cases, deductions, the pool, empty homes."""

from app.web.staff.households import (
    applications,
    cases,
    common_pool,
    deductions,
    empty_homes,
)

PAGES = (applications, cases, common_pool, deductions, empty_homes)
