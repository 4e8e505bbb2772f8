"""Sentences of orders and of the calls between field and desk."""

from app.web.texts.shape import Text

ORDERS: dict[str, Text] = {
    # 409
    "field_call_answered": Text(
        "这一条已经有人答复了，什么都没有变。请刷新看看。",
        "This was answered already. Nothing has changed. Reload and look.",
        "no",
    ),
    "reopening_over": Text(
        "评过了，或过了日子，时长积分没有变。请社区重新办。",
        "Rated already, or too late. Hours and points stay. Ask the community staff.",
        "no",
    ),
    "team_without_leader": Text(
        "这支队没有领队，什么都没有变。请先定领队，或派别的队。",
        "This team has no leader. Nothing has changed. Name one, or choose another team.",
    ),
    # 422
    "work_before_talk": Text(
        "没议好就开工，这段不算，积分没有变。请改开始时间。",
        "Work begins after it was talked over. No points have changed. Change when it began.",
    ),
}
