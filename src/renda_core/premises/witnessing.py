"""The nightly round of heads: each journal's to the tenant that keeps it, by a message from one to the other."""

from __future__ import annotations

import attrs

from renda_core.errors import RendaError
from renda_core.premises.places import Premises
from renda_core.services import witness
from renda_core.services.hosting.directory import ACTIVE


@attrs.frozen(kw_only=True)
class Carried:
    """What became of one tenant's head: *seq* is the entry it brought, 0 where it was there already."""

    code: str
    witness: str
    seq: int = 0
    failed: str = ""


async def carry(premises: Premises, id: str = "") -> tuple[Carried, ...]:
    """Bring heads to their witnesses, of one tenant or of all that have one; each that fails is named."""
    known, done = await premises.look(), list[Carried]()
    for entry in known.entries.values():
        if entry.witness is None or entry.state != ACTIVE or id not in ("", entry.id):
            continue
        keeper = known.entries.get(entry.witness)
        one = Carried(code=entry.code, witness=keeper.code if keeper else "")
        try:
            if keeper is None:
                raise RendaError("its witness is not hosted here any more")
            here, there = await premises.store(entry), await premises.store(keeper)
            made = await witness.carry(here, entry.id, there, keeper.id, keeper.name)
            done.append(attrs.evolve(one, seq=made.seq if made else 0))
        except RendaError as error:
            done.append(attrs.evolve(one, failed=str(error)))
    return tuple(done)
