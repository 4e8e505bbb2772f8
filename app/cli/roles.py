"""`flask roles`: grant, revoke and list roles, by the operator at the machine.

This is how the first administrator comes to be.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

import click
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.base.errors import NotFound
from app.base.transactions import reading, unit_of_work
from app.cli.refusals import told
from app.community import tree
from app.people import members, roles
from app.people.models_person import ROLES

group = AppGroup("roles", help="Who may do what, and where.")


def of_person(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--phone` and `--volunteer-no`, of which it takes exactly one."""

    @click.option("--phone", help="Phone of the person.")
    @click.option("--volunteer-no", help="Or their number in any book.")
    @wraps(command)
    def with_person(phone: str | None, volunteer_no: str | None, **options: Any) -> None:
        if (phone is None) == (volunteer_no is None):
            raise click.UsageError("name the person by --phone or by --volunteer-no")

        def find(session: Session) -> UUID:
            return _person(session, phone, volunteer_no)

        command(find=find, **options)

    return with_person


AT_NODE = click.option("--node", "place", required=True, help="A node's code, or a unique name.")
ROLE = click.option("--role", required=True, type=click.Choice(ROLES))


@group.command("grant")
@of_person
@ROLE
@AT_NODE
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day, in Shanghai.")
def grant(find: Callable[[Session], UUID], role: str, place: str, until: datetime | None) -> None:
    """Grant a role at a node and below it."""

    def work(session: Session) -> str:
        node = tree.find(session, place)
        roles.grant(
            session,
            person_id=find(session),
            node_id=node.id,
            role=role,
            actor=SYSTEM,
            until_on=until.date() if until else None,
        )
        return tree.breadcrumb(session, node)

    with told():
        click.echo(f"{role} granted at {unit_of_work(work)}")


@group.command("revoke")
@of_person
@ROLE
@AT_NODE
def revoke(find: Callable[[Session], UUID], role: str, place: str) -> None:
    """Revoke a role at exactly this node."""

    def work(session: Session) -> str:
        node = tree.find(session, place)
        roles.revoke(session, person_id=find(session), node_id=node.id, role=role, actor=SYSTEM)
        return tree.breadcrumb(session, node)

    with told():
        click.echo(f"{role} revoked at {unit_of_work(work)}")


@group.command("list")
@of_person
def list_roles(find: Callable[[Session], UUID]) -> None:
    """List the roles a person holds today, strongest first."""
    with told(), reading() as session:
        held = roles.list_of(session, person_id=find(session))
        for each in held:
            node = tree.get(session, each.node_id)
            until = f" until {each.until_on}" if each.until_on else ""
            click.echo(f"{each.role} at {node.code} {tree.breadcrumb(session, node)}{until}")
        if not held:
            click.echo("no roles")


def _person(session: Session, phone: str | None, volunteer_no: str | None) -> UUID:
    if volunteer_no is not None:
        return members.by_number(session, volunteer_no).person_id
    person_id = members.find_person_by_phone(session, phone or "")
    if person_id is None:
        raise NotFound("nobody joined with this phone")
    return person_id


def init_app(app: Flask) -> None:
    """Attach the group."""
    app.cli.add_command(group)
