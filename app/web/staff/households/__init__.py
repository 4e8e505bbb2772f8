"""The desk's pages of household points: applications, cases, deductions, the pool and kin."""

from app.web.staff.households import applications, cases, common_pool, deductions

PAGES = (applications, cases, common_pool, deductions)
