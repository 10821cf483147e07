"""The operator's own tenant, with which a directory begins."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from renda_core.configuration import TenantFile
from renda_core.editions import Layer
from renda_core.errors import Taken
from renda_core.footprint import Footprint
from renda_core.services import tenants
from renda_core.services.hosting import acts
from renda_core.store import directory as s
from renda_core.store.directory import DirectoryRow
from renda_core.store.unit import Unit
from renda_core.tenancy import ALWAYS


def configuration(id: str, code: str, name: str, level: str) -> TenantFile:
    """Give the configuration of an operator's tenant: no practice, for it has no county's work to do."""
    layer = Layer(name=code, file=code, since=ALWAYS, plugins={}, sources={})
    return TenantFile(path=code, id=id, code=code, name=name, level=level, layers=(layer,))


async def found(unit: Unit, file: TenantFile, touched: Footprint, others: Iterable[DirectoryRow] = ()) -> None:
    """Make the operator's own tenant, and the directory with it and the tenants that are there already.

    Raises:
        Taken: There is an operator already, or its code is another tenant's.
    """
    if any(row.operator for row in await unit.all(s.ALL)):
        raise Taken("this service has an operator already")
    n = await tenants.apply(unit, file, touched)
    own = acts.new_entry(file.id, file.code, file.name, file.level, unit.now, operator=True, configured=n)
    for row in (own, *others):
        await unit.write_unrecorded(s.ADD, **attrs.asdict(row))
