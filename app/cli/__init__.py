"""Commands for operators: nodes, people, books, the clock's jobs, the demo, assets, words."""

from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from app.base.db import db
from app.cli import (
    assets,
    demo,
    hours,
    jobs,
    ledger,
    nodes,
    people,
    programme,
    quarters,
    roles,
    words,
    workdays,
)

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def init_app(app: Flask) -> None:
    """Attach every command group to the application."""
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    nodes.init_app(app)
    people.init_app(app)
    roles.init_app(app)
    for group in (programme, quarters, ledger, hours, workdays, jobs, demo, assets, words):
        group.init_app(app)
