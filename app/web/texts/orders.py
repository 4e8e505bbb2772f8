"""Sentences of orders and of the calls between field and desk."""

from app.web.texts.shape import Text

ORDERS: dict[str, Text] = {
    # 409
    "field_call_answered": Text(
        "这一条已经有人答复了，什么都没有变。请刷新看看。",
        "This was answered already. Nothing has changed. Reload and look.",
        "no",
    ),
}
