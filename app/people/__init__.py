"""People (人): persons, memberships, cards, codes, households, teams, roles, sign-in, audit.

Owns: every people_* table.
Stands on: community, base.
Doors in: `joining`, `cards`, `codes`, `teams`, `duties`, `duty_pay`, `enlistments`,
`enlistment_imports`, `skills`, `roles`, `sign_in`,
`inbox`, `objections`, `audit`.
Never: posts to the ledger, or keeps an ID number.
"""
