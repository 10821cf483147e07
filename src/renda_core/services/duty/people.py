"""Pages about one deputy: whose a reader may open, and a desk that answers of that person and of nobody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from renda_core.desks import PersonScore
from renda_core.domain.areas import Term
from renda_core.domain.case import Actor
from renda_core.domain.duty import Exposure, Record, RecordKind, exposure
from renda_core.domain.mandates import Mandate
from renda_core.errors import Invalid, Misuse, NotFound
from renda_core.services import lookups
from renda_core.services.duty.deputies import Deputies
from renda_core.services.duty.reading import may_read
from renda_core.services.duty.scoring import score_of
from renda_core.services.duty.writing import Held
from renda_core.store import duty as d
from renda_core.store.bodies import DISTRICTS, TERMS
from renda_core.store.codec import decode
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

PERSON = "person"
"""The field by which a page about one deputy is told whose it is to be."""
DEPUTY = "deputy"
"""The role that opens such a page about oneself."""


async def whose(reader: Reader, tenant: Tenant, actor: Actor, who: frozenset[str], said: str) -> str:
    """Give the id of the person whose page a reader means.

    Readers with a role in *who* name anybody who ever held a mandate, by id, name or certificate number; a deputy
    means themself, whatever they say, or there is no such page: of somebody else as little as of nobody.

    Raises:
        NotFound: There is no such page for this reader.
        Invalid: Nobody is named, or several are.
    """
    called = said.strip()
    called = called.lower() if lookups.is_id(called.lower()) else called
    if called in ("", actor.id) and DEPUTY in actor.roles:
        return actor.id
    if not actor.roles & who:
        if DEPUTY in actor.roles and (await Deputies.load(reader)).means(called, actor.id):
            return actor.id
        raise NotFound(f"no page about {said!r}")
    if not called:
        raise Invalid("name the deputy whose page is meant, by name, certificate number or id", field=PERSON)
    if lookups.is_id(called) and (await Held.load(reader, (called,))).known(called):
        return called
    return (await Deputies.load(reader)).find(called, tenant.today)


class OnePerson:
    """What a page about one deputy may ask.

    Attributes:
        person: Id of the person; *own* whether it is the reader.
    """

    def __init__(self, reader: Reader, tenant: Tenant, actor: Actor, person: str) -> None:
        self.person, self.own = person, person == actor.id
        self._reader, self._tenant, self._actor = reader, tenant, actor

    def __getattr__(self, name: str) -> Any:
        raise Misuse(
            f"a page about one deputy asks {name!r}, which reaches beyond that person; ask what PersonDesk has"
        )

    async def records(self, first: dt.date, last: dt.date, *, congress: str = "") -> tuple[Record, ...]:
        """List the person's records between two days, in every state, oldest first; of one congress, or of all."""
        rows = await self._reader.all(d.OF_PERSON_BETWEEN, person=self.person, first=first, last=last)
        found = (decode(row.document, Record) for row in rows)
        kept = tuple(r for r in found if may_read(self._tenant, self._actor, r))
        if not congress:
            return kept
        here = {m.id for m in await self.mandates() if m.congress == congress}
        return tuple(r for r in kept if (here & set(r.mandates) if r.mandates else r.congress == congress))

    async def mandates(self) -> tuple[Mandate, ...]:
        """List every mandate that the person ever held, oldest first."""
        return (await Held.load(self._reader, (self.person,))).of(self.person)

    async def terms(self) -> tuple[Term, ...]:
        """List the terms (届) of these mandates, each once, by first day."""
        ids = sorted({m.term for m in await self.mandates()})
        found = await self._reader.among(TERMS, "id", ids)
        return tuple(sorted(found, key=lambda t: (t.valid_from, t.id)))

    async def record_kinds(self) -> Mapping[str, RecordKind]:
        """Give the kinds of records that enabled practices offer, by name."""
        return self._tenant.practice.record_kinds

    async def score(self, rule: str, first: dt.date, last: dt.date, *, congress: str = "") -> PersonScore:
        """Score the person's records of a period under a rule, explained, with vetoes; as ``score_of`` does."""
        return await score_of(self._reader, self._tenant, self._actor, self.person, rule, first, last, congress)

    async def exposure(self, first: dt.date, last: dt.date, *, congress: str = "") -> Exposure:
        """Tell how long the person was in office in a period, and which opportunities were offered."""
        held = [m for m in await self.mandates() if congress in ("", m.congress)]
        records = await self.records(first, last, congress=congress)
        return exposure(held, records, self._tenant.practice.record_kinds, first, last)

    async def names(self, ids: Iterable[str]) -> Mapping[str, str]:
        """Name people, units, stations, congresses and districts by id; an id that is none of them is left out."""
        wanted = set(ids)
        found = await lookups.named(self._reader, wanted)
        left = sorted(id for id in wanted - found.keys() if lookups.is_id(id))
        return found | {row.id: row.name for row in (await self._reader.among(DISTRICTS, "id", left) if left else ())}
