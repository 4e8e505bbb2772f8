"""Forms of the desk: what was typed is judged, done once, and kept when it is refused."""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.orm import Session

from app.base.errors import DomainError
from app.web import acts
from app.web.errors import pointers, problem_body, problem_of
from app.web.staff import desk
from app.web.staff.drawing import Drawn

Problem = dict[str, Any]
Verb = Callable[[Session, dict[str, Any]], Any]
HIDDEN = ("csrf_token", "idempotency_key")


def typed(schema: Schema) -> dict[str, Any]:
    """Return the fields of the form that were filled in, lists as lists."""
    found: dict[str, Any] = {}
    for name in request.form:
        field = schema.fields.get(name)
        values = [value for value in request.form.getlist(name) if value.strip()]
        if name not in HIDDEN and values:
            found[name] = values if isinstance(field, fields.List) else values[0]
    return found


def send(
    verb: Verb,
    *,
    schema: type[Schema] | None = None,
    show: Callable[[Any], Any] = lambda _result: None,
    ledger_id: int | None = None,
) -> tuple[Any, Problem | None]:
    """Run a verb with what was typed, once for each hidden key.

    Returns:
        What `show` made of the result and None, or None and the problem.
    """
    try:
        asked = dict(schema().load(typed(schema()))) if schema else {}
        book = desk.ledger_id() if ledger_id is None else ledger_id
        return acts.submit(
            lambda session, _fact: verb(session, dict(asked)), ledger_id=book, show=show
        )
    except (DomainError, ValidationError) as error:
        return None, problem(error)


def problem(error: DomainError | ValidationError) -> Problem:
    """Return the problem that a refusal is, of a rule or of a form's shape."""
    if isinstance(error, DomainError):
        return problem_of(error)
    return problem_body("validation_failed", 422, errors=list(pointers(error.messages)))


def is_about(problem: Problem, field: str) -> bool:
    """Whether a refusal names this field of the form."""
    named = {str(error.get("pointer", "")).strip("/") for error in problem.get("errors") or []}
    return field in named or (problem.get("facts") or {}).get("field") == field


def answer(
    verb: Verb,
    *,
    to: str | Callable[[Any], str],
    said: str | Callable[[Any], str],
    again: Callable[[Problem], ResponseReturnValue],
    **how: Any,
) -> ResponseReturnValue:
    """Do it and go on to a page that says so; refused, show the form again as it was."""
    made, problem = send(verb, **how)
    if problem:
        return again(problem)
    flash(str(said(made) if callable(said) else said))
    return redirect(to if isinstance(to, str) else to(made), code=303)


def page(template: str, problem: Problem | None = None, **values: Any) -> Response:
    """Draw a page of the desk, with the problem's own status."""
    html = render_template(f"staff/{template}", problem=problem, drawn=Drawn(problem), **values)
    status = int(problem["status"]) if problem else 200
    return Response(html, status=status, mimetype="text/html")


def asked(schema: type[Schema]) -> tuple[dict[str, Any], Problem | None]:
    """Return a page's filter from its address; what cannot be read counts as not said."""
    filled = {name: value for name, value in request.args.items() if value.strip()}
    try:
        return dict(schema().load(filled)), None
    except ValidationError as error:
        wrong = list(pointers(error.messages))
        valid = dict(schema().load({}))
        return valid, problem_body("validation_failed", 422, errors=wrong)
