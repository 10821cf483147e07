"""Rates: official figures, rounding, and thresholds that count the number itself."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.rates import Rate, Share
from renda_core.errors import Invalid

COUNTS = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("hits", "base", "shown"),
    [
        (5045, 5440, "92.74 %"),
        (100, 124, "80.65 %"),
        (120, 124, "96.77 %"),
        (100, 129, "77.52 %"),
        (120, 129, "93.02 %"),
        (1, 20_000, "0.01 %"),
        (1, 20_001, "0.00 %"),
        (1056, 1000, "105.60 %"),
        (0, 7, "0.00 %"),
        (0, 0, "—"),
        (3, 0, "—"),
    ],
)
def test_figures_as_people_read_them(hits, base, shown):
    rate = Rate(hits=hits, base=base, of="opinions")
    assert rate.shown == shown
    assert rate.to_row() == (hits, base, "opinions", shown)
    assert str(rate) == f"{shown} ({hits} / {base} opinions)"


@pytest.mark.parametrize(("hits", "base"), [(-1, 5), (1, -5), (-1, -1)])
def test_negative_numbers_are_refused(hits, base):
    with pytest.raises(Invalid, match="negative"):
        Rate(hits=hits, base=base, of="opinions")


@given(COUNTS, COUNTS)
def test_a_part_lies_between_nothing_and_all(one, other):
    hits, base = sorted((one, other))
    points = Rate(hits=hits, base=base, of="x").basis_points
    assert points is None if base == 0 else 0 <= points <= 10_000


@given(COUNTS, st.integers(1, 10**9))
def test_rounding_is_half_up(hits, base):
    points = Rate(hits=hits, base=base, of="x").basis_points
    assert Fraction(-1, 2) < points - Fraction(hits * 10_000, base) <= Fraction(1, 2)


def test_shares():
    assert not Share("1/2", above=True).holds(13, 26)
    assert Share("1/2", above=True).holds(14, 27)
    assert Share("2/3").holds(18, 27)
    assert not Share("2/3").holds(17, 27)
    assert (str(Share("1/2", above=True)), str(Share("2/3"))) == ("> 1/2", "≥ 2/3")
