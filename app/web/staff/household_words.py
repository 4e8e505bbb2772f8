"""The desk's words for household points; `words` takes them in."""

from app.web.translate import _l

SUBJECTS: dict[str, str] = {
    "household": _l("家庭"),
    "application": _l("积分申报"),
    "case": _l("案件"),
    "deduction": _l("扣分"),
    "common_pool": _l("公共池"),
}
SOURCES: dict[str, str] = {"application": _l("积分申报"), "case": _l("多人一件")}
