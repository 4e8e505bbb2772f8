"""What each place says of itself in its report, in the words of its own field.

The sentences name figures and carry none: `stories.csv` has no number that is counted.
"""

import csv
from itertools import groupby
from pathlib import Path

from sqlalchemy.orm import Session

from app.base.actors import SYSTEM
from app.community import tree
from app.points import programmes
from app.reports.place_reports import Words, words

STORIES = Path(__file__).with_name("stories.csv")


def planned() -> dict[str, list[Words]]:
    """Return the sentences of each place by its code."""
    with STORIES.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        code: [Words(row["text_zh"], row["text_en"]) for row in found]
        for code, found in groupby(rows, key=lambda row: row["node_code"])
    }


def write(session: Session) -> None:
    """Write the sentences of every place that has none yet."""
    for code, sentences in planned().items():
        node = tree.by_code(session, code)
        if words.read(session, node):
            continue
        ledger_id = programmes.of_node(session, node).ledger_id
        words.write(session, ledger_id=ledger_id, node=node, sentences=sentences, actor=SYSTEM)
