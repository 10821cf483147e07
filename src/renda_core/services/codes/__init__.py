"""Codes that voters follow their matter by: one is issued, and whoever holds it looks, and judges what came of it.

Who gives a wrong code is counted by where it comes from; each use here is a transaction of its own, so that the count
stands although the answer is a refusal.
"""

from __future__ import annotations

from typing import TypeVar

from renda_core.domain.codes import UNSOLVED
from renda_core.errors import Invalid, RendaError, Stale
from renda_core.services.codes.guessing import GUESSING
from renda_core.services.codes.issuing import ISSUERS, issue
from renda_core.services.codes.judging import judged, opened
from renda_core.services.codes.looking import CODE, Answer, Followed, Judged, Passed, followed
from renda_core.store.stores import Store
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

T = TypeVar("T")
CLICKS = 3
"""How often a judgement is taken up again where somebody else moved the case in the same moment."""


async def look(store: Store, tenant: Tenant, code: str, source: str) -> Followed:
    """Show the matter that a code follows.

    Args:
        code: As it was typed.
        source: Where it comes from, e.g. an address: wrong codes are counted by it.

    Raises:
        Invalid: It can be no code; nothing was counted.
        NotFound: No matter is followed by it: another tenant's, one that was replaced, and one never made look alike.
        TooMany: So many wrong ones came from there that this one was not looked at.
    """
    return _given(await store.write(_looked, tenant.id, CODE, tenant, code, source))


async def rate(store: Store, tenant: Tenant, code: str, source: str, grade: str) -> Followed:
    """Judge what came of a matter, ``solved`` or ``basically``, once a round; show it as it then stands.

    Raises:
        Invalid, NotFound, TooMany: As for :func:`look`, or there is no such grade.
        Rejected: This round was judged already, or there is nothing to judge yet.
    """
    if grade == UNSOLVED:
        raise Invalid("say in a word what is not solved", field="why")
    return await _judged(store, tenant, code, source, grade, "")


async def dispute(store: Store, tenant: Tenant, code: str, source: str, why: str) -> Followed:
    """Judge that a matter is not solved, and why; it goes back to whoever handled it, and to the superior of each.

    Where no unit had handled it, it stands among what the office sorts.

    Raises:
        Invalid, NotFound, TooMany: As for :func:`look`, or there is no word why.
        Rejected: As for :func:`rate`.
    """
    if not why.strip():
        raise Invalid("say in a word what is not solved", field="why")
    return await _judged(store, tenant, code, source, UNSOLVED, why)


async def _judged(store: Store, tenant: Tenant, code: str, source: str, grade: str, why: str) -> Followed:
    for _ in range(CLICKS - 1):
        try:
            return _given(await store.write(judged, tenant.id, CODE, tenant, code, source, grade, why))
        except Stale:  # the next look finds what the other did: a second click is then refused kindly
            continue
    return _given(await store.write(judged, tenant.id, CODE, tenant, code, source, grade, why))


async def _looked(unit: Unit, tenant: Tenant, code: str, source: str) -> Followed | RendaError:
    found = await opened(unit, tenant, code, source)
    return found if isinstance(found, RendaError) else await followed(unit, tenant, *found)


def _given(found: T | RendaError) -> T:
    if isinstance(found, RendaError):
        raise found
    return found


__all__ = [
    "CODE",
    "GUESSING",
    "ISSUERS",
    "Answer",
    "Followed",
    "Judged",
    "Passed",
    "dispute",
    "issue",
    "look",
    "rate",
]
