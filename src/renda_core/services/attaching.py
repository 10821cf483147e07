"""Who may see, add and erase files: whoever sees the case or record sees its files, whoever works on it adds them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from renda_core.domain.case import AUTHOR, Actor, Case, roles_on
from renda_core.domain.openings import open_steps
from renda_core.domain.procedure import Procedure
from renda_core.domain.visibility import may_see
from renda_core.errors import NotAllowed, NotFound
from renda_core.services import duty, lookups
from renda_core.store.attachments import AttachmentRow
from renda_core.store.cases import load
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant

OFFICES = frozenset({"office", "overseer"})
"""Who adds to everything they see, and erases: files that came in by error, and personal data that must go."""
PUBLIC = frozenset({"public"})
"""What everybody may read of a case is its text; nobody looked at its files for that."""
CASE, RECORD = "case", "record"
Check = Callable[[Reader, Tenant, Actor, str, bool], Awaitable[None]]


async def check_sees(reader: Reader, tenant: Tenant, actor: Actor, about: str, about_id: str) -> None:
    """Refuse who may not see a thing's files.

    Raises:
        NotFound: There is no such thing, or none that they may see: one answer to both.
    """
    await _check(about)(reader, tenant, actor, about_id, False)


async def check_adds(reader: Reader, tenant: Tenant, actor: Actor, about: str, about_id: str) -> None:
    """Refuse who may not add files to a thing.

    Raises:
        NotFound: As :func:`check_sees`.
        NotAllowed: They may see it, and not work on it.
        Rejected: A practice is missing, so that it can only be read.
    """
    await _check(about)(reader, tenant, actor, about_id, True)


async def check_erases(reader: Reader, tenant: Tenant, actor: Actor, row: AttachmentRow) -> None:
    """Refuse who may not erase a file: the offices may, and who added it as long as they may add another.

    Raises:
        NotFound, NotAllowed, Rejected: As :func:`check_adds`.
    """
    await check_sees(reader, tenant, actor, row.about, row.about_id)
    if not actor.roles & OFFICES and row.made_by != actor.id:
        raise NotAllowed(f"a file is erased by who added it, and by {', '.join(sorted(OFFICES))}")
    await check_adds(reader, tenant, actor, row.about, row.about_id)


def _check(about: str) -> Check:
    if about not in CHECKS:
        raise NotFound(f"no {about[:40]!r} has files; known: {', '.join(CHECKS)}")
    return CHECKS[about]


async def _case(reader: Reader, tenant: Tenant, actor: Actor, id: str, adds: bool) -> None:
    if not lookups.is_id(id):
        raise NotFound(f"no case {id[:60]}")
    case = await load(reader, tenant.practice, id)
    procedure = tenant.practice.find(case.kind, case.edition)
    roles = roles_on(actor, case) - PUBLIC
    if procedure is None or not may_see(procedure, case, roles):
        raise NotFound(f"no case {id}")
    if not adds:
        return
    procedure.refuse_readonly("adding a file")
    if not actor.roles & OFFICES and not _works(procedure, case, roles):
        raise NotAllowed("files are added by who may take a step on the case, and by its author while it is open")


def _works(procedure: Procedure, case: Case, roles: frozenset[str]) -> bool:
    """Tell whether somebody may move the case now, or wrote it and it is still under way."""
    if any(step.yours for step in open_steps(procedure, case, roles)):
        return True
    return not procedure.closed(case) and bool(roles & {AUTHOR, *case.parties})


async def _record(reader: Reader, tenant: Tenant, actor: Actor, id: str, adds: bool) -> None:
    found = await duty.record(reader, tenant, actor, id)
    if adds and not actor.roles & duty.ENTERING and found.person != actor.id:
        raise NotAllowed(f"files are added by the deputy, and by {', '.join(sorted(duty.ENTERING))}")


CHECKS: Mapping[str, Check] = {CASE: _case, RECORD: _record}
"""What may have files."""
