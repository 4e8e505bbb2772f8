"""Public pages of stars: the boards of closed quarters."""
