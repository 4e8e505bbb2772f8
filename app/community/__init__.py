"""Community (社区): the org tree, grids, venues, units, and the settings that hang on nodes.

Owns: community_kind, community_node, community_setting, community_venue, community_unit.
Stands on: base.
Doors in: `tree`, `grids`, `imports`, `settings`, `venues`, `units`.
Never: learns who lives there.
"""
