"""Search for a word among 100,000 cases: the table of words against LIKE on the title, and on title and text."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from benchmarks.counties import LARGE, OFFICE, County, filled
from benchmarks.pairs import Pairs

from renda_core.services import search
from renda_core.store.words import initials, words

RARE, COMMON = "石桥", "学校"
"""Words of about 100 and about 5,000 of the cases."""
OFTEN = {RARE: 100, COMMON: 5_000}
HEADS = ("关于加强", "关于改善", "关于规范", "关于推进", "关于支持", "关于尽快实施")
PLACES = ("城东片区", "城西片区", "河口镇", "青山乡", "老城区", "开发区", "沿江村", "火车站周边")
MATTERS = ("道路照明", "垃圾分类", "农田灌溉", "公交线路", "养老服务", "停车管理", "污水处理", "电梯加装")
PAGE = 20
TIMES = 5


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """A county of 100,000 cases whose titles differ, beside each title a text of some 120 characters."""
    with filled(tmp_path_factory.mktemp("told") / "a.db", LARGE) as county:
        title(county)
        yield county


def title(county: County) -> None:
    """Give every case a title and the words of it, and put the texts in a table beside them, for LIKE."""
    draw = random.Random(3)
    mine = UUID(county.work.file.id).bytes
    named, cut, texts = [], [], []
    for n, id in enumerate(county.ids):
        word = RARE if n % (LARGE // OFTEN[RARE]) == 7 else COMMON if n % (LARGE // OFTEN[COMMON]) == 3 else "设施"
        made = f"{draw.choice(HEADS)}{draw.choice(PLACES)}{word}{draw.choice(MATTERS)}的建议"
        key = UUID(id).bytes
        named.append((made, mine, key))
        texts.append((key, made, "".join(draw.choice(PLACES) + draw.choice(MATTERS) for _ in range(15))))
        cut += [(mine, key, one) for one in words(made) | initials(made)]
    raw = sqlite3.connect(county.path, isolation_level=None)
    raw.execute("PRAGMA synchronous=OFF")
    raw.execute("BEGIN IMMEDIATE")
    raw.executemany("UPDATE case_file SET title = ? WHERE tenant_id = ? AND id = ?", named)
    raw.executemany("INSERT OR IGNORE INTO case_word (tenant_id, case_id, word) VALUES (?, ?, ?)", cut)
    raw.execute("CREATE TABLE told (id BLOB PRIMARY KEY, title TEXT, text TEXT) WITHOUT ROWID")
    raw.executemany("INSERT INTO told VALUES (?, ?, ?)", texts)
    raw.execute("COMMIT")
    raw.close()


def ours(county: County, text: str) -> Callable[[], object]:
    """Search as pages, interface and command do."""
    actor = OFFICE
    return lambda: county.work.ask(search.search, actor, text, kind="suggestion", what=("cases",), size=PAGE)


def like(county: County, word: str, where: str) -> Callable[[], object]:
    """Search by LIKE in the same file."""
    raw = sqlite3.connect(Path(county.path), isolation_level=None)
    columns = "id, kind, number, title, opened_on, state, closed, round, next_due, version"
    if where == "title":
        condition = "title LIKE ?1"
    else:
        condition = "EXISTS (SELECT 1 FROM told WHERE told.id = case_file.id AND (told.title LIKE ?1 OR text LIKE ?1))"
    mine = UUID(county.work.file.id).bytes
    sql = f"SELECT {columns} FROM case_file WHERE {condition} AND tenant_id = ?2"  # noqa: S608 - both are our own
    sql += f" AND kind = 'suggestion' AND private = 0 ORDER BY id DESC LIMIT {PAGE}"
    return lambda: raw.execute(sql, (f"%{word}%", mine)).fetchall()


@pytest.mark.parametrize("where", ["title", "title and text"])
@pytest.mark.parametrize("word", [RARE, COMMON])
def test_a_word_of_two_characters_and_like(versus: Pairs, told: County, word: str, where: str) -> None:
    found = ours(told, word)()
    assert [row.number for row in found.cases] == [row[2] for row in like(told, word, where)()]  # type: ignore[attr-defined]
    versus(
        f"search, {OFTEN[word]:,} hits of 100,000, the first {PAGE}",
        ours(told, word),
        like(told, word, where),
        against=f"LIKE on {where}",
        at_least=20 if word == RARE else None,
        times=TIMES,
    )


@pytest.mark.parametrize("word", [RARE, COMMON])
def test_the_whole_of_what_is_found_and_like(versus: Pairs, told: County, word: str) -> None:
    raw = sqlite3.connect(told.path, isolation_level=None)
    mine = UUID(told.work.file.id).bytes
    counting = "SELECT count(*) FROM case_word WHERE tenant_id = ? AND word = ?"
    slow = "SELECT count(*) FROM case_file WHERE tenant_id = ? AND title LIKE ?"
    assert raw.execute(counting, (mine, word)).fetchone() == raw.execute(slow, (mine, f"%{word}%")).fetchone()
    versus(
        f"counting the hits of {word}",
        lambda: raw.execute(counting, (mine, word)).fetchone(),
        lambda: raw.execute(slow, (mine, f"%{word}%")).fetchone(),
        against="LIKE on title",
        times=TIMES,
    )


@pytest.mark.parametrize("text", ["qsyj", "sqss", "jygy"])
def test_initials_that_are_common_and_stand_apart(versus: Pairs, told: County, text: str) -> None:
    like_nothing = like(told, "机场", "title")
    assert ours(told, text)().cases == ()  # type: ignore[attr-defined]
    versus(f"search, {text}, in no title", ours(told, text), like_nothing, against="LIKE on title", at_least=2)


@pytest.mark.parametrize("text", ["xjsq", "dlzm", "gs", "石桥 照明", "L-77777", "机场"])
def test_other_ways_to_ask(versus: Pairs, told: County, text: str) -> None:
    versus(f"search, {text}", ours(told, text), like(told, text, "title"), against="LIKE on title", times=TIMES)
