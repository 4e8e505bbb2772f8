"""What people call a place."""

import pytest

from app.community.names import short_name


@pytest.mark.parametrize(
    ("official", "said"),
    [
        ("金溪社区居民委员会", "金溪社区"),
        ("鹤峰社区居委会", "鹤峰社区"),
        ("武庙村村委会", "武庙村"),
        ("下洋村委会", "下洋村"),
        ("瀛洲村民委员会", "瀛洲村"),
        ("峦龙村村民委员会", "峦龙村"),
        ("居安村委会", "居安村"),
        ("居安居委会", "居安"),
        ("中兴街居委会", "中兴街"),
        ("蕉北街道办事处", "蕉北街道"),
        ("蕉北街道", "蕉北街道"),
        ("城南镇人民政府", "城南镇"),
        ("金涵畲族乡", "金涵畲族乡"),
        ("宁远社区", "宁远社区"),
        ("福建省", "福建省"),
        ("居委会", "居委会"),
        ("〔社区未写明〕", "〔社区未写明〕"),
    ],
)
def test_the_organ_is_taken_away_and_the_place_stays(official, said):
    assert short_name(official) == said
