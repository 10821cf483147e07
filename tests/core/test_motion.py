"""How many must sign."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.areas import Level
from renda_core.domain.motion import THRESHOLDS, Body, Kind, Threshold, needed, refuse_too_few, threshold
from renda_core.errors import Invalid


@pytest.mark.parametrize(
    ("level", "signatures", "accepted"),
    [("county", 1 + 8, False), ("county", 10, True), ("township", 4, False), ("township", 5, True)],
)
def test_a_motion_needs_its_signatures(level: Level, signatures: int, accepted: bool) -> None:
    objections = refuse_too_few("motion", "congress", level, signatures=signatures)
    assert accepted is (objections == ())


def test_an_objection_tells_number_and_source() -> None:
    assert refuse_too_few("motion", "congress", "county", signatures=9) == (
        "9 signatures, 10 needed for a motion at county level (组织法 22)",
    )
    assert refuse_too_few("recall", "congress", "county", signatures=19, members=191) == (
        "19 signatures, 20 needed (1/10 of 191) for a recall at county level (组织法 31)",
    )


@pytest.mark.parametrize(
    ("kind", "body", "level", "districts", "expected"),
    [
        ("motion", "congress", "county", False, 10),
        ("motion", "congress", "township", False, 5),
        ("inquiry", "congress", "county", False, 10),
        ("inquiry", "congress", "township", False, 10),
        ("motion", "standing_committee", "county", False, 3),
        ("inquiry", "standing_committee", "county", False, 3),
        ("motion", "standing_committee", "city", True, 5),
        ("inquiry", "standing_committee", "city", True, 5),
        ("motion", "standing_committee", "county", True, 5),
        ("motion", "congress", "county", True, 10),
        ("recall", "congress", "county", False, Fraction(1, 10)),
        ("recall", "congress", "township", False, Fraction(1, 5)),
        ("commission", "congress", "county", False, Fraction(1, 10)),
        ("commission", "standing_committee", "county", False, Fraction(1, 5)),
        ("extra_session", "congress", "county", False, Fraction(1, 5)),
        ("extra_session", "congress", "township", False, Fraction(1, 5)),
        ("voters_recall", "voters", "county", False, 50),
        ("voters_recall", "voters", "township", False, 30),
    ],
)
def test_the_table(kind: Kind, body: Body, level: Level, districts: bool, expected: int | Fraction) -> None:
    found = threshold(kind, body, level, districts=districts)
    assert found is not None
    assert expected == (found.share or found.number)


def test_a_special_inquiry_has_no_threshold() -> None:
    assert refuse_too_few("special_inquiry", "standing_committee", "county", signatures=0) == ()


def test_townships_have_no_commissions_of_inquiry() -> None:
    assert threshold("commission", "congress", "township") is None
    assert refuse_too_few("commission", "congress", "township", signatures=99, members=99)


def test_one_rule_for_each_question() -> None:
    assert len(THRESHOLDS) == len({(rule.kind, rule.body, rule.level) for rule in THRESHOLDS})
    assert all(rule.source and (rule.number is None or rule.share is None) for rule in THRESHOLDS)


def test_a_fraction_of_nobody() -> None:
    with pytest.raises(Invalid):
        refuse_too_few("recall", "congress", "county", signatures=3)


@given(st.sampled_from(THRESHOLDS), st.integers(1, 3_000))
def test_needed_is_the_least_number_that_reaches_the_fraction(rule: Threshold, members: int) -> None:
    least = needed(rule, members)
    if rule.share is not None:
        assert (least - 1) < rule.share * members <= least <= members
    assert refuse_too_few(rule.kind, rule.body, rule.level, signatures=least, members=members) == ()
    if least:
        assert refuse_too_few(rule.kind, rule.body, rule.level, signatures=least - 1, members=members)
