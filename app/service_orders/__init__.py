"""Service orders: what people ask for, and how it gets done (点单—派单—接单—办理—评单).

Owns: workflow templates, order categories, orders, their work and their log.
Stands on: points, risk, people, ledger, community, base.
Doors in: `templates`, `categories`, `filing`, `steps`, `handling`, `rating`, `crediting`,
`listings`.
Never: decides by a step's name; steps have a meaning, names are the place's own.
"""
