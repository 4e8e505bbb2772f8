"""Write kinds of teams as people say them: the codes of old become words of the list.

Why: the desk writes 志愿服务队, programs wrote volunteer: one kind under two names was counted
    apart, and a filter by 工作室 did not find a studio (C19, C22).
Rows: the kinds volunteer, patrol, studio and neighbour of teams are rewritten; others stay.
Old code: keeps working; its public line of volunteer teams counts none until this code runs.
Undo: nothing: which rows were written by a code is not known, and old code shows any word.
"""

from alembic import op

revision = "0053"
down_revision = "0052"

WORDS = {
    "volunteer": "志愿服务队",
    "neighbour": "邻里志愿服务队",
    "patrol": "巡逻队",
    "studio": "工作室",
}


def upgrade() -> None:
    for code, word in WORDS.items():
        op.execute(f"UPDATE people_team SET kind = '{word}' WHERE kind = '{code}'")  # noqa: S608


def downgrade() -> None:
    pass
