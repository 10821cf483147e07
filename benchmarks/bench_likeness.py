"""Opinions much alike among 100,000: our index against comparing all by rapidfuzz, in memory and from what is stored.

The peer's task is ours: the five texts of the highest ``fuzz.ratio``. *Recall* counts which of ours are as good as the
peer's fifth, since many texts are equally alike.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import attrs
import pytest
from benchmarks import opinions
from benchmarks.pairs import Pairs
from rapidfuzz import fuzz, process

from renda_core.domain.likeness import lengths_of, nearest, packed
from renda_core.services import likeness
from renda_core.services.likeness.finding import COMPARED, common
from renda_core.services.likeness.keeping import HELD_BACK
from renda_core.store.sqlite import SqliteStore
from renda_core.store.words import words
from renda_core.workspace import Workspace

pytestmark = pytest.mark.xdist_group("likeness")  # the county is filled once, for all of them
SMALL, LARGE = 10_000, 100_000
ASKED = 40
BEST = 5
TURN = 8
"""Questions of one turn: the first after the other's turn finds the processor's caches full of the other's texts."""
PEER = "rapidfuzz, all compared"


@attrs.frozen(kw_only=True)
class Place:
    """A county whose index is kept, and the same texts in a plain table and in memory."""

    work: Workspace
    path: Path
    texts: list[str]
    asked: list[str]

    def found(self, text: str) -> list[float]:
        """Ask as a page does; give how much alike the five are."""
        return [a.likeness for a in self.work.ask(likeness.alike, opinions.STATION, text, "opinion", size=BEST)]

    def every(self) -> list[str]:
        """Read all texts from the plain table."""
        raw = sqlite3.connect(self.path)
        try:
            return [text for (text,) in raw.execute("SELECT text FROM plain")]
        finally:
            raw.close()


def best(text: str, texts: list[str]) -> list[float]:
    """Compare all."""
    return [score for _, score, _ in process.extract(text, texts, scorer=fuzz.ratio, limit=BEST)]


@pytest.fixture(scope="module", params=[LARGE])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A county of a hundred thousand opinions."""
    draw = random.Random(7)
    texts = [opinions.told(draw) for _ in range(request.param)]
    folder = tmp_path_factory.mktemp("alike")
    with opinions.filled(folder, texts) as work:
        store = work.store
        assert isinstance(store, SqliteStore)
        kept = store.run(likeness.keep(store, work.tenant))
        assert kept.texts + HELD_BACK >= len(texts)
        plain = folder / "plain.db"
        raw = sqlite3.connect(plain)
        raw.execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, text TEXT)")
        raw.executemany("INSERT INTO plain (text) VALUES (?)", ((t,) for t in texts))
        raw.commit()
        raw.close()
        yield Place(work=work, path=plain, texts=texts, asked=[opinions.told(draw) for _ in range(ASKED)])


def test_from_what_is_stored(versus: Pairs, place: Place) -> None:
    good = sum(
        sum(1 for score in place.found(text) if score >= round(best(text, place.texts)[-1], 1)) for text in place.asked
    )
    recall = good / (BEST * len(place.asked))
    versus.told.lines.append(f"  recall of the best five, {len(place.asked)} questions: {recall:.3f}; bar 0.9")
    assert recall >= 0.9
    ours, theirs = cycle(place.asked), cycle(place.asked)
    versus(
        f"five opinions alike among {LARGE:,}, from the store",
        lambda: place.found(next(ours)),
        lambda: best(next(theirs), place.every()),
        against=f"{PEER}, from a plain table",
        at_least=20,
        times=TURN,
    )


def test_in_memory(versus: Pairs, place: Place) -> None:
    ask = in_memory(place.texts)
    ours, theirs = cycle(place.asked), cycle(place.asked)
    assert all(ask(t)[-1] >= 0.9 * best(t, place.texts)[-1] for t in place.asked)
    versus(
        f"five opinions alike among {LARGE:,}, all in memory",
        lambda: ask(next(ours)),
        lambda: best(next(theirs), place.texts),
        against=PEER,
        at_least=20,
        times=TURN,
    )


def test_from_what_is_stored_beside_memory(versus: Pairs, place: Place) -> None:
    ours, theirs = cycle(place.asked), cycle(place.asked)
    versus(
        f"five opinions alike among {LARGE:,}, ours from the store, the peer's in memory",
        lambda: place.found(next(ours)),
        lambda: best(next(theirs), place.texts),
        against=PEER,
    )


def in_memory(texts: list[str]) -> Callable[[str], list[float]]:
    """Hold the index as the store's pages do, without a store."""
    lists: dict[str, list[int]] = {}
    counts = []
    for n, text in enumerate(texts):
        cut = words(text)
        counts.append(len(cut))
        for word in cut:
            lists.setdefault(word, []).append(n)
    held, lengths = {word: packed(numbers) for word, numbers in lists.items()}, lengths_of(counts)

    def ask(text: str) -> list[float]:
        cut = words(text)
        rare = (held[w] for w in cut if w in held and len(held[w]) <= common(len(texts)))
        near = nearest(rare, lengths, len(cut), COMPARED)
        return best(text, [texts[n.text] for n in near])

    return ask


def test_growth(versus: Pairs) -> None:
    draw = random.Random(9)
    texts = [opinions.told(draw) for _ in range(LARGE)]
    asked = [opinions.told(draw) for _ in range(ASKED)]
    few, many = in_memory(texts[:SMALL]), in_memory(texts)
    one, other = cycle(asked), cycle(asked)
    versus(
        f"alike among {LARGE:,} against among {SMALL:,}",
        lambda: many(next(one)),
        lambda: few(next(other)),
        against=f"{SMALL:,} texts",
        at_most=12,
    )
