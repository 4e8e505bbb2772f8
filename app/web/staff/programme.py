"""The programme of a place: inherited from where, what it counts, and its rates with versions."""

from typing import Any

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.base import clock
from app.base.transactions import reading
from app.community import tree
from app.points import activity_types, pooling, programmes, rates
from app.web.permissions import SIGNED_IN, allow
from app.web.schemas.desk_households import MinusIn, PoolFormIn
from app.web.schemas.points import CategoryIn, CategoryNameIn, DemandsIn, RateIn
from app.web.session import actor
from app.web.staff import desk, forms, menu
from app.web.staff.forms import Problem
from app.web.translate import _

bp = Blueprint("programme", __name__, url_prefix="/<place>/programme")


@bp.get("")
@allow(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show the rules that hold here, and where they come from."""
    return _show()


@bp.post("/rates/<code>")
@allow(SIGNED_IN)
def add_rate(code: str) -> ResponseReturnValue:
    """Add the next version of a rate, from a day on; what was posted keeps its own (D27)."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        programme = desk.require_programme(session, desk.MANAGERS)
        valid_from_on = asked.pop("valid_from_on")
        rates.add_version(
            session,
            programme=programme,
            indicator_code=code,
            terms=rates.Terms(**asked),
            valid_from_on=valid_from_on,
            actor=actor(),
        )

    return _step(verb, _("新标准存好了，到那天起用；以前入的账不变。"), RateIn)


@bp.post("/indicators/<code>/demands")
@allow(SIGNED_IN)
def set_demands(code: str) -> ResponseReturnValue:
    """Say who approves what counts towards an indicator, and which evidence it needs (P7)."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        programme = desk.require_programme(session, desk.MANAGERS)
        programmes.demand(session, programme=programme, indicator_code=code, actor=actor(), **asked)

    return _step(verb, _("改好了，从现在起录入和审核的照新的办；入过的账不变。"), DemandsIn)


@bp.post("/categories")
@allow(SIGNED_IN)
def add_category() -> ResponseReturnValue:
    """Add an activity type."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        programme = desk.require_programme(session, desk.MANAGERS)
        programmes.add_category(session, programme=programme, actor=actor(), **asked)

    return _step(verb, _("活动类型加好了。"), CategoryIn)


@bp.post("/categories/<code>/name")
@allow(SIGNED_IN)
def rename_category(code: str) -> ResponseReturnValue:
    """Call an activity type by another name."""
    return _type(activity_types.rename, code, _("改好了，以前的记录也显示新名字。"), CategoryNameIn)


@bp.post("/categories/<code>/retire")
@allow(SIGNED_IN)
def retire_category(code: str) -> ResponseReturnValue:
    """Offer an activity type no more."""
    return _type(activity_types.retire, code, _("停用了，新建活动时不再出现；以前的记录不变。"))


@bp.post("/categories/<code>/restore")
@allow(SIGNED_IN)
def restore_category(code: str) -> ResponseReturnValue:
    """Offer a retired activity type again."""
    return _type(activity_types.restore, code, _("又可以用了。"))


@bp.post("/pooling")
@allow(SIGNED_IN)
def set_pooling() -> ResponseReturnValue:
    """Say who earns from now on: each person, or the household (D29)."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        programme = desk.require_programme(session, desk.MANAGERS)
        pooling.set_pooling(session, programme=programme, actor=actor(), **asked)

    return _step(verb, _("改好了，从现在起挣的照新的记。"), PoolFormIn)


@bp.post("/minus")
@allow(SIGNED_IN)
def add_minus() -> ResponseReturnValue:
    """Add an indicator that takes points away (P7)."""

    def verb(session: Session, asked: dict[str, Any]) -> None:
        programme = desk.require_programme(session, desk.MANAGERS)
        programmes.add_minus_indicator(session, programme=programme, actor=actor(), **asked)

    return _step(verb, _("扣分的指标加好了，还要给它加一版标准。"), MinusIn)


def _type(step: Any, code: str, said: str, schema: Any = None) -> ResponseReturnValue:
    def verb(session: Session, asked: dict[str, Any]) -> None:
        programme = desk.require_programme(session, desk.MANAGERS)
        step(session, programme=programme, code=code, actor=actor(), **asked)

    return _step(verb, said, schema)


def _step(verb: forms.Verb, said: str, schema: Any) -> ResponseReturnValue:
    return forms.answer(
        verb, schema=schema, said=said, to=url_for("staff.programme.show"), again=_show
    )


def _show(problem: Problem | None = None) -> ResponseReturnValue:
    menu.at("points")
    with reading() as session:
        programme = programmes.of_ledger(session, desk.ledger_id())
        home = tree.get(session, programme.node_id)
        indicators = programmes.list_indicators(session, programme)
        versions = {
            each.code: rates.list_versions(session, programme.id, each.code) for each in indicators
        }
        return forms.page(
            "programme.html",
            problem,
            programme=programme,
            home=home,
            path=tree.breadcrumb(session, home),
            is_inherited=home.id != desk.here().node.id,
            indicators=indicators,
            indicator_options=[
                (each.code, each.name) for each in indicators if each.direction == "plus"
            ],
            versions=versions,
            categories=programmes.list_categories(session, programme),
            may_manage=tree.contains(desk.here().node, home) and desk.here().may(desk.MANAGERS),
            today=clock.today(),
        )
