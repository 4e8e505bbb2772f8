"""Zones, coverage of 小区 by teams, and skills, as the doors take and give them."""

from marshmallow import Schema, fields

from app.people.skills import LENGTH_MAX
from app.web.schemas import InSchema, Text


class PartOut(Schema):
    """A place of a zone, with the way down to it."""

    node_code = fields.String()
    name = fields.String()
    breadcrumb = fields.String()


class ZoneOut(Schema):
    """A zone with its members and its own figures: every part once."""

    node_code = fields.String()
    members = fields.List(fields.Nested(PartOut))
    team_count = fields.Integer(allow_none=True)
    people_count = fields.Integer(allow_none=True)
    minutes = fields.Integer(allow_none=True)
    served_people_count = fields.Integer(allow_none=True)


class ZoneMemberIn(InSchema):
    """A place to take into a zone, or out of it."""

    node_code = Text(required=True, length_max=32)


class TeamCountsOut(Schema):
    """Teams, distinct people in them, and stays, where one person in two teams is two."""

    team_count = fields.Integer()
    people_count = fields.Integer()
    stay_count = fields.Integer()


class CoverageOut(Schema):
    """How many 小区 have a team, and which have none yet."""

    estate_count = fields.Integer()
    covered_count = fields.Integer()
    share_percent = fields.String(allow_none=True)
    uncovered_count = fields.Integer()
    uncovered = fields.List(fields.Nested(PartOut))
    teams = fields.Nested(TeamCountsOut)
    teams_by_kind = fields.Dict(keys=fields.String(), values=fields.Integer())


class SkillIn(InSchema):
    """A skill: a short word of everyday."""

    skill = Text(required=True, length_max=LENGTH_MAX)


class SkillsOut(Schema):
    """What a member can do, or what an activity asks for."""

    skills = fields.List(fields.String())


class HolderQueryIn(SkillIn):
    """Who holds a skill, at which place."""

    node_code = Text(length_max=32)


class HolderOut(Schema):
    """A holder of a skill, masked."""

    volunteer_no = fields.String()
    name_masked = fields.String()


class CalledOut(Schema):
    """A skill that is asked for, and how many holders were told first."""

    skill = fields.String()
    told_count = fields.Integer()
