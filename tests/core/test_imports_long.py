"""A long roster, as the benchmark has it: the peer writes as many rows, and a row that is done leaves little behind."""

import sqlite3
import tracemalloc

import pytest
from benchmarks.rosters import HOME, Peer, bring, lines, make_home, write_roster

from renda_core.files import Read
from renda_core.services import imports
from renda_core.workspace import SETUP

ROWS = 2_000
KEPT = 800
"""Bytes that a row may leave behind, to tell later rows that are the same: a few ids and hashes, where a row as it is
read takes several thousand."""
pytestmark = pytest.mark.filterwarnings("ignore:SQLite .* WAL-reset:RuntimeWarning")  # the machine's matter
TABLES = ("person", "mandate", "membership", "district", "body")


def test_the_peer_of_the_benchmark_writes_as_many_rows(tmp_path):
    path = write_roster(tmp_path / "roster.xlsx", ROWS)
    assert bring(tmp_path / "ours", path).new == ROWS
    peer = Peer(tmp_path / "peer")
    peer.bring(path)
    found = []
    for name in ("ours", "peer"):
        (place,) = (tmp_path / name / "tenants").glob("*.db")
        raw = sqlite3.connect(place)
        found.append([raw.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in (*TABLES, "person_word")])  # noqa: S608
        raw.close()
    assert found[0] == found[1]
    assert found[0][:3] == [ROWS, ROWS, 2 * ROWS]


class Made:
    """Rows made as they are asked for, so that only the import itself holds any."""

    def __init__(self, many):
        self.many = many

    def __iter__(self):
        for n, line in enumerate(lines(self.many), 2):
            yield Read(
                number=n,
                values={
                    "name": line["姓名"], "sex": "male", "ethnicity": "汉族", "born": line["出生日期"],
                    "id_number": line["身份证号"], "phone": line["手机号"], "party": None, "education": None,
                    "employer": None, "post": None, "congress": HOME, "term": 6, "district": line["选区"],
                    "certificate": line["代表证号"], "elected": line["当选日期"], "by_election": False,
                    "delegation": line["代表团"], "group": line["代表小组"], "composition": None,
                },
            )  # fmt: skip


def test_a_row_leaves_little_behind(tmp_path, monkeypatch):
    monkeypatch.setattr("renda_core.services.imports.planned.CHUNK", 100)
    peaks = []
    tracemalloc.start()
    try:
        with make_home(tmp_path / "warm") as work:
            work.do(imports.preview, SETUP, "roster", Made(ROWS))  # also fills what is remembered up to a limit
            for many in (400, ROWS):
                tracemalloc.reset_peak()
                before = tracemalloc.get_traced_memory()[0]
                assert work.do(imports.preview, SETUP, "roster", Made(many)).counts == {"new": many}
                peaks.append(tracemalloc.get_traced_memory()[1] - before)
    finally:
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < KEPT * (ROWS - 400), peaks
