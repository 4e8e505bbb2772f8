"""REST API, version 1: one file per room."""

from typing import Any

BLUEPRINTS: list[Any] = []
