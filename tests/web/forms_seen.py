"""The forms of a page as they are seen: open or folded, what stands in them, what is marked."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit


@dataclass
class Seen:
    """A form: whether it can be seen, what stands in its fields, and which are marked as wrong."""

    path: str
    is_open: bool
    filled: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Seen] = []
        self._folds: list[bool] = []
        self._in: Seen | None = None
        self._name = ""
        self._is_text = False

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "details":
            self._folds.append("open" in said)
        elif tag == "form" and said.get("method") == "post":
            self._in = Seen(urlsplit(said.get("action") or "").path, all(self._folds))
            self.forms.append(self._in)
        elif tag in ("input", "textarea", "select") and self._in and said.get("type") != "hidden":
            self._name = said.get("name") or ""
            self._is_text = tag == "textarea"
            if tag == "input" and said.get("type") not in ("checkbox", "radio", "file"):
                self._in.filled[self._name] = said.get("value") or ""
            if "aria-invalid" in said:
                self._in.wrong.append(self._name)
        elif tag == "option" and self._in and "selected" in said:
            self._in.filled[self._name] = said.get("value") or ""

    def handle_data(self, data):
        if self._in and self._is_text:
            self._in.filled[self._name] = data

    def handle_endtag(self, tag):
        if tag == "details":
            self._folds.pop()
        elif tag == "textarea":
            self._is_text = False
        elif tag == "form":
            self._in = None


def forms_seen(text: str) -> list[Seen]:
    """Return the forms of a page that send something, in their order."""
    reader = _Reader()
    reader.feed(text)
    return reader.forms


def only_this(text: str, path: str, wrong: list[str], **typed: str) -> list[Seen]:
    """Require that a refused form is open, says what was typed and what is wrong; return the rest.

    The rest is folded where it can be, has nothing of it, and nothing marked.
    """
    seen = forms_seen(text)
    (sent,) = [each for each in seen if each.path == path]
    others = [each for each in seen if each.path != path]
    assert (sent.is_open, sent.wrong) == (True, wrong)
    assert {name: sent.filled.get(name) for name in typed} == typed
    assert [each.wrong for each in others] == [[] for _ in others]
    said = set(filter(None, typed.values()))
    assert [each.path for each in others if said & set(each.filled.values())] == []
    return others
