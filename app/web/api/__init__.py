"""REST API, version 1: one file per room."""
