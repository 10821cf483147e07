"""The file of one deputy: it costs what their own records cost, whatever everybody else did."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.counties import OFFICE
from benchmarks.country import FIRST, LAST, Place, county, records_of, write
from benchmarks.pairs import Pairs, processor

from renda_core.services import ledgers
from renda_plugins import duty_archive

FEW, MORE = 6_000, 54_000
"""Records of 300 deputies in a year, and further ones of all but the one whose file is read."""
LESS = 100
"""Times fewer, where nothing is measured."""


def test_a_file_among_those_of_three_hundred(versus: Pairs, tmp_path: Path) -> None:
    less = LESS if versus.benchmark.disabled else 1
    for name in ("quiet", "busy"):
        (tmp_path / name).mkdir()
    archive: Any = {"duty_archive": duty_archive}
    with (
        county(tmp_path / "quiet", FEW // less, **archive) as quiet,
        county(tmp_path / "busy", FEW // less, **archive) as busy,
    ):
        others = [{"id": m, "person": busy.people[n]} for m, n in busy.holders.items() if n]
        busy.work.do(write, OFFICE, tuple(records_of(others, MORE // less)))
        own = [sum(r.person == place.people[0] for r in place.records) for place in (quiet, busy)]
        assert [reading(place)().counted for place in (quiet, busy)] == own
        versus(
            f"a file of {own[1]} records among {(FEW + MORE) // less:,}",
            reading(busy),
            reading(quiet),
            against=f"one of {own[0]} among {FEW // less:,}",
            at_most=1.3,
            times=10,
            clock=processor,
        )


def reading(place: Place) -> Callable[[], Any]:
    """Read the file of the first deputy."""
    asked = {"person": place.people[0], "first": str(FIRST), "last": str(LAST)}
    return lambda: place.work.ask(ledgers.page, OFFICE, "duty_file", asked)
