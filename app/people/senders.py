"""Senders: how a text reaches a phone. Which one is a setting (`SMS_SENDER`).

A door sends after its unit of work has committed, so that a retried transaction
does not send twice. A real provider is one class here and one name in `SENDERS`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.people import phones


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A text on its way to a phone."""

    phone: str
    text: str


class Sender(Protocol):
    """Whatever can bring a text to a phone."""

    def send(self, outgoing: Outgoing) -> None:
        """Send the text, or raise `OSError`."""


class ConsoleSender:
    """Shows texts to the operator instead of sending them: development and the demo."""

    def __init__(self, write: Callable[[str], None] | None = None) -> None:
        self._write = write or logging.getLogger("timebank.senders").warning

    def send(self, outgoing: Outgoing) -> None:
        """Write the text with the masked phone."""
        self._write(f"{phones.mask(outgoing.phone)}: {outgoing.text}")


SENDERS: dict[str, Callable[[], Sender]] = {"console": ConsoleSender}


def choose(name: str) -> Sender:
    """Return the sender of this name.

    Raises:
        RuntimeError: There is no such sender; the settings are wrong.
    """
    if name not in SENDERS:
        raise RuntimeError(f"no sender {name!r}; there are: {', '.join(sorted(SENDERS))}")
    return SENDERS[name]()
