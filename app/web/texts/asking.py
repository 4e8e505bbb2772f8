"""Sentences for what is wrong with the asking: who asks, how, when (4xx but rules, 5xx)."""

from app.web.texts.shape import Text

ASKING: dict[str, Text] = {
    # 400
    "malformed_request": Text(
        "页面送来的内容看不懂，什么都没有变。请刷新再试。",
        "We could not read that. Nothing has changed. Reload the page and try again.",
        "no",
    ),
    "idempotency_key_missing": Text(
        "这一步缺了编号，什么都没有变。请刷新页面再办。",
        "The request has no Idempotency-Key. Nothing has changed. Reload and try again.",
        "no",
    ),
    "idempotency_key_invalid": Text(
        "这一步的编号不对，什么都没有变。请刷新页面再办。",
        "The Idempotency-Key is malformed. Nothing has changed. Reload and try again.",
        "no",
    ),
    "host_not_allowed": Text(
        "网址不对，什么都没有变。请核对网址，或问工作人员。",
        "This address is not ours. Nothing has changed. Check the address.",
        "no",
    ),
    "csv_unreadable": Text(
        "这张表读不了，什么都没有导入。请另存为 xlsx 或 CSV 再试。",
        "The file cannot be read. Nothing was imported. Save it as xlsx or CSV and try again.",
        "after_change",
    ),
    # 401
    "not_authenticated": Text(
        "您还没有登录，什么都没有变。请先登录。",
        "You are not signed in. Nothing has changed. Please sign in first.",
        "same_key",
    ),
    "session_expired": Text(
        "登录过期了，什么都没有变。请重新登录。",
        "Your sign-in has ended. Nothing has changed. Please sign in again.",
        "same_key",
    ),
    "sign_in_failed": Text(
        "手机号或密码不对，没有登录，积分没有变。请核对再试。",
        "The phone number or password is wrong. No points have changed. Check and try again.",
        "after_change",
    ),
    "step_up_required": Text(
        "这一单较大，积分还没有扣。请本人输入取用密码。",
        "This is a larger sum. No points were taken yet. The member must enter the PIN.",
        "same_key",
    ),
    "wrong_pin": Text(
        "取用密码不对，积分没有扣。请再输一次。",
        "The PIN is wrong. No points were taken. Enter it again.",
        "after_change",
    ),
    # 403
    "permission_denied": Text(
        "这件事您还不能办，什么都没有变。请找社区工作人员。",
        "You may not do this here. Nothing has changed. Ask the community staff.",
        "no",
    ),
    "second_person_required": Text(
        "自己的事要别人来批，什么都没有变。请找同事办。",
        "Nobody decides on their own case. Nothing has changed. Ask a colleague.",
        "no",
    ),
    "account_frozen": Text(
        "账户冻结了，积分没有变。请联系社区工作人员。",
        "The account is frozen. No points have changed. Contact the community staff.",
        "no",
    ),
    "csrf_failed": Text(
        "页面放得太久，什么都没有变。请刷新再试。",
        "The page was open too long. Nothing has changed. Reload and try again.",
        "after_change",
    ),
    "backfill_barred": Text(
        "补录不实，暂停补录，积分没有变。请问社区工作人员。",
        "Adding past hours is paused for you. No points have changed. Ask the staff.",
        "no",
    ),
    # 404
    "not_found": Text(
        "没有找到，什么都没有变。请核对，或回上一页。",
        "We could not find that. Nothing has changed. Check it, or go back.",
        "no",
    ),
    "not_registered": Text(
        "这个手机号还没有加入，什么都没有变。请先加入。",
        "This phone number has not joined yet. Nothing has changed. Please join first.",
        "no",
    ),
    "unknown_setting": Text(
        "没有这个设置项，什么都没有变。请核对名称。",
        "There is no such setting. Nothing has changed. Check the name.",
        "no",
    ),
    # 412 · 428
    "version_stale": Text(
        "别人刚改过，您的没有存，积分没有变。请刷新后再改。",
        "Somebody changed it before you. Yours was not saved, no points have changed. Reload.",
        "after_change",
    ),
    "version_required": Text(
        "不知道您看的是哪一版，什么都没有变。请刷新再改。",
        "If-Match is missing. Nothing has changed. Reload and try again.",
        "no",
    ),
    # 413 · 415
    "payload_too_large": Text(
        "文件太大，什么都没有收下。请分成小份再传。",
        "The file is too large. Nothing was taken in. Split it and try again.",
        "after_change",
    ),
    "unsupported_media_type": Text(
        "这种文件收不了，什么都没有变。请换页面上写的格式。",
        "This kind of file is not accepted. Nothing has changed. Use a format the page names.",
        "no",
    ),
    # 423
    "ledger_read_only": Text(
        "账本正在核对，积分没有变。请稍后再来。",
        "The book is being checked. No points have changed. Please come back later.",
        "same_key",
    ),
    # 429
    "rate_limited": Text(
        "按得太快，什么都没有变。请等一分钟再试。",
        "Too many tries. Nothing has changed. Wait a minute and try again.",
        "same_key",
    ),
    # 500 · 503
    "internal_error": Text(
        "系统出错了，积分没有变。请过一会儿再试。",
        "Something broke on our side. No points have changed. Try again in a while.",
        "same_key",
    ),
    "busy_retry": Text(
        "现在人多，积分没有变。请过一会儿再试。",
        "It is busy right now. No points have changed. Try again in a moment.",
        "same_key",
    ),
    "own_order_rating": Text(
        "自己办的单不能自己评，积分没有变。请让求助的人评。",
        "You handled this yourself. No points have changed. The person who asked rates it.",
        "no",
    ),
    "own_wish": Text(
        "自己和家人的心愿不能自己认领，积分没有变。请等别人来。",
        "This wish is yours or your household's. No points have changed. Others fulfil it.",
        "no",
    ),
}
