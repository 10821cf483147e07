"""Somebody whose data a county holds, and the cases in which they are: of the roster, or who left a number."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import attrs
from sqlalchemy import select

from renda_core.domain.case import Case
from renda_core.domain.procedure import Procedure
from renda_core.domain.sealed import SHOWN, Personal, Sealed, over_holders, over_personal, personal_fields
from renda_core.errors import Invalid, NotFound
from renda_core.services.privacy.resealing import PAGE, key_of, rows
from renda_core.store import tables as t
from renda_core.store.cases import CaseRow, read_row
from renda_core.store.compile import Query, keyed
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

_p = t.person
RAW: Query[dict[str, Any]] = Query(select(_p.c.name, _p.c.phone, _p.c.id_number).where(*keyed(_p, "id")), dict)
"""A person's numbers, sealed."""
_NUMBER = re.compile(r"[0-9]{7,}")
COLUMNS = ("document", "kind", "edition")


@attrs.frozen(kw_only=True)
class Subject:
    """Whose data.

    Attributes:
        person: The id of a person of the roster; empty for somebody who is not in it.
        numbers: Telephone and ID numbers by which they are found in what is sealed.
        names: How they are called, where their own data are taken out of texts.
    """

    person: str = ""
    numbers: frozenset[str] = attrs.field(default=frozenset(), repr=False)
    names: frozenset[str] = attrs.field(default=frozenset(), repr=False)

    @property
    def told(self) -> frozenset[str]:
        """Every text that tells who they are."""
        return self.numbers | self.names


@attrs.frozen(kw_only=True)
class Held:
    """A case in which somebody is.

    Attributes:
        party: Whether they are a party of it, or acted in it.
        voice: Whether what they said, or left, is sealed in it.
        mine: What is theirs of what is sealed in it.
        others: Names and numbers of the others in it.
    """

    case: Case
    procedure: Procedure | None
    party: bool
    voice: bool
    mine: frozenset[str] = attrs.field(repr=False)
    others: frozenset[str] = attrs.field(repr=False)


async def subject(reader: Reader, who: str) -> Subject:
    """Find somebody by the id of a person of the roster, or by a whole telephone number.

    Raises:
        Invalid: It is neither.
        NotFound: No such person.
    """
    given = who.strip()
    try:
        id = str(UUID(given))
    except ValueError:
        digits = re.sub(r"[\s-]", "", given)
        if not _NUMBER.fullmatch(digits.upper().removesuffix("X")):
            raise Invalid("name a person by id, or by a whole telephone number", field="who") from None
        return Subject(numbers=frozenset({digits}))
    raw = await reader.find(RAW, id=id)
    if raw is None:
        raise NotFound(f"no person {id}")
    numbers = {
        reader.reveal(held, f"person.{name}")
        for name in ("phone", "id_number")
        if (held := raw[name]) is not None and not held.erased
    }
    return Subject(person=id, numbers=frozenset(numbers), names=frozenset({raw["name"]} - {""}))


def own(reader: Reader, whole: Any, holder: Any, who: Subject) -> dict[str, str]:
    """Open an object's personal fields where it is theirs: where one of them is a number of theirs; else nothing."""
    held: dict[str, str] = {}
    for name in personal_fields(type(holder)):
        field: Personal = getattr(holder, name)
        if isinstance(field, Sealed) and not field.erased:
            held[name] = reader.reveal(field, f"{type(whole).__name__}.{name}")
    return held if who.numbers & {re.sub(r"[\s-]", "", text) for text in held.values()} else {}


def wholes(case: Case) -> tuple[Any, ...]:
    """Give the parts of a case that may hold personal data: the body, and what each act said."""
    return (case.body, *(act.payload for act in case.acts))


async def cases_of(reader: Reader, tenant: Tenant, who: Subject) -> AsyncIterator[Held]:
    """Go through every case, and give those in which somebody is; a case whose practice is gone by its parties only."""
    marks = [f'"last":"{number[-SHOWN:]}"'.encode() for number in who.numbers]
    if who.person:
        marks.append(who.person.encode())
    after: tuple[Any, ...] | None = None
    while marks:
        page = await rows(reader, t.case_file, COLUMNS, after, PAGE)
        for row in page:
            raw = bytes(row["document"])
            if any(mark in raw for mark in marks):
                stored = CaseRow(kind=row["kind"], edition=row["edition"], document=raw)
                held = look(reader, tenant, read_row(stored, tenant.practice), who)
                if held.party or held.voice:
                    yield held
        if len(page) < PAGE:
            return
        after = key_of(t.case_file, page[-1])


def look(reader: Reader, tenant: Tenant, case: Case, who: Subject) -> Held:
    """Say what somebody is in a case, and who else is in it."""
    mine: list[str] = []
    every: list[str] = []
    for whole in wholes(case):

        def seen(holder: Any, whole: Any = whole) -> Any:
            mine.extend(own(reader, whole, holder, who).values())
            return holder

        def opened(name: str, field: Personal, whole: Any = whole) -> Personal:
            if isinstance(field, Sealed) and not field.erased:
                every.append(reader.reveal(field, f"{type(whole).__name__}.{name}"))
            return field

        over_holders(whole, seen)
        over_personal(whole, opened)
    ids = {id for parties in (case.parties, *(a.parties for a in case.acts)) for ids in parties.values() for id in ids}
    party = bool(who.person) and who.person in ids | {act.by for act in case.acts}
    return Held(
        case=case,
        procedure=tenant.practice.find(case.kind, case.edition),
        party=party,
        voice=bool(mine),
        mine=frozenset(mine) - {""},
        others=frozenset(every) - frozenset(mine) - who.told,
    )
