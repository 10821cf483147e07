"""Ties that two cases have each way: what became another case, and what came from it; neither is tied alone."""

from __future__ import annotations

from collections.abc import Mapping

from renda_core.errors import Rejected
from renda_core.practice import Practice
from renda_core.store.cases import load
from renda_core.store.unit import Reader

FORTH = "became"
"""The relation of a case to the one that it became."""
_BACK = "from_"


def back(kind: str) -> str:
    """Name the relation by which what a case of a kind became points back to it."""
    return f"{_BACK}{kind}"


async def refuse_half(
    reader: Reader, practice: Practice, kind: str, links: Mapping[str, tuple[str, ...]], *, case: str = ""
) -> None:
    """Refuse a tie that the other case does not have: both are made together, or it would follow what knows it not.

    Args:
        kind: Of the case that would have these links.
        case: Its id; empty where it is opened only now, and nobody can be tied to it yet.

    Raises:
        Rejected: The other one is not tied back.
    """
    for relation, others in links.items():
        if relation != FORTH and not relation.startswith(_BACK):
            continue
        for other in others:
            there = await load(reader, practice, other)
            counter = back(kind) if relation == FORTH else FORTH
            if case not in there.links.get(counter, ()):
                raise Rejected(
                    f"{relation} refused", f"{there.number} becomes it by its own step become, which ties both"
                )
