"""What the till's scripts say, by name, in the reader's language; {places} are filled there."""

from app.web.translate import _


def words() -> dict[str, str]:
    """Return every text of the till's scripts."""
    return {**_listening(), **_people(), **_goods(), **_selling(), **_camera()}


def _listening() -> dict[str, str]:
    return {
        "ready": _("已就绪"),
        "looking": _("正在查…"),
        "selling": _("正在换…"),
        "no_connection": _("网络不通，什么都没有变。"),
        "no_connection_note": _("请看看网线，再扫一次。"),
        "no_connection_try": _("网络不通，什么都没有变。请再试一次。"),
        "not_done": _("没有办成，积分没有变。"),
        "points": _("{n} 积分"),
    }


def _people() -> dict[str, str]:
    return {
        "nobody": _("还没有扫码"),
        "nobody_note": _("请志愿者出示付款码或积分卡"),
        "card": _("积分卡 {n}"),
        "code_seen": _("付款码已核对"),
        "agreed_short": _("本人已确认"),
        "lots": _("先用 {day}到期的 {n} 积分。"),
        "next_person": _("请下一位出示付款码或积分卡。"),
        "goods_stay": _("这一单的商品还在。"),
        "agree_title": _("这一单 {n} 积分，要本人确认"),
        "agree_on_phone": _("请本人在手机上点同意，这里会自己接着走。"),
        "tries_left": _("还能试 {n} 次。"),
        "agreed": _("本人已确认。"),
        "agreed_note": _("请按 F8 换。"),
    }


def _goods() -> dict[str, str]:
    return {
        "number": _("货号 {n}"),
        "stock": _("库存 {n}"),
        "a_month": _("每月限 {n} 件"),
        "one_less": _("减一件"),
        "one_more": _("加一件"),
        "pieces": _("件数"),
        "n_pieces": _("{n} 件"),
        "left": _("还有 {n}"),
        "no_such_goods": _("没有“{text}”这样东西。"),
        "no_such_goods_note": _("什么都没有变。请核对货号，或再扫一次。"),
        "not_added": _("{name} 没加上："),
        "only_left": _("架上只有 {n} 件。"),
        "short": _("还差 {n} 积分。"),
        "take_other": _("积分没有扣。换别的，或少换一样。"),
        "about": _("{name}："),
        "limit": _("每人每月 {maximum} 件，本月已换 {used} 件。"),
        "next_month": _("积分没有扣。请下月再来。"),
    }


def _selling() -> dict[str, str]:
    return {
        "short_label": _("还差"),
        "left_label": _("换完还有"),
        "last": _("上一单 {at} {name} {n} 积分"),
        "sold_here": _("这台 {count} 单·{n} 积分"),
        "sold": _("换好了：{name} {n} 积分，还有 {left}。"),
        "sold_note": _("单号 {number}。按 F4 打小票。"),
        "not_yet": _("还不能换。"),
        "not_yet_note": _("请先扫付款码，再扫商品。"),
        "unsure": _("还不知道成没成，请别再按。"),
        "unsure_note": _("正在查，查到会告诉您扣了没有。"),
        "given_up": _("这一单放弃了，积分没有扣。"),
        "put_back": _("商品请放回货架。"),
        "quit_again": _("再按一次 Esc，放弃这一单。"),
        "quit_note": _("积分不会扣，商品请放回货架。"),
        "quit_sent_note": _("如果已经扣了，会告诉您。"),
        "slip_total": _("这一单"),
        "slip_left": _("还有"),
        "no_slip": _("这台还没有单，没有小票可打。"),
    }


def _camera() -> dict[str, str]:
    return {
        "camera_insecure": _("这个网址不是 https，开不了摄像头。请用扫码枪或输入号码。"),
        "camera_no-camera": _("没有找到摄像头。请拍照识别，或输入号码。"),
        "camera_denied": _("没有允许用摄像头。请在浏览器里允许，或拍照识别。"),
        "camera_busy": _("摄像头正被别的程序用着。请关掉它再试。"),
        "camera_lost": _("摄像头断了。请再点一次，或输入号码。"),
        "camera_photo": _("照片里没认出码。请靠近些再拍。"),
    }
