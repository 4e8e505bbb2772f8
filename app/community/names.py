"""What people call a place: 金溪社区居民委员会 is 金溪社区, 武庙村村委会 is 武庙村."""

import re

_COMMITTEES = (("居民委员会", ""), ("居委会", ""), ("村民委员会", "村"), ("村委会", "村"))
"""Organs, each with the word that a place keeps when the organ is taken away."""

_OFFICE = re.compile(r"(?<=街道)办事处$|(?<=[镇乡])人民政府$")


def short_name(official: str) -> str:
    """Derive the display name from the official one; a name without an organ stays itself.

    Only the organ is taken away. A village committee leaves the word 村
    (下洋村委会 is 下洋村), a residents' committee leaves no word that was not there
    (江滨居委会 is 江滨).
    """
    name = official.strip()
    for organ, word in _COMMITTEES:
        stem = name.removesuffix(organ)
        if stem not in (name, ""):
            return stem if stem.endswith((word, "社区")) else stem + word
    return _OFFICE.sub("", name)
