"""Service orders (点单—派单—接单—评单): kept free for the five doors.

Owns: nothing yet.
Stands on: points, risk, people, ledger, community, base.
"""
