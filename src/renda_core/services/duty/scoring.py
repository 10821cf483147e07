"""Scores of deputies (履职积分): one's own explained, everybody's to the offices, by name and never by rank."""

from __future__ import annotations

import datetime as dt

from renda_core.desks import PersonScore
from renda_core.domain.case import Actor
from renda_core.errors import NotFound
from renda_core.services.duty.assessing import Assessed, assess
from renda_core.services.duty.entering import REVIEWING
from renda_core.services.duty.pricing import Period, Pricing
from renda_core.services.duty.reckoning import everybody, one
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

__all__ = ["Assessed", "assess", "score_of", "scores_of"]


async def score_of(
    reader: Reader,
    tenant: Tenant,
    actor: Actor,
    person: str,
    rule: str,
    first: dt.date,
    last: dt.date,
    congress: str = "",
) -> PersonScore:
    """Score one person's records of a period, both days included, explained entry by entry, with vetoes.

    Args:
        congress: Id of the one that is meant, of somebody who held mandates in several.

    Raises:
        NotFound: It is another's and the reader no office; no enabled practice offers the rule; or the person held no
            mandate there in the period.
        Invalid: They held mandates in several congresses, and none is named; the last day lies before the first; or
            the lines of the rule are none.
        PracticeFailed: The rule itself failed, and its plugin is named.
    """
    if person != actor.id and not actor.roles & REVIEWING:
        raise NotFound(f"no person {person}")
    return await one(reader, Pricing.of(tenant, rule, Period.of(tenant, first, last)), person, congress)


async def scores_of(
    reader: Reader, tenant: Tenant, actor: Actor, rule: str, first: dt.date, last: dt.date, congress: str
) -> tuple[PersonScore, ...]:
    """Score everybody who held a mandate of a congress in a period, by name, without single entries.

    They are made from what is kept counted where that tells the points, and from the records' lines elsewhere.

    Raises:
        NotFound: The reader is no office, or no enabled practice offers the rule.
        Invalid: No congress is named; the last day lies before the first; or the lines of the rule are none.
        PracticeFailed: The rule itself failed, and its plugin is named.
    """
    if not actor.roles & REVIEWING:
        raise NotFound(f"no rule of points {rule!r} to score everybody by")
    return await everybody(reader, Pricing.of(tenant, rule, Period.of(tenant, first, last)), congress)
