"""What every page shares: how numbers, hours and dates read, and the forms' hidden keys."""

import secrets
from datetime import date, datetime, timedelta

from flask import Flask

from app.base import clock
from app.base.db import NEVER
from app.web.reader import prefers_english
from app.web.translate import _

WEEKDAYS = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def number(value: int | None) -> str:
    """Write a whole number with thousands and a true minus: 1,240 · −3."""
    return f"{value or 0:,}".replace("-", "−")


def hours(minutes: int | None) -> str:
    """Write minutes as hours with one decimal, cut and not rounded up: 119 min is 1.9."""
    value = minutes or 0
    sign = "−" if value < 0 else ""
    tenths = abs(value) // 6
    return f"{sign}{tenths // 10:,}.{tenths % 10}"


def day(value: date | datetime | None) -> str:
    """Write a date as people say it: 今天, 昨天, 11月21日 周六, 2025年3月1日."""
    if value is None:
        return ""
    moment_on = clock.local_date(value) if isinstance(value, datetime) else value
    today = clock.today()
    names = {
        today: _("今天"),
        today - timedelta(days=1): _("昨天"),
        today + timedelta(days=1): _("明天"),
    }
    if moment_on in names:
        return names[moment_on]
    return date_in_words(moment_on, with_year=moment_on.year != today.year)


def date_in_words(value: date, *, with_year: bool = True) -> str:
    """Write a date in full: 2025年3月1日, or 11月21日 周六 where the year is known."""
    if prefers_english():
        written = f"{value.day} {MONTHS_EN[value.month - 1]}"
        return (
            f"{written} {value.year}" if with_year else f"{WEEKDAYS_EN[value.weekday()]} {written}"
        )
    written = f"{value.month}月{value.day}日"
    return f"{value.year}年{written}" if with_year else f"{written} 周{WEEKDAYS[value.weekday()]}"


def until(value: date) -> str:
    """Write a last day: 12月31日, 明年12月31日, 2029年3月31日; 长期有效 when there is none."""
    if value == NEVER:
        return _("长期有效")
    years = value.year - clock.today().year
    if prefers_english() or years not in (0, 1):
        return date_in_words(value)
    named = f"{value.month}月{value.day}日"
    return f"明年{named}" if years else named


def month(value: date) -> str:
    """Write a month: 2026年11月."""
    if prefers_english():
        return f"{MONTHS_EN[value.month - 1]} {value.year}"
    return f"{value.year}年{value.month}月"


def moment(value: datetime | None) -> str:
    """Write an instant as people say it: 今天 14:00."""
    return "" if value is None else f"{day(value)} {clock_time(value)}"


def clock_time(value: datetime | None) -> str:
    """Write the Shanghai wall-clock time: 14:00."""
    return "" if value is None else value.astimezone(clock.SHANGHAI).strftime("%H:%M")


def paper_time(value: datetime | None) -> str:
    """Write an instant as it stands on paper: 2026-11-22 14:00."""
    return "" if value is None else value.astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")


def new_key() -> str:
    """Return a fresh idempotency key for a form."""
    return secrets.token_urlsafe(24)


def init_app(app: Flask) -> None:
    """Give the templates their words."""
    app.jinja_env.filters.update(
        number=number,
        hours=hours,
        day=day,
        moment=moment,
        clock_time=clock_time,
        paper_time=paper_time,
        full_date=date_in_words,
        until=until,
    )
    app.jinja_env.globals.update(new_key=new_key, problem=None)
