"""Teams, alliances, households, helpers and objections, as the doors take and give them."""

from marshmallow import Schema, fields, validate

from app.people import objections
from app.people.models_member import OBJECTION_KINDS
from app.web.schemas import InSchema, Text
from app.web.schemas.lists import PlacePageIn

TEXT_MAX = 500


class TeamQueryIn(PlacePageIn):
    """Teams of a place, by a part of a name or of an alias (C2)."""

    text = Text(length_max=64)
    lead_body = Text(length_max=64)
    kind = Text(length_max=24)


class NewTeamIn(InSchema):
    """A team to be founded; the public contact is a role, not a person (C25)."""

    node_code = Text(required=True, length_max=32)
    name = Text(required=True, length_max=64)
    kind = Text(required=True, length_max=24)
    lead_body = Text(required=True, length_max=64)
    contact_role = Text(load_default=None, allow_none=True, length_max=64)
    aliases = fields.List(Text(length_max=64), load_default=list, validate=validate.Length(max=20))


class TeamOut(Schema):
    """A volunteer team (志愿服务队)."""

    id = fields.UUID()
    name = fields.String()
    kind = fields.String()
    lead_body = fields.String()
    contact_role = fields.String(allow_none=True)
    node_code = fields.String()
    closed_on = fields.Date(allow_none=True)


class FullTeamOut(TeamOut):
    """A team with its other spellings and its leaders, masked."""

    aliases = fields.List(fields.String())
    leaders = fields.List(fields.String())
    member_count = fields.Integer()


class AliasIn(InSchema):
    """Another spelling that finds the team."""

    alias = Text(required=True, length_max=64)


class TeamMemberOut(Schema):
    """Somebody in a team: masked."""

    member_id = fields.UUID()
    volunteer_no = fields.String()
    name = fields.String()
    role = fields.String()
    joined_on = fields.Date()


class TeamMembersIn(InSchema):
    """Who joins a team."""

    member_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(min=1, max=500))
    role = fields.String(load_default="member", validate=validate.OneOf(("member", "leader")))


class TeamRoleIn(InSchema):
    """Leader (领队) or plain member."""

    role = fields.String(required=True, validate=validate.OneOf(("member", "leader")))


class AddedOut(Schema):
    """Who was not there before."""

    member_ids = fields.List(fields.UUID())


class NewAllianceIn(InSchema):
    """An alliance (近邻志愿同盟) under a community."""

    node_code = Text(required=True, length_max=32)
    name = Text(required=True, length_max=64)


class AllianceOut(Schema):
    """An alliance."""

    id = fields.UUID()
    name = fields.String()
    node_code = fields.String()


class FullAllianceOut(AllianceOut):
    """An alliance with its teams of today."""

    teams = fields.List(fields.Nested(TeamOut))


class TeamShareOut(Schema):
    """What one team of an alliance did."""

    team_id = fields.UUID(attribute="team.id")
    name = fields.String(attribute="team.name")
    standing = fields.String(metadata={"description": "member, left, or guest of no stay"})
    response_count = fields.Integer()
    people_count = fields.Integer()
    minutes = fields.Integer()


class AllianceFunnelOut(Schema):
    """How far the calls of an alliance came, step by step."""

    team_count = fields.Integer()
    called_count = fields.Integer()
    responded_count = fields.Integer(metadata={"description": "Calls that a team answered"})
    held_count = fields.Integer()
    enrolled_count = fields.Integer()
    absent_count = fields.Integer(metadata={"description": "Signed up and never came"})
    people_count = fields.Integer()
    visit_count = fields.Integer(metadata={"description": "Each coming counts, not each person"})
    minutes = fields.Integer()
    median_response_seconds = fields.Integer(allow_none=True)
    shares = fields.List(fields.Nested(TeamShareOut))


class AllianceTeamIn(InSchema):
    """Which team joins, by agreement."""

    team_id = fields.UUID(required=True)


class NewHouseholdIn(InSchema):
    """A household (户) with its head."""

    node_code = Text(required=True, length_max=32)
    name = Text(required=True, length_max=64)
    head_member_id = fields.UUID(required=True)


class HouseholdMemberIn(InSchema):
    """Who enters a household, and as what to its head."""

    member_id = fields.UUID(required=True)
    relation = Text(required=True, length_max=16)


class HeadIn(InSchema):
    """Who becomes the head."""

    member_id = fields.UUID(required=True)


class HouseholdPersonOut(Schema):
    """Somebody of a household: masked."""

    member_id = fields.UUID()
    volunteer_no = fields.String()
    name = fields.String()
    is_head = fields.Boolean()


class HouseholdOut(Schema):
    """A household and who belongs to it now."""

    id = fields.UUID()
    name = fields.String()
    node_code = fields.String()
    members = fields.List(fields.Nested(HouseholdPersonOut))


class AgentIn(InSchema):
    """Who may act for the member, and how the member agreed (代办)."""

    agent_volunteer_no = Text(required=True, length_max=40)
    relation = Text(required=True, length_max=24)
    consent_note = Text(required=True, length_max=200)


class AgentOut(Schema):
    """A leave to act, standing or ended."""

    id = fields.UUID()
    agent_person_id = fields.UUID()
    agent_name = fields.String(allow_none=True)
    relation = fields.String()
    consent_note = fields.String()
    begun_at = fields.DateTime()
    ended_at = fields.DateTime(allow_none=True)


class ObjectionIn(InSchema):
    """Which record of one's own is disputed, and what should be true."""

    subject_kind = fields.String(required=True, validate=validate.OneOf(OBJECTION_KINDS))
    subject_id = fields.UUID(required=True)
    claim = Text(required=True, length_max=TEXT_MAX)


class AnswerIn(InSchema):
    """The answer to an objection, with its reason."""

    verdict = fields.String(required=True, validate=validate.OneOf(objections.VERDICTS))
    reason = Text(required=True, length_max=TEXT_MAX)


class ObjectionOut(Schema):
    """An objection and its answer."""

    id = fields.UUID()
    member_id = fields.UUID()
    subject_kind = fields.String()
    subject_id = fields.UUID()
    claim = fields.String()
    state = fields.String()
    raised_at = fields.DateTime()
    answered_at = fields.DateTime(allow_none=True)
    answer = fields.String(allow_none=True)
