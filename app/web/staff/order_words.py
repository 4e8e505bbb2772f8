"""How the fields of orders and calls are called at the desk."""

from app.web.translate import _l

FIELDS: dict[str, str] = {
    "order_title": _l("事项"),
    "order_text": _l("说明"),
    "call_text": _l("做什么"),
    "spot": _l("在哪里"),
    "help_title": _l("要帮什么"),
    "answer": _l("答复"),
    "hands": _l("派给谁"),
    "handler_id": _l("派给谁"),
    "due_hours": _l("几小时内办好"),
    "credit_category_code": _l("算哪类时长"),
    "template_code": _l("叫法"),
}
