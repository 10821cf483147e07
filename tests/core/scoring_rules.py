"""Rules of points whose versions change on given days, and made-up records, for the tests on scores."""

import datetime as dt

import attrs
from hypothesis import strategies as st

from renda_core.domain.duty import Item, Record, ScoreRule, Versions, score

D = dt.date
FIRST, MARCH, LAST = D(2026, 1, 1), D(2026, 3, 1), D(2026, 12, 31)
KINDS = ("suggestion", "inspection", "training", "leave", "visit")
FACTS = ("key", "excellent")


@attrs.frozen(kw_only=True)
class Stand:
    """The settings of a rule of points as they stand from a day on."""

    items: tuple = ()
    start: int = 0
    most: int | None = None
    prorate: bool = True


RULE = ScoreRule(
    name="points",
    plugin="duty_points",
    title="积分",
    items=lambda s: s.items,
    start=lambda s: s.start,
    most=lambda s: s.most,
    prorate=lambda s: s.prorate,
)


def stood(*changes):
    """Give what tells the settings of a day, and since when they stand; before the first change there are no lines."""
    known = ((D.min, Stand()), *changes)

    def last(plugin, day):
        return [c for c in known if c[0] <= day][-1]

    return lambda plugin, day: last(plugin, day)[1], lambda plugin, day: last(plugin, day)[0]


def versions_of(*changes):
    """Make the versions of a rule that changes on days."""
    return Versions(RULE, *stood(*changes))


def scored(records, *changes, today=LAST, **rest):
    """Score under a rule that changes on days."""
    settings_on, since_on = stood(*changes)
    return score(records, [RULE], settings_on, today, since_on=since_on, **rest)


def item(code="inspection", base=300, **rest):
    """Make an item that counts the kind of its code."""
    return Item(code=code, title=code, kinds=rest.pop("kinds", code), base=base, **rest)


def record(kind="inspection", on=MARCH, id="1", **rest):
    """Make a record of wang's that comes from a case."""
    return Record(person="wang", kind=kind, on=on, source=f"case:{id}", id=id, **rest)


points = st.integers(-5, 5).map(lambda n: n * 50)


@st.composite
def stands(draw):
    """Give any rule: some kinds on some lines."""
    kinds = draw(st.permutations(KINDS))
    cuts = sorted(draw(st.sets(st.integers(1, len(kinds) - 1), max_size=3)))
    groups = [kinds[a:b] for a, b in zip([0, *cuts], [*cuts, len(kinds)], strict=True)]
    lines = [
        Item(
            code=group[0],
            title=group[0],
            kinds=frozenset(group),
            base=draw(points),
            extra=draw(st.dictionaries(st.sampled_from(FACTS), points)),
            cap=draw(st.none() | st.integers(0, 2_000)),
            evidence=draw(st.booleans()),
        )
        for group in groups[: draw(st.sampled_from([len(groups), len(groups), 1, 0]))]
    ]
    return Stand(items=tuple(lines), start=draw(st.integers(0, 6_000)), most=draw(st.none() | st.integers(0, 8_000)))


@st.composite
def changes(draw, *, monthly):
    """Give a rule that changes a few times in a year, on the first of a month alone where that is asked for."""
    days = st.dates(D(2026, 1, 2), LAST)
    days = sorted(draw(st.sets(days.map(lambda d: d.replace(day=1)) if monthly else days, min_size=1, max_size=3)))
    return [(FIRST, draw(stands())), *((day, draw(stands())) for day in days if day != FIRST)]


def made(id, holder="", **rest):
    """Make a record, proven by a case or by nothing."""
    proven = rest.pop("proven")
    source = f"case:{id}" if proven else id
    return Record(id=id, person=holder or "wang", source=source, mandates=(holder,) if holder else (), **rest)


def records(holders=("",), most=30):
    """Give records of a year."""
    one = st.builds(
        made,
        id=st.uuids().map(str),
        holder=st.sampled_from(holders),
        kind=st.sampled_from([*KINDS, "other"]),
        on=st.dates(FIRST, LAST),
        quantity=st.integers(0, 5),
        state=st.sampled_from(["confirmed", "confirmed", "confirmed", "entered", "refused"]),
        facts=st.dictionaries(st.sampled_from([*FACTS, "approx"]), st.integers(0, 3)),
        proven=st.booleans(),
    )
    return st.lists(one, unique_by=lambda r: r.id, min_size=0, max_size=most) | st.lists(
        one, unique_by=lambda r: r.id, min_size=5, max_size=most
    )
