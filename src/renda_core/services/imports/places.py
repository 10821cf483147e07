"""Importing handling units, each by its name; names much alike, of stations too, are proposed and never merged."""

from __future__ import annotations

import unicodedata
from collections import Counter, deque
from collections.abc import Iterable, Sequence

from renda_core.files.columns import Problem, Read
from renda_core.services.imports.nouns import Nouns
from renda_core.services.imports.planned import File, Once, PlannedRow, Say, called, decided, wrong
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

ENDINGS = ("委员会", "办公室", "委", "局", "办")
"""Ends of unit names that people take one for the other: 县发展和改革委员会, 县发展和改革局."""
ALIKE = 0.75
"""How much of a longer name a shorter one must have, but for one sign, to be proposed as the same."""
_NUMERALS = frozenset("0123456789一二三四五六七八九十东西南北中上下新老")
"""What tells one place from the next: a name that has one of these more is another name."""
REMEDY = "if it is the same one, give the name as it stands; if not, leave it"


async def units(unit: Unit, tenant: Tenant, file: File, reads: Iterable[Read], say: Say) -> str:
    """Decide and write handling units; a parent may stand below its child."""
    nouns, whole = await Nouns.load(unit, "unit"), list(reads)
    over = _Units(tenant, file, nouns)
    planned = {id(read): over.row(read) for read in _parents_first(whole)}
    for read in whole:
        say(planned.get(id(read)) or over.circle(read))
    await nouns.flush()
    return nouns.digest


def _parents_first(reads: Sequence[Read]) -> Iterable[Read]:
    """Put every row behind the row of its parent; rows whose parents run in a circle are left out."""
    waiting: dict[object, list[Read]] = {}
    named = {r.values["name"] for r in reads}
    ready = deque[Read]()
    for read in reads:
        parent = read.values["parent"]
        (waiting.setdefault(parent, []) if parent and parent in named else ready).append(read)
    while ready:
        read = ready.popleft()
        yield read
        if read.values["name"]:
            ready += waiting.pop(read.values["name"], [])


class _Units:
    """The handling units while a file is read over them."""

    def __init__(self, tenant: Tenant, file: File, nouns: Nouns) -> None:
        self._today, self._file, self._nouns, self._once = tenant.today, file, nouns, Once()
        self._known = nouns.by("unit", "name")
        self._alike = Names(self._known)

    def circle(self, read: Read) -> PlannedRow:
        """Refuse a row that stands above itself, or below one that does."""
        return self._file.error(
            read, "parent", "the units above this one run in a circle", "correct one of them", called(read, "name")
        )

    def row(self, read: Read) -> PlannedRow:
        """Decide one row."""
        v, name = read.values, called(read, "name")
        if bad := wrong(read, name):
            return bad
        if first := self._once.before(name, read.number):
            return self._file.error(read, "name", f"the same as row {first}", "delete one of the rows", name)
        parent, had = v["parent"], self._known.get(name)
        if parent and parent not in self._known:
            return self._file.error(read, "parent", f"no unit {parent}", "put it in this file too", name)
        if parent and had and self._below(str(parent), had["id"]):
            return self.circle(read)
        row = {
            "valid_from": self._today,
            "name": name,
            "code": v["credit_code"],
            "category": v["category"],
            "head": v["head"],
            "phone": self._nouns.hidden(had, "unit.phone", v["phone"], "phone"),
            "parent": self._known[parent]["id"] if parent else None,
        }
        looks = self._alike.look(self._file, read, name) if had is None else ()
        return decided(read, self._nouns.put("unit", had, row, keep=("valid_from",)), name, *looks)

    def _below(self, name: str, above: str) -> bool:
        """Tell whether a unit is, or stands below, another."""
        here: str | None = self._known[name]["id"]
        while here and here != above:
            here = self._nouns.row("unit", here)["parent"]
        return here == above


class Names:
    """Names of places, and which of them one could be mistaken for."""

    def __init__(self, known: Iterable[str]) -> None:
        self._stems: dict[str, str] = {}
        for name in known:
            self._stems.setdefault(stem(name), name)

    def look(self, file: File, read: Read, name: str) -> tuple[Problem, ...]:
        """Propose that a new name is one of those that are here; it is one of them from now on."""
        own = stem(name)
        near = self._stems.get(own) or next((n for s, n in self._stems.items() if longer(own, s)), None)
        self._stems.setdefault(own, name)
        if near is None:
            return ()
        return (file.problem(read, "name", f"may be {near}, whose name is much alike", REMEDY, "warning"),)


def stem(name: str) -> str:
    """Reduce a name to what tells it from others: no brackets, spaces or marks, no 局, 委 or 办 at its end.

    Example:
        >>> stem("县发展和改革局"), stem("县发展 和改革委员会"), stem("市场监管局（所）")
        ('县发展和改革', '县发展和改革', '市场监管局所')
    """
    plain = "".join(c for c in unicodedata.normalize("NFKC", name[:200]).casefold() if c.isalnum())
    return next((plain.removesuffix(end) for end in ENDINGS if plain.endswith(end) and plain != end), plain)


def longer(one: str, two: str) -> bool:
    """Tell whether one name is the other with a few signs put in, none of which counts or tells a direction.

    Example:
        >>> longer("县交通", "县交通运输"), longer("第1站", "第11站"), longer("南冲村站", "北冲村站")
        (True, False, False)
    """
    short, long = sorted((one, two), key=len)
    if len(short) in (0, len(long)) or len(short) < ALIKE * len(long) - 1:
        return False
    rest = iter(long)
    return all(sign in rest for sign in short) and not _NUMERALS & (Counter(long) - Counter(short)).keys()
