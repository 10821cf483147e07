"""How many deputies a congress has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.areas import Level
from renda_core.domain.quota import QUOTAS, quota
from renda_core.errors import Invalid

people = st.integers(0, 30_000_000)
levels = st.sampled_from(sorted(QUOTAS))


@pytest.mark.parametrize(
    ("level", "population", "number"),
    [
        ("county", 253_700, 190),
        ("county", 1_550_000, 450),
        ("county", 1_560_000, 450),
        ("township", 26_000, 62),
        ("township", 172_500, 160),
        ("township", 180_000, 160),
        ("city", 10_000_000, 640),
        ("city", 12_000_000, 650),
        ("county", 0, 140),
    ],
)
def test_article_12(level: Level, population: int, number: int) -> None:
    found = quota(level, population)
    assert number == found.number
    assert "选举法 12" in found.source


@pytest.mark.parametrize(
    ("level", "population", "fewer"),
    [
        ("county", 49_999, True),
        ("county", 50_000, False),
        ("township", 1_999, True),
        ("township", 2_000, False),
        ("city", 1_000, False),
    ],
)
def test_small_places_may_have_fewer(level: Level, population: int, fewer: bool) -> None:
    assert fewer is quota(level, population).minimum_may_be_less


def test_five_per_cent_more_is_rounded_down_and_explained() -> None:
    found = quota("county", 253_700, extra=True)
    assert found.number == 199
    assert found.explanation == ("140 + 253700 ÷ 5000 = 190", "+ 5 % of 190 = 9, together 199")


def test_what_makes_no_sense() -> None:
    with pytest.raises(Invalid):
        quota("nation", 1)
    with pytest.raises(Invalid):
        quota("county", -1)
    with pytest.raises(Invalid):
        quota("city", 1, extra=True)


@given(levels, people, people)
def test_more_people_never_mean_fewer_deputies(level: Level, one: int, other: int) -> None:
    fewer, more = sorted((one, other))
    assert quota(level, fewer).number <= quota(level, more).number
    assert quota(level, more).number <= QUOTAS[level].cap


@given(st.sampled_from(["county", "township"]), people)
def test_the_extra_never_takes_away(level: Level, population: int) -> None:
    plain = quota(level, population).number
    assert 0 <= quota(level, population, extra=True).number - plain <= plain // 20
