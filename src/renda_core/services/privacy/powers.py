"""Who may do what with personal data: one table, asked by every use case here."""

from __future__ import annotations

from collections.abc import Mapping

from renda_core.domain.case import Actor
from renda_core.errors import NotAllowed

MAY: Mapping[str, frozenset[str]] = {
    "reveal.person.phone": frozenset({"office", "registrar"}),
    "reveal.person.id_number": frozenset({"office", "registrar"}),
    "reveal.unit.phone": frozenset({"office", "assigner"}),
    "reveal.station.phone": frozenset({"office", "station"}),
    "reveal.case": frozenset({"office", "station", "receiver"}),
    "consent": frozenset({"office", "station", "registrar"}),
    "copy": frozenset({"office"}),
    "erase": frozenset({"overseer"}),
    "retain": frozenset({"office", "overseer"}),
}
"""By what is done. ``receiver`` is whoever heard that very case, and sees its voter's number to answer with.

Everybody else sees a number by its last four characters at most, whatever else they may see.
"""


def check(actor: Actor, what: str, also: frozenset[str] = frozenset()) -> None:
    """Refuse whoever may not do it.

    Args:
        also: Roles that the case at hand gives.

    Raises:
        NotAllowed: Naming who may.
    """
    if not (actor.roles | also) & MAY[what]:
        raise NotAllowed(f"{what}: this is for {', '.join(sorted(MAY[what]))}")
