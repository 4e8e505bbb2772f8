"""Every refusal has one sentence that people understand (reliability contract §8)."""

import importlib
import pkgutil

import pytest

import app
from app.base.errors import DomainError
from app.web.texts import SENTENCE_LENGTH_MAX, TEXTS


def every_refusal() -> dict[str, type[DomainError]]:
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if module.name.endswith("errors") or module.name.startswith("app.base."):
            importlib.import_module(module.name)
    found: dict[str, type[DomainError]] = {}
    waiting = [DomainError]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            found.setdefault(kind.code, kind)
    return found


@pytest.mark.parametrize("code", sorted(every_refusal()))
def test_every_refusal_has_a_sentence(code):
    assert code in TEXTS


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_sentence_is_short_and_says_what_to_do(code):
    text = TEXTS[code]

    assert len(text.zh) <= SENTENCE_LENGTH_MAX, f"{len(text.zh)} characters"
    assert text.zh.endswith("。")
    assert text.en.endswith(".")
    assert text.retryable in {"no", "same_key", "new_key", "after_change"}
