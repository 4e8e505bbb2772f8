"""Sentences about posts, projects and wishes."""

from app.web.texts.shape import Text

CLAIMS: dict[str, Text] = {
    "wish_promised": Text(
        "别的活动接下了这个心愿，什么都没有变。请先从那边拿掉。",
        "Another activity took this wish on. Nothing has changed. Take it off there first.",
        "no",
    ),
    "worked_at_shifts": Text(
        "常设项目到场签到就记，什么都没有变。请看班次。",
        "Work of a standing project counts by signing in. Nothing has changed. See its shifts.",
        "no",
    ),
}
