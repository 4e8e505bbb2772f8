"""Base: what every room stands on. Knows no word of the time bank.

Owns: base_idempotency, base_serial, base_calendar_year, base_calendar_day.
Stands on: nothing.
Doors in: `transactions` (the one commit), `clock`, `errors`, `idempotency`, `crypto`.
"""
