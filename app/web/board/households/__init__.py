"""Public pages of household points: the honour list."""
