"""Stars, assessments and proofs on the phone."""
