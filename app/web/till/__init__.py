"""The till page of the shop."""
