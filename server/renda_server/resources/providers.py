"""A tenant's own OpenID Connect providers, as administrators look after them; secrets go in, and never come out."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from renda_core.domain.case import Actor
from renda_core.domain.web import LONGEST
from renda_core.services.accounts import powers, providers
from renda_core.services.accounts.providers import SUBJECT, Provider
from renda_core.store.unit import Reader
from renda_core.tenancy import Tenant
from renda_server.answering import Answer, tagged
from renda_server.desks import Desk
from renda_server.operations import operation
from renda_server.shapes import Given, Page, Version

TAG = "accounts"
Part = Annotated[str, Meta(min_length=1, max_length=LONGEST)]


class ProviderTrusted(Given, kw_only=True, frozen=True):
    """A provider that is trusted from now on: *version* is the one that was seen, 0 where there was none.

    The *secret* may be left out where one is kept already; *claim* is what of a token names somebody for good.
    """

    title: Annotated[str, Meta(min_length=1, max_length=40)]
    issuer: Part
    client: Part
    secret: Annotated[str, Meta(max_length=LONGEST)] = ""
    claim: Annotated[str, Meta(min_length=1, max_length=100)] = SUBJECT
    active: bool = True
    version: Version = 0


@operation("GET", "/identity-providers", summary="List identity providers", tag=TAG)
async def list_identity_providers(desk: Desk) -> Page[Provider]:
    """List the providers by which people sign in here beside a password."""
    return Page(items=list(await desk.ask(_every)), after="")


@operation(
    "PUT",
    "/identity-providers/{provider:str}",
    summary="Trust an identity provider",
    tag=TAG,
    problems=(412, 422),
    secret=True,
)
async def trust_identity_provider(desk: Desk, provider: str, data: ProviderTrusted) -> Answer[Provider]:
    """Trust a provider, or change one that is trusted.

    With another issuer or another claim, whom it meant is forgotten.
    """
    wanted = Provider(
        name=provider,
        title=data.title,
        issuer=data.issuer,
        client=data.client,
        claim=data.claim,
        active=data.active,
        version=data.version,
    )
    made = await desk.do(providers.put, wanted, data.secret)
    return tagged(made, made.version)


@operation(
    "DELETE",
    "/identity-providers/{provider:str}",
    summary="Trust an identity provider no more",
    tag=TAG,
)
async def remove_identity_provider(desk: Desk, provider: str) -> None:
    """Trust a provider no more; whom it meant is forgotten."""
    await desk.do(providers.remove, provider)


async def _every(reader: Reader, tenant: Tenant, actor: Actor) -> list[Provider]:
    powers.refuse(tenant, actor, "see")
    return await providers.every(reader, tenant)


HANDLERS = (list_identity_providers, trust_identity_provider, remove_identity_provider)
