"""Stars (星级, D41): a programme's table, what hours reach, and what was granted.

`tables` holds the versions, `counting` what somebody's hours reach, `rises` review and notice,
`granting` what follows the notice, `falling` what follows a reversal, `bars` false hours.
"""
