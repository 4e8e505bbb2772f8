"""Community (社区): the org tree, grids, venues, units, and the settings that hang on nodes.

Owns: every community_* table.
Stands on: base.
Doors in: `tree`, `grids`, `imports`, `settings`, `venues`, `units`, `terms`, `zones`,
`figures`, `figure_words`, `figure_imports`, `figure_withdrawals`.
Never: learns who lives there.
"""
