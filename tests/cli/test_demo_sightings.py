"""The demo's 随手拍 and 五事: to be seen, and without a point of their own."""

from datetime import date

from app.base import clock
from app.base.actors import SYSTEM
from app.cli.demo.whole import jianyang_sightings as demo
from app.cli.demo.whole import ningde
from app.cli.demo.whole.outings import Stage
from app.cli.demo.world import Someone
from app.people import duties
from app.points import indicators, programmes
from app.points.models import Grant
from app.service_orders import sighting_listings, sightings, templates
from tests.factories import community, service_orders
from tests.factories.activities import at


def someone(member):
    return Someone(member.person_id, member.id, "-")


def test_t26_the_couriers_report_waits_under_a_rate_and_makes_points_only_when_accepted(session):
    street = service_orders.a_street(session)
    key = {"ledger_id": street.ledger_id}
    people = {demo.COURIER: someone(street.helper)}
    stage = Stage(street.ledger_id, people, someone(street.asker), {})
    with at("09:00", date(2026, 2, 26)):
        duties.give(
            session,
            **key,
            member_id=street.helper.id,
            node=street.world.node,
            kind_code="grid_roving",
            actor=SYSTEM,
        )
    for _again in range(2):
        with at("11:20", demo.SEEN_ON):
            demo.put_rate(session, stage)
            demo.report(session, stage)
            session.commit()
    (seen,) = sighting_listings.list_in(session, **key, node=street.world.node)
    assert (seen.state, session.query(Grant).filter_by(**key).count()) == ("waiting", 0)
    programme = programmes.of_ledger(session, street.ledger_id)
    codes = [each.code for each in indicators.list_categories(session, programme)]
    assert codes.count(sightings.CATEGORY) == 1
    with at("18:00", demo.SEEN_ON):
        sightings.accept(session, **key, sighting_id=seen.id, actor=street.world.staff)
    assert [each.points for each in session.query(Grant).filter_by(**key)] == [demo.POINTS]


def test_t22_jinxi_shoufu_works_in_five_steps_and_its_neighbours_do_not(session):
    street = service_orders.a_street(session)
    stage = Stage(street.ledger_id, {}, someone(street.asker), {})
    district = community.make_node(session, None)
    estate = community.make_node(session, district, code=ningde.FIVE_THINGS)
    neighbour = community.make_node(session, district)
    for _again in range(2):
        with clock.held_at(clock.now()):
            ningde._choose_five_things(session, stage)
            session.commit()
    chosen = templates.of_node(session, estate)
    steps = [each.name for each in templates.steps_of(chosen)]
    assert steps == ["网格提事", "支部定事", "协商议事", "联合办事", "居民评事"]
    for other in (district, neighbour):
        assert templates.of_node(session, other).code != chosen.code
