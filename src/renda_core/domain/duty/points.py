"""Points as people write them: with up to two decimals, exact on the way in and out, never through floats."""

from __future__ import annotations

from decimal import Decimal

from renda_core.domain.duty.rule import POINT
from renda_core.errors import Invalid

DECIMALS = 2
MOST = 10_000
"""Points that one number of a rule may give or take: far beyond any place's year, and small enough to be summed."""


def hundredths(points: Decimal | int) -> int:
    """Read points as a rule has them, e.g. ``Decimal("0.5")`` as 50 hundredths.

    Raises:
        Invalid: They have more than two decimals, are no number, or are more than any rule gives.
    """
    value = Decimal(points)
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or not -MOST <= value <= MOST:
        raise Invalid(f"{value} is no number of points; write one from -{MOST} to {MOST}")
    if exponent < -DECIMALS:
        raise Invalid(f"{value} points have more than {DECIMALS} decimals; points are counted in hundredths")
    return int(value * POINT)


def written(points: int) -> str:
    """Write hundredths of a point as people read them, e.g. ``-0.50``."""
    whole, part = divmod(abs(points), POINT)
    return f"{'-' if points < 0 else ''}{whole}.{part:02d}"
