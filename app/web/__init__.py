"""Web: the doors that speak HTTP. Parse, authorise, call one room, answer."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Hang every door on the application."""
