"""Standards (标准): versioned lists of points with stable codes, what was found on each, and how much of it is met.

A standard is data that settings hold. A point that is reworded makes a new version; who was checked under an earlier
one keeps it, because what was found repeats the words by which it was judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, get_args

import attrs

from renda_core.domain.fields import titled
from renda_core.domain.rates import Rate

Sort = Literal["yes_no", "number", "text"]
"""What a point asks for: whether it is so, how much there is, or what is said of it."""
Result = Literal["met", "partial", "not_met", "not_applicable"]
RESULTS = {"met": "达标", "partial": "部分达标", "not_met": "未达标", "not_applicable": "不适用"}
LACKING = ("partial", "not_met")
"""Results after which something is left to be done."""
BASE = "适用的条目"
"""What rates are counted of: points that apply; one that does not is in no base. Source: 督导 (article 000)."""
CODE = "[a-z0-9][a-z0-9_.-]{0,39}"


def _some(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Refuse what is no text, and blanks in its place."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{attribute.name}: write some text, not {value!r}")


@attrs.frozen(kw_only=True)
class Point:
    """One thing that a standard asks for (条目).

    Attributes:
        code: Stays the same through all versions, e.g. ``plaque``; results are compared by it.
        title: The words by which it is judged.
        at_least: The number from which a point of kind ``number`` is met.
        weight: What it counts in the weighed rate, from 1.
        required: Whether nothing is met without it; it cannot be said not to apply.
        evidence: What must be named where it is called met, e.g. 照片; nothing where this is empty.
        source: Where the point comes from.

    Raises:
        ValueError: A field makes no sense.
    """

    code: str = attrs.field(validator=attrs.validators.matches_re(CODE))
    title: str = attrs.field(validator=_some)
    kind: Sort = attrs.field(default="yes_no", validator=attrs.validators.in_(get_args(Sort)))
    at_least: int | None = None
    weight: int = 1
    required: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))
    evidence: str = ""
    source: str = ""

    def __attrs_post_init__(self) -> None:
        if (self.kind == "number") != (self.at_least is not None):
            raise ValueError(f"point {self.code}: a number, and nothing else, says at_least how much")
        for name in ("at_least", "weight"):
            value = getattr(self, name)
            if value is not None and (type(value) is not int or value < 1):
                raise ValueError(f"point {self.code}: {name} is a whole number from 1 on, not {value!r}")


@attrs.frozen(kw_only=True)
class Standard:
    """One version of a standard: its points, from a day on until the next version begins.

    Attributes:
        since: The first day; None for a first version that has always held.

    Raises:
        ValueError: It has no point, two points of one code, or a number below 1.
    """

    version: int
    points: tuple[Point, ...]
    since: dt.date | None = None
    source: str = ""

    def __attrs_post_init__(self) -> None:
        if type(self.version) is not int or self.version < 1:
            raise ValueError(f"a version is a whole number from 1 on, not {self.version!r}")
        codes = [p.code for p in self.points]
        if not codes:
            raise ValueError(f"version {self.version} has no points")
        if twice := sorted({c for c in codes if codes.count(c) > 1}):
            raise ValueError(f"version {self.version}: there are two points {', '.join(twice)}")

    def point(self, code: str) -> Point | None:
        """Find a point by its code."""
        return next((p for p in self.points if p.code == code), None)

    def __str__(self) -> str:
        since = f"（自 {self.since}）" if self.since else ""
        return f"第 {self.version} 版{since}：{'、'.join(p.title for p in self.points)}"


@attrs.frozen(kw_only=True)
class Finding:
    """What was found on one point.

    Attributes:
        title: The point's words as they stood, so that the record reads the same whatever the standard says later.
        number: Of a point that asks for one.
    """

    code: str = titled("条目编码")
    title: str = titled("条目")
    result: Result = titled("结果", choices=RESULTS)
    number: int | None = titled("数值", default=None)
    evidence: str = titled("佐证", default="")
    note: str = titled("说明", default="")


@attrs.frozen(kw_only=True)
class Score:
    """How many points came out how, and the two rates; the base of both leaves out what does not apply.

    Attributes:
        rate: Points met of those that apply.
        weighed: The same by weight.
    """

    met: int
    partial: int
    not_met: int
    not_applicable: int
    rate: Rate
    weighed: Rate


def versions(given: Iterable[Standard | Mapping[str, Any]]) -> tuple[Standard, ...]:
    """Read the versions of a standard as settings give them, oldest first; each ends the day before the next begins.

    Raises:
        ValueError: Every mistake at once: an unknown or wrong field, two versions that overlap, numbers that do not
            grow with the days, a version that says nothing new, or none at all.
    """
    read, mistakes = list[Standard](), list[str]()
    for n, one in enumerate(given, 1):
        try:
            read.append(one if isinstance(one, Standard) else _standard(one))
        except (ValueError, TypeError) as error:
            mistakes.append(f"version no. {n}: {error.args[0]}")
    read.sort(key=lambda s: s.since or dt.date.min)
    for before, after in pairwise(read):
        if after.since is None or after.since == before.since:
            when = after.since or "the beginning"
            mistakes.append(f"versions {before.version} and {after.version} overlap: both hold from {when} on")
        elif after.version <= before.version:
            mistakes.append(f"version {after.version} begins on {after.since}, after {before.version}: number it anew")
        elif after.points == before.points:
            mistakes.append(f"version {after.version} has the same points as version {before.version}")
    if mistakes or not read:
        raise ValueError("; ".join(mistakes) or "a standard needs one version at least")
    return tuple(read)


def _standard(raw: Mapping[str, Any]) -> Standard:
    points = [Point(**_known(Point, dict(p))) for p in raw.get("points", ())]
    since = raw.get("since")
    since = dt.date.fromisoformat(since) if isinstance(since, str) else since
    return Standard(**_known(Standard, {**raw, "points": tuple(points), "since": since}))


def _known(cls: type, raw: dict[str, Any]) -> dict[str, Any]:
    """Refuse a field that there is not: a mistyped one would be passed over in silence."""
    names = [a.name for a in attrs.fields(cls)]
    if unknown := sorted(raw.keys() - set(names)):
        raise ValueError(f"unknown field {', '.join(unknown)}; known: {', '.join(names)}")
    if missing := [a.name for a in attrs.fields(cls) if a.default is attrs.NOTHING and a.name not in raw]:
        raise ValueError(f"{', '.join(missing)} is missing")
    return raw


def in_force(held: Sequence[Standard], on: dt.date) -> Standard | None:
    """Give the version that holds on a day; None before the first."""
    return next((s for s in reversed(held) if s.since is None or s.since <= on), None)


def of_version(held: Sequence[Standard], version: int) -> Standard | None:
    """Find a version by its number."""
    return next((s for s in held if s.version == version), None)


def objections(standard: Standard, findings: Sequence[Finding]) -> Iterator[str]:
    """Give every reason why findings are no check by a standard: each point is judged exactly once, by its words."""
    told = [f.code for f in findings]
    for point in standard.points:
        if point.code not in told:
            yield f"{point.code} {point.title} is missing"
    for code in sorted({c for c in told if told.count(c) > 1}):
        yield f"{code} is judged {told.count(code)} times"
    for finding in findings:
        if (judged := standard.point(finding.code)) is None:
            yield f"version {standard.version} has no point {finding.code}"
        else:
            yield from _judged(judged, finding, standard.version)


def _judged(point: Point, finding: Finding, version: int) -> Iterator[str]:
    """Give the reasons why one point was not judged as it asks."""
    named = f"{point.code} {point.title}"
    if finding.title != point.title:
        yield f"{point.code} reads {point.title!r} in version {version}, not {finding.title!r}"
    if finding.result == "not_applicable":
        if point.required:
            yield f"{named} is required, so it cannot be said not to apply"
        return
    if point.kind == "number":
        enough = finding.number is not None and finding.number >= (point.at_least or 0)
        if finding.number is None or finding.number < 0:
            yield f"{named} asks for a number from 0 on"
        elif enough != (finding.result == "met"):
            yield f"{named} is met from {point.at_least} on, and {finding.number} is called {RESULTS[finding.result]}"
    if point.kind == "text" and not finding.note.strip():
        yield f"{named} asks for a text: say in the note how it is"
    if point.evidence and finding.result == "met" and not finding.evidence.strip():
        yield f"{named} is met by what can be shown: name the {point.evidence}"


def score(findings: Iterable[Finding], standard: Standard | None = None) -> Score:
    """Count what was found.

    Args:
        standard: Whose weights count; without it every point weighs 1.
    """
    told = tuple(findings)
    counted = {result: sum(f.result == result for f in told) for result in RESULTS}
    weights = {p.code: p.weight for p in standard.points} if standard else {}
    applies = [f for f in told if f.result != "not_applicable"]
    return Score(
        met=counted["met"],
        partial=counted["partial"],
        not_met=counted["not_met"],
        not_applicable=counted["not_applicable"],
        rate=Rate(hits=counted["met"], base=len(applies), of=BASE),
        weighed=Rate(
            hits=sum(weights.get(f.code, 1) for f in applies if f.result == "met"),
            base=sum(weights.get(f.code, 1) for f in applies),
            of=f"{BASE}的权重",
        ),
    )


def lacking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give what was found partly met or not met."""
    return tuple(f for f in findings if f.result in LACKING)


def unmet(standard: Standard, findings: Iterable[Finding], mended: frozenset[str] = frozenset()) -> tuple[Point, ...]:
    """Give the required points that are not met: lacking, never judged, or judged by other words.

    Args:
        mended: Codes of points that were lacking and are verified since (销号).
    """
    judged = {(f.code, f.title) for f in findings if f.result == "met" or f.code in mended}
    return tuple(p for p in standard.points if p.required and (p.code, p.title) not in judged)


def rebounds(earlier: Iterable[Iterable[Finding]], now: Iterable[Finding]) -> tuple[Finding, ...]:
    """Give what is lacking now though an earlier round found it met (反弹), by the points' codes.

    Source: 督导 (article 000), worked in 督导 scenario 2: failing in round 3 after passing in round 2.
    """
    passed = {f.code for findings in earlier for f in findings if f.result == "met"}
    return tuple(f for f in lacking(now) if f.code in passed)


def reworded(held: Sequence[Standard], version: int, findings: Iterable[Finding]) -> tuple[str, ...]:
    """Name the points of a version that read otherwise now than when they were judged: they need a new version."""
    standard = of_version(held, version)
    if standard is None:
        return ()
    told = ((f, standard.point(f.code)) for f in findings)
    return tuple(f.code for f, point in told if point is None or point.title != f.title)
