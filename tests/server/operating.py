"""An operator beside the two counties of the tests, and offices that its people may do everything to."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any

from tests.hosted import OPERATOR, RUNNER, county

from renda_core.catalogue import Catalogue
from renda_core.premises import Premises
from renda_core.premises.making import found
from renda_core.premises.provisioning import provision
from renda_core.services.hosting import acts, founding
from renda_core.testing import uid

from . import passing

if TYPE_CHECKING:
    from .conftest import Site

SPARE = ("spare", "served", "stopped", "leaving", "named", "given")
"""Offices without anybody in them: one for each thing that is done."""
NEW = {
    "configuration": {
        "id": uid("tenant made"), "code": "made", "name": "新县人大常委会", "level": "county",
        "layers": [{"name": "made", "file": "made.toml", "since": "2026-01-01", "plugins": {"reception": {}}}],
    },
    "administrator": {"name": "赵管理"},
}  # fmt: skip


def furnish(site: Site) -> dict[str, Any]:
    """Make the operator and some offices, and give ids and the operator's token."""

    async def work() -> dict[str, str]:
        premises, catalogue = Premises(home=site.home, database=site.database, size=4), Catalogue.installed()
        try:
            file = founding.configuration(OPERATOR, "platform", "省平台", "province")
            await found(premises, file, catalogue, RUNNER)
            await provision(premises, [county(code) for code in SPARE], catalogue, RUNNER)
            await premises.act(RUNNER, acts.suspend, uid("tenant stopped"), "试运行结束")
            await premises.act(RUNNER, acts.close, uid("tenant leaving"), "合并", dt.date(2026, 3, 1))
            store, _ = await premises.operator()
            given: dict[str, str] = await store.write(
                passing._put, OPERATOR, RUNNER, {"operator": RUNNER}, "", passing.TOKEN
            )
            return given
        finally:
            await premises.close()

    site.tokens |= asyncio.run(work())
    with site.client.portal() as portal:
        portal.call(site.app.state.hosts.look)
    return {"tenant_id": uid("tenant spare"), "version": "1"} | {
        f"{name}_tenant": uid(f"tenant {name}") for name in SPARE
    }
