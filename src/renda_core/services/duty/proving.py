"""Evidence: a rule of points may ask for it, and then nothing of its kinds counts without."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import partial

from renda_core.domain.duty import Item, Record, ScoreRule
from renda_core.services import budgets
from renda_core.services.asking import Source, asked
from renda_core.tenancy import Tenant


def items_on(tenant: Tenant, rule: ScoreRule, on: dt.date) -> tuple[Item, ...]:
    """Give the lines of a rule as they stand on a day; none where it has no lines.

    Raises:
        PracticeFailed: Its plugin failed.
    """
    if rule.items is None:
        return ()
    source = Source(tenant=tenant, plugin=rule.plugin, what="score rule", name=rule.name)
    make = partial(rule.items, tenant.settings(rule.plugin, on))
    return asked(source, budgets.RULE, lambda: tuple(make()), tuple)


def unproven(tenant: Tenant, record: Record) -> Iterator[str]:
    """Say which enabled rules ask for evidence that a record does not have."""
    if record.proven:
        return
    for _, rule in sorted(tenant.practice.scores.items()):
        for item in items_on(tenant, rule, record.on):
            if item.evidence and record.kind in item.kinds:
                yield f"{item.title} ({rule.plugin}) gives points with evidence alone; name what proves it"
