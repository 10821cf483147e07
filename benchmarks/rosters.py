"""Rosters of any length as workbooks; brought in by renda, and by the peer: openpyxl and an ORM's ``add_all``.

As a program it brings one roster in and prints the most memory it took: ``python -m benchmarks.rosters FOLDER FILE``.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import openpyxl
import xlsxwriter
from benchmarks.counties import file
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session, registry

from renda_core.catalogue import Catalogue
from renda_core.domain.identity import citizen_check_digit, match_key
from renda_core.domain.mandates import Mandate
from renda_core.domain.sealed import Sealed
from renda_core.files import SHEETS, open_rows, read_file
from renda_core.services import imports
from renda_core.store import tables as t
from renda_core.store.codec import encode, new_id
from renda_core.store.roster import ALL
from renda_core.store.sqlite import SqliteStore
from renda_core.store.unit import Reader
from renda_core.store.words import person_words
from renda_core.workspace import SETUP, Home, Workspace

HOME = "甲县人民代表大会"
CONGRESS = f"人大名称,层级,上级人大,届次,本届首次会议日期\n{HOME},县级,,6,2021-12-28\n"
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗"
GIVEN = "".join(map(chr, range(0x4E00, 0x4E00 + 400)))
DAYS = 18_000
"""Birth dates that the people of a roster share."""
FIRST, ELECTED = dt.date(1950, 1, 1), dt.date(2021, 12, 20)
SEATS = (("delegation", 30), ("group", 200))


def lines(many: int) -> Iterator[dict[str, Any]]:
    """Make up deputies, 19 columns each; no two share an ID number."""
    for n in range(many):
        born = FIRST + dt.timedelta(days=n % DAYS)
        number = f"421299{born:%Y%m%d}{n // DAYS:03d}"
        name = SURNAMES[n % 20] + GIVEN[n * 7 % 400] + GIVEN[n * 131 % 397]
        yield {
            "姓名": name, "性别": "男", "民族": "汉族", "出生日期": born,
            "身份证号": number + citizen_check_digit(number), "手机号": f"199{n:08d}", "党派": "群众",
            "学历": "大学本科", "工作单位": f"第{n % 500}单位", "职务": "职员",
            "所属人大": HOME, "届次": 6, "选区": f"第{n % 300}选区", "代表证号": f"Z-{n:06d}", "当选日期": ELECTED,
            "补选": "否", "代表团": f"第{n % SEATS[0][1]}团", "代表小组": f"第{n % SEATS[1][1]}组", "构成": "工人",
        }  # fmt: skip


def write_roster(path: Path, many: int) -> Path:
    """Write a roster as people's spreadsheets have it: texts, and dates as dates."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet, day = book.add_worksheet("名册"), book.add_format({"num_format": "yyyy-mm-dd"})
        for n, line in enumerate(lines(many), 1):
            if n == 1:
                sheet.write_row(0, 0, list(line))
            for column, cell in enumerate(line.values()):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(n, column, cell, day)
                else:
                    sheet.write(n, column, cell)
    return path


def make_home(folder: Path) -> Workspace:
    """Make a county that has its congress and nobody in it."""
    work = Home(path=folder).create(file(), Catalogue.installed())
    (folder / "congresses.csv").write_text(CONGRESS, "utf-8")
    work.do(imports.apply, SETUP, "congresses", read_file(folder / "congresses.csv", SHEETS["congresses"]))
    return work


def bring(folder: Path, path: Path) -> imports.Applied:
    """Bring a roster in with renda, file to commit."""
    with make_home(folder) as work, open_rows(path, SHEETS["roster"]) as rows:
        return work.do(imports.apply, SETUP, "roster", rows)


class Peer:
    """The same rows in the same tables, as an application with an ORM would write them."""

    def __init__(self, folder: Path) -> None:
        self._work = make_home(folder)
        store = self._work.store
        assert isinstance(store, SqliteStore)
        self._engine = create_engine(f"sqlite:///{store._path}")
        event.listen(self._engine, "connect", _pragmas)
        (term,) = self._work.read(_terms)
        self._term, self._congress = term["id"], term["congress"]
        self._tenant = UUID(self._work.file.id)
        mapped = registry()
        tables = (t.person, t.district, t.body, t.mandate, t.membership, t.person_word)
        self._classes = {table.name: type(table.name, (), {}) for table in tables}
        for table in tables:
            mapped.map_imperatively(self._classes[table.name], table)
        self._places: dict[tuple[str, str], str] = {}

    def bring(self, path: Path, *, words: bool = True) -> None:
        """Read with openpyxl, make an object a row, add them all, commit once."""
        sheet = openpyxl.load_workbook(path, read_only=True).active
        assert sheet is not None
        rows = sheet.iter_rows(values_only=True)
        titles = [str(title) for title in next(rows)]
        with Session(self._engine, autoflush=False) as session:
            made: dict[str, list[Any]] = {noun: [] for noun in self._classes}
            for row in rows:
                for one in self._objects(dict(zip(titles, row, strict=True)), words=words):
                    made[type(one).__name__].append(one)
            for objects in made.values():  # parents first, as keys into other tables are checked at once
                session.add_all(objects)
                session.flush()
            session.commit()
        self._engine.dispose()

    def _objects(self, line: dict[str, Any], *, words: bool) -> Iterator[Any]:
        person, mandate, name = new_id(), new_id(), line["姓名"]
        elected, born = line["当选日期"].date(), line["出生日期"].date()
        yield self._object(
            "person", id=person, valid_from=elected, name=name, match_key=match_key(name), sex="male",
            nationality=line["民族"], born_on=born, party=line["党派"], education=line["学历"],
            employer=line["工作单位"], position=line["职务"], id_number=Sealed.of(line["身份证号"].encode(), ""),
            id_index=line["身份证号"].encode(), phone=Sealed.of(line["手机号"].encode(), ""),
        )  # fmt: skip
        yield from self._place("district", line["选区"], elected, seats=1)
        held = Mandate(
            id=mandate, person=person, congress=self._congress, level="county", term=self._term, valid_from=elected,
            district=self._places["district", line["选区"]], elected_on=elected, certificate=line["代表证号"],
            categories=frozenset({line["构成"]}), state="active",
        )  # fmt: skip
        yield self._object(
            "mandate", id=mandate, person=person, congress=self._congress, term=self._term, valid_from=elected,
            district=held.district, certificate=held.certificate, elected_on=elected, by_election=False,
            categories=line["构成"], state="active", document=encode(held),
        )  # fmt: skip
        for kind, title in (("delegation", line["代表团"]), ("group", line["代表小组"])):
            yield from self._place("body", title, elected, kind=kind)
            body = self._places["body", title]
            yield self._object("membership", id=new_id(), valid_from=elected, mandate=mandate, body=body, role="")
        for word in person_words(name, line["代表证号"]) if words else ():
            yield self._object("person_word", person_id=person, word=word)

    def _place(self, noun: str, name: str, since: dt.date, **rest: Any) -> Iterator[Any]:
        if (noun, name) not in self._places:
            self._places[noun, name] = new_id()
            known = {"id": self._places[noun, name], "congress": self._congress, "name": name, "valid_from": since}
            yield self._object(noun, **known, **rest)

    def _object(self, noun: str, **values: Any) -> Any:
        made = self._classes[noun]()
        for name, value in values.items():
            setattr(made, name, value)
        made.tenant_id = str(self._tenant)
        return made


async def _terms(reader: Reader) -> list[dict[str, Any]]:
    return await reader.all(ALL["term"])


def _pragmas(raw: Any, _: object) -> None:
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
        raw.execute(f"PRAGMA {pragma}")


if __name__ == "__main__":
    bring(Path(sys.argv[1]), Path(sys.argv[2]))
    status = Path("/proc/self/status").read_text("ascii")  # not getrusage, which also tells of who started us
    print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))

__all__ = ["Peer", "bring", "lines", "make_home", "write_roster"]
