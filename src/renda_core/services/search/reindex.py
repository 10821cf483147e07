"""Words written anew, of cases and of people, after the library finds by more than it did; safe to repeat."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs
from sqlalchemy import Integer, Table, bindparam, select

from renda_core.domain.case import Actor
from renda_core.services.paging import an_id, cursor, place
from renda_core.store import tables as t
from renda_core.store.cases import CaseRow, read_row
from renda_core.store.columns import Id
from renda_core.store.compile import Query, add, cut, mine
from renda_core.store.index import found_by
from renda_core.store.stores import Store
from renda_core.store.unit import Unit
from renda_core.store.words import person_words
from renda_core.tenancy import Tenant

INDEXER = Actor(id="job:reindex")
PAGE = 200
"""Cases or people that one transaction takes on."""


@attrs.frozen(kw_only=True)
class CaseFile:
    """A case with its document."""

    id: str
    kind: str
    edition: str
    document: bytes


@attrs.frozen(kw_only=True)
class Held:
    """A text that belongs to a case or person: a name, a certificate, a word."""

    id: str
    text: str


@attrs.frozen(kw_only=True)
class Reindexed:
    """What was done: cases and people looked at, words added and cut."""

    cases: int = 0
    people: int = 0
    added: int = 0
    cut: int = 0


_f, _p = t.case_file.c, t.person.c
_after: Any = bindparam("after", type_=Id())
_last: Any = bindparam("last", type_=Id())
_size: Any = bindparam("size", type_=Integer())
CASES = Query(
    select(_f.id, _f.kind, _f.edition, _f.document)
    .where(mine(t.case_file), _f.id > _after)
    .order_by(_f.id)
    .limit(_size),
    CaseFile,
)
PEOPLE = Query(
    select(_p.id, _p.name.label("text")).where(mine(t.person), _p.id > _after).order_by(_p.id).limit(_size), Held
)


def _between(table: Table, id: str, text: str) -> Query[Held]:
    """Give what belongs to one page of cases or people."""
    owner = table.c[id]
    found = select(owner.label("id"), table.c[text].label("text"))
    return Query(found.where(mine(table), owner > _after, owner <= _last), Held)


WORDS_OF_CASES = _between(t.case_word, "case_id", "word")
WORDS_OF_PEOPLE = _between(t.person_word, "person_id", "word")
CERTIFICATES = _between(t.mandate, "person", "certificate")
ADD = {"case_id": add(t.case_word), "person_id": add(t.person_word)}
CUT = {"case_id": cut(t.case_word), "person_id": cut(t.person_word)}


async def reindex_page(unit: Unit, tenant: Tenant, after: str = "") -> tuple[Reindexed, str]:
    """Write the words of one page of cases, or once these are done of people; answer where the next page begins.

    A case whose kind is disabled, or can only be read, keeps the words that it has.
    """
    what, at = place(after, "reindex", str.__str__, str.__str__) if after else ("cases", "")
    at = at and an_id(at)
    if what == "cases":
        rows = await unit.all(CASES, after=at, size=PAGE)
        wanted = {row.id: _case_words(tenant, row) for row in rows}
        added, gone = await _write(unit, "case_id", WORDS_OF_CASES, wanted, at)
        done = Reindexed(cases=len(rows), added=added, cut=gone)
        following = cursor("reindex", "cases", rows[-1].id) if len(rows) == PAGE else cursor("reindex", "people", "")
    else:
        people = await unit.all(PEOPLE, after=at, size=PAGE)
        done = await _people(unit, people, at)
        following = cursor("reindex", "people", people[-1].id) if len(people) == PAGE else ""
    unit.record("words.reindexed", on=tenant.id, version=0, rule="reindex", **attrs.asdict(done))
    return done, following


def _case_words(tenant: Tenant, row: CaseFile) -> frozenset[str] | None:
    procedure = tenant.practice.find(row.kind, row.edition)
    if procedure is None or procedure.readonly:
        return None
    case = read_row(CaseRow(kind=row.kind, edition=row.edition, document=row.document), tenant.practice)
    return found_by(case, procedure)


async def _people(unit: Unit, people: list[Held], at: str) -> Reindexed:
    if not people:
        return Reindexed()
    numbers: dict[str, list[str]] = {}
    for held in await unit.all(CERTIFICATES, after=at, last=people[-1].id):
        numbers.setdefault(held.id, []).append(held.text)
    wanted = {row.id: person_words(row.text, *numbers.get(row.id, ())) for row in people}
    added, gone = await _write(unit, "person_id", WORDS_OF_PEOPLE, wanted, at)
    return Reindexed(people=len(people), added=added, cut=gone)


async def _write(
    unit: Unit, key: str, query: Query[Held], wanted: Mapping[str, frozenset[str] | None], at: str
) -> tuple[int, int]:
    """Add the words that are missing and cut those that are no more; answer how many of both."""
    if not wanted:
        return 0, 0
    had: dict[str, set[str]] = {}
    for held in await unit.all(query, after=at, last=max(wanted)):
        had.setdefault(held.id, set()).add(held.text)
    fresh = [
        {key: id, "word": word} for id, all_ in wanted.items() if all_ for word in sorted(all_ - had.get(id, set()))
    ]
    gone = [
        {key: id, "word": word}
        for id, all_ in wanted.items()
        if all_ is not None
        for word in sorted(had.get(id, set()) - all_)
    ]
    if fresh:
        await unit.write_many(ADD[key], fresh)
    if gone:
        await unit.write_many(CUT[key], gone)
    return len(fresh), len(gone)


async def reindex(store: Store, tenant: Tenant, progress: Callable[[int], None] | None = None) -> Reindexed:
    """Write the words of every case and person anew, a page a transaction; stopped between two, it loses nothing.

    Args:
        progress: Told after every page how many cases and people were done.
    """
    total, after = Reindexed(), ""
    while True:
        done, after = await store.write(reindex_page, tenant.id, INDEXER, tenant, after)
        total = Reindexed(**{k: n + getattr(done, k) for k, n in attrs.asdict(total).items()})
        if progress:
            progress(total.cases + total.people)
        if not after:
            return total
