"""Measures the two hot paths over HTTP. Run by hand; pytest does not collect it."""
