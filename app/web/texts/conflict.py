"""Sentences for what has happened already, or is over: 409 and 410."""

from app.web.texts.shape import Text

CONFLICTS: dict[str, Text] = {
    # 409
    "idempotency_in_flight": Text(
        "上一次还在办，积分最多变一次。请别再按，等结果。",
        "The first try is still running; points change once at most. Please wait.",
        "same_key",
    ),
    "already_checked_in": Text(
        "您已经签到了，时长和积分照常计。不用再签。",
        "You are signed in already. Hours and points count as usual. Nothing more to do.",
        "no",
    ),
    "already_checked_out": Text(
        "您已经签退了，时长和积分照常计。不用再签。",
        "You are signed out already. Hours and points count as usual. Nothing more to do.",
        "no",
    ),
    "code_already_used": Text(
        "这个码用过了，积分没有再扣。请点“立即换新码”。",
        "This code was used before. No more points were taken. Tap “New code now”.",
        "new_key",
    ),
    "hold_already_resolved": Text(
        "这笔预扣已经办完，积分没有再变。不用再办。",
        "This hold is settled already. No points have changed again. Nothing more to do.",
        "no",
    ),
    "already_reversed": Text(
        "这笔已经退过了，积分没有再变。不用再退。",
        "This was taken back already. No points have changed again. Nothing more to do.",
        "no",
    ),
    "activity_state_conflict": Text(
        "活动到了别的步骤，什么都没有变。请看活动现在的状态。",
        "The activity is at another step. Nothing has changed. Look at its present state.",
        "no",
    ),
    "stock_conflict": Text(
        "货不够了，积分没有扣。请少换一样，或换别的。",
        "Not enough on the shelf. No points were taken. Take fewer, or something else.",
        "after_change",
    ),
    "state_conflict": Text(
        "这件事已经变了，您的没有办，积分没有变。请刷新看看。",
        "This has moved on. Yours was not done, no points have changed. Reload and look.",
        "no",
    ),
    "already_agent": Text(
        "这位已经可以代办，什么都没有变。不用再登记。",
        "They may act for the member already. Nothing has changed. Nothing more to do.",
        "no",
    ),
    "already_decided": Text(
        "别人已经办过了，什么都没有变。请刷新看看。",
        "Somebody decided on this before you. Nothing has changed. Reload and look.",
        "no",
    ),
    "already_frozen": Text(
        "已经冻结了，积分没有变。不用再冻结。",
        "It is frozen already. No points have changed. Nothing more to do.",
        "no",
    ),
    "already_in_household": Text(
        "这位已在一户里，什么都没有变。请先从原户退出。",
        "They belong to a household already. Nothing has changed. Leave that one first.",
        "no",
    ),
    "already_member": Text(
        "这个号码登记的是别的姓名，什么都没有变。请核对。",
        "This number is known under another name. Nothing has changed. Please check.",
        "no",
    ),
    "already_released": Text(
        "别人已经解冻了，积分没有变。请刷新看看。",
        "Somebody released it before you. No points have changed. Reload and look.",
        "no",
    ),
    "already_requested": Text(
        "已有一份在等审批，什么都没有变。请等答复。",
        "A request is waiting already. Nothing has changed. Please wait for the answer.",
        "no",
    ),
    "card_already_active": Text(
        "这位有在用的卡，积分没有变。请补发，或先注销旧卡。",
        "They have a card in use. No points have changed. Replace it, or cancel it first.",
        "no",
    ),
    "case_already_counted": Text(
        "这件事已经计过分，积分没有再加。请核对编号。",
        "This case was counted before. No more points were added. Check the number.",
        "no",
    ),
    "document_already_used": Text(
        "这份凭证入过账，积分没有再变。请核对凭证号。",
        "This document was used before. No points have changed. Check its number.",
        "no",
    ),
    "goods_not_on_sale": Text(
        "这样东西现在不换，积分没有扣。请换别的。",
        "These goods cannot be had now. No points were taken. Choose something else.",
        "no",
    ),
    "grant_state_conflict": Text(
        "这笔记录刚有人办过，积分没有再变。请刷新看看。",
        "Somebody dealt with this record. No points have changed again. Reload and look.",
        "no",
    ),
    "holds_open": Text(
        "还有预留的积分，什么都没有变。请先办完预留。",
        "Some points are still reserved. Nothing has changed. Settle those first.",
        "no",
    ),
    "member_not_active": Text(
        "这个账户停用了，积分没有变。请问社区工作人员。",
        "This membership has ended. No points have changed. Ask the community staff.",
        "no",
    ),
    "members_below": Text(
        "下面有人在别的账本，什么都没有变。请换个地方建。",
        "People below belong to another book. Nothing has changed. Choose another place.",
        "no",
    ),
    "name_taken": Text(
        "这个名字有人用了，什么都没有变。请换个名字。",
        "The name is taken. Nothing has changed. Choose another name.",
        "after_change",
    ),
    "node_code_taken": Text(
        "这个编码有地方用了，什么都没有变。请换个编码。",
        "The code is taken. Nothing has changed. Choose another code.",
        "after_change",
    ),
    "objection_open": Text(
        "这条正在处理异议，积分没有变。请等答复。",
        "An objection to this is open. No points have changed. Wait for the answer.",
        "no",
    ),
    "photos_full": Text(
        "已经有三张照片了，积分没有变。不用再加。",
        "There are three photos already; nothing has changed. Three are enough.",
        "no",
    ),
    "programme_exists": Text(
        "这个地方已有自己的账本，什么都没有变。请直接用它。",
        "This place has a book already. Nothing has changed. Use that one.",
        "no",
    ),
    "rate_conflict": Text(
        "这天已有标准或计过分，什么都没有变。请换个日期。",
        "There is a rate for that day, or it was used. Nothing has changed. Choose another day.",
        "after_change",
    ),
    "operation_voided": Text(
        "这一单作废了，积分没有扣。请重新来一单。",
        "This order was given up. No points were taken. Start a new one.",
        "new_key",
    ),
    "redemption_settled": Text(
        "这一单已经结算，积分没有退。请找社区工作人员。",
        "It is settled already. No points were returned. Ask the community staff.",
        "no",
    ),
    "shop_closed": Text(
        "这家店现在不兑换，积分没有扣。请换一家。",
        "This shop is closed for now. No points were taken. Try another shop.",
        "no",
    ),
    "stall_over": Text(
        "这个集市摊今天不开，积分没有扣。请到店里换。",
        "The stall is not open today. No points were taken. Go to the shop.",
        "no",
    ),
    "stall_till_open": Text(
        "摊上的收银台还开着，什么都没有变。请先日结。",
        "A till is still open there. Nothing has changed. Close it first.",
        "no",
    ),
    "team_closed": Text(
        "这支队伍停办了，什么都没有变。请选别的队伍。",
        "This team was closed. Nothing has changed. Choose another team.",
        "no",
    ),
    "till_already_open": Text(
        "您的收银台已经开着，什么都没有变。请直接用。",
        "Your till is open already. Nothing has changed. Just use it.",
        "no",
    ),
    "till_closed": Text(
        "收银台关了，积分没有扣。请先开台。",
        "The till is closed. No points were taken. Open it first.",
        "no",
    ),
    "exports_waiting": Text(
        "您有三份表还在写，什么都没有变。请等写好一份再导。",
        "Three of your files are still being written. Nothing has changed. Wait for one.",
        "after_change",
    ),
    "export_unfinished": Text(
        "表还没有写好，什么都没有变。请等一下再取。",
        "The file is not ready yet. Nothing has changed. Wait a little.",
        "same_key",
    ),
    # 410
    "export_expired": Text(
        "表只留三天，已经删了，积分没有变。请点“重新导出”。",
        "Files are kept three days; this one is gone. No points changed. Choose Export again.",
        "new_key",
    ),
    "code_expired": Text(
        "这个码过期了，积分没有变。请用新码再试一次。",
        "This code has expired. No points have changed. Try again with a new one.",
        "new_key",
    ),
    "notice_closed": Text(
        "公示期过了，没有提上，积分没有变。请找社区。",
        "The notice is closed; nothing has changed. Please ask the community staff.",
        "no",
    ),
    "key_revoked": Text(
        "这个码停用了，积分没有变。请找领队要新码。",
        "This code was withdrawn. No points have changed. Ask the leader for a new one.",
        "new_key",
    ),
    "late_scan_too_old": Text(
        "扫码过了三天才送到，没有收下，积分没有变。请找领队。",
        "The scan came over three days late. No points have changed. Ask the leader.",
        "no",
    ),
    "order_step_conflict": Text(
        "这一单还没到这一步，积分没有变。请看看现在到哪步。",
        "The order is at another step. No points have changed. See where it stands.",
        "no",
    ),
    "exchange_state_conflict": Text(
        "这件互助已经变了，积分没有变。请刷新看看现在怎样。",
        "This help has moved on. No points have changed. Refresh to see where it stands.",
        "no",
    ),
    "no_slot_left": Text(
        "名额刚被领完了，积分没有变。请看看别的。",
        "The last place was just taken. No points have changed. See the others.",
        "no",
    ),
    "skill_first": Text(
        "先请有这个专长的人认领，您的积分没有变。请过些时候再来，或者看看别的。",
        "Those with this skill go first. Your points have not changed. Please come back later.",
        "new_key",
    ),
    "claim_state_conflict": Text(
        "这个认领已经变了，积分没有变。请刷新看看。",
        "This claim has moved on. No points have changed. Refresh the page.",
        "no",
    ),
    "wish_state_conflict": Text(
        "这个心愿已经变了，积分没有变。请刷新看看。",
        "This wish has moved on. No points have changed. Refresh the page.",
        "no",
    ),
}
