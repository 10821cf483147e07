"""How far a project is, and all of them together: exact fractions, and every rate with its base."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

import attrs

from renda_core.domain.rates import Rate
from renda_core.errors import Invalid
from renda_plugins.livelihood_tracking.project import WHOLE, Plan, Progress, Target


@attrs.frozen(kw_only=True)
class Weighed:
    """A share of the whole with its weight, e.g. one project's progress in the county's."""

    weight: int
    share: Fraction


def mean(parts: Sequence[Weighed]) -> Fraction | None:
    """Give the mean by weights; None where nothing weighs anything."""
    total = sum(p.weight for p in parts)
    return sum((p.weight * p.share for p in parts), Fraction(0)) / total if total else None


def actual(plan: Plan, told: Progress) -> Fraction:
    """Say how far a project is: as stated, or from its parts; more than was planned of a part counts as all of it.

    Raises:
        Invalid: The report does not fit the plan: it states what follows from the parts, or leaves one out.
    """
    if plan.rollup == "stated":
        if told.progress is None or told.done:
            raise Invalid("progress: the plan has no parts, so state the progress of the whole", field="progress")
        return Fraction(told.progress, WHOLE)
    if told.progress is not None or len(told.done) != len(plan.parts):
        names = "、".join(p.name for p in plan.parts)
        raise Invalid(f"done: give what each part has done, in this order: {names}; the rest follows", field="done")
    if any(type(n) is not int or n < 0 for n in told.done):
        raise Invalid(f"done: {told.done} are not whole numbers from 0 on", field="done")
    capped = [min(n, p.planned) for n, p in zip(told.done, plan.parts, strict=True)]
    if plan.rollup == "sum":
        return Fraction(sum(capped), sum(p.planned for p in plan.parts))
    of = (Fraction(n, p.planned) for n, p in zip(capped, plan.parts, strict=True))
    found = mean([Weighed(weight=p.weight, share=s) for p, s in zip(plan.parts, of, strict=True)])
    return found if found is not None else Fraction(0)


def points(share: Fraction) -> int:
    """Round half up to hundredths of a percent."""
    return int(share * WHOLE + Fraction(1, 2))


def target(plan: Plan, quarter: int) -> Target | None:
    """Find what was planned for a quarter."""
    return next((t for t in plan.targets if t.quarter == quarter), None)


def behind(plan: Plan, told: Progress, tolerance: int) -> bool:
    """Tell whether a project is behind: by more than *tolerance* hundredths of a percent."""
    planned = target(plan, told.quarter)
    return planned is not None and planned.progress - points(actual(plan, told)) > tolerance


def money(planned: Iterable[int], spent: Iterable[int]) -> Rate:
    """Give the money done over the money planned; it may exceed 100 % (105.63 % of a plan of 7.1 with 7.5 done)."""
    return Rate(hits=sum(spent), base=sum(planned), of="计划完成投资")
