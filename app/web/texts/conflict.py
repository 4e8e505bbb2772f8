"""Sentences for what has happened already, or is over: 409 and 410."""

from app.web.texts.shape import Text

CONFLICTS: dict[str, Text] = {
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
    "already_agent": Text(
        "这位已经可以代办，什么都没有变。不用再登记。", "They may act for the member already.", "no"
    ),
    "already_decided": Text(
        "别人已经办过了，什么都没有变。请刷新看看。", "Somebody decided on this before.", "no"
    ),
    "already_frozen": Text("已经冻结了，积分没有变。不用再冻结。", "It is frozen already.", "no"),
    "already_in_household": Text(
        "这位已在一户里，什么都没有变。请先从原户退出。",
        "They belong to a household already.",
        "no",
    ),
    "already_member": Text(
        "这个号码登记的是别的姓名，什么都没有变。请核对。", "Known under another name.", "no"
    ),
    "already_released": Text(
        "别人已经解冻了，积分没有变。请刷新看看。", "It was released before.", "no"
    ),
    "already_requested": Text(
        "已有一份申请在等审批，什么都没有变。请等一等。", "A request is waiting already.", "no"
    ),
    "card_already_active": Text(
        "这位已有在用的卡，积分没有变。请补发或先注销。", "There is an active card.", "no"
    ),
    "case_already_counted": Text(
        "这件事已经计过分，积分没有再加。请核对编号。", "This case was counted.", "no"
    ),
    "document_already_used": Text(
        "这份凭证入过账，积分没有再变。请核对凭证号。", "This document was used.", "no"
    ),
    "goods_not_on_sale": Text(
        "这样东西现在不换，积分没有扣。请换别的。", "These goods are not on sale.", "no"
    ),
    "grant_state_conflict": Text(
        "这笔记录已不是这个状态，积分没有变。请刷新看看。", "Not in this state.", "no"
    ),
    "holds_open": Text(
        "还有预留的积分，什么都没有变。请先办完预留。", "Points are reserved still.", "no"
    ),
    "member_not_active": Text(
        "这个账户已停用，积分没有变。请问社区工作人员。", "The membership ended.", "no"
    ),
    "members_below": Text(
        "下面已有人在别的账本，没有建成。请换个位置。", "People below are in another book.", "no"
    ),
    "name_taken": Text(
        "这个名字有人用了，什么都没有变。请换个名字。", "The name is taken.", "after_change"
    ),
    "node_code_taken": Text(
        "这个编码有地方用了，什么都没有变。请换个编码。", "The code is taken.", "after_change"
    ),
    "objection_open": Text(
        "这条记录的异议正在处理，积分没有变。请等答复。", "An objection is open.", "no"
    ),
    "programme_exists": Text(
        "这个地方已有自己的账本，什么都没有变。", "This place has a programme already.", "no"
    ),
    "rate_conflict": Text(
        "这天已有标准或已计分，标准没有变。请换个日期。",
        "The rate clashes with another.",
        "after_change",
    ),
    "operation_voided": Text(
        "这一单已作废，积分没有扣。可以重新来。", "This request was given up.", "new_key"
    ),
    "redemption_settled": Text(
        "这一单已经结算，积分没有退。请找工作人员。", "It is settled; too late to take back.", "no"
    ),
    "shop_closed": Text("这家店现在不兑换，积分没有扣。请换一家。", "The shop is closed.", "no"),
    "team_closed": Text(
        "这支队伍已经停办，什么都没有变。请选别的队伍。", "The team was closed.", "no"
    ),
    "till_already_open": Text(
        "您的收银台已经开着，什么都没有变。请直接用。", "Your till is open already.", "no"
    ),
    "till_closed": Text("收银台已经关了，积分没有扣。请先开台。", "The till is closed.", "no"),
    # 410
    "code_expired": Text(
        "这个码过期了，积分没有变。请对准新码再扫一次。", "This code has expired.", "new_key"
    ),
    "key_revoked": Text(
        "这个码已停用，积分没有变。请找领队要新码。", "This code was revoked.", "new_key"
    ),
    "late_scan_too_old": Text(
        "扫码过了三天才送到，没有收下，积分没有变。请找领队。",
        "The scan came more than three days late; ask the leader.",
        "no",
    ),
}
