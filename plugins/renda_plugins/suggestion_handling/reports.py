"""How content the deputies are: each rate with its base, the first round beside the last."""

from collections.abc import Mapping

import attrs

from renda_core.domain.rates import Rate
from renda_core.domain.suggestion import KIND
from renda_core.records import Context, Desk
from renda_plugins.suggestion_handling.settings import Settings


@attrs.frozen(kw_only=True)
class Satisfaction:
    """Satisfied, and satisfied or basically so, of the first round and of the last."""

    first_satisfied: Rate
    first_acceptable: Rate
    last_satisfied: Rate
    last_acceptable: Rate


async def satisfaction(context: Context[Settings], desk: Desk) -> Satisfaction:
    """Rate the evaluations; who never answered is outside the base unless the place says else. Source: 重庆 29."""
    first = rates(await desk.grade_counts(KIND, "evaluate", round=1), context.settings.unanswered_in_base)
    last = rates(await desk.last_grades(KIND, "evaluate"), context.settings.unanswered_in_base)
    return Satisfaction(
        first_satisfied=first[0], first_acceptable=first[1], last_satisfied=last[0], last_acceptable=last[1]
    )


def rates(counts: Mapping[str, int], unanswered_in_base: bool) -> tuple[Rate, Rate]:
    """Give the share of 满意, and of 满意 with 基本满意, over the base that the place takes."""
    base, of = sum(counts.values()), "收回评价与逾期未评"
    if not unanswered_in_base:
        base, of = base - counts.get("unanswered", 0), "收回评价"
    good = counts.get("satisfied", 0)
    return Rate(hits=good, base=base, of=of), Rate(hits=good + counts.get("basically", 0), base=base, of=of)
