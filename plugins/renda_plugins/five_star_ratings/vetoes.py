"""What withholds stars: each looks at how somebody stood in the year, and changes no points and no mandate.

Source: U, the four; 代表法 61 for the suspension.
"""

from collections.abc import Callable, Iterator

from renda_core.records import Context, Standing, Veto
from renda_plugins.five_star_ratings.settings import Settings, VetoName
from renda_plugins.five_star_ratings.stars import TITLES

ABSENCE, DISCIPLINE, REPORT = "absence", "discipline", "duty_report"
"""Kinds of records; the first and the last are other practices'."""
OF_SESSION, UNFIT = "session", "unfit"
"""Facts: that an absence was from a session of the congress, and that voters called a report unfit."""
Why = Callable[[Context[Settings], Standing], str]


def suspended(context: Context[Settings], standing: Standing) -> str:
    """Withhold while a mandate is suspended: on the year's last day, or today in the year that runs."""
    day = min(standing.last, context.today)
    since = [
        max((e.on for e in m.history if e.kind == "suspend" and e.on <= day), default=None)
        for m in standing.mandates
        if m.holds(day) and m.state_on(day) == "suspended"
    ]
    if not since:
        return ""
    known = sorted(on for on in since if on is not None)
    return f"自 {known[0]} 起" if known else f"{day} 仍在暂停"


def absent(context: Context[Settings], standing: Standing) -> str:
    """Withhold from so many absences without approval on; of sessions of the congress, and no other meeting."""
    days = _days(standing, ABSENCE, OF_SESSION)
    return "、".join(days) if len(days) >= context.settings.absences else ""


def disciplined(context: Context[Settings], standing: Standing) -> str:
    """Withhold in the year of a discipline; what for is on the record, which few may read."""
    return "、".join(_days(standing, DISCIPLINE))


def unfit(context: Context[Settings], standing: Standing) -> str:
    """Withhold in the year in which voters called a duty report unfit."""
    return "、".join(_days(standing, REPORT, UNFIT))


def _days(standing: Standing, kind: str, fact: str = "") -> list[str]:
    """Give the days of records of a kind that count; of those alone that state a fact, where one is named."""
    found = (r for r in standing.records if r.kind == kind and r.counts)
    return [str(r.on) for r in found if not fact or r.facts.get(fact)]


ALL: tuple[tuple[VetoName, Why], ...] = (
    ("suspended", suspended),
    ("absence", absent),
    ("discipline", disciplined),
    ("unfit", unfit),
)


def records() -> Iterator[Veto]:
    """Offer the four; one that a place does not name among its vetoes never holds."""
    for name, why in ALL:
        yield Veto(name=name, title=TITLES[name], of=_where_on(name, why))


def _where_on(name: VetoName, why: Why) -> Why:
    def of(context: Context[Settings], standing: Standing) -> str:
        return why(context, standing) if name in context.settings.vetoes else ""

    return of
