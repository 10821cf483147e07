"""A rate never travels without its base and the base's name; official figures are integers."""

from fractions import Fraction

import attrs

from renda_core.errors import Invalid


@attrs.frozen(kw_only=True)
class Rate:
    """*hits* of *base*, e.g. 55 met of 68 ``applicable`` points.

    Attributes:
        hits: The numerator, 0 or more; it may exceed the base, as money spent may (105.6 %).
        base: The denominator, 0 or more; a rate of nothing has no figure.
        of: What the base counts, in words.

    Raises:
        Invalid: A number is negative.
    """

    hits: int
    base: int
    of: str

    def __attrs_post_init__(self) -> None:
        if self.hits < 0 or self.base < 0:
            raise Invalid(f"a rate has no negative numbers: {self.hits} / {self.base} {self.of}")

    @property
    def basis_points(self) -> int | None:
        """Round half up to hundredths of a percent; None when the base is empty."""
        return None if self.base == 0 else (self.hits * 20_000 + self.base) // (2 * self.base)

    @property
    def shown(self) -> str:
        """Write the figure as people read it, ``92.74 %``; a dash when the base is empty."""
        points = self.basis_points
        return "—" if points is None else f"{points // 100}.{points % 100:02d} %"

    def to_row(self) -> tuple[int, int, str, str]:
        """Give hits, base, the base's name and the figure shown, for tables and files."""
        return self.hits, self.base, self.of, self.shown

    def __str__(self) -> str:
        return f"{self.shown} ({self.hits} / {self.base} {self.of})"


@attrs.frozen
class Share:
    """A threshold: ``Share("1/2", above=True)`` is 过半数, ``Share("2/3")`` is 三分之二以上.

    Source: 民法典 1259 (以上 includes the number), by analogy.
    """

    of: Fraction = attrs.field(converter=Fraction)
    above: bool = False

    def holds(self, hits: int, base: int) -> bool:
        """Compare exactly, without floats."""
        return hits > self.of * base if self.above else hits >= self.of * base

    def __str__(self) -> str:
        return f"{'>' if self.above else '≥'} {self.of}"
