"""How the doors and fields of plans, shifts, venues and agreements are called at the desk."""

from app.web.translate import _l

SHIFT_DOORS = {
    "checkpoint": _l("扫巡逻点位"),
    "visit": _l("上门开始"),
}

SHIFT_FIELDS = {
    "days": _l("连着几天"),
    "every": _l("办成系列"),
    "turn_count": _l("一共办几次"),
    "way": _l("怎么签到"),
    "checkpoints": _l("巡逻的点位"),
    "checkpoint_min_count": _l("扫够几个才算"),
    "venue_id": _l("阵地"),
    "opening": _l("开门时间"),
    "parent_id": _l("属于哪个中心"),
    "tags": _l("有什么"),
    "aliases": _l("也叫什么"),
    "unit_id": _l("单位"),
    "standard": _l("达到什么标准"),
    "monday": _l("哪一周"),
    "weekdays": _l("哪几天"),
    "shifts": _l("值班的时间"),
    "holder_id": _l("谁来值"),
    "weeks": _l("一共几周"),
    "alliance_id": _l("同盟"),
    "unit_ids": _l("联合单位"),
    "evidence": _l("凭证说明"),
    "provenance": _l("时长来源"),
    "document_no": _l("凭证号"),
    "as_of_on": _l("截至日期"),
}
