"""One search for page, interface and command: cases and people, each reader only what he may find, and by what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any

import attrs

from renda_core.domain.case import Actor
from renda_core.domain.procedure import Procedure
from renda_core.errors import Invalid, NotFound
from renda_core.services.paging import PAGE, Page, an_id, check_size, cursor, place
from renda_core.services.search.people import PersonFound, people_page
from renda_core.services.sight import keeps, reach_of, shown, veiled_in_lists, veiled_roles
from renda_core.services.walks import LAST, Walk, rarest_first
from renda_core.store.compile import Query
from renda_core.store.ledgers import LedgerRow
from renda_core.store.people import hits
from renda_core.store.shapes import MANY_WORDS, Shape, Sort, statement, word_values
from renda_core.store.unit import Reader
from renda_core.store.words import THREE, WHOLE, asked_initials, asked_numbers, number_words, plain_name, spells, words
from renda_core.tenancy import Tenant

LONGEST = 200
"""Characters of what is looked for."""
NAMESAKES = 20
"""People of one name whose cases are looked for."""
NEWEST: Sort = "-opened"
WHAT = ("cases", "people")
_LETTERS = re.compile(r"[a-zü\s]{2,}", re.IGNORECASE)


@attrs.frozen(kw_only=True)
class Found:
    """What a search found.

    Attributes:
        cases: Newest first.
        people: The exact name first, then in the order of pinyin.
        after: The cursor of the next page of both; empty at the end.
    """

    cases: tuple[LedgerRow, ...] = ()
    people: tuple[PersonFound, ...] = ()
    after: str = ""


@attrs.frozen(kw_only=True)
class Branch:
    """One way to find cases: a statement, its values, and what proves a row; None where nothing need be proved."""

    query: Query[LedgerRow]
    values: Mapping[str, Any]
    keep: Callable[[LedgerRow], bool] | None = None


async def search(
    reader: Reader,
    tenant: Tenant,
    actor: Actor,
    text: str,
    *,
    kind: str = "",
    what: Collection[str] = WHAT,
    after: str = "",
    size: int = PAGE,
) -> Found:
    """Find cases and people.

    Cases are found by words of two characters, all of which must be there, by number however it is written, by the
    initials of their titles in pinyin, and by a party's whole name; people by fragments or the first character of
    their names, by pinyin and its initials, by certificate number, and for offices by the whole ID number.

    Args:
        kind: One kind of case; by default all that are open to the reader.
        size: Rows of a page, of cases and of people each.

    Raises:
        Invalid: Nothing to look for, or a wrong cursor or size.
        NotFound: The kind named is not enabled, or not open to the reader.
    """
    check_size(size)
    if wrong := sorted({*what} - {*WHAT}):
        raise Invalid(f"no search for {', '.join(wrong)}; known: {', '.join(WHAT)}", field="what")
    text = unicodedata.normalize("NFKC", text[:LONGEST])[:LONGEST].strip()
    if not words(text) and not plain_name(text):
        raise Invalid("give at least one word to look for", field="text")
    at = place(after, "found", str.__str__, str.__str__) if after else (START, START)
    kinds = (kind,) if kind else tuple(k.name for k in tenant.practice.kinds())
    found, cases, people = Found(), Page[LedgerRow](rows=()), Page[PersonFound](rows=())
    if "cases" in what and at[0]:
        cases = await _cases(reader, tenant, actor, text, kinds, at[0], size, strict=bool(kind))
    if "people" in what and at[1]:
        people = await people_page(reader, actor, text, "" if at[1] == START else at[1], size)
    found = attrs.evolve(found, cases=cases.rows, people=people.rows)
    more = cases.after or people.after
    return attrs.evolve(found, after=cursor("found", cases.after, people.after)) if more else found


START = "-"
"""In a cursor: from the beginning; an empty part has come to its end."""


async def _cases(
    reader: Reader,
    tenant: Tenant,
    actor: Actor,
    text: str,
    kinds: Collection[str],
    after: str,
    size: int,
    *,
    strict: bool,
) -> Page[LedgerRow]:
    """Merge what every way finds in every kind, newest first."""
    last = LAST if after == START else place(after, NEWEST, an_id)[0]
    found: dict[str, LedgerRow] = {}
    horizon = ""
    named = await reader.all(hits("all", False), word=WHOLE + plain_name(text), size=NAMESAKES)
    people = [row.id for row in named]
    for kind in kinds:
        procedure = tenant.practice.procedure(kind, tenant.practice.edition(kind, tenant.today))
        reach = reach_of(procedure, actor)
        if reach is None:
            if strict:
                raise NotFound(f"no kind {kind!r} is open to you")
            continue
        veiled = veiled_in_lists(procedure, actor)
        for branch in await _branches(reader, procedure, actor, text, veiled, people):
            values = {**branch.values, "kind": kind} | ({"unit": actor.unit} if reach == "own" else {})
            walk = Walk(reader, branch.query, values, NEWEST)
            rows, at = await walk.page({"after": last}, size, branch.keep)
            found |= {row.id: row for row in shown(procedure, rows, veiled)}
            if at is not None:  # what other ways find beyond this place comes with the next page
                horizon = max(horizon, at.id)
    ids = sorted((id for id in found if id >= horizon), reverse=True)
    end = ids[size - 1] if len(ids) > size else horizon
    return Page(rows=tuple(found[id] for id in ids[:size]), after=cursor(NEWEST, end) if end else "")


async def _branches(
    reader: Reader, procedure: Procedure, actor: Actor, text: str, veiled: frozenset[str], people: Collection[str]
) -> list[Branch]:
    """List the ways in which a text may find cases of a kind."""
    reach = reach_of(procedure, actor) or "public"
    parts = frozenset({"unit"}) if reach == "own" else frozenset[str]()

    async def holding(wanted: list[str], keep: Callable[[LedgerRow], bool] | None) -> list[Branch]:
        leading = await rarest_first(reader, wanted)
        if not leading:
            return []
        shape = Shape(reach=reach, parts=parts, words=1 if len(leading) == 1 else 2, sort=NEWEST)
        return [Branch(query=statement(shape), values=word_values(leading), keep=keep)]

    wanted = sorted(words(text))[:MANY_WORDS]
    found = await holding(wanted, keeps(procedure, veiled, wanted)) if wanted else []
    for word in sorted(asked_numbers(text)):
        found += await holding([word], lambda row, word=word: word in number_words(row.number))  # type: ignore[misc]
    if _LETTERS.fullmatch(text):
        typed = re.sub(r"[^a-z]", "", text.casefold())
        asked = asked_initials(typed)[:MANY_WORDS] if len(typed) > 1 else []
        found += await holding(asked, None if len(typed) <= THREE else lambda row: spells(row.title, typed))
    named = statement(Shape(reach=reach, parts=parts | {"person"}, sort=NEWEST))
    return [*found, *(Branch(query=named, values={"person": id} | veiled_roles(veiled)) for id in people)]
