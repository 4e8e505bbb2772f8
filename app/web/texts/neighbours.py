"""Sentences about neighbours helping each other for points."""

from app.web.texts.shape import Text

NEIGHBOURS: dict[str, Text] = {
    "help_at_home": Text(
        "一家人帮忙不算互助，积分没有变。请让别的邻居来帮。",
        "Help at home is no exchange. No points have changed. Let another neighbour help.",
        "no",
    ),
    "asker_frozen": Text(
        "邻居的账户冻结了，积分还托着没有变。请社区核实代签。",
        "The neighbour's account is frozen. The points stay held. Ask the staff to look and sign.",
        "no",
    ),
}
