"""What a line of the register of duty records (履职登记) says, before anything stored is asked about it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Literal

import attrs

from renda_core.domain.case import Actor
from renda_core.domain.duty import TENTHS, Record, RecordKind
from renda_core.errors import RendaError
from renda_core.files.cells import Cell, reader
from renda_core.files.columns import Column, Problem, Read, title_key
from renda_core.files.doubts import Unreadable
from renda_core.files.headers import is_counter
from renda_core.files.sheets import SHEETS
from renda_core.services.duty import REVIEWING, sources
from renda_core.services.duty.deputies import Deputies
from renda_core.services.duty.entering import flat
from renda_core.services.imports.cell_values import figure
from renda_core.services.imports.planned import File, PlannedRow, refused, wrong
from renda_core.services.lookups import is_id
from renda_core.tenancy import Tenant

SHEET = "records"
REMEDY = "correct the row, and import the whole file again"
NAMED = "give the name, with the certificate number where several bear it, or the id; import the roster first"
PEOPLE = ("人次",)
"""What is counted in any kind, beside the kind's own unit."""
NO = "否"
TENTH = 10
_IN_TENTHS = re.compile(r"(?P<whole>[0-9]{1,9})(?:\.(?P<tenth>[0-9])0*)?")
_number, _sign = reader("int"), reader("bool")


@attrs.frozen(kw_only=True)
class Line:
    """What one row says.

    Attributes:
        record: As it would be entered.
        given: The columns and facts of it that the row says anything of: those that may differ from what is stored.
        again: Whether it is another one of its kind on its day.
    """

    read: Read
    key: str
    record: Record
    given: Mapping[str, Any]
    again: bool
    looks: tuple[Problem, ...] = ()


@attrs.frozen
class Fact:
    """A fact of a kind as a register has it: in whole units if it is counted in tenths, as 是 and 否 if it is a sign.

    Attributes:
        cells: What its column holds.
    """

    code: str
    cells: Literal["int", "text", "bool"]

    def read(self, cell: Cell) -> int:
        """Read a cell that is not empty.

        Raises:
            Unreadable: It is no such number.
        """
        if self.cells == "bool":
            return int(bool(_sign(cell)))
        if self.cells == "int":
            return int(str(_number(cell) or 0))
        found = _IN_TENTHS.fullmatch(unicodedata.normalize("NFKC", str(cell)[:30]).strip())
        if found is None:
            raise Unreadable("no number with up to one decimal", "write e.g. 4 or 4.5")
        return int(found["whole"] + (found["tenth"] or "0"))

    def written(self, n: int | None) -> object:
        """Write a value as :meth:`read` reads it; None stays None."""
        if n is None or self.cells == "int":
            return n
        if self.cells == "bool":
            return bool(n)
        return n // TENTH if n % TENTH == 0 else n / TENTH


def heads(kind: RecordKind) -> Mapping[str, Fact]:
    """Give the columns that a kind's facts have in a register, by title; by code where the register has that title."""
    taken, found = SHEETS[SHEET].column, {}
    for code, whole in kind.measures.items():
        title = whole.removesuffix(TENTHS)
        cells: Any = "bool" if code in kind.signs else "int" if title == whole else "text"
        found[code if taken(title) else title] = Fact(code, cells)
    return found


def titles(kinds: Mapping[str, RecordKind]) -> Mapping[str, str]:
    """Give what a register calls each kind: its title, or its name where several have that title."""
    every = [kind.title for kind in kinds.values()]
    return {name: kind.title if every.count(kind.title) == 1 else name for name, kind in kinds.items()}


class Lines:
    """Reads row after row of one file."""

    def __init__(
        self, tenant: Tenant, actor: Actor, file: File, deputies: Deputies, congresses: Mapping[str, str]
    ) -> None:
        self._actor, self._file, self._deputies, self._congresses = actor, file, deputies, congresses
        self._kinds = tenant.practice.record_kinds
        self._named = {title: name for name, title in titles(self._kinds).items()}
        self._heads = {name: {title_key(h): fact for h, fact in heads(k).items()} for name, k in self._kinds.items()}
        self._every_head = {title_key(h): h for kind in self._kinds.values() for h in heads(kind)}
        self._met: dict[int, int] = {}
        self._unknown: set[str] = set()

    def read(self, read: Read, cases: Mapping[str, str]) -> Line | PlannedRow:
        """Read one row; a row that says nothing that could be entered is wrong, with every reason.

        Args:
            cases: The stored sources of those that name a case.
        """
        v: Mapping[str, Any] = read.values
        key = " ".join(str(v[name]) for name in ("person", "kind", "on") if v[name])
        if bad := wrong(read, key):
            return bad
        said: list[Problem] = []
        looks = tuple(self._left_out(read))
        kind = self._named.get(v["kind"], v["kind"])
        congress = self._congress(read, said)
        person = self._person(read, congress, said)
        given = self._figures(read, kind, said)
        given |= {name: flat(str(v[name])) for name in ("title",) if v[name]} | self._rest(read, congress)
        title = given.get("title", "")
        written = flat(str(v["source"] or ""))
        source = cases.get(written, written) or self._derived((person, kind, v["on"], title))
        if sources.named(source):
            told = "there is no case of this number"
            said.append(self._file.problem(read, "source", told, "import the cases and their steps first"))
        if said:
            return refused(read, key, *said, *looks)
        record = Record(
            person=person, kind=kind, on=v["on"], source=source, state=self._state(v["state"], person), title=title,
            quantity=given.get("quantity", 1), facts=_facts(given), congress=congress, by=self._actor.id,
            evidence=given.get("evidence", ()),
        )  # fmt: skip
        again = flat(str(v["again"] or "")) not in ("", NO)
        return Line(read=read, key=key, record=record, given=given, again=again, looks=looks)

    def _congress(self, read: Read, said: list[Problem]) -> str:
        name = read.values["congress"]
        if not name:
            return ""
        if name not in self._congresses:
            told = f"no congress {name}"
            said.append(self._file.problem(read, "congress", told, "import the congresses first"))
        return self._congresses.get(str(name), "")

    def _person(self, read: Read, congress: str, said: list[Problem]) -> str:
        v: Mapping[str, Any] = read.values
        called = str(v["person"])
        try:
            return self._deputies.find(called, v["on"], str(v["certificate"] or ""), congress)
        except RendaError as refusal:
            if is_id(called):
                return called  # of somebody without a mandate: a record of theirs may be here, and none is entered
            said.append(self._file.problem(read, "person", str(refusal), NAMED))
            return ""

    def _figures(self, read: Read, kind: str, said: list[Problem]) -> dict[str, Any]:
        """Read the quantity and the facts of a row."""
        given: dict[str, Any] = {}
        known = self._kinds.get(kind)
        if cell := read.values["quantity"]:
            try:
                found = figure(str(cell), (*PEOPLE, known.unit) if known else PEOPLE)
                given |= {"quantity": found.n, "fact approx": int(found.approx)}
            except Unreadable as error:
                said.append(self._file.problem(read, "quantity", error.message, error.remedy))
        for head, cell in read.extra.items():
            fact = self._heads.get(kind, {}).get(title_key(head))
            try:
                if fact:
                    given[f"fact {fact.code}"] = fact.read(cell)
                elif title_key(head) in self._every_head and known and cell not in (0, "0", NO):
                    raise Unreadable(f"{known.title} has no {head}", "empty the cell")
            except Unreadable as error:
                said.append(self._beside(read, head, cell, error))
        return given

    def _beside(self, read: Read, head: str, cell: Cell, error: Unreadable) -> Problem:
        """Say what is wrong in a column that only the file knows."""
        found = self._file.problem(read, "", error.message, error.remedy)
        return attrs.evolve(found, field=head, value=Column("", titles=(head,)).shown(cell))

    def _rest(self, read: Read, congress: str) -> dict[str, Any]:
        v = read.values
        proofs = tuple(filter(None, map(flat, str(v["evidence"] or "").splitlines())))
        told = {"on": v["on"], "evidence": proofs, "congress": congress, "state": v["state"]}
        return {name: value for name, value in told.items() if value}

    def _state(self, cell: object, person: str) -> Any:
        """Give the state of a new record: what an office imports it vouches for, unless it is about whoever imports."""
        vouched = self._actor.roles & REVIEWING and person != self._actor.id
        return cell or ("confirmed" if vouched else "entered")

    def _derived(self, same: tuple[str, str, dt.date, str]) -> str:
        """Name a line without a number by what it says; of several that say the same, each by its place among them."""
        nth = self._met[hash(same)] = self._met.get(hash(same), 0) + 1
        return sources.derived(same[2], same[3], nth)

    def _left_out(self, read: Read) -> Iterator[Problem]:
        """Tell once of each column that nothing is known of."""
        for head in read.extra:
            if head not in self._unknown and title_key(head) not in self._every_head and not is_counter(head):
                self._unknown.add(head)
                titles = [*(column.title for column in self._file.sheet.columns), *self._every_head.values()]
                near = get_close_matches(head, titles, n=1, cutoff=0.4)
                remedy = f"did you mean {near[0]}?" if near else f"known columns: {'、'.join(titles)}"
                found = self._file.problem(read, "", "this column is not known and is left out", remedy, "warning")
                yield attrs.evolve(found, field=head)


def _facts(given: Mapping[str, Any]) -> dict[str, int]:
    """Give the facts of a line; that a figure is no round one is no fact."""
    found = {name.removeprefix("fact "): n for name, n in given.items() if name.startswith("fact ")}
    return {name: n for name, n in found.items() if n or name != "approx"}
