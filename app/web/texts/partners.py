"""Sentences of the mall's partners: settlements, offers, vouchers, reservations."""

from app.web.texts.shape import Text

PARTNERS: dict[str, Text] = {
    "already_settled": Text(
        "这个月结过了，什么都没有变。请看已有的结算单。",
        "This month is settled already. Nothing has changed. See its statement.",
        "no",
    ),
    "offer_not_open": Text(
        "这个优惠现在不能用，积分没有变。请看看别的优惠。",
        "This offer cannot be used now. No points have changed. Look at the others.",
        "no",
    ),
    "offer_not_for_you": Text(
        "这个优惠是给别的群体的，积分没有变。请看看别的。",
        "This offer is for another group. No points have changed. Look at the others.",
        "no",
    ),
    "offer_needs_points": Text(
        "这个优惠要用积分换，没有用掉，积分没有变。请先换一张券。",
        "This offer costs points. Nothing was used and no points changed. Get a voucher first.",
        "no",
    ),
    "voucher_used": Text(
        "这张券用过了，积分没有再扣。请另换一张。",
        "This voucher was used before. No more points were taken. Get another one.",
        "no",
    ),
    "voucher_over": Text(
        "这张券不能用了，积分没有再扣。请看“我的券”。",
        "This voucher is over. No more points were taken. See “My vouchers”.",
        "no",
    ),
    "return_too_late": Text(
        "退名额的时间过了，积分退不了。请按时来上课。",
        "It is too late to give the place back, so no points return. Please come.",
        "no",
    ),
    "voucher_not_yet": Text(
        "这节课不在今天，名额还留着，积分没有变。请上课那天再来。",
        "This class is not today. The place is kept and no points changed. Come on its day.",
        "no",
    ),
    "class_not_at_till": Text(
        "课堂名额不在店里兑换，积分没有变。请在手机上订。",
        "Places of a class are not handed out at a till. No points changed. Book on the phone.",
        "no",
    ),
    "class_begun": Text(
        "这节课已经开始了，时间没有改，积分没有变。请另开一节课。",
        "This class has begun. Its time and everybody's points stay. Add another class instead.",
        "no",
    ),
    "class_held": Text(
        "这节课有人上过了，不能取消，积分没有变。请在“券和名额”里一个个退。",
        "Somebody was at this class, so it stays and no points changed. Return places one by one.",
        "no",
    ),
    "agreement_over": Text(
        "这家的协议到期了，积分没有变。请找社区续签。",
        "This merchant's agreement has ended. No points changed. Ask the community to renew it.",
        "no",
    ),
    "reservation_over": Text(
        "这个预留已经办完，积分没有再变。请看“我的预留”。",
        "This reservation is over. No points have changed again. See “My reservations”.",
        "no",
    ),
    "nothing_to_settle": Text(
        "这个月没有要结的，什么都没有变。不用结。",
        "This month has nothing to settle. Nothing has changed. No need to settle.",
        "no",
    ),
}
