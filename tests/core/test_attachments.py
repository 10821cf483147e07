"""Files of cases and records: who may what, nothing in the clear, and no row without content, whatever is killed."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import pytest
from tests.core.sending_files import HOSTILE, PDF, png
from tests.core.suggesting import CHAIR, LI, OFFICE, PUBLIC, ROADS, SOLE, WANG, WATER, with_settings

from renda_core.domain.case import Actor, Case
from renda_core.errors import Invalid, NotAllowed, NotFound, Rejected, Unavailable
from renda_core.files.limits import WrongKind
from renda_core.objects import Objects
from renda_core.services import attachments, contents, corrections, journal
from renda_core.services.attachments import Attach, Attachment
from renda_core.services.contents import Damaged
from renda_core.store.keys import Keys
from renda_core.store.ring import Key
from renda_core.testing import Bench, uid

CANARY = "金丝雀-13812345678-住址"
SECRET = PDF.replace(b"/Catalog", b"/Catalog/Canary(" + CANARY.encode() + b")")
LATER = dt.datetime.now(dt.UTC) + dt.timedelta(days=2)


@pytest.fixture(params=["folder", "s3"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    """A store of files: a folder, and S3, in turn."""
    return Objects.at(str(tmp_path / "files") if request.param == "folder" else request.getfixturevalue("s3"), {})


class Place:
    """A county with a suggestion at the roads, and files."""

    def __init__(self, county: Callable[..., Bench], files: Objects, name: str = "") -> None:
        self.bench, self.files = with_settings(county, **({"name": name} if name else {})), files
        self.case = self.bench.open("suggestion", WANG, {"text": "城东石桥多年失修"}, parties={"proposer": (WANG.id,)})
        self.bench.run(self.case, ("submit", WANG), ("accept", OFFICE), ("assign", OFFICE, SOLE))

    def wait(self, work: Any) -> Any:
        return contents.wait(self.bench.store, work)

    def add(self, by: Actor = OFFICE, name: str = "照片.pdf", content: bytes = PDF, **more: Any) -> Attachment:
        command = Attach(**{"about": "case", "about_id": self.case.id, "name": name, "content": content, **more})
        work = attachments.add(self.bench.store, self.files, self.bench.tenant, by, command)
        made: Attachment = self.wait(work)
        return made

    def list(self, by: Actor = OFFICE, case: Case | None = None) -> tuple[str, ...]:
        found = self.bench.ask(attachments.listed, by, "case", (case or self.case).id)
        return tuple(one.name for one in found)

    def show(self, id: str, by: Actor = OFFICE) -> Attachment:
        found: Attachment = self.bench.ask(attachments.show, by, id)
        return found

    def read(self, id: str) -> bytes:
        async def whole() -> bytes:
            pieces = await contents.content(self.bench.store, self.files, self.bench.tenant, id)
            return b"".join([piece async for piece in pieces])

        content: bytes = self.wait(whole())
        return content

    def erase(self, id: str, by: Actor = OFFICE) -> None:
        self.bench.do(attachments.erase, by, id)
        self.wait(attachments.forget(self.files, self.bench.tenant, id))

    def sweep(self, now: dt.datetime | None = None) -> int:
        done: contents.Removed = self.wait(contents.sweep(self.bench.store, self.files, self.bench.tenant, now))
        return done.objects

    def count(self) -> int:
        return int(self.wait(self.files.count(self.bench.tenant.id)).objects)


@pytest.fixture
def here(county: Callable[..., Bench], files: Objects) -> Place:
    """One such county, on each back end and each store of files."""
    return Place(county, files)


def test_a_file_comes_and_goes(here: Place) -> None:
    made = here.add(name="现场照片.PNG", content=png())
    assert attrs.astuple(made)[1:7] == ("case", here.case.id, "现场照片.PNG", "image/png", "图片", len(png()))
    assert here.list(WANG) == ("现场照片.PNG",)
    assert here.read(made.id) == png()
    here.erase(made.id)
    assert (here.list(), here.count()) == ((), 0)
    with pytest.raises(NotFound):
        here.show(made.id)
    with pytest.raises(Damaged):
        here.read(made.id)
    entries = here.bench.read(journal.entries, size=1_000)
    assert ['"what":"file.added"' in e.entry for e in entries].count(True) == 1
    assert ['"what":"file.erased"' in e.entry for e in entries].count(True) == 1
    assert here.bench.read(journal.verify).whole


@pytest.mark.parametrize("size", [1, contents.PIECE - 1, contents.PIECE, contents.PIECE + 1, 3 * contents.PIECE])
def test_of_every_size_it_comes_back(here: Place, size: int) -> None:
    content = PDF + os.urandom(max(size, len(PDF)) - len(PDF)) + b"%%EOF"
    made = here.add(content=content)
    assert here.read(made.id) == content


def test_who_may_see_adds_and_erases(here: Place) -> None:
    mine = here.add(WANG).id
    for who in (OFFICE, CHAIR, WANG, ROADS):
        assert here.list(who)
    for who in (PUBLIC, WATER):
        for work in (lambda w=who: here.list(w), lambda w=who: here.show(mine, w), lambda w=who: here.add(w)):
            with pytest.raises(NotFound):
                work()
    with pytest.raises(NotAllowed):
        here.add(LI)  # sees it, and has nothing to do with it
    theirs = here.add(ROADS).id
    with pytest.raises(NotAllowed):
        here.erase(theirs, WANG)
    here.erase(theirs, ROADS)
    here.erase(mine, CHAIR)
    assert here.count() == 0


def test_a_refused_file_leaves_nothing(here: Place) -> None:
    before = here.bench.read(journal.head).seq
    for name, content in HOSTILE.values():
        with pytest.raises(WrongKind):
            here.add(name=name, content=content)
    for about, id in (("case", uid("nowhere")), ("case", "no-id"), ("station", here.case.id), ("record", here.case.id)):
        with pytest.raises(NotFound):
            here.add(about=about, about_id=id)
    assert (here.count(), here.bench.read(journal.head).seq) == (0, before)


NAMES = {
    "../../etc/照片.pdf": "照片.pdf",
    "C:\\Users\\张\\照片.pdf": "照片.pdf",
    "照\u202e\u200b片\x00\n.pdf": "照片.pdf",
    '<b>"照片"</b>?.pdf': "b.pdf",
    "长" * 500 + ".pdf": "长" * 116 + ".pdf",
    "e\u0301.pdf": "\u00e9.pdf",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_cleaned(here: Place, name: str) -> None:
    assert here.add(name=name).name == NAMES[name]


def test_nothing_lies_in_the_clear(here: Place) -> None:
    made = here.add(name=f"{CANARY}.pdf", content=SECRET)
    assert CANARY in made.name

    async def raw() -> list[tuple[str, bytes]]:
        tenant = here.bench.tenant.id
        names = [held.name async for held in here.files.each(tenant)]
        return [(n, b"".join([p async for p in await here.files.get(tenant, n)])) for n in names]

    for name, content in here.wait(raw()):
        assert CANARY.encode() not in content
        assert b"%PDF" not in content
        assert name == made.id
    for entry in here.bench.read(journal.entries, size=1_000):
        assert CANARY not in entry.entry


def test_what_was_changed_cut_or_swapped_does_not_open(here: Place) -> None:
    tenant, big = here.bench.tenant.id, PDF + os.urandom(2 * contents.PIECE) + b"%%EOF"
    one, two = here.add(content=big).id, here.add(content=big[::1] + b"\n%%EOF").id

    async def raw(id: str) -> bytes:
        return b"".join([p async for p in await here.files.get(tenant, id)])

    whole, other = here.wait(raw(one)), here.wait(raw(two))
    first = 4 + int.from_bytes(whole[:4])
    flipped = bytes([*whole[:-1], whole[-1] ^ 1])
    for changed in (other, flipped, whole[:first], whole[first:], whole[: first // 2], whole + whole[:first], b"",
                    whole[:first] + whole, b"\xff\xff\xff\xff" + whole):  # fmt: skip
        here.wait(here.files.replace(tenant, one, changed))
        with pytest.raises((Damaged, Invalid)):
            here.read(one)
    here.wait(here.files.replace(tenant, one, whole))
    assert here.read(one) == big


def test_two_counties_see_nothing_of_each_other(county: Callable[..., Bench], files: Objects) -> None:
    mine, theirs = Place(county, files), Place(county, files)
    one, two = mine.add(content=SECRET), theirs.add(content=SECRET)
    for asked in (lambda: mine.show(two.id), lambda: mine.erase(two.id)):
        with pytest.raises(NotFound) as other:
            asked()
        assert str(other.value) == f"no file {two.id}"
    with pytest.raises(NotFound) as nowhere:
        mine.show(uid("nowhere"))
    assert str(nowhere.value) == f"no file {uid('nowhere')}"
    with pytest.raises(Damaged):
        mine.read(two.id)
    mine.wait(files.put(mine.bench.tenant.id, two.id, b"".join(theirs.wait(_raw(theirs, two.id)))))
    with pytest.raises(Damaged):  # laid into the other's folder by whoever keeps the store
        mine.read(two.id)
    mine.wait(files.delete(mine.bench.tenant.id, two.id))
    assert mine.sweep(LATER) == 0
    assert theirs.read(two.id) == SECRET
    digests = {
        line.entry.split('"digest":"')[1][:64]
        for p in (mine, theirs)
        for line in p.bench.read(journal.entries, size=1_000)
        if "file.added" in line.entry
    }
    assert len(digests) == 2  # the same content tells nobody that it is the same
    assert one.id != two.id


async def _raw(place: Place, id: str) -> list[bytes]:
    return [piece async for piece in await place.files.get(place.bench.tenant.id, id)]


# -- what is killed half-way


class Killed(BaseException):
    """Stands for the end of the process."""


def test_killed_between_content_and_row_it_leaves_content_that_a_sweep_takes(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = here.add()

    async def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(attachments, "keep", die)
        with pytest.raises(Killed):
            here.add()
    assert (len(here.list()), here.count()) == (1, 2)
    assert here.sweep() == 0  # it may be somebody's who is just adding it
    assert here.sweep(LATER) == 1
    assert here.sweep(LATER) == 0
    assert here.read(kept.id) == PDF


def test_killed_between_row_and_content_it_leaves_content_that_a_sweep_takes(here: Place) -> None:
    made = here.add()
    here.bench.do(attachments.erase, OFFICE, made.id)  # and nobody takes the content
    assert (len(here.list()), here.count()) == (0, 1)
    assert here.sweep(LATER) == 1
    assert here.count() == 0
    assert here.wait(contents.missing(here.bench.store, here.files, here.bench.tenant)) == ()


def test_content_that_was_lost_is_named(here: Place) -> None:
    made, other = here.add(), here.add()
    here.wait(here.files.delete(here.bench.tenant.id, made.id))
    assert here.wait(contents.missing(here.bench.store, here.files, here.bench.tenant)) == (made.id,)
    assert here.read(other.id) == PDF


def test_a_row_that_comes_too_late_is_refused(here: Place) -> None:
    tenant, command = here.bench.tenant, Attach(about="case", about_id=here.case.id, name="a.pdf", content=PDF)
    now = here.bench.ask(attachments.check, OFFICE, "case", here.case.id)
    sent = here.wait(attachments.put(here.bench.store, here.files, tenant, command, now - attachments.FRESH))
    with pytest.raises(Rejected, match="too long"):
        here.bench.do(attachments.keep, OFFICE, "case", here.case.id, sent)


def test_whoever_lost_the_right_meanwhile_adds_nothing(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    put = attachments.put

    async def meanwhile(*given: Any) -> Any:
        made = await put(*given)
        monkeypatch.setattr(attachments, "check_adds", _refuse)
        return made

    monkeypatch.setattr(attachments, "put", meanwhile)
    with pytest.raises(NotAllowed):
        here.add(ROADS)
    assert here.count() == 0


async def _refuse(*_: Any) -> None:
    raise NotAllowed("not any more")


def test_a_store_that_is_down_loses_nothing(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async def down(*_: Any) -> None:
        raise Unavailable("down", retry_after=5)

    with monkeypatch.context() as patch:
        patch.setattr(Objects, "put", down)
        with pytest.raises(Unavailable):
            here.add()
    assert (here.list(), here.count()) == ((), 0)


# -- what else takes files away, and what renews them


def test_when_a_case_is_erased_its_files_are(here: Place) -> None:
    here.add(WANG)
    here.add(ROADS)
    here.bench.do(corrections.erase, CHAIR, here.case.id, "当事人申请")
    assert here.list() == ()
    assert here.sweep(LATER) == 2


def test_a_closed_case_gets_files_from_the_office_alone(here: Place) -> None:
    draft = here.bench.open("suggestion", WANG, {"text": "重复"}, parties={"proposer": (WANG.id,)})
    here.bench.run(draft, ("submit", WANG), ("withdraw", WANG, {"note": "已有同样建议"}))
    here.case = here.bench.case(draft.id)
    with pytest.raises(NotAllowed):
        here.add(WANG)
    assert here.add(OFFICE)


def test_too_many_files_are_refused(here: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachments, "MOST", 2)
    here.add()
    here.add()
    with pytest.raises(Rejected):
        here.add()


def test_content_is_sealed_anew_under_a_new_key(tmp_path: Path, bench: Callable[..., Bench]) -> None:
    here = Place(bench, Objects.at(str(tmp_path / "files"), {}))
    big = PDF + os.urandom(contents.PIECE) + b"%%EOF"
    made, store = here.add(content=big), here.bench.store
    assert here.wait(contents.renew(store, here.files, here.bench.tenant, made.id)) is False
    old = next(iter(store.keys.ring.values()))
    keys = Keys({1: old, 2: Key(id=2, secret=bytes(32))})
    store.keys = keys
    store._keys = keys  # type: ignore[attr-defined]
    assert here.read(made.id) == big
    assert here.wait(contents.renew(store, here.files, here.bench.tenant, made.id)) is True
    assert here.wait(contents.renew(store, here.files, here.bench.tenant, made.id)) is False
    store.keys = Keys({2: keys.ring[2]})
    assert here.read(made.id) == big


def test_many_at_once_are_all_there(county: Callable[..., Bench], files: Objects) -> None:
    here = Place(county, files)

    async def all_of() -> list[Attachment]:
        adds = [
            attachments.add(
                here.bench.store, files, here.bench.tenant, OFFICE,
                Attach(about="case", about_id=here.case.id, name=f"{n}.pdf", content=PDF + b"%d\n%%%%EOF" % n),
            )
            for n in range(12)
        ]  # fmt: skip
        return list(await asyncio.gather(*adds))

    made = here.wait(all_of())
    assert len({one.id for one in made}) == 12
    assert sorted(here.list()) == sorted(f"{n}.pdf" for n in range(12))
    assert here.bench.read(journal.verify).whole
