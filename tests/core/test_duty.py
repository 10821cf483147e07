"""Points on duty records: each by the rule of its own day, every point shown with its record."""

import datetime as dt

import attrs
from hypothesis import given
from hypothesis import strategies as st

from renda_core.domain.duty import POINT, Record, ScoreRule, heads, score

D = dt.date
MARCH, YEAR_END = D(2026, 3, 1), D(2026, 12, 31)
POINTS = {"suggestion": 3, "inspection": 3, "half_day_leave": -1}


@attrs.frozen(kw_only=True)
class Settings:
    """Points by kind, more for a key or an excellent one, and a cap."""

    points: dict = attrs.Factory(lambda: dict(POINTS))
    more: int = 2
    cap: int | None = None


def points(settings, record):
    more = sum(record.facts.get(fact, 0) for fact in ("key", "excellent"))
    return (settings.points[record.kind] + settings.more * more) * record.quantity * POINT


RULE = ScoreRule(name="points", kinds=frozenset(POINTS), points=points, cap=lambda s: s.cap and s.cap * POINT)


def record(kind="inspection", on=MARCH, id="1", **rest):
    return Record(person="wang", kind=kind, on=on, source=id, id=id, **rest)


def scored(records, *changes, today=YEAR_END, rules=(RULE,)):
    """Score with settings that change on days."""

    def on(plugin, day):
        return [Settings(), *(s for since, s in changes if since <= day)][-1]

    return score(records, rules, on, today)


def test_the_worked_total_is_sixteen():
    done = scored(
        [
            record("suggestion", id="1", facts={"key": 1, "excellent": 1}),
            record("suggestion", id="2"),
            record("inspection", id="3", quantity=3),
            record("half_day_leave", id="4", quantity=3),
        ]
    )
    assert done.total == 16 * POINT
    assert {e.record: e.points // POINT for e in done.entries} == {"1": 7, "2": 3, "3": 9, "4": -3}


def test_a_new_rule_leaves_earlier_points_alone():
    july = (D(2026, 7, 1), Settings(points=POINTS | {"inspection": 5}))
    rows = [record(on=D(2026, 6, 30), id="1"), record(on=D(2026, 7, 1), id="2")]
    done = scored(rows, july)
    assert [e.points for e in done.entries] == [3 * POINT, 5 * POINT]
    assert done.total == 8 * POINT


def test_a_cap_of_today_limits_the_total_and_every_entry_stays():
    done = scored([record(id=str(n)) for n in range(10)], (D(2026, 5, 1), Settings(cap=20)))
    assert done.total == 20 * POINT
    assert sum(e.points for e in done.entries) == 30 * POINT


def test_only_confirmed_records_of_the_rules_kinds_score():
    rows = [record(id="1"), record(id="2", state="entered"), record(id="3", state="refused"), record("visit", id="4")]
    assert [e.record for e in scored(rows).entries] == ["1"]


def test_half_points_stay_exact():
    half = ScoreRule(name="half", kinds=frozenset({"inspection"}), points=lambda s, r: POINT // 2)
    assert scored([record(id=str(n)) for n in range(3)], rules=(half,)).total == 150


def test_persons_mandates_and_person_times_are_three_numbers():
    one = record("visit", mandates=("23", "2301", "230128"))
    assert heads([one]) == {"persons": 1, "mandates": 3, "person_times": 1}
    two = attrs.evolve(one, id="2", quantity=2, mandates=("23",))
    assert heads([one, two]) == {"persons": 1, "mandates": 3, "person_times": 3}
    assert heads([]) == {"persons": 0, "mandates": 0, "person_times": 0}


rows = st.lists(
    st.builds(
        record,
        kind=st.sampled_from([*POINTS, "visit"]),
        on=st.dates(D(2026, 1, 1), D(2026, 12, 31)),
        id=st.uuids().map(str),
        quantity=st.integers(0, 5),
        state=st.sampled_from(["entered", "confirmed", "refused"]),
        facts=st.dictionaries(st.sampled_from(["key", "excellent"]), st.integers(0, 1)),
    ),
    unique_by=lambda r: r.id,
)


@given(rows, st.randoms())
def test_a_score_is_the_sum_of_its_entries_in_whatever_order_records_come(records, random):
    july = (D(2026, 7, 1), Settings(points=POINTS | {"inspection": 5}))
    done = scored(records, july)
    assert done.total == sum(e.points for e in done.entries)
    mixed = list(records)
    random.shuffle(mixed)
    assert scored(mixed, july) == done
    parts = [scored([r], july).total for r in records]
    assert sum(parts) == done.total
