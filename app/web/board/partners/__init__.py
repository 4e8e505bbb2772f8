"""Public pages of the shops: the month's list."""
