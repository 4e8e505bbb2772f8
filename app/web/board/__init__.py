"""Public pages: check-in landing, verification."""
