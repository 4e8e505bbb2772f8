"""Forms of the phone pages: what was typed, and a refusal shown beside it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Response, render_template, request
from marshmallow import Schema, ValidationError

from app.base import clock
from app.web.errors import pointers, problem_body
from app.web.h5.words import FIELD_NAMES, FIELD_REASONS, WORDS
from app.web.translate import _

Called = Mapping[str, tuple[str, str]]
"""The name of a field, and what to write there, by field."""
HIDDEN = ("csrf_token", "idempotency_key", "next")


def typed() -> dict[str, str]:
    """Return the form's filled fields, first values, without the hidden ones."""
    return {
        name: value
        for name, value in request.form.items()
        if name not in HIDDEN and value.strip() != ""
    }


def load(schema: Schema, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Read a form by its schema; return the values, or the problem to show beside the form."""
    try:
        asked: dict[str, Any] = schema.load(values)
    except ValidationError as error:
        return {}, problem_body("validation_failed", 422, errors=list(pointers(error.messages)))
    return asked, None


def invalid(field: str, reason: str = "") -> dict[str, Any]:
    """Return the problem that one field is wrong."""
    return problem_body("validation_failed", 422, facts={"field": field, "reason": reason})


def page(
    template: str,
    problem: dict[str, Any] | None = None,
    called: Called | None = None,
    **values: Any,
) -> Response:
    """Show a page; with a problem, its status and what is wrong in words.

    Args:
        called: How this form calls its fields, and what it wants there; else the house's words.
    """
    shown = explained(problem, called or {}) if problem else None
    html = render_template(
        template, problem=shown, marked=_marked(shown), words=WORDS, now=clock.now, **values
    )
    status = int(problem["status"]) if problem else 200
    return Response(html, status=status, mimetype="text/html")


def explained(problem: dict[str, Any], called: Called = MappingProxyType({})) -> dict[str, Any]:
    """Return the problem with its fields named and its reasons said as people say them."""
    facts = problem.get("facts", {})
    errors = [{"field": each["pointer"].rsplit("/", 1)[-1]} for each in problem.get("errors", [])]
    if facts.get("field"):
        errors.append({"field": str(facts["field"]), "reason": str(facts.get("reason", ""))})
    return {**problem, "errors": [_said(each, called) for each in errors]}


def _said(error: dict[str, str], called: Called) -> dict[str, str]:
    field, reason = error["field"], error.get("reason", "")
    if field in called:
        label, wanted = called[field]
        return {"field": field, "label": str(label), "detail": str(wanted)}
    said = FIELD_REASONS.get((field, reason)) or FIELD_REASONS.get((field, ""), _("请再看一看"))
    return {"field": field, "label": FIELD_NAMES.get(field, _("这里")), "detail": said}


def _marked(problem: dict[str, Any] | None) -> dict[str, bool]:
    return {each["field"]: True for each in problem["errors"]} if problem else {}
