"""Reports: read every room, change none; rankings, exports, the daily proof.

Owns: reports_export.
Stands on: every room below.
Doors in: `rankings`, `exports`, `place_reports`, `proofs`, `explanations`.
Never: posts, approves or corrects.
"""
