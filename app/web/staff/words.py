"""The desk's words for what the rooms call by code; what has no word reads as its code."""

from app.reports.rankings import PROVENANCE_WORDS

WORDS: dict[str, dict[str, str]] = {
    "activity": {
        "draft": "草稿",
        "submitted": "等批准",
        "called": "等队伍响应",
        "open": "可以报名",
        "finished": "已结束",
        "archived": "已归档",
        "refused": "没有批准",
        "no_response": "无人响应",
        "cancelled": "已取消",
    },
    "stay": {
        "open": "还在现场",
        "closed": "等领队确认",
        "needs_confirmation": "忘了签退",
        "confirmed": "已确认",
        "refused": "不算",
        "reversed": "已撤回",
    },
    "door": {
        "code": "扫码",
        "personal_code": "领队扫个人码",
        "card": "刷卡",
        "roll": "点名",
        "correction": "更正",
        "auto": "没有签退",
    },
    "grant": {
        "waiting_level_2": "等审核",
        "waiting_level_3": "等上一级审核",
        "posted": "已入账",
        "refused": "没有通过",
        "reversed": "已冲正",
    },
    "hold": {
        "roll": "点名或刷卡",
        "edited": "改过时间",
        "own": "领队本人或家人",
        "emergency": "应急活动",
        "overlap": "和另一场重叠",
        "day_level_2": "当天超 8 小时",
        "day_level_3": "当天超 12 小时",
        "over_cap": "超过上限",
        "manual": "人工录入",
        "approver": "指定人审核",
    },
    "provenance": {**PROVENANCE_WORDS, "none": "不计时长"},
    "source": {
        "attendance": "签到",
        "manual": "人工录入",
        "backfill": "补录",
        "opening": "纸本转入",
        "order": "服务单",
        "claim": "申报",
        "exchange": "互助",
    },
    "card": {"active": "在用", "lost": "挂失", "replaced": "补发作废", "cancelled": "注销"},
    "member": {"active": "在册", "merged": "已合并", "left": "已退出", "erased": "已注销"},
    "office": {
        "volunteer": "志愿者",
        "leader": "领队",
        "clerk": "店员",
        "staff": "工作人员",
        "second_approver": "上一级审核人",
        "auditor": "稽核人",
        "administrator": "管理员",
    },
    "merchant": {
        "applied": "等批准",
        "approved": "已批准",
        "listed": "已上架",
        "suspended": "暂停",
        "closed": "已关闭",
    },
    "shop": {"open": "营业", "suspended": "暂停", "closed": "已关闭"},
    "goods": {"goods": "物品", "service": "服务", "offer": "优惠", "honour": "荣誉"},
    "movement": {
        "intake": "进货",
        "redemption": "兑换",
        "cancel": "当天撤单退回",
        "refund": "退货退回",
        "count": "盘点",
        "write_off": "报损",
    },
    "redemption": {"done": "已兑换", "cancelled": "当天撤单", "refunded": "已退"},
    "measure": {"minutes": "分钟", "times": "次", "pieces": "件"},
    "remainder": {"carried": "余数留到下次", "dropped": "余数不要"},
    "expiry": {
        "never": "长期有效",
        "calendar_year": "当年年底到期",
        "rolling_36_months": "满 36 个月到期",
    },
    "rule": {
        "one_device_many_people": "一部手机签了好几个人",
        "fast_entry": "活动刚建就录完",
        "roll_share": "多数人是点名或刷卡",
        "repeated_refused_scans": "一个人反复扫不上",
        "presence_overlap": "同一时间在两个地方",
        "clerk_same_member": "店员一天多次给同一人兑换",
        "exchange_ring": "两人互相服务",
    },
    "objection": {"attendance": "到场记录", "grant": "入账记录", "redemption": "兑换记录"},
    "subject": {
        "member": "成员",
        "card": "积分卡",
        "team": "队伍",
        "alliance": "同盟",
        "household": "家庭",
        "attendance": "到场记录",
        "grant": "入账记录",
        "session": "场次",
        "clerk": "店员",
        "redemption": "兑换单",
    },
    "row": {
        "unreadable": "这一行读不了，列数不对",
        "empty": "没有写外部编号",
        "birth_year": "出生年份要 4 位数字",
        "repeated": "编号或手机号在前面出现过",
        "unknown_place": "没有这个社区编码",
        "unknown_team": "没有这支队伍，或者有同名的",
        "already_member": "这个号码登记的是别的姓名",
        "validation_failed": "姓名、手机号或年份写得不对",
        "member_not_active": "这个账户停用了",
    },
    "zero": {
        "paid": "有偿活动，不计时长",
        "below_min_presence": "到场不够，不计",
        "outside_session": "不在活动时间内",
        "no_check_out": "没有签退，确认前算 0",
    },
}


def word(kind: str, code: str | None) -> str:
    """Return how a code reads."""
    return WORDS[kind].get(code or "", code or "")


FIELDS = {
    "name": "姓名或名称",
    "phone": "手机号",
    "node_code": "地方",
    "birth_year": "出生年份",
    "guardian_consent_version": "监护人同意",
    "reason": "原因",
    "file": "文件",
    "minutes": "时长",
    "hours": "时长",
    "points": "积分",
    "quantity": "数量",
    "served_on": "服务日期",
    "category_code": "服务类别",
    "volunteer_no": "志愿者编号",
    "evidence": "凭证说明",
    "provenance": "时长来源",
    "document_no": "凭证号",
    "as_of_on": "截至日期",
    "lines": "名单",
    "valid_from_on": "从哪天起",
    "per_quantity": "每多少",
    "cap_points_day": "每天最多",
    "price_points": "价格",
    "number": "编号",
    "barcode": "条码",
    "low_stock_count": "低于多少提醒",
    "person_period_max": "每人每月最多",
    "count": "件数",
    "counts": "件数",
    "role": "角色",
    "until_on": "到哪天",
    "from_on": "从哪天",
    "begins_on": "开始日期",
    "ends_on": "结束日期",
    "value": "数值",
    "household_count": "户数",
    "resident_count": "人数",
    "checked_in_at": "签到时间",
    "checked_out_at": "签退时间",
    "left_at": "离开时间",
    "grant_ids": "选中的记录",
    "opening_ids": "选中的记录",
    "verdict": "决定",
    "relation": "关系",
    "consent_note": "怎么同意的",
    "alias": "别名",
    "lead_body": "牵头单位",
    "kind": "类别",
    "confirmed": "再确认一次",
    "text": "查找的内容",
    "code": "验证码",
    "beneficiary_count": "服务对象人数",
    "case_no": "案号",
    "discount_rate_bp": "结算折扣",
}


def field_name(pointer: str) -> str:
    """Return how a field of a form is called; of a path its last part with a name."""
    for part in reversed(pointer.strip("/").split("/")):
        if part in FIELDS:
            return FIELDS[part]
    return pointer.strip("/") or "表单"


def options(kind: str, *codes: str) -> list[tuple[str, str]]:
    """Return codes with their words, as a form offers them; all of the kind if none is named."""
    return [(code, word(kind, code)) for code in codes or WORDS[kind]]
