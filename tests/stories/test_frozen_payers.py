"""A freeze stops every way in which a member's points go out, whoever owns the way."""

import re
from pathlib import Path

import pytest

from app.people import members, relatives
from app.people.models import Member
from app.points import gifts, pool
from app.risk import freezes
from app.risk.errors import AccountFrozen
from app.service_orders import asking_for, exchanges
from app.service_orders.exchanges import HelpWanted
from tests.factories import mall as make
from tests.factories import people
from tests.web.answers import everything

APP = Path(__file__).parents[2] / "app"
DRAWS = re.compile(r"wallets\.(payment|spend_lines)\(|\.spend\(|lots\[\w+\] -= ")
CHOOSERS = {"points/purses.py", "points/wallets.py"}
WANTED = HelpWanted(title="代买菜", points=20, minutes=60)


@pytest.fixture
def mall(stage):
    return stage.put_up(make.a_mall, "session")


def named(member: Member) -> dict:
    return {"ledger_id": member.ledger_id, "actor": people.acting(member)}


def redeem(session, mall, member):
    make.redeem(session, mall, member, (make.put_goods(session, mall), 1))


def buy_a_voucher(session, mall, member):
    make.buy_voucher(session, member, make.put_goods(session, mall, kind="service"))


def ask_for_help(session, mall, member):
    exchanges.ask(session, asker=member, wanted=WANTED, **named(member))


def have_help_asked_for(session, mall, member):
    key = {"ledger_id": mall.ledger_id, "actor": mall.staff}
    asking_for.ask(session, asker=member, wanted=WANTED, consent_note="本人同意", **key)


def donate(session, mall, member):
    pool.donate(session, member_id=member.id, points=20, **named(member))


def reserve(session, mall, member):
    make.reserve(session, member, make.put_goods(session, mall))


def give_to_kin(session, mall, member):
    (kin,) = relatives.list_of(session, ledger_id=mall.ledger_id, member_id=member.id)
    gifts.give(session, giver_id=member.id, relative_id=kin.id, points=20, **named(member))


WAYS = {
    "mall/redemptions.py": (redeem,),
    "mall/vouchers.py": (buy_a_voucher,),
    "mall/reservations.py": (reserve,),
    "service_orders/escrow.py": (ask_for_help, have_help_asked_for),
    "points/pool.py": (donate,),
    "points/gifts.py": (give_to_kin,),
}
"""What takes points out of a wallet by its holder's will, by the module that does."""


@pytest.fixture
def frozen(session, mall) -> Member:
    """A member with 100 points and a daughter, frozen."""
    member = make.a_member(session, mall, points=100)
    daughter = make.a_member(session, mall, "林知远")
    key = {"ledger_id": mall.ledger_id}
    made = relatives.register(
        session,
        **key,
        member_id=member.id,
        volunteer_no=daughter.volunteer_no,
        name=members.full_name(daughter),
        relation="child",
        actor=people.acting(member),
    )
    relatives.confirm(
        session, **key, relative_id=made.id, by="member", actor=people.acting(daughter)
    )
    freezes.freeze(
        session,
        **key,
        subject_kind="member",
        subject_id=member.id,
        reason="正在核实",
        actor=mall.staff,
    )
    session.commit()
    return member


@pytest.mark.parametrize("way", [way for ways in WAYS.values() for way in ways])
def test_no_points_of_a_frozen_member_go_out(session, mall, frozen, way):
    before = everything(session)
    with pytest.raises(AccountFrozen):
        way(session, mall, frozen)
    assert everything(session) == before

    freezes.release(
        session,
        ledger_id=mall.ledger_id,
        subject_kind="member",
        subject_id=frozen.id,
        reason="核实过了",
        actor=mall.other_staff,
    )
    way(session, mall, frozen)  # and the same goes through once it is lifted
    session.commit()
    assert everything(session) != before


def test_every_module_that_draws_on_a_wallet_is_walked_above():
    found = {
        path.relative_to(APP).as_posix()
        for path in APP.rglob("*.py")
        if "cli" not in path.parts and DRAWS.search(path.read_text())
    }
    assert found - CHOOSERS == set(WAYS)
