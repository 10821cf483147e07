"""Changing the key while everybody works: all that is sealed is sealed again, a few rows a transaction.

Who reads meanwhile finds each value under the key that its own box names; who looks somebody up finds them under either
key. Stopped half way, it goes on where something is left: it only ever looks for what is not under the present key.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.errors import Rejected
from renda_core.services.privacy.places import HASHED, SEALED, Place, table_of
from renda_core.services.privacy.resealing import (
    PAGE,
    Page,
    boxed,
    key_of,
    marks_in,
    reseal,
    reseal_cases,
    rows,
    size_of,
)
from renda_core.store import tables as t
from renda_core.store.compile import Write, cut
from renda_core.store.keys import Mark, mark_of, mark_of_hash
from renda_core.store.stores import Store
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

KEYS = Actor(id="job:keys")
PASSES = 20
"""How often all is gone through at most: whoever writes beside it may put back a value that was read before."""
DOCUMENTS = "case_file.document"
BRIEF = frozenset({"guess.source", "request_key.fingerprint"})
"""Hashes that are over within days by themselves: they are taken away where they are in the way of a retired key."""
Told = Callable[[int], None]


@attrs.frozen(kw_only=True)
class Rotated:
    """What was done.

    Attributes:
        key, suite: Under which all is sealed now.
        places: Values that were sealed again, by place.
        left: Values that could not be: practices that knew them are missing, so that nobody knows their names.
    """

    key: int
    suite: str
    places: Mapping[str, int]
    left: int

    @property
    def done(self) -> int:
        """How many values were sealed again."""
        return sum(self.places.values())


async def rotate(store: Store, tenant: Tenant, progress: Told | None = None) -> Rotated:
    """Seal all of a tenant under the present key and suite; safe to stop, to repeat, and to run twice at once.

    Args:
        progress: Told after every page how many values were sealed again.
    """
    mark, total = store.keys.mark(tenant.id), Counter[str]()
    left = 0
    for _ in range(PASSES):
        before, left = total.total(), 0
        for at in (*SEALED, None):
            async for page in _pages(store, tenant, at, mark):
                total[at.name if at else DOCUMENTS] += page.done
                left += page.left
                if progress and page.done:
                    progress(total.total())
        if total.total() == before:
            break
    return Rotated(key=mark.key, suite=mark.suite, places={k: n for k, n in sorted(total.items()) if n}, left=left)


async def _pages(store: Store, tenant: Tenant, at: Place | None, mark: Mark) -> Any:
    """Go through one place; None is the documents of cases."""
    after: tuple[Any, ...] | None = None
    while True:
        page: Page = await store.write(_page, tenant.id, KEYS, tenant, at, mark, after)
        yield page
        if (after := page.after) is None:
            return


async def _page(unit: Unit, tenant: Tenant, at: Place | None, mark: Mark, after: tuple[Any, ...] | None) -> Page:
    made = await (reseal(unit, at, mark, after) if at else reseal_cases(unit, tenant, mark, after))
    if made.done:
        told: dict[str, Any] = {"place": at.name if at else DOCUMENTS, "values": made.done}
        unit.record("keys.resealed", on=unit.tenant, version=0, rule="keys", key=mark.key, suite=mark.suite, **told)
    else:
        unit.rehearse()  # nothing was changed
    return made


async def needs(reader: Reader) -> dict[int, dict[str, int]]:
    """Count, by key and place, what stands under each key."""
    found: dict[int, Counter[str]] = {}
    for at in (*SEALED, *HASHED):
        async for value in _values(reader, at):
            for mark in _marks(at, value):
                found.setdefault(mark.key, Counter())[at.name] += 1
    after: tuple[Any, ...] | None = None
    while True:
        page = await rows(reader, t.case_file, ("document",), after, PAGE)
        for row in page:
            for mark in marks_in(bytes(row["document"])):
                found.setdefault(mark.key, Counter())[DOCUMENTS] += 1
        if len(page) < PAGE:
            return {key: dict(sorted(counted.items())) for key, counted in sorted(found.items())}
        after = key_of(t.case_file, page[-1])


async def _values(reader: Reader, at: Place) -> Any:
    """Give the values of one place, each with the hash beside it."""
    table, after = table_of(at), None
    columns = (at.column, *((at.index[0],) if at.index else ()))
    while True:
        page = await rows(reader, table, columns, after, size_of(at))
        for row in page:
            yield row
        if len(page) < size_of(at):
            return
        after = key_of(table, page[-1])


def _marks(at: Place, row: Mapping[str, Any]) -> Iterator[Mark]:
    value = row[at.column]
    if found := mark_of_hash(bytes(value)) if at.form == "hash" else mark_of(boxed(value)):
        yield found
    if at.index and (beside := row[at.index[0]]) is not None and (found := mark_of_hash(bytes(beside))):
        yield found


async def refuse_needed(reader: Reader, key: int, *, forget: bool = False) -> None:
    """Refuse that a key goes while anything still needs it.

    Args:
        forget: Whether hashes that cannot be made anew, voters' codes and links to other providers, may be given up.

    Raises:
        Rejected: Naming each place, with how many values.
    """
    held = (await needs(reader)).get(key, {})
    passing = {at.name for at in HASHED if forget or at.name in BRIEF}
    if kept := {name: n for name, n in held.items() if name not in passing}:
        told = [f"{name}: {n}" for name, n in kept.items()]
        raise Rejected(f"key {key} is needed still; seal anew: renda keys rotate", *told)


_CUT: Mapping[str, Write] = {at.name: cut(table_of(at)) for at in HASHED}


async def forget_hashes(unit: Unit, key: int, *, every: bool = False) -> dict[str, int]:
    """Take away what is hashed under a key and cannot be made anew: brief ones, or *every* one."""
    gone = Counter[str]()
    for at in HASHED:
        if not (every or at.name in BRIEF):
            continue
        async for row in _values(unit, at):
            if any(mark.key == key for mark in _marks(at, row)):
                named = (c.name for c in table_of(at).primary_key.columns if c.name != "tenant_id")
                gone[at.name] += await unit.write(_CUT[at.name], **{name: row[name] for name in named})
    if gone:
        unit.record("keys.forgotten", on=unit.tenant, version=0, rule="keys", key=key, places=dict(gone))
    else:
        unit.rehearse()
    return dict(gone)
