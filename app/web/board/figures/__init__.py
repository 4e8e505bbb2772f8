"""The public pages of figures: a place for everybody."""
