"""Stars and proofs on the phone."""
