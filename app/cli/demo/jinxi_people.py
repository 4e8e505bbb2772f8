"""金溪社区's people join: 214 in ten teams, and the staff who keep the books."""

from sqlalchemy.orm import Session

from app.base.actors import SYSTEM, Actor
from app.cli.demo import names
from app.cli.demo.jinxi_cast import (
    ALIASES,
    ALLIANCE,
    PASSWORD,
    PERSONAS,
    TEAMS,
    TeamPlan,
)
from app.cli.demo.places import COMMUNITY
from app.cli.demo.world import BEGAN_ON, CONSENT_VERSION, Someone, at, everyone, step
from app.community import tree
from app.people import alliances, cards, credentials, joining, roles, team_members, teams
from app.people.joining import Newcomer
from app.people.models import Team
from app.points import programmes

SPECIAL = {"绿洲课后": {0: "zhong", 1: "wen", 2: "lin"}}
"""Who of the personas holds which place in which team; place 0 leads."""


def join(ledger_id: int) -> dict[str, Someone]:
    """Take everybody in, with teams, roles and log-ins; again changes nothing."""
    step(at(BEGAN_ON, 10), lambda session: _join_people(session, ledger_id))
    step(at(BEGAN_ON, 11), lambda session: _make_teams(session, ledger_id))
    return step(at(BEGAN_ON, 12), lambda session: _equip(session, ledger_id))


def member_key(team: TeamPlan, place: int) -> str:
    """Return the external id of a team's member: a persona's key, or the place."""
    special = SPECIAL.get(team.name, {}).get(place)
    return special or f"jinxi-{TEAMS.index(team) + 1:02d}-{place:02d}"


def keys_of(team: TeamPlan) -> list[str]:
    """Return the external ids of a team's members; the first leads."""
    return [member_key(team, place) for place in range(team.size)]


def _join_people(session: Session, ledger_id: int) -> None:
    node = tree.by_code(session, COMMUNITY)
    taken = {persona.name for persona in PERSONAS}
    named = {persona.key: persona.name for persona in PERSONAS}
    for team in TEAMS:
        invented = names.people(f"jinxi:{team.name}", team.size, taken)
        for key, name in zip(keys_of(team), invented, strict=True):
            named.setdefault(key, name)
    newcomers = [
        Newcomer(name, names.phone(serial), node.id, CONSENT_VERSION, external_id=key)
        for serial, (key, name) in enumerate(named.items(), 1)
    ]
    joining.join_many(session, ledger_id=ledger_id, newcomers=newcomers, actor=SYSTEM)


def _make_teams(session: Session, ledger_id: int) -> None:
    node = tree.by_code(session, COMMUNITY)
    known = everyone(session, ledger_id)
    if teams.find_by_name(session, ledger_id=ledger_id, node_id=node.id, name=TEAMS[0].name):
        return
    alliance = alliances.create(
        session, ledger_id=ledger_id, node_id=node.id, name=ALLIANCE, actor=SYSTEM
    )
    for plan in TEAMS:
        team = teams.create(
            session,
            ledger_id=ledger_id,
            team=teams.NewTeam(
                node_id=node.id,
                name=plan.name,
                kind=teams.KINDS[0],
                lead_body="金溪社区党支部",
                contact_role="队长",
                aliases=ALIASES.get(plan.name, ()),
            ),
            actor=SYSTEM,
        )
        _fill_team(session, team, plan, known)
        leader = known[keys_of(plan)[0]]
        alliances.join(
            session,
            ledger_id=ledger_id,
            alliance_id=alliance.id,
            team_id=team.id,
            agreed_by_id=leader.person_id,
            actor=SYSTEM,
        )


def _fill_team(session: Session, team: Team, plan: TeamPlan, known: dict[str, Someone]) -> None:
    first, *rest = (known[key].member_id for key in keys_of(plan))
    team_members.join(
        session,
        ledger_id=team.ledger_id,
        team_id=team.id,
        member_id=first,
        actor=SYSTEM,
        role="leader",
    )
    team_members.join_many(
        session, ledger_id=team.ledger_id, team_id=team.id, member_ids=rest, actor=SYSTEM
    )


def _equip(session: Session, ledger_id: int) -> dict[str, Someone]:
    """Grant the personas' roles and passwords, and give one member a printed card."""
    known = everyone(session, ledger_id)
    for persona in PERSONAS:
        someone = known[persona.key]
        if credentials.has_password(session, person_id=someone.person_id):
            continue
        give_log_in(session, someone)
        if persona.role:
            node = tree.by_code(session, persona.node_code)
            roles.grant(
                session,
                person_id=someone.person_id,
                node_id=node.id,
                role=persona.role,
                actor=SYSTEM,
            )
    holder = known[keys_of(TEAMS[0])[1]]
    if not cards.list_of(session, ledger_id=ledger_id, member_id=holder.member_id):
        cards.issue(session, ledger_id=ledger_id, member_id=holder.member_id, actor=SYSTEM)
    return known


def give_log_in(session: Session, someone: Someone) -> None:
    """Set the demo's password and PIN for a persona."""
    acting = Actor(someone.person_id)
    credentials.set_password(session, person_id=someone.person_id, password=PASSWORD, actor=acting)


def find_team(session: Session, ledger_id: int, name: str) -> Team:
    """Return one of the ten teams."""
    node = tree.by_code(session, COMMUNITY)
    team = teams.find_by_name(session, ledger_id=ledger_id, node_id=node.id, name=name)
    assert team is not None, f"team {name} was not made"
    return team


def ledger_of(session: Session) -> int:
    """Return the number of 金溪's book."""
    return programmes.of_node(session, tree.by_code(session, COMMUNITY)).ledger_id
