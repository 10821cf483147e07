"""Give whoever brought a matter a code to follow it by; it is told once, and kept nowhere."""

from __future__ import annotations

from renda_core.domain.case import roles_on
from renda_core.domain.codes import made_code, shown_code
from renda_core.errors import NotAllowed, Rejected
from renda_core.services.codes.guessing import CODE_FIELD
from renda_core.services.deciding import readable
from renda_core.store.cases import load
from renda_core.store.codes import ADD_CODE, CUT_CODE, FOLLOWED
from renda_core.store.unit import Unit
from renda_core.tenancy import Tenant

ISSUERS = frozenset({"office", "station", "receiver"})
"""Who gives codes out: the offices, the stations, and the deputies who heard that very case."""


async def issue(unit: Unit, tenant: Tenant, case_id: str) -> str:
    """Make a code for a case, ``ABCD-EFGH``; one that was given before follows it no more.

    Neither the journal nor anything else that is kept holds the code: whoever loses it is given another.

    Raises:
        NotFound: There is no such case, or none that the asker may know of.
        NotAllowed: The asker gives no codes for it.
        Rejected: Cases of its kind are not followed.
    """
    case = await load(unit, tenant.practice, case_id)
    procedure = readable(tenant, case, unit.actor)
    if not roles_on(unit.actor, case) & ISSUERS:
        raise NotAllowed(f"a code is given by {', '.join(sorted(ISSUERS))}")
    if not procedure.kind.followed:
        raise Rejected("no code is given", f"{procedure.kind.title} is not followed by a code")
    code = made_code()
    while await unit.find(FOLLOWED, digest=unit.find_key(code, CODE_FIELD)) is not None:
        code = made_code()
    replaced = await unit.write(CUT_CODE, case_id=case.id)
    await unit.write(ADD_CODE, digest=unit.find_key(code, CODE_FIELD), case_id=case.id, made_on=tenant.today)
    unit.record("code.issued", on=case.id, version=case.version, rule="code", replaced=bool(replaced))
    return shown_code(code)
