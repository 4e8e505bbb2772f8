"""The desk's pages of registers: duties, reporting-in, the four lists, zones, figures."""

from app.web.staff.figures import place_report
from app.web.staff.figures import shown as figures
from app.web.staff.registers import (
    coverage,
    duties,
    enlistment_uploads,
    enlistments,
    grid_claims,
    sightings,
    skills,
    unit_hours,
    zones,
)
from app.web.staff.registers import lists as registers

PAGES = (
    coverage,
    duties,
    enlistment_uploads,
    enlistments,
    figures,
    grid_claims,
    place_report,
    registers,
    sightings,
    skills,
    unit_hours,
    zones,
)
