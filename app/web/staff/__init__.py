"""The staff desk: one place, one book, everything that waits there."""

from app.web.staff.front import bp

__all__ = ["bp"]
