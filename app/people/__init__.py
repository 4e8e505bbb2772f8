"""People (人): persons, memberships, cards, codes, households, teams, roles, sign-in, audit.

Owns: every people_* table.
Stands on: community, base.
Doors in: `joining`, `cards`, `codes`, `teams`, `households`, `relatives`, `duties`,
`duty_pay`, `officers`, `enlistments`, `enlistment_imports`, `skills`, `roles`, `sign_in`,
`inbox`, `objections`, `audit`.
Never: posts to the ledger, or keeps an ID number.
"""
