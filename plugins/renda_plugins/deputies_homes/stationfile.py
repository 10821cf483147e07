"""What people hand in on a station's file (站点档案), and how the file stands after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from renda_core.domain.case import Act, Case
from renda_core.domain.fields import refers, titled
from renda_core.domain.standards import Finding, Standard, lacking, unmet
from renda_core.errors import Invalid

KIND = "station_file"


def some(_: object, attribute: attrs.Attribute[Any], value: Any) -> None:
    """Refuse nothing, and blanks in its place."""
    if not (value.strip() if isinstance(value, str) else value):
        raise Invalid(f"{attribute.name}: say something", field=attribute.name)


def named(_: object, attribute: attrs.Attribute[Any], value: tuple[Any, ...]) -> None:
    """Refuse no point at all, and one point twice."""
    codes = [one.code if isinstance(one, Verified) else one for one in value]
    if not codes:
        raise Invalid(f"{attribute.name}: name at least one point by its code", field=attribute.name)
    if twice := sorted({code for code in codes if codes.count(code) > 1}):
        raise Invalid(f"{attribute.name}: {', '.join(twice)} is named twice", field=attribute.name)


@attrs.frozen(kw_only=True)
class StationFile:
    """The file of one home or station; the case's title is its name."""

    station: str = refers("station", "家站")


@attrs.frozen(kw_only=True)
class Check:
    """One round: every point of the version in force that day, judged once."""

    version: int = titled("标准版本")
    findings: tuple[Finding, ...] = titled("检查情况")


@attrs.frozen(kw_only=True)
class Rectified:
    """What was done about points that were lacking (整改)."""

    points: tuple[str, ...] = titled("条目编码", validator=named)
    done: str = titled("整改情况", validator=some)


@attrs.frozen(kw_only=True)
class Verified:
    """Whether one point is met now that it is rectified (销号)."""

    code: str = titled("条目编码")
    met: bool = titled("达标")
    note: str = titled("说明", default="")


@attrs.frozen(kw_only=True)
class Verification:
    """What was found of the points that were rectified."""

    points: tuple[Verified, ...] = titled("核查情况", validator=named)


@attrs.frozen(kw_only=True)
class Round:
    """The last check of a file and what became of it since.

    Attributes:
        n: Which check of the file it is, from 1.
        mended: Codes of points that were lacking and are verified since.
        waiting: Who rectified what, by code of each point that is rectified and not verified yet.
    """

    n: int
    act: Act
    check: Check
    mended: frozenset[str]
    waiting: Mapping[str, str]

    @property
    def left(self) -> tuple[Finding, ...]:
        """Give what is lacking and not verified."""
        return tuple(f for f in lacking(self.check.findings) if f.code not in self.mended)

    def standing(self, standard: Standard) -> str:
        """Say how the station stands by a standard: ``met`` where every required point is, or ``lacking``."""
        return "lacking" if unmet(standard, self.check.findings, self.mended) else "met"


def checks(case: Case) -> tuple[tuple[Act, Check], ...]:
    """List the checks of a file, oldest first."""
    return tuple(case.said(Check))


def last_round(case: Case, more: Sequence[Act] = ()) -> Round | None:
    """Give the last check of a file and what became of it; None where it was never checked.

    Args:
        more: Acts about to be taken, as if they were.
    """
    acts = (*case.acts, *more)
    rounds = [(at, act) for at, act in enumerate(acts) if isinstance(act.payload, Check)]
    if not rounds:
        return None
    at, act = rounds[-1]
    mended, waiting = set[str](), dict[str, str]()
    for later in acts[at + 1 :]:
        if isinstance(later.payload, Rectified):
            waiting |= dict.fromkeys(later.payload.points, later.by)
        elif isinstance(later.payload, Verification):
            for one in later.payload.points:
                waiting.pop(one.code, None)
                if one.met:
                    mended.add(one.code)
    return Round(
        n=len(rounds),
        act=act,
        check=act.payload,
        mended=frozenset(mended),
        waiting=waiting,
    )
