"""The form that is being drawn: after a refusal the one that was sent differs from the rest."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import request

VERSION = "version"
"""A hidden field that says what was seen: drawn again, a form carries the newer one."""


class Drawn:
    """Where the pieces of a page are: in the form that was refused, or in another.

    A template says where a form begins; its fields ask what to show. Fields outside of
    any form that said so are taken for the refused one's.

    Attributes:
        was_sent: A form begun since `close` is the one that was refused.
    """

    def __init__(self, problem: Mapping[str, Any] | None) -> None:
        """Draw a page, perhaps with a refusal."""
        self.was_sent = False
        self._is_refused = problem is not None and request.method == "POST"
        self._is_other = False
        self._marked = _named(problem)

    def close(self) -> str:
        """Begin a piece that opens when the refused form is within; nothing is written."""
        self.was_sent = False
        return ""

    def begin(self, href: str, fields: Mapping[str, Any]) -> str:
        """Begin a form, by its address and what it carries hidden; nothing is written."""
        is_it = self._is_refused and _is_here(href) and _carries(fields)
        self.was_sent = self.was_sent or is_it
        self._is_other = self._is_refused and not is_it
        return ""

    @property
    def typed(self) -> Mapping[str, str]:
        """What was typed into this form."""
        return {} if self._is_other else request.form

    @property
    def marked(self) -> Mapping[str, bool]:
        """The fields that the refusal names, to be marked where they stand."""
        return {} if self._is_other else self._marked


def _is_here(href: str) -> bool:
    return unquote(urlsplit(href).path) == request.script_root + request.path


def _carries(fields: Mapping[str, Any]) -> bool:
    return all(
        request.form.get(name) == str(value) for name, value in fields.items() if name != VERSION
    )


def _named(problem: Mapping[str, Any] | None) -> dict[str, bool]:
    if problem is None:
        return {}
    named = [str(each.get("pointer", "")) for each in problem.get("errors") or []]
    named.append(str((problem.get("facts") or {}).get("field", "")))
    return {each.strip("/").split("/")[0]: True for each in named if each.strip("/")}
