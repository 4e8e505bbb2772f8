"""The people of a book join: the crowd, its teams, and those who keep the books."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.cli.demo import names
from app.cli.demo.jinxi_people import give_log_in
from app.cli.demo.world import CONSENT_VERSION, Someone, everyone
from app.community import tree
from app.people import credentials, joining, roles, team_members, teams
from app.people.joining import Newcomer

JOIN_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Keeper:
    """Somebody with a log-in: staff, a clerk, or a volunteer whom people may try."""

    key: str
    name: str
    about: str
    node_code: str
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Squad:
    """A team: its members' keys (the first leads), and those who are of another team too."""

    name: str
    node_code: str
    keys: tuple[str, ...]
    kind: str = teams.KINDS[0]
    lead_body: str = ""
    guests: tuple[str, ...] = ()


def named(key: str, keys: Sequence[str]) -> dict[str, str]:
    """Invent a name for every key; in a large crowd two may have the same."""
    chance = names.random_of(f"crowd:{key}")
    return {each: chance.choice(names.SURNAMES) + chance.choice(names.GIVEN_NAMES) for each in keys}


def serials_of(keepers: Iterable[Keeper], squads: Sequence[Squad]) -> dict[str, int]:
    """Number everybody of a book from 1, as their phones are: the teams, then the keepers."""
    keys = [key for squad in squads for key in squad.keys]
    everybody = dict.fromkeys([*keys, *(keeper.key for keeper in keepers)])
    return {key: serial for serial, key in enumerate(everybody, 1)}


def join(
    session: Session,
    ledger_id: int,
    *,
    keepers: Iterable[Keeper],
    squads: Sequence[Squad],
    phone_from: int,
) -> None:
    """Take everybody in who is not there yet; phones that cannot be dialled, no ID numbers."""
    keepers = tuple(keepers)
    serials = serials_of(keepers, squads)
    home = {key: squad.node_code for squad in squads for key in squad.keys}
    called = named(str(ledger_id), list(home))
    for keeper in keepers:
        home[keeper.key], called[keeper.key] = keeper.node_code, keeper.name
    known = everyone(session, ledger_id)
    nodes = {code: node.id for code, node in tree.by_codes(session, set(home.values())).items()}
    fresh = [
        Newcomer(
            called[key],
            names.phone(phone_from + serials[key]),
            nodes[code],
            CONSENT_VERSION,
            external_id=key,
        )
        for key, code in home.items()
        if key not in known
    ]
    for start in range(0, len(fresh), JOIN_AT_ONCE):
        some = fresh[start : start + JOIN_AT_ONCE]
        joining.join_many(session, ledger_id=ledger_id, newcomers=some, actor=SYSTEM)


def found(session: Session, ledger_id: int, squads: Sequence[Squad]) -> None:
    """Found the teams that are not there yet, and let their people join them."""
    known = everyone(session, ledger_id)
    nodes = tree.by_codes(session, {squad.node_code for squad in squads})
    for squad in squads:
        node = nodes[squad.node_code]
        if teams.find_by_name(session, ledger_id=ledger_id, node_id=node.id, name=squad.name):
            continue
        team = teams.create(
            session,
            ledger_id=ledger_id,
            team=teams.NewTeam(
                node_id=node.id,
                name=squad.name,
                kind=squad.kind,
                lead_body=squad.lead_body or node.short_name,
                contact_role="队长",
            ),
            actor=SYSTEM,
        )
        leader, *rest = (known[key].member_id for key in (*squad.keys, *squad.guests))
        for member_ids, role in (([leader], "leader"), (rest, "member")):
            team_members.join_many(
                session,
                ledger_id=ledger_id,
                team_id=team.id,
                member_ids=member_ids,
                actor=SYSTEM,
                role=role,
            )


def equip(session: Session, ledger_id: int, keepers: Iterable[Keeper]) -> dict[str, Someone]:
    """Give the keepers their log-ins and roles; return everybody."""
    known = everyone(session, ledger_id)
    for keeper in keepers:
        someone = known[keeper.key]
        if credentials.has_password(session, person_id=someone.person_id):
            continue
        give_log_in(session, someone)
        if keeper.role:
            node = tree.by_code(session, keeper.node_code)
            roles.grant(
                session,
                person_id=someone.person_id,
                node_id=node.id,
                role=keeper.role,
                actor=SYSTEM,
            )
    return known
