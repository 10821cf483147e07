"""What is refused on a station's file, each with what to do instead."""

from collections.abc import Iterator

from renda_core.domain.case import Act, Case
from renda_core.domain.standards import (
    RESULTS,
    Standard,
    in_force,
    objections,
    of_version,
    reworded,
    unmet,
)
from renda_core.records import Context
from renda_plugins.deputies_homes.settings import Settings
from renda_plugins.deputies_homes.stationfile import Check, Rectified, Verification, checks, last_round

STANDING = {"met": "达标", "lacking": "未达标"}
UNCHECKED = "未检查"


def refuse_odd_check(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Judge every point of the version in force that day, each once and by its words."""
    told, held = act.payload, context.settings.standards
    if not isinstance(told, Check):
        return
    standard = in_force(held, act.on)
    if standard is None:
        yield f"no version of the standard holds on {act.on}; the first begins on {held[0].since}"
    elif told.version != standard.version:
        yield f"on {act.on} version {standard.version} of the standard is in force, not {told.version}"
    else:
        yield from objections(standard, told.findings)
        for before, earlier in checks(case):
            if earlier.version == told.version and (lost := reworded(held, told.version, earlier.findings)):
                codes = ", ".join(lost)
                yield f"version {told.version} was reworded since the check of {before.on} ({codes}): number it anew"


def refuse_odd_standing(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Have a check and a verification say how the station stands after it, as its points have it."""
    now = last_round(case, (act,))
    standard = of_version(context.settings.standards, now.check.version) if now else None
    if now and standard and act.grade != (stands := now.standing(standard)):
        points = "、".join(p.title for p in unmet(standard, now.check.findings, now.mended))
        why = f": {points}" if points else ", for every required point is met"
        yield f"the station stands {stands} {STANDING[stands]} after this{why}"


def refuse_unmet(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Open a station only when its last check meets every required point of the standard in force."""
    standard, now = in_force(context.settings.standards, act.on), last_round(case)
    if standard is None:
        yield f"no version of the standard holds on {act.on}"
    elif now is None:
        yield "nobody has checked the station: check it first"
    else:
        found = {(f.code, f.title): f.result for f in now.check.findings}
        for point in unmet(standard, now.check.findings, now.mended):
            result = found.get((point.code, point.title))
            yield f"{point.code} {point.title}: {RESULTS[result] if result else _unseen(standard)}"


def _unseen(standard: Standard) -> str:
    return f"{UNCHECKED}（第 {standard.version} 版）"


def refuse_odd_rectification(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Rectify what the last check found lacking, and nothing else."""
    if not isinstance(act.payload, Rectified):
        return
    now = last_round(case)
    if now is None:
        yield "nobody has checked the station: there is nothing to rectify"
        return
    left = {f.code for f in now.left}
    for code in act.payload.points:
        if code in now.waiting:
            yield f"{code} is rectified and waits to be verified"
        elif code not in left:
            yield f"{code} is nothing that waits for rectification; waiting: {', '.join(sorted(left)) or 'none'}"


def refuse_odd_verification(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Verify what was rectified, and nothing else."""
    if not isinstance(act.payload, Verification):
        return
    now = last_round(case)
    waiting = now.waiting if now else {}
    for one in act.payload.points:
        if one.code not in waiting:
            told = ", ".join(sorted(waiting)) or "none"
            yield f"{one.code} is nothing that waits to be verified; waiting: {told}"
        elif not one.met and not one.note.strip():
            yield f"{one.code} is not met: say in the note what is still lacking"


def refuse_own_verification(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Let somebody verify who neither checked the station in this round nor rectified it. Source: 督导."""
    now = last_round(case)
    if now is None or not isinstance(act.payload, Verification):
        return
    if act.by == now.act.by:
        yield "whoever made the check does not verify its rectification: another inspector does"
    if own := [one.code for one in act.payload.points if now.waiting.get(one.code) == act.by]:
        yield f"nobody verifies what they rectified themselves ({', '.join(own)}): another inspector does"
