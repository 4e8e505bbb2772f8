"""Service orders: what people ask for, and how it gets done (点单—派单—接单—办理—评单).

Owns: workflow templates, kinds of orders, orders, their work and their log; the calls
between field and desk; offers and exchanges of neighbours, and their escrow; posts and
claims, wishes, campaigns; the four lists.
Stands on: points, risk, people, ledger, community, base.
Doors in: `templates`, `categories`, `filing`, `handling`, `finishing`, `crediting`, `listings`,
`reopening`, `in_name`, `involvement`, `reviewing`, `first_offers`, `figures`, `field_calls`,
`dispatching`, `imports`, `exchanges`, `asking_for`, `confirming`, `offers`, `neighbours`, `posts`,
`post_shifts`, `claims`, `claim_deadlines`, `claim_listings`, `wishes`, `wish_links`,
`wish_listings`, `forgetting`, `merged_traces`, `own_record`, `campaigns`, `registers`,
`register_listings`, `sightings`, `sighting_listings`, `sighting_rates`, `proof_checks`,
`call_listings`.
Never: decides by a step's name; steps have a meaning, names are the place's own.
"""
