"""How a list comes in at the desk: tried first, its bad rows given back, then taken in.

A list says how its rows are read and taken in; the three steps are the same for all of
them. Nothing of a file is kept between the steps: it travels with the page.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base.csv_rows import BadRow, Rows
from app.base.errors import DomainError
from app.base.transactions import unit_of_work
from app.web import corrections
from app.web.errors import problem_of
from app.web.staff import desk, forms, sent_files


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a list: rows that are new, rows known before, rows that are wrong."""

    new: int
    unchanged: int
    bad: Sequence[BadRow]


@dataclass(frozen=True, slots=True)
class ListIn:
    """One kind of list.

    Attributes:
        name: What the sheet to correct is called.
        named_by: The columns by which the page names a row.
        open_rows: Reads the rows of a file.
        take: Takes the good rows in; refuses whoever has no charge of the place.
        show: Shows the form, with a problem or with what came of a file.
        ledger_id: The book under which it is sent once; the desk's, unless said.
        bytes_max: The largest file.
    """

    name: str
    named_by: tuple[str, str]
    open_rows: Callable[[BinaryIO], Rows]
    take: Callable[[Session, bytes], Taken]
    show: Callable[..., ResponseReturnValue]
    ledger_id: int | None = None
    bytes_max: int = sent_files.FILE_BYTES_MAX

    def rehearse(self) -> ResponseReturnValue:
        """Say what would come of the file that was chosen; nothing of it is written."""
        desk.require(*desk.WORKERS)
        try:
            content = sent_files.sent(self.bytes_max)
        except DomainError as error:
            return self.show(problem_of(error))
        return self._tell("tried", content, self._rehearsed)

    def take_in(self) -> ResponseReturnValue:
        """Take in the good rows of the file that was tried; name the bad ones."""
        desk.require(*desk.WORKERS)
        try:
            content = sent_files.tried(self.bytes_max)
        except DomainError as error:
            return self.show(problem_of(error))
        return self._tell("done", content, self.take)

    def give_back(self) -> ResponseReturnValue:
        """Give the file back as xlsx with what is wrong beside each row; nothing is written."""
        desk.require(*desk.WORKERS)
        try:
            content = sent_files.tried(self.bytes_max)
            sheet = unit_of_work(lambda session: self._corrected(session, content))
        except DomainError as error:
            return self.show(problem_of(error))
        return corrections.answer(sheet, self.name)

    def _tell(
        self, what: str, content: bytes, work: Callable[[Session, bytes], Taken]
    ) -> ResponseReturnValue:
        found, problem = forms.send(
            lambda session, _asked: work(session, content),
            ledger_id=self.ledger_id,
            show=lambda taken: sent_files.outcome(taken.new, taken.unchanged, taken.bad),
        )
        if problem:
            return self.show(problem)
        rows = self.open_rows(io.BytesIO(content))
        told: dict[str, Any] = {what: sent_files.shown(found, rows, *self.named_by)}
        return self.show(**told, content=sent_files.carried(content))

    def _rehearsed(self, session: Session, content: bytes) -> Taken:
        return corrections.taken_back(session, lambda: self.take(session, content))

    def _corrected(self, session: Session, content: bytes) -> bytes:
        bad = self._rehearsed(session, content).bad
        return corrections.write(self.open_rows(io.BytesIO(content)), bad)
