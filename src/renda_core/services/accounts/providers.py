"""A tenant's own OpenID Connect providers (统一身份认证): which it trusts, and whom each of them means.

A subject means an account because its holder, signed in, said so, or because it came with an administrator's
invitation: never because an address of mail, or a name, is the same. The subject is kept as a hash under the tenant's
key, together with the issuer: under another issuer, the same words mean nobody.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from renda_core.domain.case import Actor
from renda_core.domain.web import LONGEST, parts_of
from renda_core.errors import Invalid, NotFound, NotLetIn, Rejected, Stale
from renda_core.services.accounts import arriving, entering, powers, tickets
from renda_core.services.accounts.asking import ACTIVE
from renda_core.services.accounts.entering import Step
from renda_core.services.accounts.rows import CLOSED, INVITATION, INVITED, save
from renda_core.store import accounts, columns, providers
from renda_core.store.providers import ProvidedRow, ProviderRow
from renda_core.store.unit import Reader, Unit
from renda_core.tenancy import Tenant

NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")
CLAIM = re.compile(r"[A-Za-z_][A-Za-z0-9_.:/-]{0,99}")
SUBJECT = "sub"
"""Source: OpenID Connect Core 1.0 § 2: never reassigned within the issuer."""
MOST = 10
"""Providers of one tenant. U: a page of sign-in shows a button for each."""
NOBODY = "the provider knows you, and no account here is tied to that"
SECRET, MEANT = "provider", "provided"
"""Under which the secret is sealed, and subjects are hashed."""


@attrs.frozen(kw_only=True)
class Provider:
    """A provider that a tenant trusts.

    Attributes:
        name: As it stands in addresses, e.g. ``zwfw``.
        title: What its button says, e.g. 山东政务统一认证.
        issuer: Its address, by which it names itself in every token.
        client: Who we are to it.
        claim: What of its token names somebody for good.
    """

    name: str
    title: str
    issuer: str
    client: str
    claim: str = SUBJECT
    active: bool = True
    version: int = 0


async def put(unit: Unit, tenant: Tenant, wanted: Provider, secret: str = "") -> Provider:
    """Trust a provider, or change one that is trusted; give it as it now stands.

    With another issuer, or another claim, whom it meant is forgotten: the same words may mean somebody else there.

    Args:
        secret: Ours at the provider; may be left out where one is kept already.

    Raises:
        NotAllowed: The asker does not look after accounts.
        Invalid: A part of it makes no sense.
        Stale: Somebody else changed it; *wanted* bears the version that was seen, 0 for a new one.
    """
    powers.refuse(tenant, unit.actor, "make")
    _check(wanted)
    row = await unit.find(providers.PROVIDER, name=wanted.name)
    if (row.version if row else 0) != wanted.version:
        raise Stale(f"provider {wanted.name!r} was changed by someone else meanwhile; load it again", id=wanted.name)
    if row is None and len(await every(unit, tenant)) >= MOST:
        raise Rejected("the provider is not kept", f"a tenant has {MOST} at most; remove one first")
    if row is None and not secret:
        raise Invalid("secret: the provider gave one with the client id; it is needed here", field="secret")
    sealed = unit.seal_bytes(secret.encode(), f"{SECRET}:{wanted.name}") if secret or row is None else row.secret
    made = attrs.evolve(wanted, version=wanted.version + 1)
    values = {**attrs.asdict(made), "secret": sealed}
    if row is None:
        await unit.write(providers.ADD_PROVIDER, **values)
    else:
        await unit.save(providers.CHANGE_PROVIDER, {**values, "id": wanted.name}, was=row.version)
        if (row.issuer, row.claim) != (wanted.issuer, wanted.claim):
            await unit.write(providers.CUT_ALL_MEANT, provider=wanted.name)
    unit.record(
        "provider.trusted",
        on=unit.tenant,
        version=made.version,
        rule="provider",
        name=made.name,
        issuer=made.issuer,
        client=made.client,
        claim=made.claim,
        active=made.active,
    )
    return made


async def remove(unit: Unit, tenant: Tenant, name: str) -> None:
    """Trust a provider no more; whom it meant is forgotten. Sessions that it began go on until they end.

    Raises:
        NotAllowed: The asker does not look after accounts.
        NotFound: There is none of that name.
    """
    powers.refuse(tenant, unit.actor, "make")
    row = await unit.find(providers.PROVIDER, name=name)
    if row is None:
        raise NotFound("no such provider")
    await unit.write(providers.CUT_ALL_MEANT, provider=name)
    await unit.write(providers.CUT_PROVIDER, name=name)
    unit.record("provider.removed", on=unit.tenant, version=row.version, rule="provider", name=name)


async def every(reader: Reader, _: Tenant) -> list[Provider]:
    """List the providers, by name."""
    return [_given(row) for row in await reader.all(providers.PROVIDERS)]


async def one(reader: Reader, _: Tenant, name: str) -> tuple[Provider, str]:
    """Give an active provider, and our secret at it: for asking it alone.

    Raises:
        NotFound: There is none of that name, or it is not active.
    """
    row = await reader.find(providers.PROVIDER, name=name)
    if row is None or not row.active:
        raise NotFound("no such provider")
    return _given(row), reader.open_bytes(row.secret, f"{SECRET}:{name}").decode()


async def meant(reader: Reader, provider: Provider, subject: str) -> str | None:
    """Say which account a provider means by a subject; None where it means nobody."""
    row = await reader.find(providers.MEANT, provider=provider.name, subject=_hashed(reader, provider, subject))
    return row.account_id if row else None


async def tied(reader: Reader, _: Tenant, account: str) -> Sequence[ProvidedRow]:
    """List by which providers an account is meant."""
    return await reader.all(providers.OF_ACCOUNT, account_id=account)


async def tie(unit: Unit, _: Tenant, provider: Provider, subject: str, account: str) -> None:
    """Let a provider mean an account by a subject, and record it.

    Raises:
        Rejected: The subject means another account already, or the account has another subject there.
    """
    await write_tie(unit, provider, subject, account)
    unit.record("provider.tied", on=account, version=0, rule="provider", name=provider.name)


async def write_tie(unit: Unit, provider: Provider, subject: str, account: str) -> None:
    """Let a provider mean an account by a subject, as a part of what the caller records."""
    known = await meant(unit, provider, subject)
    holder = await unit.find(accounts.ACCOUNT, id=known or columns.NOBODY)
    if holder is not None and holder.state == CLOSED:
        await unit.write(providers.CUT_MEANT, provider=provider.name, account_id=holder.id)
    elif holder is not None:
        raise Rejected("the sign-in is not tied to this account", "it is tied to an account already")
    if any(row.provider == provider.name for row in await unit.all(providers.OF_ACCOUNT, account_id=account)):
        raise Rejected("the sign-in is not tied to this account", "the account has another one there; untie it first")
    await unit.one(accounts.ACCOUNT, id=account)
    await unit.write(
        providers.ADD_MEANT,
        provider=provider.name,
        subject=_hashed(unit, provider, subject),
        account_id=account,
        made_at=unit.now,
    )


async def enter(unit: Unit, tenant: Tenant, provider: Provider, subject: str, *, label: str = "") -> Step:
    """Sign in whom a provider means; a second factor that the account has is still to be shown.

    Raises:
        NotLetIn: It means nobody here, or an account that opens nothing.
    """
    known = await meant(unit, provider, subject)
    row = await unit.find(accounts.ACCOUNT, id=known or columns.NOBODY)
    if row is None:
        raise NotLetIn(NOBODY)
    unit.actor = Actor(id=row.person or row.id)
    return await entering.proceed(unit, tenant, row.id, strong=False, label=label)


async def arrive(unit: Unit, tenant: Tenant, provider: Provider, subject: str, invitation: str) -> str:
    """Take an invitation in with a provider in place of a login name and a password; give the account's id.

    Raises:
        NotLetIn: The invitation was used already, or is over.
        Rejected: The provider means somebody else by this subject.
    """
    found = await tickets.use(unit, INVITATION, invitation)
    row = await unit.find(accounts.ACCOUNT, id=found.account if found else columns.NOBODY)
    if row is None or row.state != INVITED or not entering.stands(tenant, after := attrs.evolve(row, state=ACTIVE)):
        raise NotLetIn(arriving.VOID)
    unit.actor = Actor(id=row.person or row.id)
    if await meant(unit, provider, subject) != row.id:
        await write_tie(unit, provider, subject, row.id)
    await save(unit, row, after, "account.accepted", provider=provider.name)
    return row.id


async def untie(unit: Unit, _: Tenant, name: str, account: str) -> None:
    """Let a provider mean an account no more.

    Raises:
        NotFound: It did not.
    """
    if not await unit.write(providers.CUT_MEANT, provider=name, account_id=account):
        raise NotFound("the account is not tied to this provider")
    unit.record("provider.untied", on=account, version=0, rule="provider", name=name)


def _given(row: ProviderRow) -> Provider:
    return Provider(**{f.name: getattr(row, f.name) for f in attrs.fields(Provider)})


def _hashed(reader: Reader, provider: Provider, subject: str) -> bytes:
    return reader.find_key("\n".join((provider.issuer, provider.claim, subject)), MEANT)


def _check(wanted: Provider) -> None:
    """Refuse what no provider is.

    Raises:
        Invalid: Naming the part.
    """
    wrong = ""
    if not NAME.fullmatch(wanted.name):
        wrong = "name: small letters, digits and hyphens, 30 at most, beginning with a letter"
    elif not wanted.title.strip() or len(wanted.title) > 40:
        wrong = "title: what the button says, 40 characters at most"
    elif not wanted.client or len(wanted.client) > LONGEST:
        wrong = "client: the client id that the provider gave"
    elif not CLAIM.fullmatch(wanted.claim):
        wrong = "claim: the name of what identifies somebody in the provider's token, usually sub"
    else:
        wrong = _not_an_issuer(wanted.issuer)
    if wrong:
        raise Invalid(wrong, field=wrong.partition(":")[0])


def _not_an_issuer(issuer: str) -> str:
    """Say what is wrong with an issuer. Source: OpenID Connect Discovery 1.0 § 2: no question, no fragment."""
    if (parts := parts_of(issuer)) is None:
        return "issuer: the provider's address, beginning with https://"
    if parts.query or parts.fragment or parts.username or parts.password:
        return "issuer: the address alone, without question, fragment, name or password"
    return ""
