"""Columns and counters: the same points as one record after the other, by NumPy and by the compiled loops alike."""

import datetime as dt
import subprocess
import sys
import tracemalloc
from uuid import UUID

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.scoring_rules import FIRST, LAST, RULE, D, Stand, changes, item, record, records, stood, versions_of

from renda_core.domain.duty import Exposure, ScoreRule, Versions, loops, score, score_counts, start_points
from renda_core.domain.duty import compiled as compiling
from renda_core.domain.duty import totals as totalling
from renda_core.domain.duty.columns import Columns, Counters, Lane, Scale, fitting
from renda_core.domain.duty.laying import counted, from_counts, from_lines, from_records
from renda_core.domain.duty.totals import bands_of, totals, totals_of_counters
from renda_core.errors import Misuse
from renda_core.store import duty as stored

HOLDERS = tuple(str(UUID(int=n + 1)) for n in range(4))
PLACES = {h: n for n, h in enumerate(HOLDERS)}


def days_of(versions):
    return [since for since, _ in versions.spans(FIRST, LAST)]


def line(r):
    """Give a record as the store gives it back."""
    row = stored.row_of(r)
    return stored.LineRow(**{a.name: row[a.name] for a in attrs.fields(stored.LineRow)})


def one_by_one(rows, versions, exposure=None):
    """Score each deputy's records one after the other."""
    own = [[r for r in rows if r.mandates == (h,)] for h in HOLDERS]
    return [score(mine, [versions], versions._settings_on, LAST, exposure=exposure) for mine in own]


@given(records(HOLDERS), changes(monthly=False))
def test_columns_of_rows_and_of_records_give_the_total_of_each_score(rows, place):
    versions = versions_of(*place)
    wanted = [s.total for s in one_by_one(rows, versions)]
    laid = from_records(rows, PLACES, days_of(versions), len(HOLDERS))
    scale = Scale.of(laid.lanes, versions, LAST)
    assert totals(laid, scale, fast=False).tolist() == wanted
    same = from_lines((line(r) for r in rows if r.counts), PLACES, days_of(versions), len(HOLDERS))
    assert totals(same, Scale.of(same.lanes, versions, LAST), fast=False).tolist() == wanted
    assert totals_of_counters(counted(laid), scale, fast=False).tolist() == wanted


@given(records(HOLDERS), changes(monthly=True))
def test_stored_counters_give_the_total_of_each_score(rows, place):
    versions, exposure = versions_of(*place), Exposure(days=365, in_office=77)
    kept = [
        (holder, (m, kind, measure, n))
        for (m, holder, kind, measure), n in stored.counted((None, r) for r in rows).items()
    ]
    counters = from_counts(kept, PLACES, days_of(versions), len(HOLDERS))
    assert all(lane.measure in ("", "key", "excellent", "approx") for lane in counters.lanes)
    scale = Scale.of(counters.lanes, versions, LAST)
    start = np.full(len(HOLDERS), start_points(versions, LAST, exposure))
    wanted = one_by_one(rows, versions, exposure)
    assert totals_of_counters(counters, scale, start=start, fast=False).tolist() == [s.total for s in wanted]
    own = [[c for h, c in kept if h == holder] for holder in HOLDERS]
    assert [score_counts(c, versions, LAST, exposure=exposure).total for c in own] == [s.total for s in wanted]


def made(seed, deputies, lanes, items, amount, kind=np.uint8):
    """Make columns of any deputies, some without entries, and a scale."""
    rng = np.random.default_rng(seed)
    sizes = rng.poisson(rng.choice([0.3, 8.0]), deputies) * (rng.random(deputies) < 0.8)
    n = int(sizes.sum())
    columns = Columns(
        lanes=tuple(Lane(str(k), "", True, FIRST) for k in range(lanes)),
        lane=rng.integers(0, lanes, n).astype(kind),
        amount=fitting(rng.integers(amount[0], amount[1] + 1, n)) if n else np.zeros(0, np.uint8),
        offsets=np.concatenate(([0], np.cumsum(sizes))).astype(np.int64),
    )
    scale = Scale(
        item=tuple(rng.integers(0, items, lanes).tolist()),
        each=tuple(rng.integers(-3, 4, lanes).tolist()),
        caps=tuple(int(rng.integers(0, 20)) if rng.random() < 0.5 else None for _ in range(items)),
        start=int(rng.integers(-5, 5)),
        most=int(rng.integers(0, 40)) if rng.random() < 0.3 else None,
    )
    return columns, scale


def plainly(columns, scale):
    """Add up in plain Python."""
    found = []
    for a, b in zip(columns.offsets, columns.offsets[1:], strict=False):
        sums = [0] * len(scale.caps)
        for lane, amount in zip(columns.lane[a:b].tolist(), columns.amount[a:b].tolist(), strict=True):
            sums[scale.item[lane]] += scale.each[lane] * amount
        points = scale.start + sum(
            s if c is None else max(-c, min(s, c)) for s, c in zip(sums, scale.caps, strict=True)
        )
        found.append(points if scale.most is None else min(points, scale.most))
    return found


shapes = {
    "seed": st.integers(0, 1 << 32),
    "deputies": st.integers(0, 40) | st.sampled_from([2047, 2048, 2049]),
    "lanes": st.integers(1, 9),
    "items": st.integers(1, 12),
    "amount": st.sampled_from([(0, 3), (-4, 4), (60_000, 70_000)]),  # each type of numbers is compiled for a second
}


@given(**shapes)
@settings(max_examples=60, deadline=None)
def test_compiled_and_numpy_add_up_alike(seed, deputies, lanes, items, amount):
    columns, scale = made(seed, deputies, lanes, items, amount)
    wanted = plainly(columns, scale)
    counters = counted(columns)
    for fast in (False, True):
        assert totals(columns, scale, fast=fast).tolist() == wanted
        assert totals_of_counters(counters, scale, fast=fast).tolist() == wanted


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("at", range(9))
def test_a_cap_binds_wherever_an_item_stands(fast, at):
    """Some stand four abreast, the last one alone, and one has two lanes."""
    n = np.full((10, 3), 5)
    n[at] = 50, 5, 50
    counters = Counters.of([Lane(str(k), "", True, FIRST) for k in range(10)], n)
    for sign in (1, -1):
        scale = Scale(item=(*range(9), 8), each=(sign,) * 10, caps=(20,) * 9)
        assert totals_of_counters(counters, scale, fast=fast).tolist() == [sign * m for m in plain_sums(n)]


def plain_sums(n):
    """Add up rows of which the last two are one item, each within 20."""
    return sum(np.minimum(row, 20) for row in (*n[:8], n[8] + n[9])).tolist()


@pytest.mark.parametrize("fast", [False, True])
def test_more_lanes_than_a_byte_names(fast):
    columns, scale = made(5, 30, 300, 7, (1 << 33, 1 << 34), kind=np.uint16)
    assert totals(columns, scale, fast=fast).tolist() == plainly(columns, scale)
    assert totals_of_counters(counted(columns), scale, fast=fast).tolist() == plainly(columns, scale)


@given(**shapes | {"deputies": st.integers(0, 12)})
@settings(max_examples=80, deadline=None)
def test_the_loops_say_the_same_before_they_are_compiled(seed, deputies, lanes, items, amount):
    columns, scale = made(seed, deputies, lanes, items, amount)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(totalling, "kernels", Uncompiled())
        assert totals(columns, scale).tolist() == plainly(columns, scale)
        assert totals_of_counters(counted(columns), scale).tolist() == plainly(columns, scale)


class Uncompiled:
    """Gives the loops as they are written."""

    def stream(self, types, size, fast):
        return loops.stream

    def sweep(self, types, size, fast):
        return loops.sweep(types[1].type)


@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize(
    ("n", "each"), [(1, 1), (100, 163), (128, 128), (1 << 15, (1 << 15) - 1), (1 << 15, 1 << 15), (10**6, 10**6)]
)
def test_sums_never_outgrow_their_numbers(fast, n, each):
    """Twice *n* times *each* is what 16 and 32 bits just hold, and one more, and what only 64 do."""
    lane = Lane("a", "", True, FIRST)
    counters = Counters.of([lane] * 2, np.array([[n, 0], [n, 1]], np.int64))
    scale = Scale(item=(0, 1), each=(each, each), caps=(None, None))
    assert totals_of_counters(counters, scale, fast=fast).tolist() == [2 * n * each, each]
    columns = Columns(
        lanes=(lane,), lane=np.zeros(3, np.uint8), amount=np.array([n, n, -1], np.int32), offsets=np.array([0, 2, 3])
    )
    alone = Scale(item=(0,), each=(each,), caps=(None,))
    assert totals(columns, alone, fast=fast).tolist() == [2 * n * each, -each]


@pytest.mark.parametrize("fast", [False, True])
def test_sums_beyond_what_floats_hold_are_exact(fast):
    columns = Columns(
        lanes=(Lane("a", "", True, FIRST),), lane=np.zeros(2, np.uint8), amount=np.array([1 << 53, 1], np.int64),
        offsets=np.array([0, 2]),
    )  # fmt: skip
    assert totals(columns, Scale(item=(0,), each=(1,), caps=(None,)), fast=fast).tolist() == [(1 << 53) + 1]


def test_an_event_of_three_mandates_counts_once_for_each_deputy():
    wang, li = HOLDERS[:2]
    both = {wang: 0, HOLDERS[2]: 0, li: 1}
    rows = [attrs.evolve(record(quantity=2), mandates=(wang, HOLDERS[2], HOLDERS[3])), record(id="2")]
    for laid in (from_records(rows, both, [FIRST], 2), from_lines(map(line, rows), both, [FIRST], 2)):
        assert np.diff(laid.offsets).tolist() == [1, 0]
        assert laid.amount.tolist() == [2]
    alone = from_lines(map(line, rows), {"wang": 0}, [FIRST], 1)
    assert alone.amount.tolist() == [1]


def test_another_rule_is_another_scale_of_the_same_columns():
    rows = [attrs.evolve(record(id=str(n), facts={"key": 1}), mandates=(HOLDERS[n],)) for n in range(2)]
    laid = from_records(rows, PLACES, [FIRST], 4)
    for extra in ({}, {"key": 100}, {"other": 7}):
        versions = versions_of((FIRST, Stand(items=(item(extra=extra),), start=50)))
        assert totals(laid, Scale.of(laid.lanes, versions, LAST)).tolist() == [
            s.total for s in one_by_one(rows, versions)
        ]


def test_bands_tell_how_many_thresholds_are_reached():
    least = (6000, 7000, 8000, 9000)
    assert bands_of(np.array([5999, 6000, 7999, 8000, 9000, 10**9]), least).tolist() == [0, 1, 2, 3, 4, 4]
    many = np.random.default_rng(1).integers(0, 10_000, 40_000)
    assert bands_of(many, least).tolist() == np.searchsorted(least, many, side="right").tolist()
    assert bands_of(many[:0], least).tolist() == []


def test_what_does_not_fit_is_refused_before_a_kernel_reads_beside_it():
    lanes = (Lane("a", "", True, FIRST),)
    good = {
        "lanes": lanes,
        "lane": np.zeros(2, np.uint8),
        "amount": np.ones(2, np.uint8),
        "offsets": np.array([0, 1, 2]),
    }
    columns = Columns(**good)
    for wrong in (
        {"amount": np.ones(3, np.uint8)},
        {"offsets": np.array([0, 3, 2])},
        {"offsets": np.array([1, 2])},
        {"offsets": np.array([0, 1])},
        {"offsets": np.array([], np.int64)},
        {"lane": np.array([0, 1], np.uint8)},
        {"lane": np.array([0, -1], np.int8)},
    ):
        with pytest.raises(Misuse, match="columns"):
            Columns(**good | wrong)
    with pytest.raises(Misuse, match="fit"):
        totals(columns, Scale(item=(0, 0), each=(1, 1), caps=(None,)))
    with pytest.raises(Misuse, match="item"):
        totals(columns, Scale(item=(1,), each=(1,), caps=(None,)))
    with pytest.raises(Misuse, match="one row a lane"):
        Counters.of(lanes, np.zeros((2, 3), np.int64))
    with pytest.raises(Misuse, match="stretch"):
        from_records([], PLACES, [], 4)
    with pytest.raises(Misuse, match="function"):
        Scale.of(lanes, Versions(ScoreRule(name="f", points=lambda s, r: 1), stood()[0]), LAST)
    with pytest.raises(Misuse, match="do not fit"):
        from_records([attrs.evolve(record(), mandates=(HOLDERS[3],))], PLACES, [FIRST], 2)


def test_nobody_and_nothing():
    empty = from_records([], PLACES, [FIRST], 3)
    versions = versions_of((FIRST, Stand(items=(item(),), start=70)))
    assert totals(empty, Scale.of(empty.lanes, versions, LAST)).tolist() == [70, 70, 70]
    assert totals_of_counters(counted(empty), Scale.of(empty.lanes, versions, LAST)).tolist() == [70, 70, 70]
    none = from_records([], {}, [FIRST], 0)
    assert totals(none, Scale.of(none.lanes, versions, LAST), fast=True).tolist() == []


def test_without_the_compiler_numpy_adds_up(monkeypatch):
    columns, scale = made(3, 50, 5, 3, (0, 9))
    with_it = totals(columns, scale, fast=True).tolist()
    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.setattr(totalling, "kernels", compiling.Kernels())
    types = (columns.lane.dtype, columns.amount.dtype)
    assert totalling.kernels.stream(types, 1, True) is None
    assert totals(columns, scale, fast=True).tolist() == with_it
    assert totals_of_counters(counted(columns), scale, fast=True).tolist() == with_it


def test_the_compiler_is_loaded_when_it_pays_and_not_before():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; import numpy as np\n"
            "import renda_core.domain.duty\n"
            "seen = ['numpy' in sys.modules and 'renda_core.domain.duty.columns' in sys.modules]\n"
            "from renda_core.domain.duty.compiled import WORTH_COUNTERS, WORTH_ENTRIES, kernels\n"
            "types = np.dtype('u1'), np.dtype('u1')\n"
            "kernels.stream(types, WORTH_ENTRIES - 1, None); kernels.stream(types, WORTH_ENTRIES, False)\n"
            "kernels.sweep((*types[:1], np.dtype('i2'), np.dtype('i4')), WORTH_COUNTERS - 1, None)\n"
            "seen.append('numba' in sys.modules)\n"
            "kernels.stream(types, WORTH_ENTRIES, None); seen.append('numba' in sys.modules)\n"
            "seen.append(kernels.stream(types, 1, None) is not None)\n"
            "seen.append(kernels.stream(types, 1, False) is None)\n"
            "print(*seen)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == ["False", "False", "True", "True", "True"]


def test_memory_stays_flat():
    """The totals alone grow with the deputies: eight bytes each, and a block."""
    n, each = 200_000, 5
    columns = Columns(
        lanes=(Lane("a", "", True, FIRST),),
        lane=np.zeros(n * each, np.uint8),
        amount=np.ones(n * each, np.uint8),
        offsets=np.arange(0, n * each + 1, each),
    )
    scale = Scale(item=(0,), each=(100,), caps=(300,))
    for fast in (False, True):
        assert set(totals(columns, scale, fast=fast).tolist()) == {300}
        tracemalloc.start()
        totals(columns, scale, fast=fast)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < n * 8 * 2 + (4 << 20)


def test_a_lane_of_days_before_all_belongs_to_the_first_stretch():
    laid = from_records([record(on=D(2025, 12, 31)), record(id="2", on=LAST)], {"wang": 0}, [FIRST, D(2026, 7, 1)], 1)
    assert [x.since for x in laid.lanes] == [FIRST, D(2026, 7, 1)]
    assert RULE.name == "points"
    assert isinstance(laid.lanes[0].since, dt.date)
