"""Every table of the people room, gathered from its files."""

from app.people.models_duty import Duty, DutyKind
from app.people.models_enlistment import Enlistment, UnitEnlistment
from app.people.models_group import MemberGroup
from app.people.models_member import (
    Audit,
    Card,
    Code,
    Household,
    HouseholdMember,
    Member,
    Merge,
    Message,
    Objection,
    Relative,
)
from app.people.models_person import (
    Agent,
    Consent,
    Credential,
    Home,
    Login,
    LoginCode,
    Person,
    RoleGrant,
    SignInSession,
)
from app.people.models_skill import Skill, SkillCall
from app.people.models_team import (
    Alliance,
    AllianceTeam,
    Team,
    TeamAlias,
    TeamArea,
    TeamCard,
    TeamMember,
)

__all__ = [
    "Agent",
    "Alliance",
    "AllianceTeam",
    "Audit",
    "Card",
    "Code",
    "Consent",
    "Credential",
    "Duty",
    "DutyKind",
    "Enlistment",
    "Home",
    "Household",
    "HouseholdMember",
    "Login",
    "LoginCode",
    "Member",
    "MemberGroup",
    "Merge",
    "Message",
    "Objection",
    "Person",
    "Relative",
    "RoleGrant",
    "SignInSession",
    "Skill",
    "SkillCall",
    "Team",
    "TeamAlias",
    "TeamArea",
    "TeamCard",
    "TeamMember",
    "UnitEnlistment",
]
