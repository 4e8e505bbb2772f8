"""What kinds of teams are called on the pages; a kind that a community wrote is its own name."""

from app.people import teams
from app.web.translate import _l

WORDS = (
    *(_l("志愿服务队"), _l("小区志愿服务队"), _l("邻里志愿服务队"), _l("能人服务队")),
    *(_l("工作室"), _l("巡逻队"), _l("应急队")),
)
NAMES = dict(zip(teams.KINDS, WORDS, strict=True))


def name(kind: str) -> str:
    """Return how a kind of team is called for this reader."""
    return str(NAMES.get(kind, kind))
