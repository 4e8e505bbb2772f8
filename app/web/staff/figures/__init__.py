"""The desk's pages of figures: a place in figures, and the files they come from."""
