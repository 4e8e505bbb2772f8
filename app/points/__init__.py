"""Points (积分): how deeds become minutes and points, and who must approve.

Owns: every points_* table.
Stands on: risk, people, ledger, community, base.
Doors in: `programmes`, `rates`, `grants`, `approvals`, `wallets`, `manual`, `backfills`,
    `openings`, `expiry`, `mergings`, `proof_checks`, `quarters` (季度), `stars` (星级);
    `activity_types`, `applications`, `application_listings`, `application_standing`,
    `application_notices`, `cases`, `deductions`, `deduction_objections`, `objection_answers`,
    `deduction_notices`, `deduction_posting`, `notice_objections`, `notice_spans`,
    `pooling`, `pool`, `hardship`, `gifts`, `empty_homes`, `home_passings`,
    `home_passing_posting`, `same_day`.
Never: learns which door a deed came through, beyond its source's kind and id.
"""
