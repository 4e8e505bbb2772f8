"""Sentences of the inbox about neighbours' help, claims and wishes."""

from app.web.translate import _l

SENTENCES: dict[str, tuple[str, str]] = {
    "help_asked": (
        _l("社区替您找邻居帮忙了"),
        _l("%(title)s，%(points)s先托着。不是您的意思，请到社区收回。"),
    ),
    "help_taken": (_l("有邻居来帮您了"), _l("%(title)s有人接下了。帮好了，请出示确认码。")),
    "help_left": (_l("帮忙的邻居来不了"), _l("%(title)s别的邻居可以接，%(points)s还托着。")),
    "help_withdrawn": (_l("不用去帮了"), _l("邻居收回了：%(title)s。")),
    "help_done": (_l("互助办好了"), _l("%(title)s办好了，%(points)s给了帮忙的邻居。")),
    "help_lapsed": (_l("互助到期了"), _l("%(title)s没有办成，%(points)s退给您了。")),
    "help_wanted": (
        _l("有邻居请您帮忙"),
        _l("%(title)s，%(points)s托着。能帮请接下，帮不了请说一声。"),
    ),
    "help_declined": (
        _l("那位邻居帮不了"),
        _l("%(title)s别的邻居可以接，%(points)s还托着，也可以收回。"),
    ),
    "help_over": (
        _l("互助到期了"),
        _l("%(title)s没有确认，%(points)s退给了邻居。已经帮过的，请找社区。"),
    ),
    "wish_claimed": (_l("有人认领了您的心愿"), _l("%(title)s，会有人来找您。")),
    "wish_left": (_l("认领的人办不了"), _l("%(title)s又可以由别人认领了。")),
    "wish_fulfilled": (_l("您的心愿实现了"), _l("%(title)s。请您评价一下。")),
    "wish_not_needed": (_l("您认领的心愿不用办了"), _l("%(title)s。%(why)s")),
    "wish_returned": (_l("您的心愿退回了"), _l("%(title)s。%(why)s")),
    "claim_refused": (_l("验收没有通过"), _l("%(title)s。%(why)s")),
    "claim_due": (
        _l("认领的事快到时间了"),
        _l("%(title)s，请在%(due_at)s前做完，过了名额让给别人。"),
    ),
    "claim_released": (_l("认领的名额让出去了"), _l("%(title)s到时间没有交，这次没有积分。")),
}
