"""What is said to a provider of OpenID Connect, and what is believed of its answer.

The code flow with PKCE, ``state`` and ``nonce``; a token is checked against the keys that the issuer itself publishes.
authlib writes what is sent, joserfc checks what is signed, and :mod:`renda_server.outbound` carries both.

Source: OpenID Connect Core 1.0 §§ 3.1.2, 3.1.3.7; Discovery 1.0 § 4.3; RFC 7636; RFC 9207; RFC 9700 § 2.1.
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

import attrs
import httpx
from authlib.common.security import generate_token
from authlib.oauth2 import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from renda_core.services.accounts.providers import SUBJECT, Provider
from renda_server.entry.speaking import NotProved
from renda_server.errors import Unreachable
from renda_server.outbound import Outbound
from renda_server.transport import Network

SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""How a token may be signed: by a key whose other half is public, never by a shared secret, never not at all."""
FRESH = 600.0
"""Seconds for which what a provider says of itself is believed without asking again."""
AGAIN = 60.0
"""Seconds before keys are asked for once more because a token names one that is not among them."""
MOST = 200
"""Providers that one process remembers; the ones longest unused go first."""
SKEW = 60
"""Seconds by which two clocks may differ. U."""
LONG = 64
"""Characters of what we make up. Source: RFC 7636 § 4.1: 43 to 128."""
LONGEST_SUBJECT = 255
"""Source: OpenID Connect Core 1.0 § 2."""
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
BASIC, POST = "client_secret_basic", "client_secret_post"


@attrs.frozen(kw_only=True)
class About:
    """What a provider says of itself."""

    authorization: str
    token: str
    keys: str
    post: bool
    names_itself: bool


@attrs.frozen(kw_only=True)
class Begun:
    """A sign-in that was begun; all but the address stays here."""

    address: str
    nonce: str = attrs.field(repr=False)
    verifier: str = attrs.field(repr=False)


@attrs.define
class _Known:
    about: About
    at: float
    keys: KeySet | None = None
    keys_at: float = 0.0


class Providers:
    """Speaks to providers.

    Args:
        networks: Of the operator's own, where a provider may be too.
        now: The clock by which a token has ended.
    """

    def __init__(self, networks: Iterable[Network], now: Callable[[], dt.datetime]) -> None:
        self._carrier, self._now = Outbound(networks), now
        self._known: OrderedDict[str, _Known] = OrderedDict()

    async def begin(self, provider: Provider, back: str, state: str) -> Begun:
        """Say where somebody goes to sign in there.

        Args:
            back: Our address to which they come back; the provider must know it.

        Raises:
            Unreachable: The provider does not answer, or not as one.
        """
        about = (await self._learned(provider)).about
        nonce, verifier = generate_token(LONG), generate_token(LONG)
        address = prepare_grant_uri(
            about.authorization,
            provider.client,
            "code",
            redirect_uri=back,
            scope="openid" if provider.claim == SUBJECT else "openid profile",
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Begun(address=address, nonce=nonce, verifier=verifier)

    async def finish(
        self,
        provider: Provider,
        secret: str,
        *,
        back: str,
        answer: Mapping[str, str],
        nonce: str,
        verifier: str,
    ) -> str:
        """Say who came back: the subject, as the provider names it.

        Args:
            answer: What the address bore with which somebody came back.

        Raises:
            NotProved: What came back proves nothing.
            Unreachable: The provider does not answer, or not as one.
        """
        known = await self._learned(provider)
        named = answer.get("iss", "")
        if named != provider.issuer and (named or known.about.names_itself):
            raise NotProved("the answer is another issuer's")  # RFC 9207: who mixes providers up
        if answer.get("error") or not answer.get("code"):
            raise NotProved("the provider says that nobody signed in")
        told = await self._exchanged(known.about, provider, secret, back, answer["code"], verifier)
        return await self._checked(known, provider, told, nonce)

    async def _exchanged(
        self, about: About, provider: Provider, secret: str, back: str, code: str, verifier: str
    ) -> Mapping[str, Any]:
        body = prepare_token_request("authorization_code", redirect_uri=back, code=code, code_verifier=verifier)
        proof = ClientAuth(provider.client, secret, POST if about.post else BASIC)
        uri, headers, body = proof.prepare("POST", about.token, dict(FORM), body)
        status, told = await self._asked("POST", uri, headers, body)
        if status != httpx.codes.OK or not isinstance(told.get("id_token"), str):
            raise NotProved(f"the provider did not take the code: {status}")
        return told

    async def _checked(self, known: _Known, provider: Provider, told: Mapping[str, Any], nonce: str) -> str:
        """Check a token: signature, issuer, audience, nonce and end; give the subject."""
        text = told["id_token"]
        try:
            keys = await self._keys(known)
            try:
                token = jwt.decode(text, keys, algorithms=SIGNED)
            except InvalidKeyIdError:  # none of the keys is the one that it names: they may have been changed
                token = jwt.decode(text, await self._keys(known, anew=True), algorithms=SIGNED)
            claims = CodeIDToken(
                token.claims,
                token.header,
                options={
                    "iss": {"essential": True, "value": provider.issuer},
                    "aud": {"essential": True, "value": provider.client},
                },
                params={"nonce": nonce, "client_id": provider.client, "access_token": told.get("access_token")},
            )
            claims.validate(now=int(self._now().timestamp()), leeway=SKEW)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise NotProved(f"the token proves nothing: {type(error).__name__}") from None
        subject = claims.get(provider.claim)
        if isinstance(subject, int) and not isinstance(subject, bool):
            subject = str(subject)
        if not isinstance(subject, str) or not subject or len(subject) > LONGEST_SUBJECT:
            raise NotProved(f"the token has no {provider.claim!r} that names somebody")
        return subject

    async def _learned(self, provider: Provider) -> _Known:
        """Give what a provider says of itself."""
        held = self._known.get(provider.issuer)
        if held is None or time.monotonic() - held.at > FRESH:
            status, told = await self._asked("GET", get_well_known_url(provider.issuer, external=True))
            if status != httpx.codes.OK or told.get("issuer") != provider.issuer:
                raise Unreachable(f"{provider.issuer} does not describe itself as a provider of OpenID Connect")
            held = self._known[provider.issuer] = _Known(_about(told, provider.issuer), time.monotonic())
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        self._known.move_to_end(provider.issuer)
        return held

    async def _keys(self, known: _Known, *, anew: bool = False) -> KeySet:
        if known.keys is None or (anew and time.monotonic() - known.keys_at > AGAIN):
            status, told = await self._asked("GET", known.about.keys)
            if status != httpx.codes.OK or not isinstance(told.get("keys"), list):
                raise Unreachable(f"{known.about.keys} holds no keys")
            known.keys, known.keys_at = KeySet.import_key_set({"keys": told["keys"]}), time.monotonic()
        return known.keys

    async def _asked(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: str = ""
    ) -> tuple[int, Mapping[str, Any]]:
        request = httpx.Request(method, url, headers=dict(headers or {}), content=body.encode())
        answer = await self._carrier.handle_async_request(request)
        try:
            told = json.loads(answer.content)
        except ValueError:
            told = {}
        return answer.status_code, told if isinstance(told, dict) else {}

    async def aclose(self) -> None:
        """Close what is open."""
        await self._carrier.aclose()


def _about(told: Mapping[str, Any], issuer: str) -> About:
    """Read what a provider says of itself.

    Raises:
        Unreachable: It lacks an address, or sends people where they could be listened to.
    """
    secure = urlsplit(issuer).scheme == "https"
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    places = [told.get(name) for name in names]
    if not all(isinstance(p, str) and p.startswith("https://" if secure else ("https://", "http://")) for p in places):
        raise Unreachable(f"{issuer} names no proper addresses")
    methods = told.get("token_endpoint_auth_methods_supported", [BASIC])
    return About(
        authorization=str(places[0]),
        token=str(places[1]),
        keys=str(places[2]),
        post=isinstance(methods, list) and BASIC not in methods and POST in methods,
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
    )
