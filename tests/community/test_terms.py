"""Classes of partners and kinds of units are lists that places keep (T16, X7)."""

import pytest
import sqlalchemy as sa

from app.base.actors import SYSTEM
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import attempt
from app.community import terms, units
from app.community.models import Term, Unit
from tests.factories import community as places

CLASSES = ["红色管家", "治理协同", "商企发展", "邻里互助", "网格哨兵"]
KEY = {"kind": terms.PARTNER_CLASS, "actor": SYSTEM}


@pytest.fixture
def line(session):
    found = places.make_jinxi(session)
    session.commit()
    return found


def offered(session, node):
    return [each.name for each in terms.offered(session, node, terms.PARTNER_CLASS)]


def rows(session, model):
    return sorted(map(repr, session.execute(sa.select(model.__table__)).all()))


def refused(session, error, verb, **about):
    before = rows(session, Term)
    with pytest.raises(error), attempt(session):
        verb(session, **KEY, **about)
    session.expire_all()
    assert rows(session, Term) == before


def test_t16_without_a_list_of_ones_own_there_are_exactly_the_five(session, line):
    assert offered(session, line[-1]) == CLASSES


def test_x7_committee_supervisors_and_property_are_kinds_of_units(session, line):
    found = [each.name for each in terms.offered(session, line[-1], terms.UNIT_KIND)]
    assert {"业委会", "业主监事会", "物业", "小区党支部", "职能部门"} <= set(found)


def test_t16_a_list_holds_at_its_place_and_below_and_not_above(session, line):
    above, here, below = line[-3:]
    terms.add(session, node=here, name="文化伙伴", **KEY)
    terms.rename(session, node=here, code="红色管家", name="红管家", **KEY)

    assert offered(session, here) == ["红管家", *CLASSES[1:], "文化伙伴"]
    assert offered(session, below) == offered(session, here)
    assert offered(session, above) == CLASSES


def test_t16_a_renamed_class_keeps_its_code_so_that_old_rows_are_found(session, line):
    here = line[-1]
    unit = units.add(
        session, node=here, kind="物业", name="金威", partner_class="红色管家", actor=SYSTEM
    )
    terms.rename(session, node=here, code="红色管家", name="红管家", **KEY)

    assert terms.names(session, here, terms.PARTNER_CLASS)[unit.partner_class] == "红管家"


def test_t16_a_retired_class_is_read_and_given_to_nobody_new(session, line):
    here = line[-1]
    for _again in range(2):
        terms.retire(session, node=here, code="网格哨兵", **KEY)
    assert offered(session, here) == CLASSES[:-1]
    assert terms.names(session, here, terms.PARTNER_CLASS)["网格哨兵"] == "网格哨兵"
    before = rows(session, Unit)
    with pytest.raises(ValidationFailed), attempt(session):
        units.add(
            session, node=here, kind="企业", name="顺丰", partner_class="网格哨兵", actor=SYSTEM
        )
    assert rows(session, Unit) == before
    terms.restore(session, node=here, code="网格哨兵", **KEY)
    assert offered(session, here) == CLASSES


def test_what_makes_no_word_of_a_list_is_refused(session, line):
    here = line[-1]
    for name in (" ", "字" * 25, "红色管家"):
        refused(session, ValidationFailed, terms.add, node=here, name=name)
    refused(session, ValidationFailed, terms.rename, node=here, code="红色管家", name="邻里互助")
    refused(session, NotFound, terms.retire, node=here, code="没有这一类")


def test_a_new_word_never_takes_over_the_rows_of_an_old_one(session, line):
    here = line[-1]
    terms.rename(session, node=here, code="红色管家", name="红管家", **KEY)
    fresh = terms.add(session, node=here, name="红色管家", **KEY)

    assert (fresh.code, fresh.name) == ("红色管家2", "红色管家")
