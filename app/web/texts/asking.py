"""Sentences for what is wrong with the asking: who asks, how, when (4xx but rules, 5xx)."""

from app.web.texts.shape import Text

ASKING: dict[str, Text] = {
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
    "csv_unreadable": Text(
        "这张表读不了，什么都没有导入。请另存为 CSV 再试。",
        "The file cannot be read; save it as CSV.",
        "after_change",
    ),
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
    "wrong_pin": Text(
        "取用密码不对，积分没有扣。请再输一次。", "The PIN is wrong.", "after_change"
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
    "backfill_barred": Text(
        "因补录不实暂停补录，积分没有变。请问工作人员。", "Back-filling is barred for now.", "no"
    ),
    # 404
    "not_found": Text("没有找到，什么都没有变。请核对编号。", "There is no such thing.", "no"),
    "not_registered": Text(
        "这个手机号还没有加入，什么都没有变。请先加入。", "Nobody joined with this phone yet.", "no"
    ),
    "unknown_setting": Text(
        "没有这个设置项，什么都没有变。请核对名称。", "There is no such setting.", "no"
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
