"""Risk (风控): judges facts handed to it as values; keeps limits, freezes, signals.

Owns: risk_rule, risk_quota, risk_freeze, risk_signal.
Stands on: people, ledger, community, base.
Doors in: `limits`, `freezes`, `signals`.
Never: reads activities or the mall; never refuses by a score alone.
"""
