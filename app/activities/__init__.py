"""Activities (活动): plans, responses, enrolment, rotating codes, check-in, attendance.

Owns: every activities_* table.
Stands on: points, risk, people, community, base.
Doors in: `plans`, `responses`, `enrolment`, `codes`, `supplies`, `checkin`, `taking`,
    `roll_undo`, `attendance`, `corrections`, `posters`, `venue_plans`;
    of shifts: `shifts.routes`, `shifts.visits`, `shifts.logs`, `shifts.series`.
Never: posts to the ledger itself; it hands deeds to `points.grants`.
"""
