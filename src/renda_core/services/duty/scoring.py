"""Scores of deputies: explained to the person and the offices, of everybody by name and never by rank, kept by year."""

from __future__ import annotations

import datetime as dt

import attrs

from renda_core.desks import PersonScore
from renda_core.domain.case import Actor
from renda_core.errors import NotFound
from renda_core.services.duty.entering import REVIEWING
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant


@attrs.frozen(kw_only=True)
class Assessed:
    """What assessing a year came to.

    Attributes:
        rule, year, congress: What was assessed.
        made: Results written for the first time; *corrected* those that came out otherwise than before; *same* those
            that did not, and of which nothing was written.
        left: Ids of the persons whose result would change and was left as people decided it: it is under appeal, was
            refused or withdrawn, or was set by the decision upon an appeal.
    """

    rule: str
    year: int
    congress: str
    made: int = 0
    corrected: int = 0
    same: int = 0
    left: tuple[str, ...] = ()


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
        Invalid: They held mandates in several congresses, and none is named; the last day lies before the first.
        PracticeFailed: The rule itself failed, and its plugin is named.
    """
    if person != actor.id and not actor.roles & REVIEWING:
        raise NotFound(f"no person {person}")
    raise NotFound(f"no rule {rule}")


async def scores_of(
    reader: Reader, tenant: Tenant, actor: Actor, rule: str, first: dt.date, last: dt.date, congress: str
) -> tuple[PersonScore, ...]:
    """Score everybody who held a mandate of a congress in a period, by name, without single entries.

    Raises:
        NotFound: The reader is no office, or no enabled practice offers the rule.
        PracticeFailed: The rule itself failed, and its plugin is named.
    """
    raise NotFound(f"no rule {rule}")


async def assess(unit: Unit, tenant: Tenant, rule: str, year: int, congress: str) -> Assessed:
    """Keep everybody's result of a year as a duty record; done again, correct what comes out otherwise.

    Raises:
        NotAllowed: The actor assesses nobody.
        NotFound: No enabled practice offers the rule, or there is no such congress.
        Rejected: The year is not over, or the rule keeps no results.
        PracticeFailed: The rule itself failed, and its plugin is named; nothing is written.
    """
    raise NotFound(f"no rule {rule}")
