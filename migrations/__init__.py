"""Migrations: one line of numbered steps that builds exactly the models."""
