"""Imports as jobs, on both back ends: received, read, applied once and whole, or given up without a trace."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from tests.core.importing import (
    DEPUTY,
    OFFICE,
    PHONE,
    ROADS,
    UNITS,
    WRONG,
    Ending,
    asked,
    previewed,
    received,
    shown,
    worked,
    written,
)

from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected, Stale
from renda_core.services import imports, jobs
from renda_core.services.imports import jobs as import_jobs
from renda_core.services.imports import working as import_work
from renda_core.services.imports.incoming import LONGEST_NAME, WrongKind, kind_of, safe_name
from renda_core.services.imports.jobs import SHOWN
from renda_core.services.imports.working import Stopped
from renda_core.store import import_jobs as s
from renda_core.store import tables as t
from renda_core.store.compile import Query, keyed
from renda_plugins import suggestion_handling

FILE = written(UNITS)


@pytest.fixture
def office(county: Any) -> Any:
    return county(suggestion_handling, today=dt.date(2026, 11, 20))


class Id:
    """A stored unit's id."""

    def __init__(self, id: str) -> None:
        self.id = id


IDS = Query(select(t.unit.c.id).where(*keyed(t.unit)), Id)


def units(b: Any) -> int:
    async def count(reader: Any) -> int:
        return len(await reader.all(IDS))

    return int(b.read(count))


def content(b: Any, id: str) -> bytes | None:
    async def look(reader: Any) -> Any:
        return await reader.one(s.CONTENT, id=id)

    found: bytes | None = b.read(look).content
    return found


def test_a_file_goes_its_whole_way(office):
    job = received(office)
    assert (job.state, job.version, job.facts.size) == ("received", 0, len(FILE))
    watch = Ending()
    assert worked(office, job.id, watch) == "previewed"
    assert (watch.total, watch.done) == (5, 5)
    seen = shown(office, job.id)
    assert (seen.state, dict(seen.facts.counts), seen.facts.done) == ("previewed", {"new": 5}, 5)
    assert units(office) == 0
    office.do(import_jobs.ask_apply, OFFICE, job.id, seen.version)
    assert worked(office, job.id) == "applied"
    done = shown(office, job.id)
    assert (done.state, done.facts.told["new"], units(office)) == ("applied", 5, 5)
    assert content(office, job.id) is None
    assert worked(office, job.id) == ""
    assert office.verify().whole


def test_the_file_lies_sealed(office):
    job = received(office)
    held = content(office, job.id)
    assert held is not None
    assert FILE not in held
    assert UNITS[0]["单位名称"].encode() not in held


def test_rows_are_listed_by_state_and_page(office):
    job = received(office, WRONG)
    assert worked(office, job.id) == "refused"
    seen = shown(office, job.id)
    assert seen.facts.counts["error"] >= 1
    every = office.ask(import_jobs.rows, OFFICE, job.id)
    assert [r.n for r in every] == [1, 2, 3]
    wrong = office.ask(import_jobs.rows, OFFICE, job.id, "error")
    assert {r.state for r in wrong} == {"error"}
    assert all(r.reasons for r in wrong)
    assert office.ask(import_jobs.rows, OFFICE, job.id, "", 1, 1) == every[1:2]
    assert len(seen.facts.problems) >= 1
    assert {"file", "row", "column", "field", "value", "message", "remedy", "level"} <= set(seen.facts.problems[0])
    with pytest.raises(Invalid, match="size"):
        office.ask(import_jobs.rows, OFFICE, job.id, "", 0, 0)


def test_what_is_told_of_a_row_shows_no_number_whole(office):
    job = received(office, WRONG)
    worked(office, job.id)
    told = repr(shown(office, job.id)) + repr(office.ask(import_jobs.rows, OFFICE, job.id))
    assert PHONE not in told
    assert PHONE[:7] not in told


def test_who_keeps_no_registers_sees_and_sends_nothing(office):
    job = received(office)
    for actor in (DEPUTY, ROADS):
        with pytest.raises(NotAllowed):
            received(office, by=actor)
        for ask in (lambda a: office.ask(import_jobs.show, a, job.id), lambda a: office.ask(import_jobs.listed, a)):
            with pytest.raises(NotAllowed):
                ask(actor)
        with pytest.raises(NotAllowed):
            office.ask(import_jobs.rows, actor, job.id)
        for use in (import_jobs.ask_apply, import_jobs.give_up):
            with pytest.raises(NotAllowed):
                office.do(use, actor, job.id, 0)


def test_anothers_import_is_not_there(county):
    mine, theirs = county(suggestion_handling), county(suggestion_handling)
    job = received(mine)
    with pytest.raises(NotFound) as other:
        theirs.ask(import_jobs.show, OFFICE, job.id)
    with pytest.raises(NotFound) as nowhere:
        theirs.ask(import_jobs.show, OFFICE, "0198a000-0000-7000-8000-00000000dead")
    assert str(other.value) == str(nowhere.value)
    with pytest.raises(NotFound):
        theirs.do(import_jobs.give_up, OFFICE, job.id)
    assert theirs.ask(import_jobs.listed, OFFICE) == ()
    assert [j.id for j in mine.ask(import_jobs.listed, OFFICE)] == [job.id]


def test_imports_are_listed_newest_first_by_page(office):
    ids = [received(office).id for _ in range(3)]
    assert [j.id for j in office.ask(import_jobs.listed, OFFICE, "", 2)] == ids[:0:-1]
    assert [j.id for j in office.ask(import_jobs.listed, OFFICE, ids[1], 2)] == ids[:1]


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", Invalid),
        (b" \n\t", Invalid),
        (b"\xd0\xcf\x11\xe0 old", WrongKind),
        (b"%PDF\x00", WrongKind),
    ],
)
def test_what_is_no_table_is_refused_at_once(office, raw, error):
    with pytest.raises(error):
        received(office, raw)
    with pytest.raises(Invalid, match="known: congresses"):
        received(office, sheet="../units")


@pytest.mark.parametrize("raw", [b"PK\x03\x04 broken", b"\xff\xfe\xfd", b"x" * 100, b'"open'])
def test_what_cannot_be_read_is_refused_with_a_reason(office, raw):
    job = received(office, raw)
    assert worked(office, job.id) == "refused"
    seen = shown(office, job.id)
    assert seen.facts.reasons or seen.facts.problems
    with pytest.raises(Rejected):
        office.do(import_jobs.ask_apply, OFFICE, job.id, seen.version)
    assert units(office) == 0


def test_only_what_was_seen_is_applied(office):
    job = previewed(office)
    with pytest.raises(Stale):
        office.do(import_jobs.ask_apply, OFFICE, job.id, job.version - 1)
    office.do(import_jobs.ask_apply, OFFICE, job.id, job.version)
    with pytest.raises(Stale):
        office.do(import_jobs.ask_apply, OFFICE, job.id, job.version)


@pytest.mark.parametrize("after", [1, 3, 5])
def test_work_that_is_ended_in_the_middle_did_nothing_and_goes_on(office, after):
    job = asked(office)
    with pytest.raises(Stopped):
        worked(office, job.id, Ending(after))
    assert (units(office), shown(office, job.id).state) == (0, "applying")
    assert office.ask(import_jobs.undone) == (job.id,)
    assert worked(office, job.id) == "applied"
    assert units(office) == 5
    assert office.ask(import_jobs.undone) == ()


def test_reading_that_is_ended_goes_on_too(office):
    job = received(office)
    with pytest.raises(Stopped):
        worked(office, job.id, Ending(2))
    assert shown(office, job.id).state == "reading"
    assert worked(office, job.id) == "previewed"


def test_two_workers_never_apply_one_import_twice(office, monkeypatch):
    job = asked(office)
    real, reached = import_work._bring_on, []

    def overtaken(*args: Any) -> Any:
        monkeypatch.setattr(import_work, "_bring_on", real)
        reached.append(worked(office, job.id))  # another worker claims it after this one, and is faster
        return real(*args)

    monkeypatch.setattr(import_work, "_bring_on", overtaken)
    reached.append(worked(office, job.id))
    assert reached == ["applied", ""]
    assert units(office) == 5
    assert office.verify().whole


def test_what_is_given_up_leaves_no_file(office):
    job = previewed(office)
    office.do(import_jobs.give_up, OFFICE, job.id, job.version)
    seen = shown(office, job.id)
    assert (seen.state, content(office, job.id)) == ("given_up", None)
    assert office.ask(import_jobs.rows, OFFICE, job.id) == ()
    assert worked(office, job.id) == ""
    with pytest.raises(Rejected):
        office.do(import_jobs.give_up, OFFICE, job.id)
    with pytest.raises(Rejected):
        office.do(import_jobs.ask_apply, OFFICE, job.id, seen.version)


def test_giving_up_ends_work_under_way(office, monkeypatch):
    job = asked(office)
    real = import_work._bring_on

    def given_up(*args: Any) -> Any:
        office.do(import_jobs.give_up, OFFICE, job.id)
        return real(*args)

    monkeypatch.setattr(import_work, "_bring_on", given_up)
    assert worked(office, job.id) == ""
    assert (units(office), shown(office, job.id).state) == (0, "given_up")


def test_a_defect_applies_nothing_and_is_told(office, monkeypatch):
    job = asked(office)
    monkeypatch.setattr(imports, "apply", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        worked(office, job.id)
    seen = shown(office, job.id)
    assert (seen.state, units(office)) == ("failed", 0)
    assert "number of this import" in seen.facts.reasons[0]


def test_a_file_waits_for_a_day(office, monkeypatch):
    kept, job = asked(office), previewed(office)
    worked(office, kept.id)
    assert office.do(import_jobs.purge, OFFICE) == 0
    monkeypatch.setattr(import_jobs, "KEPT", dt.timedelta(seconds=-1))
    assert office.do(import_jobs.purge, OFFICE) == 1
    assert (shown(office, job.id).state, content(office, job.id)) == ("given_up", None)
    assert len(office.ask(import_jobs.rows, OFFICE, kept.id)) == 5
    monkeypatch.setattr(import_jobs, "SHOWN", -SHOWN)
    office.do(import_jobs.purge, OFFICE)
    assert office.ask(import_jobs.rows, OFFICE, kept.id) == ()
    assert office.verify().whole


def test_the_file_leaves_the_disk(office, tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    job = received(office)
    met: list[Any] = []

    def look() -> None:
        met.extend((p.stat().st_mode & 0o777, p.name) for p in folder.iterdir())

    with pytest.raises(Stopped):
        worked(office, job.id, Ending(2, look), folder)
    assert [mode for mode, _ in met] == [0o700]
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("名册.xlsx", "名册.xlsx"),
        ("../../etc/passwd", "passwd.csv"),
        ("C:\\文件\\名册.xlsx", "名册.xlsx"),
        ("a\x00b\r\n.csv", "ab.csv"),
        ("\u202egpj.xlsx", "gpj.xlsx"),
        ("..", "file.csv"),
        ("win.ini", "win.ini.csv"),
        ("", "file.csv"),
        ("x" * 500, "x" * (LONGEST_NAME - 4) + ".csv"),
    ],
)
def test_a_name_is_kept_without_its_tricks(name, kept):
    assert safe_name(name, ".csv") == kept


def test_a_kind_is_told_by_what_a_file_holds():
    assert (kind_of(b"PK\x03\x04"), kind_of("姓名".encode())) == (".xlsx", ".csv")


def test_a_sweep_tidies_up(office, monkeypatch):
    job = received(office)
    monkeypatch.setattr(import_jobs, "KEPT", dt.timedelta(seconds=-1))
    office.store.run(jobs.sweep(office.store, office.tenant))
    assert shown(office, job.id).state == "given_up"
    office.store.run(jobs.sweep(office.store, office.tenant))
    assert office.verify().whole
