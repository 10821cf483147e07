"""Tokens for tests: accounts put in beside the server, without an entry in any journal, for tests count their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from renda_core.catalogue import Catalogue
from renda_core.configuration import read_tenant
from renda_core.domain.case import Actor
from renda_core.footprint import footprint
from renda_core.services import tenants
from renda_core.services.accounts import issuing
from renda_core.services.accounts.asking import ACTIVE, PROGRAM, TOKEN
from renda_core.store import accounts
from renda_core.store.codec import new_id
from renda_core.store.postgres import PostgresStore
from renda_core.store.stores import Store
from renda_core.store.unit import Unit
from renda_core.workspace import SETUP, Home, Workspace


def given(store: Store, tenant: str, people: Mapping[str, Actor], scopes: str = "", by: str = TOKEN) -> dict[str, str]:
    """Give everybody a token, or a session, of a tenant that is there."""
    return store.run(store.write(_put, tenant, SETUP, people, scopes, by))


def by_workspace(workspace: Workspace, people: Mapping[str, Actor]) -> dict[str, str]:
    """Give everybody a token of an open tenant."""
    return given(workspace.store, workspace.file.id, people)


def in_database(
    dsn: str,
    home: Home,
    files: Mapping[str, Path],
    people: Mapping[str, tuple[str, Actor]],
    catalogue: Catalogue | None = None,
) -> dict[str, str]:
    """Apply tenants' files to a database as a server's start does, and give everybody a token there."""
    store, known = PostgresStore(dsn, keys=home.keys(), now=home.now, size=1), catalogue or Catalogue.installed()
    tokens: dict[str, str] = {}
    try:
        for code, path in files.items():
            file = read_tenant(path)
            touched = footprint(known.offers, file.plugins)
            store.run(store.write(tenants.apply, file.id, SETUP, file, touched))
            of_it = {name: actor for name, (of, actor) in people.items() if of == code}
            tokens |= given(store, file.id, of_it)
    finally:
        store.shut()
    return tokens


async def _put(unit: Unit, people: Mapping[str, Actor], scopes: str, by: str) -> dict[str, str]:
    made = {}
    for name, actor in people.items():
        id = new_id()
        await unit.write_unrecorded(
            accounts.ADD_ACCOUNT,
            id=id,
            kind=PROGRAM,
            name=name,
            login_key=None,
            login=None,
            person=actor.id,
            unit=actor.unit or None,
            roles=" ".join(sorted(actor.roles)),
            state=ACTIVE,
            password=None,
            password_at=None,
            totp=None,
            totp_step=None,
            stands_in=False,
            until=None,
            made_at=unit.now,
            version=0,
        )
        made[name] = await _token(unit, id, name, scopes, by)
    return made


async def _token(unit: Unit, account: str, label: str, scopes: str, by: str) -> str:
    """Write a token as the service does, and leave out that it is an entry."""
    before, unit._changed = unit._changed, False
    secret = await issuing.issue(unit, account, by=by, label=label, scopes=scopes.split(), strong=True)
    unit._changed = before
    return secret
