"""Sentences of the inbox about orders and the calls between field and desk."""

from app.web.translate import _l

SENTENCES: dict[str, tuple[str, str]] = {
    "order_assigned": (_l("您的事有人办了"), _l("%(title)s：%(step)s。办好了会告诉您。")),
    "order_finished": (
        _l("您的事办好了"),
        _l("%(title)s，请在“我找志愿者的事”里评一评。"),
    ),
    "order_for_you": (_l("有一件事请您办"), _l("%(title)s，%(due_at)s前办好。")),
    "order_reopened": (_l("有一件事要重新办"), _l("%(title)s还没有办好。%(why)s")),
    "order_urged": (_l("有一件事过了期限"), _l("%(title)s，请尽快办，或者退单。")),
    "order_withdrawn": (_l("有一件事不用办了"), _l("%(title)s撤回了，不用去了。%(why)s")),
    "order_taken_back": (_l("您的事撤回了"), _l("%(title)s，社区替您撤回了。%(why)s")),
    "order_rerouted": (_l("有一件事转给别人办"), _l("%(title)s转给别人办了，您不用办了。%(why)s")),
    "order_moved": (_l("您的事转给别人办"), _l("%(title)s转过去了，有人接会再告诉您。%(why)s")),
    "call_answered": (_l("您的呼叫有答复了"), _l("单号 %(number)s，请到“事项呼叫”里看。")),
    "task_taken_back": (_l("一项任务收回了"), _l("单号 %(number)s，不用办了。%(why)s")),
    "task_sent": (_l("有一项任务等您回复"), _l("单号 %(number)s，请到“事项呼叫”里回复。")),
}
