"""Every refusal code once: its status, its sentence for people, whether to try again.

The Chinese sentence is at most 40 characters and says what happened to the
points and what to do next (reliability contract §8). Programs branch on the
code, never on the sentence. `retryable`: no, same_key, new_key, after_change.
"""

from dataclasses import dataclass
from http import HTTPStatus

from app.base.errors import Refusal

SENTENCE_LENGTH_MAX = 40

STATUS: dict[Refusal, HTTPStatus] = {
    Refusal.MALFORMED: HTTPStatus.BAD_REQUEST,
    Refusal.NOT_AUTHENTICATED: HTTPStatus.UNAUTHORIZED,
    Refusal.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Refusal.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Refusal.CONFLICT: HTTPStatus.CONFLICT,
    Refusal.GONE: HTTPStatus.GONE,
    Refusal.VERSION_STALE: HTTPStatus.PRECONDITION_FAILED,
    Refusal.UNPROCESSABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.LOCKED: HTTPStatus.LOCKED,
    Refusal.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Refusal.UNAVAILABLE: HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class Text:
    """How one refusal reads, in Chinese first, and whether trying again helps."""

    zh: str
    en: str
    retryable: str = "after_change"


TEXTS: dict[str, Text] = {
    # 400
    "malformed_request": Text(
        "请求看不懂，什么都没有变。请刷新页面再试。", "The request cannot be read.", "no"
    ),
    "idempotency_key_missing": Text(
        "缺少请求编号，什么都没有变。请刷新页面再试。", "Idempotency-Key is missing.", "no"
    ),
    "idempotency_key_invalid": Text(
        "请求编号格式不对，什么都没有变。请刷新再试。", "Idempotency-Key is malformed.", "no"
    ),
    "host_not_allowed": Text("网址不对，什么都没有变。", "This host is not ours.", "no"),
    # 401
    "not_authenticated": Text(
        "还没有登录，什么都没有变。请先登录。", "Please sign in first.", "same_key"
    ),
    "session_expired": Text(
        "登录已过期，什么都没有变。请重新登录。", "Please sign in again.", "same_key"
    ),
    "sign_in_failed": Text(
        "手机号或密码不对，没有登录。请核对后再试。", "Phone or password is wrong.", "after_change"
    ),
    "step_up_required": Text(
        "这一单较大，积分没有扣。请本人输入取用密码。", "The member must confirm.", "same_key"
    ),
    # 403
    "permission_denied": Text(
        "您没有做这件事的权限，什么都没有变。", "You may not do this here.", "no"
    ),
    "second_person_required": Text(
        "自己的事要别人来批，什么都没有变。请找同事。", "Another person must decide.", "no"
    ),
    "account_frozen": Text(
        "账户已冻结，积分没有变。请联系社区工作人员。", "Frozen; ask the community staff.", "no"
    ),
    "csrf_failed": Text(
        "页面放得太久，什么都没有变。请刷新再试。",
        "The page is too old; reload it.",
        "after_change",
    ),
    # 404
    "not_found": Text("没有找到，什么都没有变。请核对编号。", "There is no such thing.", "no"),
    # 409
    "idempotency_in_flight": Text(
        "上一次还在办，请别再按。稍后会有结果。", "The same request is running.", "same_key"
    ),
    "already_checked_in": Text(
        "您已经签到了，不用再签，时长照常计。", "You are checked in already.", "no"
    ),
    "already_checked_out": Text(
        "您已经签退了，不用再签，时长照常计。", "You are checked out already.", "no"
    ),
    "code_already_used": Text(
        "这个码用过了，积分没有再扣。请点“立即换新码”。", "This code was used.", "new_key"
    ),
    "hold_already_resolved": Text(
        "这笔预扣已经办完，积分没有再变。", "This hold is resolved.", "no"
    ),
    "already_reversed": Text("这笔已经退过了，积分没有再变。", "This was reversed already.", "no"),
    "activity_state_conflict": Text(
        "活动现在不能这样办，什么都没有变。请看活动状态。", "Not in this state.", "no"
    ),
    "stock_conflict": Text(
        "货不够了，积分没有扣。请少换一样或换别的。", "Not enough on the shelf.", "after_change"
    ),
    "state_conflict": Text(
        "现在不能这样办，什么都没有变。请刷新看看。", "Not in this state.", "no"
    ),
    # 410
    "code_expired": Text(
        "这个码过期了，积分没有变。请对准新码再扫一次。", "This code has expired.", "new_key"
    ),
    "key_revoked": Text(
        "这个码已停用，积分没有变。请找领队要新码。", "This code was revoked.", "new_key"
    ),
    # 412 · 428
    "version_stale": Text(
        "别人刚改过，您的没有存。请刷新后再改一次。", "Somebody changed it; reload.", "after_change"
    ),
    "version_required": Text(
        "缺少版本号，什么都没有变。请刷新再试。", "If-Match is required.", "no"
    ),
    # 413 · 415
    "payload_too_large": Text("文件太大了，没有收下。请分成小份。", "Too large.", "after_change"),
    "unsupported_media_type": Text("文件格式不对，没有收下。", "Unsupported format.", "no"),
    # 422
    "validation_failed": Text(
        "有内容填得不对，什么都没有变。请看标出的地方。", "Some input is not valid."
    ),
    "idempotency_mismatch": Text(
        "同一编号的内容不一样，没有办。请刷新再试。", "The key names another request.", "new_key"
    ),
    "insufficient_points": Text("积分不够，积分没有扣。换别的，或少换一样。", "Not enough points."),
    "limit_exceeded": Text("到上限了，积分没有扣。请下次再来。", "The limit is reached."),
    "not_in_time_window": Text(
        "不在签到时间内，没有签上。请按活动时间来。", "Outside the check-in window."
    ),
    "wrong_audience": Text(
        "这个码不是这里用的，积分没有变。请换对的码。", "This code is not for here.", "no"
    ),
    "bad_signature": Text("这个码不是我们的，没有签上。请扫现场的码。", "Not our code.", "no"),
    "overlap_with_other_activity": Text(
        "另一场还没签退，这场没签上。请先签退那场。", "You are still in another session."
    ),
    "check_in_missing": Text(
        "还没有签到，签退没有办。请先扫签到码。", "There is no check-in to end."
    ),
    # 423
    "ledger_read_only": Text(
        "账本正在核对，积分没有变。请稍后再来。", "The book is read-only.", "same_key"
    ),
    # 429
    "rate_limited": Text(
        "试得太快了，什么都没有变。请歇一会儿再试。", "Too many tries.", "same_key"
    ),
    # 500 · 503
    "internal_error": Text("系统出错了，积分没有变。请稍后再试。", "Internal error.", "same_key"),
    "busy_retry": Text("现在人多，积分没有变。请过一会儿再试。", "Busy; try again.", "same_key"),
}

UNKNOWN = Text("没有办成，积分没有变。请刷新看看。", "Refused.", "no")


def text_of(code: str) -> Text:
    """Return how a code reads; an unknown code reads as a plain refusal."""
    return TEXTS.get(code, UNKNOWN)
