"""Who acts: carried by every verb that writes, and written on journals and audit."""

from dataclasses import dataclass
from uuid import UUID

from app.base.ids import NOBODY


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts, and for whom if not for themselves (代办).

    Attributes:
        person_id: The signed-in person; `NOBODY` for the system's own jobs.
        on_behalf_id: The person for whom they act, or None.
    """

    person_id: UUID
    on_behalf_id: UUID | None = None

    def is_involved(self, person_id: UUID) -> bool:
        """Whether this act touches the person as actor or as the one acted for."""
        return person_id in (self.person_id, self.on_behalf_id)


SYSTEM = Actor(NOBODY)
"""The clock and the jobs: auto-close, expiry, proof."""
