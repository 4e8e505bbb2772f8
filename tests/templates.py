"""Templates are compiled once for all workers and applications of the tests."""

from importlib.metadata import version
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache

KEPT = Path(__file__).resolve().parents[1] / ".pytest_cache" / "templates"


def keep_compiled(app: Flask) -> None:
    """Let the application find its templates as another one has compiled them; changed, anew."""
    folder = KEPT / version("jinja2")
    folder.mkdir(parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder))
