"""Every refusal has one sentence that people understand (reliability contract §8)."""

import importlib
import pkgutil
import re

import pytest

import app
from app.base.errors import DomainError
from app.web.texts import SENTENCE_LENGTH_MAX, TEXTS, text_of

pytestmark = pytest.mark.once

ENGLISH_LENGTH_MAX = 90
OF_THE_OFFICE = (
    "余额不足",
    "操作失败",
    "暂无数据",
    "无效",
    "异常",
    "权限",
    "参数",
    "请求",
    "格式错误",
)
"""Words of machines and offices, which tell nobody what to do."""


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
    assert len(text.en) <= ENGLISH_LENGTH_MAX, f"{len(text.en)} characters"
    assert text.retryable in {"no", "same_key", "new_key", "after_change"}


@pytest.mark.parametrize("code", sorted([*TEXTS, "a code that nobody knows"]))
def test_a_sentence_tells_what_became_of_the_points(code):
    text = text_of(code)

    assert re.search("积分|什么都没", text.zh), text.zh
    assert re.search("points|[Nn]othing (has changed|was)", text.en), text.en


@pytest.mark.parametrize("code", sorted([*TEXTS, "a code that nobody knows"]))
def test_the_last_sentence_says_what_to_do_now(code):
    text = text_of(code)

    assert re.match("请|不用", text.zh.split("。")[-2]), text.zh
    assert text.en.count(". ") + text.en.count("; ") >= 1, "what happened, then what to do"


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_a_sentence_is_in_words_of_the_street(code):
    for word in OF_THE_OFFICE:
        assert word not in TEXTS[code].zh
