"""Packed papers: both paths agree with a plain count, whatever the layout, the papers, and how they are cut."""

import subprocess
import sys
import tracemalloc
from itertools import pairwise

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core import counting_plainly as plainly

from renda_core.domain.counting import Layout, Tally, Voters, compiled
from renda_core.domain.counting import tally as tallying
from renda_core.domain.counting.shape import Shape
from renda_core.domain.counting.sliced import block
from renda_core.errors import Invalid


@st.composite
def layouts(draw):
    """Give any layout, of one subject to three words of them."""
    mode = draw(st.sampled_from(["choose", "each", "grade", "rank"]))
    answers = 1 if mode == "choose" else draw(st.integers(2, 9))
    most = 12 if answers > 7 or mode == "rank" else 140
    subjects = draw(st.integers(1, most) | st.sampled_from([n for n in (8, 9, 16, 32, 33, 64, 65, 128) if n <= most]))
    if mode in ("each", "grade") and draw(st.booleans()):
        return Layout(subjects=subjects, answers=answers, mode=mode, rest=True)
    limit = draw(st.none() | st.integers(0, subjects + 1))
    blank = draw(st.sampled_from(["valid", "void"]))
    return Layout(subjects=subjects, answers=answers, mode=mode, limit=limit, blank=blank)


def papers_of(layout, seed, number):
    """Make papers of which some are sound, some blank, some full of marks, some nonsense."""
    rng = np.random.default_rng(seed)
    made = rng.integers(0, 256, (number, layout.size), np.uint8)
    for share in (0.8, 0.6, 0.4):
        thin = rng.random(number) < share
        made[thin] &= rng.integers(0, 256, (int(thin.sum()), layout.size), np.uint8)
    sound = rng.random(number) < 0.7
    made[sound] &= np.tile(layout.allowed, layout.planes).view(np.uint8)
    if layout.planes > 1:
        wide = layout.size // layout.planes
        alone = rng.random(number) < 0.5  # codes that exist: the last plane is empty, or stands alone
        made[alone, -wide:] = 0
        made[~alone & sound, :-wide] = 0
    made[rng.random(number) < 0.05] = 0
    return made


def counted(layout, chunks, fast):
    tally = Tally(layout, fast=fast)
    for chunk in chunks:
        tally.add(chunk)
    return tally.count()


@settings(max_examples=150)
@given(layout=layouts(), seed=st.integers(0, 2**32), number=st.integers(0, 80))
def test_few_papers_are_counted_as_bit_by_bit(layout, seed, number):
    papers = papers_of(layout, seed, number)
    found = plainly.counted([p.tobytes() for p in papers], layout)
    for fast in (False, None, True):
        assert counted(layout, [papers], fast) == found


@settings(max_examples=40)
@given(
    layout=layouts(),
    seed=st.integers(0, 2**32),
    number=st.integers(1, 60),
    blocks=st.floats(0.9, 2.5),
    cuts=st.lists(st.floats(0, 1), max_size=5),
)
def test_many_papers_in_any_chunks_are_counted_the_same_on_both_paths(layout, seed, number, blocks, cuts):
    base = papers_of(layout, seed, number)
    total = int(block(layout) * blocks)
    times, rest = divmod(total, number)
    many = np.concatenate([np.tile(base, (times, 1)), base[:rest]])
    singles = [p.tobytes() for p in base]
    found = plainly.added(
        plainly.repeated(plainly.counted(singles, layout), times), plainly.counted(singles[:rest], layout)
    )
    edges = [0, *sorted(int(c * total) for c in cuts), total]
    chunks = [many[a:b].tobytes() for a, b in pairwise(edges)]
    for fast in (False, True):
        assert counted(layout, chunks, fast) == found
        assert counted(layout, [many], fast) == found


def test_the_kernel_counts_wherever_there_is_one():
    layout = Layout(subjects=64, limit=3)
    tally = Tally(layout, fast=True)
    tally.add(np.ones(block(layout), np.uint64))
    assert isinstance(tally._compiled, compiled.Compiled)
    assert tally.count().votes[:2] == ((block(layout),), (0,))


def test_papers_may_follow_a_count():
    layout = Layout(subjects=20, limit=5, blank="void")
    papers = papers_of(layout, 7, 3 * block(layout) + 77)
    for fast in (False, True):
        tally, seen = Tally(layout, fast=fast), 0
        for end in (0, 1, 130, block(layout) + 5, 2 * block(layout) + 6, len(papers)):
            tally.add(papers[seen:end])
            seen = end
            assert tally.count() == counted(layout, [papers[:end]], False)
        assert tally.count() == tally.count()


def test_a_chunk_may_begin_anywhere_in_memory():
    layout = Layout(subjects=64, limit=5)
    papers = papers_of(layout, 5, 2 * block(layout) + 3)
    odd = memoryview(b"x" + papers.tobytes())[1:]
    for fast in (False, True):
        assert counted(layout, [odd], fast) == counted(layout, [papers], False)


@pytest.mark.parametrize(
    ("layout", "size"),
    [
        (Layout(subjects=8), 1),
        (Layout(subjects=9), 2),
        (Layout(subjects=32), 4),
        (Layout(subjects=64), 8),
        (Layout(subjects=65), 16),
        (Layout(subjects=64, answers=3, mode="each", rest=True), 16),
        (Layout(subjects=64, answers=3, mode="each"), 16),
        (Layout(subjects=32, answers=4, mode="grade", rest=True), 8),
        (Layout(subjects=32, answers=7, mode="grade"), 12),
        (Layout(subjects=8, answers=8, mode="grade"), 8),
        (Layout(subjects=12, answers=12, mode="rank"), 24),
    ],
)
def test_a_paper_takes_as_few_bytes_as_it_can(layout, size):
    assert layout.size == size


def test_half_a_paper_at_the_end_of_a_chunk_is_refused_and_nothing_of_it_counted():
    tally = Tally(Layout(subjects=64))
    with pytest.raises(Invalid, match="13 bytes are no whole number of papers of 8 bytes"):
        tally.add(bytes(13))
    assert tally.count().valid == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"subjects": 0},
        {"answers": 0},
        {"limit": -1},
        {"answers": 3, "rest": True, "limit": 2},
        {"answers": 3, "rest": True, "blank": "void"},
        {"rest": True},
        {"answers": 3, "rest": True, "mode": "rank"},
    ],
)
def test_a_layout_that_cannot_be_is_refused(wrong):
    with pytest.raises(Invalid):
        attrs.evolve(Layout(subjects=4), **wrong)


# -- where the compiler is, and where it is not


def test_without_a_compiler_numpy_counts(monkeypatch):
    layout = Layout(subjects=10, limit=3)
    papers = papers_of(layout, 3, 2 * block(layout) + 9)
    with_it = counted(layout, [papers], True)
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    monkeypatch.setattr(tallying, "kernels", compiled.Kernels())
    assert tallying.kernels.get(Shape.of(layout)) is None
    assert counted(layout, [papers], True) == with_it
    monkeypatch.setattr(compiled, "WORTH_LOADING", 1)
    assert counted(layout, [papers[:100], papers[100:]], None) == with_it


def test_the_compiler_is_loaded_when_it_pays_and_not_before():
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; import numpy as np\n"
            "from renda_core.domain.counting import Layout, Tally, compiled\n"
            "tally = Tally(Layout(subjects=64)); chunk = np.ones(1 << 18, np.uint64)\n"
            "seen = []\n"
            "for _ in range(65): tally.add(chunk); seen.append('llvmlite' in sys.modules)\n"
            "print(seen.index(True), tally.count().votes[0][0], 'numba' in sys.modules)",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == [str((compiled.WORTH_LOADING >> 21) - 1), str(65 << 18), "False"]


def test_memory_stays_flat():
    layout = Layout(subjects=64, limit=10)
    chunk = np.zeros(1 << 17, np.uint64)
    for fast in (False, True):
        counted(layout, [chunk], fast)  # the kernel is compiled once a process
        tracemalloc.start()
        counted(layout, (chunk.copy() for _ in range(100)), fast)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 6 * chunk.nbytes


# -- who votes twice


@given(numbers=st.lists(st.integers(0, 30), max_size=60), cut=st.integers(0, 60))
def test_only_the_first_paper_of_a_voter_counts(numbers, cut):
    voters, seen, expected = Voters(31), set(), []
    for n in numbers:
        expected.append(n not in seen)
        seen.add(n)
    found = [*voters.first(np.array(numbers[:cut], np.int64)), *voters.first(np.array(numbers[cut:], np.int64))]
    assert found == expected


@pytest.mark.parametrize("number", [-1, 31])
def test_who_is_not_on_the_roll_is_refused(number):
    voters = Voters(31)
    with pytest.raises(Invalid, match="not on the roll of 31"):
        voters.first(np.array([3, number]))
    assert voters.first(np.array([3])).all()
