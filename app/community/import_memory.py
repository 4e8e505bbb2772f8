"""What an import must remember of its file, on disk: 650,000 codes would fill the memory.

A private temporary database (SQLite deletes it on closing). It holds the codes and
external ids that came, each with its line, and the rows that wait for their parent.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from pysqlite3 import dbapi2 as sqlite  # the library whose version this house knows

SCHEMA = """
CREATE TABLE seen (word TEXT PRIMARY KEY, line_no INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE placed (code TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE waiting (line_no INTEGER PRIMARY KEY, draft TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """One row of the file, read and checked by itself; None where the file says nothing."""

    line_no: int
    code: str
    name: str
    parent_code: str
    kind_code: str
    household_count: int | None = None
    resident_count: int | None = None
    external_id: str | None = None

    @property
    def words(self) -> list[str]:
        """What must not come twice in one file."""
        return [f"code {self.code}"] + (
            [f"external_id {self.external_id}"] if self.external_id else []
        )


class ImportMemory:
    """The lines seen, the codes placed and the rows waiting of one file."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        connection.executescript(SCHEMA)

    def lines_of(self, words: Iterable[str]) -> dict[str, int]:
        """Return the line on which each of the words came, for those that came."""
        query = "SELECT word, line_no FROM seen WHERE word IN (SELECT value FROM json_each(?))"
        return dict(self._connection.execute(query, (json.dumps(list(words)),)))

    def placed_among(self, codes: Iterable[str]) -> set[str]:
        """Return those of the codes that were placed."""
        query = "SELECT code FROM placed WHERE code IN (SELECT value FROM json_each(?))"
        return {code for (code,) in self._connection.execute(query, (json.dumps(list(codes)),))}

    def see(self, drafts: Iterable[Draft]) -> None:
        """Remember what the rows brought."""
        rows = [(word, draft.line_no) for draft in drafts for word in draft.words]
        self._connection.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", rows)

    def place(self, codes: Iterable[str]) -> None:
        """Remember codes that others may now stand below."""
        rows = [(code,) for code in codes]
        self._connection.executemany("INSERT OR IGNORE INTO placed VALUES (?)", rows)

    def park(self, drafts: Iterable[Draft]) -> None:
        """Let rows wait for their parent."""
        rows = [(draft.line_no, json.dumps(asdict(draft))) for draft in drafts]
        self._connection.executemany("INSERT OR REPLACE INTO waiting VALUES (?, ?)", rows)

    def unpark(self, drafts: Iterable[Draft]) -> None:
        """Let rows wait no longer."""
        rows = [(draft.line_no,) for draft in drafts]
        self._connection.executemany("DELETE FROM waiting WHERE line_no = ?", rows)

    def waiting(self, size: int) -> Iterator[list[Draft]]:
        """Yield the waiting rows by line, in lists of `size`; they may be unparked meanwhile."""
        last = 0
        query = "SELECT draft FROM waiting WHERE line_no > ? ORDER BY line_no LIMIT ?"
        while texts := self._connection.execute(query, (last, size)).fetchall():
            drafts = [Draft(**json.loads(text)) for (text,) in texts]
            last = drafts[-1].line_no
            yield drafts


@contextmanager
def remembering() -> Iterator[ImportMemory]:
    """Open a memory for one import and throw it away afterwards."""
    with closing(sqlite.connect("", isolation_level=None)) as connection:
        connection.execute("BEGIN")
        yield ImportMemory(connection)
