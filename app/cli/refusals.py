"""A refusal at the operator's terminal: its code and words on stderr, and exit code 2."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from app.base.errors import DomainError
from app.community.errors import AmbiguousNode

EXIT_REFUSED = 2


@contextmanager
def told() -> Iterator[None]:
    """Tell a refusal in words and end with 2; a name of several places lists their codes."""
    try:
        yield
    except AmbiguousNode as error:
        click.echo("this name is of several places; use a code:", err=True)
        for candidate in error.facts["candidates"]:
            click.echo(f"  {candidate}", err=True)
        sys.exit(EXIT_REFUSED)
    except DomainError as error:
        click.echo(f"{error.code}: {error}", err=True)
        sys.exit(EXIT_REFUSED)
