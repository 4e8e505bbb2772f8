"""The numbers of the rules, each set at a place and valid below it until set again.

Here every setting has its type, bounds, default and source; `read` answers for a
place by its nearest ancestor that says something. Writing returns the old and the
new value: the door, or `people`, writes the audit.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from app.base import clock
from app.base.actors import Actor
from app.base.errors import ValidationFailed
from app.base.upserts import insert_for
from app.community.errors import UnknownSetting
from app.community.models import Node
from app.community.models import Setting as SettingRow
from app.community.node_rows import path_ids


@dataclass(frozen=True)
class Setting:
    """A number that a community may choose within bounds.

    Attributes:
        default: What holds where nobody chose; None means "off".
        source: The rule it belongs to (practice §8, mechanisms).
        may_be_off: Whether None may be chosen.
    """

    default: int | None
    minimum: int
    maximum: int
    doc: str
    source: str
    may_be_off: bool = False
    kind: type[int] = int

    def check(self, value: Any) -> bool:
        """Whether the value may be chosen."""
        if value is None:
            return self.may_be_off
        return type(value) is self.kind and self.minimum <= value <= self.maximum


@dataclass(frozen=True)
class Change:
    """A setting before and after, as it holds at the place; for the audit."""

    name: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Effective:
    """What holds at a place, and the place that says so (None: the default)."""

    name: str
    value: Any
    node_id: int | None


DAY_MINUTES = 1_440

REGISTRY: dict[str, Setting] = {
    "attendance.window_before_minutes": Setting(60, 0, 240, "签到最早在开始前多少分钟", "D12"),
    "attendance.min_presence_percent": Setting(
        60, 0, 100, "在场时间占场次的最低百分比，低于此不计", "D15"
    ),
    "attendance.autoclose_after_minutes": Setting(
        30, 0, DAY_MINUTES, "结束后多少分钟未签退即自动关闭", "D16"
    ),
    "attendance.offline_minutes": Setting(
        30, 0, 60, "签到屏断网后还能继续出码的分钟数；0 为不能", "D10"
    ),
    "attendance.level_2_minutes_day": Setting(
        480, 0, DAY_MINUTES, "一天超过此分钟数，须二级审核", "D17"
    ),
    "attendance.level_3_minutes_day": Setting(
        720, 0, DAY_MINUTES, "一天超过此分钟数，须三级审核", "D17"
    ),
    "attendance.cap_minutes_day": Setting(
        None, 1, DAY_MINUTES, "一天最多计入的分钟数；空为不限", "D18", may_be_off=True
    ),
    "attendance.cap_minutes_total": Setting(
        None, 1, 10_000_000, "一人累计最多计入的分钟数；空为不限", "D18", may_be_off=True
    ),
    "activity.respond_within_hours": Setting(48, 1, 720, "发起后多少小时无人响应即关闭", "C5"),
    "order.silence_days": Setting(7, 1, 90, "办结后多少天没有评单即入账", "T8"),
    "order.bad_stars_max": Setting(2, 0, 4, "评单不高于几星须再审核；0 为不看", "T8"),
    "order.percent_places": Setting(1, 0, 2, "办结率和满意度保留几位小数", "T9"),
    "claim.days_to_do": Setting(14, 1, 365, "认领岗位后须在多少天内做完，过了名额让给别人", "T3"),
    "skill.first_hours": Setting(24, 0, 168, "找专长的先给有专长的人几小时；0 为不限", "C21"),
    "inbox.quiet_from_hour": Setting(21, 0, 23, "从几点起不发提醒；与止点相同为不限", "D28"),
    "inbox.quiet_until_hour": Setting(8, 0, 23, "到几点为止不发提醒", "D28"),
    "backfill.window_workdays": Setting(10, 0, 250, "补录须在活动后多少个工作日内", "D25"),
    "backfill.ban_days": Setting(365, 0, 3_650, "虚假补录后停止补录的天数", "D26"),
    "backfill.ban_minutes": Setting(
        6_000, 0, 10_000_000, "虚假补录后，另须实际服务满多少分钟才可再补录", "D26"
    ),
    "household.base_points": Setting(100, 0, 10_000, "每户的底分，只显示，不能花", "D29"),
    "household.notice_workdays": Setting(5, 3, 7, "积分申报公示多少个工作日", "D30"),
    "gift.max_points_year": Setting(
        200, 0, 1_000_000, "一人一年最多赠给亲属的积分；0 为不能", "D32"
    ),
    "gift.friends_allowed": Setting(0, 0, 1, "1 为也可赠给登记的朋友；0 为只给亲属", "D32"),
    "mall.item_max_per_period": Setting(2, 1, 1_000, "一人一期同一商品最多兑换件数", "D35"),
    "mall.no_pin_max_points": Setting(
        200, 0, 100_000, "此积分数以内免密；超过须输 PIN 或本人手机确认", "F17"
    ),
    "mall.no_pin_max_count_day": Setting(10, 0, 1_000, "一人一天免密兑换的最多次数", "F17"),
    "mall.clerk_max_points_day": Setting(5_000, 1, 10_000_000, "一名店员一天最多经手的积分", "D37"),
    "mall.clerk_max_count_day": Setting(300, 1, 100_000, "一名店员一天最多经手的笔数", "D37"),
    "mall.refund_window_days": Setting(30, 0, 3_650, "兑换后多少天内可以退", "D36"),
    "mall.voucher_days": Setting(90, 1, 3_650, "券有效多少天，没用的到期退积分", "D34"),
    "mall.reservation_days": Setting(30, 1, 365, "预留多少天不取就取消，积分退回", "D34"),
    "mall.reference_fen": Setting(
        100, 0, 10_000, "一积分的参考价值（分钱），只用于和商家结算", "D40"
    ),
    "grant.manual_max_points": Setting(500, 1, 1_000_000, "一次人工加分的上限", "A17"),
}


def read(session: Session, node: Node, *names: str) -> dict[str, Any]:
    """Return what holds at the place for these settings (all, if none is named).

    Raises:
        UnknownSetting: A name is not in the registry.
    """
    return read_at(session, node.path, *names)


def read_at(session: Session, path: str, *names: str) -> dict[str, Any]:
    """Return the same for a place by its path, which is all that a hot path reads of it.

    Raises:
        UnknownSetting: A name is not in the registry.
    """
    return {name: found.value for name, found in _trace(session, path, names).items()}


def trace(session: Session, node: Node, *names: str) -> dict[str, Effective]:
    """Return what holds at the place, and which place said so.

    Raises:
        UnknownSetting: A name is not in the registry.
    """
    return _trace(session, node.path, names)


_table: sa.Table = SettingRow.__table__  # type: ignore[assignment]
_said = sa.select(_table.c.node_id, _table.c.name, _table.c.value).where(
    _table.c.node_id.in_(sa.bindparam("line", expanding=True)),
    _table.c.name.in_(sa.bindparam("names", expanding=True)),
)


def _trace(session: Session, path: str, names: tuple[str, ...]) -> dict[str, Effective]:
    wanted = names or tuple(REGISTRY)
    found = {name: Effective(name, _known(name).default, None) for name in wanted}
    line = path_ids(path)
    rows = session.connection().execute(_said, {"line": line, "names": wanted})
    for row in sorted(rows, key=lambda row: line.index(row.node_id)):
        found[row.name] = Effective(row.name, row.value, row.node_id)
    return found


def put(session: Session, *, node: Node, name: str, value: Any, actor: Actor) -> Change:
    """Set a setting at the place, for it and all below it.

    Raises:
        UnknownSetting: The name is not in the registry.
        ValidationFailed: The value is of another type or out of bounds (facts say which).
    """
    setting = _known(name)
    if not setting.check(value):
        raise ValidationFailed(
            f"{name} must be from {setting.minimum} to {setting.maximum}",
            field=name,
            minimum=setting.minimum,
            maximum=setting.maximum,
        )
    old = read(session, node, name)[name]
    insert = insert_for(session, SettingRow).values(
        node_id=node.id, name=name, value=value, set_at=clock.now()
    )
    session.execute(
        insert.on_conflict_do_update(
            index_elements=["node_id", "name"],
            set_={"value": insert.excluded.value, "set_at": insert.excluded.set_at},
        )
    )
    return Change(name, old, value)


def clear(session: Session, *, node: Node, name: str, actor: Actor) -> Change:
    """Take back what the place says, so that it follows its ancestors again.

    Raises:
        UnknownSetting: The name is not in the registry.
    """
    old = read(session, node, name)[name]
    session.execute(
        sa.delete(SettingRow).where(SettingRow.node_id == node.id, SettingRow.name == name)
    )
    return Change(name, old, read(session, node, name)[name])


def _known(name: str) -> Setting:
    if name not in REGISTRY:
        raise UnknownSetting(f"no setting {name!r}", name=name)
    return REGISTRY[name]
