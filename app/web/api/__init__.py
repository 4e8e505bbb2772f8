"""REST API, version 1: one file per room."""

from typing import Any

from app.web.api import identity

BLUEPRINTS: list[Any] = [identity.bp]
