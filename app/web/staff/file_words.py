"""The desk's words for files that are ordered: how far they are, and what they hold."""

from app.web.translate import _l

WORDS: dict[str, dict[str, str]] = {
    "export": {
        "queued": _l("排队等写"),
        "running": _l("正在写"),
        "done": _l("写好了"),
        "failed": _l("没有写成"),
        "expired": _l("过期删了"),
    },
    "file": {
        "hours_ranking": _l("时长排行"),
        "statement": _l("存折"),
        "orders": _l("居民问题清单"),
    },
}
