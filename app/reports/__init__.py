"""Reports: read every room, change none; rankings, exports, quarters, certificates, proofs.

Owns: every reports_* table.
Stands on: every room below.
Doors in: `rankings`, `exports`, `place_reports`, `proofs`, `explanations`, `quarters` (季度),
    `certificates` (证明), `returns`.
Never: posts, approves or corrects.
"""
