"""Who of the whole world can sign in, with which phone; nobody else has a password."""

from collections.abc import Iterator, Sequence

from app.cli.demo.names import phone
from app.cli.demo.whole import changan, jianyang_cast, licheng_plan, ningde, panji_plan
from app.cli.demo.whole.crowd import Keeper, Squad, serials_of

BOOKS: tuple[tuple[Sequence[Keeper], Sequence[Squad], int], ...] = (
    (ningde.PERSONAS, ningde.squads(), ningde.PHONE_FROM),
    (jianyang_cast.PERSONAS, jianyang_cast.squads(), jianyang_cast.PHONE_FROM),
    (panji_plan.PERSONAS, panji_plan.squads(), panji_plan.PHONE_FROM),
    (changan.PERSONAS, changan.squads(), changan.PHONE_FROM),
    (licheng_plan.PERSONAS, licheng_plan.squads(), licheng_plan.PHONE_FROM),
)


def lines() -> Iterator[str]:
    """Yield a line for everybody with a password: phone, name, what they are here for."""
    for keepers, squads, phone_from in BOOKS:
        serials = serials_of(keepers, squads)
        for keeper in keepers:
            number = phone(phone_from + serials[keeper.key])
            yield f"{number}   {keeper.name}   {keeper.about}"
