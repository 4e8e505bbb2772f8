"""Clerks: who may serve at a shop, from which day and until which."""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import NotFound, ValidationFailed
from app.base.upserts import insert_for
from app.mall import shops
from app.mall.models import Clerk
from app.people import audit


def assign(
    session: Session,
    *,
    ledger_id: int,
    shop_id: UUID,
    person_id: UUID,
    actor: Actor,
    from_on: date | None = None,
    until_on: date | None = None,
) -> Clerk:
    """Let a person serve at a shop, from today or a later day; both days are included.

    Raises:
        NotFound: No such shop.
        ValidationFailed: The last day lies before the first.
    """
    shops.get(session, ledger_id=ledger_id, shop_id=shop_id)
    first_on = from_on or clock.today()
    if until_on is not None and until_on < first_on:
        raise ValidationFailed("the last day lies before the first")
    row = {
        "ledger_id": ledger_id,
        "shop_id": shop_id,
        "person_id": person_id,
        "from_on": first_on,
        "until_on": until_on,
    }
    insert = insert_for(session, Clerk).values(row)
    keys = ["ledger_id", "shop_id", "person_id", "from_on"]
    session.execute(insert.on_conflict_do_update(index_elements=keys, set_={"until_on": until_on}))
    _note(session, ledger_id, shop_id, person_id, "clerk_assigned", actor)
    query = _of(ledger_id, shop_id, person_id).where(Clerk.from_on == first_on)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def end(
    session: Session,
    *,
    ledger_id: int,
    shop_id: UUID,
    person_id: UUID,
    actor: Actor,
    last_on: date | None = None,
) -> None:
    """End a clerk's time at a shop: at once, or after `last_on`.

    Raises:
        NotFound: The person does not serve there.
    """
    until_on = last_on or clock.today() - timedelta(days=1)
    ended = session.execute(
        sa.update(Clerk)
        .where(
            Clerk.ledger_id == ledger_id,
            Clerk.shop_id == shop_id,
            Clerk.person_id == person_id,
            sa.or_(Clerk.until_on.is_(None), Clerk.until_on > until_on),
        )
        .values(until_on=until_on)
        .returning(Clerk.from_on)
        .execution_options(synchronize_session=False)
    )
    if not ended.all():
        raise NotFound("this person does not serve there")
    _note(session, ledger_id, shop_id, person_id, "clerk_ended", actor)


def serves(session: Session, *, ledger_id: int, shop_id: UUID, person_id: UUID) -> bool:
    """Whether the person may serve at the shop today."""
    today = clock.today()
    query = _of(ledger_id, shop_id, person_id).where(
        Clerk.from_on <= today, sa.or_(Clerk.until_on.is_(None), Clerk.until_on >= today)
    )
    return session.scalars(query.limit(1)).first() is not None


def shops_of(session: Session, *, ledger_id: int, person_id: UUID) -> list[UUID]:
    """List the shops where the person may serve today."""
    today = clock.today()
    query = (
        sa.select(Clerk.shop_id)
        .where(
            Clerk.ledger_id == ledger_id,
            Clerk.person_id == person_id,
            Clerk.from_on <= today,
            sa.or_(Clerk.until_on.is_(None), Clerk.until_on >= today),
        )
        .distinct()
        .order_by(Clerk.shop_id)
    )
    return list(session.scalars(query))


def list_of(session: Session, *, ledger_id: int, shop_id: UUID) -> list[Clerk]:
    """List every assignment of a shop, the newest first."""
    query = (
        sa.select(Clerk)
        .where(Clerk.ledger_id == ledger_id, Clerk.shop_id == shop_id)
        .order_by(Clerk.from_on.desc(), Clerk.person_id)
    )
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _of(ledger_id: int, shop_id: UUID, person_id: UUID) -> sa.Select[Clerk]:
    return sa.select(Clerk).where(
        Clerk.ledger_id == ledger_id, Clerk.shop_id == shop_id, Clerk.person_id == person_id
    )


def _note(
    session: Session, ledger_id: int, shop_id: UUID, person_id: UUID, action: str, actor: Actor
) -> None:
    audit.write(
        session,
        ledger_id=ledger_id,
        actor=actor,
        action=action,
        subject_kind="shop",
        subject_id=shop_id,
        clerk_person_id=str(person_id),
    )
