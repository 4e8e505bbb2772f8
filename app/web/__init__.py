"""Web: the doors that speak HTTP. Parse, authorise, call one room, answer."""

from flask import Flask

from app.web import (
    api,
    assets,
    board,
    errors,
    h5,
    installable,
    limiter,
    openapi,
    pages,
    parsing,
    permissions,
    reader,
    security,
    session,
    staff,
    till,
)


def init_app(app: Flask) -> None:
    """Hang every door on the application."""
    parsing.init_app(app)
    session.init_app(app)
    limiter.init_app(app)
    permissions.init_app(app)
    security.init_app(app)
    reader.init_app(app)
    assets.init_app(app)
    installable.init_app(app)
    pages.init_app(app)
    openapi.init_app(app, api.BLUEPRINTS)
    errors.init_app(app)
    for door in (h5, till, staff, board):
        app.register_blueprint(door.bp)
