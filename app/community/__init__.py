"""Community (社区): the org tree, grids, venues, units, and the settings that hang on nodes.

Owns: community_kind, community_node, community_setting, community_venue, community_unit,
community_figure_kind, community_figure, community_zone_member.
And of venues and units: community_venue_tag, community_venue_alias, community_agreement.
Stands on: base.
Doors in: `tree`, `grids`, `imports`, `settings`, `venues`, `units`, `zones`,
`figures`, `figure_words`, `figure_imports`.
Never: learns who lives there.
"""
