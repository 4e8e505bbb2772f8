"""The org tree: any depth, one range of paths per subtree, names that may be ambiguous."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.base.actors import SYSTEM
from app.base.errors import NotFound, ValidationFailed
from app.base.transactions import attempt
from app.community import tree
from app.community.errors import AmbiguousNode, NodeCodeTaken
from app.community.models import Kind, Node
from tests.factories.community import make_jinxi, make_line, make_node


def codes_within(session, node) -> set[str]:
    return set(session.scalars(sa.select(Node.code).where(tree.within(Node.path, node))))


def count_nodes(session) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(Node))


def dig(session, parent, levels: int) -> None:
    for _ in range(levels):
        parent = make_node(session, parent)


def test_o1_five_levels_stand_one_below_the_other(session):
    line = make_line(
        session,
        ("city", "3509", "宁德市"),
        ("county", "350902", "蕉城区"),
        ("subdistrict", "350902002", "蕉北街道"),
        ("community", "350902002001", "鹤峰社区居委会"),
        ("estate", "350902002001-1", "继光花苑"),
    )
    leaf = line[-1]

    assert tree.ancestors(session, leaf) == line
    assert [node.depth for node in line] == [1, 2, 3, 4, 5]
    assert tree.breadcrumb(session, leaf) == "宁德市 / 蕉城区 / 蕉北街道 / 鹤峰社区 / 继光花苑"


def test_o3_rural_kinds_are_rows_like_all_others(session):
    line = make_line(
        session,
        ("township", "340406105", "架河镇"),
        ("village", "340406105206", "武庙村村委会"),
        ("area", "340406105206-1", "东片区"),
        ("hub_household", "340406105206-1-1", "一号中心户"),
    )
    assert tree.breadcrumb(session, line[-1]) == "架河镇 / 武庙村 / 东片区 / 一号中心户"


def test_a_tree_of_twenty_levels_is_no_different(session):
    nodes = make_line(session, *[("area", f"L{level}", f"第{level}层") for level in range(20)])
    assert tree.ancestors(session, nodes[-1]) == nodes
    assert len(codes_within(session, nodes[5])) == 15


def test_a_tree_too_deep_for_its_path_is_refused(session):
    nodes = make_line(session, *[("area", f"L{level}", f"第{level}层") for level in range(60)])
    with pytest.raises(ValidationFailed), attempt(session):
        dig(session, nodes[-1], levels=60)
    assert count_nodes(session) == 60


def test_a_subtree_holds_itself_and_all_below_and_no_neighbour(session):
    root = make_node(session, code="R", kind_code="city")
    nodes = [make_node(session, root, code=f"C{number}") for number in range(12)]
    for node in nodes:
        make_node(session, node, code=f"{node.code}-x", kind_code="estate")

    # 12 siblings: /1/2/ must not take in /1/20/ or /1/21/.
    for node in nodes:
        assert codes_within(session, node) == {node.code, f"{node.code}-x"}
    assert len(codes_within(session, root)) == 25


def test_the_range_works_on_an_alias(session):
    *_, town, community = make_jinxi(session)
    other = aliased(Node)
    query = sa.select(other.code).where(tree.within(other.path, town))
    assert set(session.scalars(query)) == {town.code, community.code}


def test_a_place_contains_itself_and_what_is_below(session):
    *_, town, community = make_jinxi(session)
    beside = make_node(session, town)

    assert tree.contains(town, community)
    assert tree.contains(town, town)
    assert not tree.contains(community, town)
    assert not tree.contains(community, beside)


def test_reads_that_find_nothing_say_so(session):
    for ask in (
        lambda: tree.get(session, 99),
        lambda: tree.by_code(session, "99"),
        lambda: tree.find(session, "无此地"),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_place_is_found_by_code_by_official_name_and_by_display_name(session):
    community = make_jinxi(session)[-1]
    for text in ("350902200001", " 350902200001 ", "金溪社区居民委员会", "金溪社区"):
        assert tree.find(session, text) is community
    assert tree.get(session, community.id) is community
    assert tree.by_code(session, "350902200001") is community


def test_an_ambiguous_name_lists_the_candidates(session):
    *_, county, town, _ = make_jinxi(session)
    one = make_node(session, town, code="A1", name="新村村委会", kind_code="village")
    make_node(session, county, code="A2", name="新村社区居委会")
    two = make_node(session, county, code="A3", name="新村村委会", kind_code="village")

    with pytest.raises(AmbiguousNode) as refused:
        tree.find(session, "新村")

    assert refused.value.facts["candidates"] == [
        f"{one.code} 福建省 / 宁德市 / 蕉城区 / 金涵畲族乡 / 新村",
        f"{two.code} 福建省 / 宁德市 / 蕉城区 / 新村",
    ]
    assert tree.find(session, "新村社区").code == "A2"


def test_a_code_wins_over_a_name(session):
    root = make_node(session, code="X", name="甲")
    make_node(session, root, code="Y", name="X")
    assert tree.find(session, "X") is root


def test_a_taken_code_is_refused_and_nothing_is_added(session):
    *_, town, community = make_jinxi(session)
    before = count_nodes(session)
    with pytest.raises(NodeCodeTaken), attempt(session):
        make_node(session, town, code=community.code)
    make_node(session, town, external_id="E-1")
    with pytest.raises(NodeCodeTaken), attempt(session):
        make_node(session, town, external_id="E-1")
    assert count_nodes(session) == before + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind_code": "galaxy"},
        {"code": "  "},
        {"name": " "},
        {"code": "9" * 33},
        {"name": "村" * 65},
        {"name": "金\n溪"},
        {"name": "金\x00溪"},
        {"household_count": -1},
        {"resident_count": 10**12},
    ],
)
def test_wrong_words_and_numbers_are_refused_and_nothing_is_added(session, wrong):
    town = make_jinxi(session)[-2]
    before = count_nodes(session)
    fields = {"kind_code": "community", "code": "Z1", "name": "试验社区"} | wrong
    with pytest.raises(ValidationFailed), attempt(session):
        tree.add(session, parent=town, actor=SYSTEM, **fields)
    assert count_nodes(session) == before


def test_a_display_name_of_ones_own_is_kept(session):
    node = make_node(session, name="金溪社区居民委员会", short_name="金溪")
    assert (node.name, node.short_name) == ("金溪社区居民委员会", "金溪")


def test_children_and_roots_are_listed_by_code(session):
    root = make_node(session, code="R")
    for code in ("C2", "C1", "C3"):
        make_node(session, root, code=code)
    assert [node.code for node in tree.children(session, root)] == ["C1", "C2", "C3"]
    assert tree.roots(session) == [root]


def test_an_unknown_parent_is_a_visible_place_made_once(session):
    county = make_jinxi(session)[2]
    community = session.get(Kind, "community")

    first = tree.add_unknown(session, parent=county, missing_kind=community, actor=SYSTEM)
    again = tree.add_unknown(session, parent=county, missing_kind=community, actor=SYSTEM)

    assert first is again
    assert (first.name, first.kind_code) == ("〔社区未写明〕", "unknown")
    assert tree.breadcrumb(session, first) == "福建省 / 宁德市 / 蕉城区 / 〔社区未写明〕"


def test_a_kind_of_ones_own_can_be_added_once(session):
    words = {"code": "lane", "label_zh": "巷", "label_en": "lane", "is_official": False}
    tree.add_kind(session, actor=SYSTEM, **words)
    assert make_node(session, kind_code="lane").kind_code == "lane"
    with pytest.raises(NodeCodeTaken), attempt(session):
        tree.add_kind(session, actor=SYSTEM, **words)
    assert {"lane", "grid", "unknown"} <= {kind.code for kind in tree.kinds(session)}
