"""What is said to a device that holds passkeys, and what is believed of its answer; py_webauthn checks both.

A passkey is bound to the name under which this page stands, to its whole origin, and to a challenge that is used once.

Source: W3C Web Authentication Level 3 §§ 5.4, 5.5, 7.1, 7.2.
"""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import attrs
from litestar import Request

from renda_core.errors import NotLetIn
from renda_core.services.accounts.passkeys import LASTS, UNKNOWN, Check, NewPasskey
from renda_core.store.passkeys import PasskeyRow
from renda_server import identity
from renda_server.transport import encrypted

Asking = Request[Any, Any, Any]
LARGEST = 8_000
"""Characters of an answer: a key and a signature are a few hundred bytes."""


@attrs.frozen(kw_only=True)
class Place:
    """Where a page stands, as browsers see it: its origin, and the name that passkeys are bound to."""

    origin: str
    name: str


def place(request: Asking) -> Place:
    """Say where the page stands that was asked for; the name was looked at before anything else."""
    host = identity.said(request.scope, b"host").lower()
    scheme = "https" if encrypted(request.scope, request.app.state.proxies) else "http"
    name, _, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not name:
        name, port = host, ""
    usual = {"https": "443", "http": "80"}[scheme]
    return Place(origin=f"{scheme}://{name}" + (f":{port}" if port and port != usual else ""), name=name)


def possible(request: Asking) -> bool:
    """Tell whether passkeys can be bound to the name under which the page stands: to no bare address."""
    name = place(request).name
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return True
    return False


def to_make(
    at: Place, challenge: str, *, account: str, name: str, called: str, known: Iterable[PasskeyRow]
) -> dict[str, Any]:
    """Ask a device for a new passkey.

    Args:
        called: What the device calls the place, e.g. the county's name.
        known: The account's passkeys, so that a device says that it has one.
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = generate_registration_options(
        rp_id=at.name,
        rp_name=called,
        user_id=UUID(account).bytes,
        user_name=name,
        user_display_name=name,
        challenge=base64url_to_bytes(challenge),
        timeout=int(LASTS.total_seconds() * 1000),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=row.credential) for row in known],
    )
    told: dict[str, Any] = json.loads(options_to_json(options))
    return told


def to_show(at: Place, challenge: str) -> dict[str, Any]:
    """Ask a device for any passkey that it has for this place: nobody says before who they are."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=at.name,
        challenge=base64url_to_bytes(challenge),
        timeout=int(LASTS.total_seconds() * 1000),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    told: dict[str, Any] = json.loads(options_to_json(options))
    return told


def read(answer: str) -> dict[str, Any]:
    """Read what a device answered.

    Raises:
        NotLetIn: It is no answer.
    """
    try:
        made = json.loads(answer) if len(answer) <= LARGEST else None
    except (ValueError, RecursionError):
        made = None
    if not isinstance(made, dict) or not isinstance(made.get("response"), dict):
        raise NotLetIn(UNKNOWN)
    return made


def challenge_of(answer: dict[str, Any]) -> str:
    """Say which challenge an answer is to, by what it says itself; whether there was such a one, the ticket tells.

    Raises:
        NotLetIn: To none.
    """
    from webauthn.helpers import base64url_to_bytes

    try:
        told = json.loads(base64url_to_bytes(answer["response"]["clientDataJSON"]))["challenge"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise NotLetIn(UNKNOWN) from None
    if not isinstance(told, str) or not told.isascii():
        raise NotLetIn(UNKNOWN)
    return told


def credential_of(answer: dict[str, Any]) -> bytes:
    """Say which passkey an answer names.

    Raises:
        NotLetIn: None.
    """
    from webauthn.helpers import base64url_to_bytes

    try:
        found = base64url_to_bytes(answer["rawId"])
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NotLetIn(UNKNOWN) from None
    if not found:
        raise NotLetIn(UNKNOWN)
    return found


def made(answer: dict[str, Any], challenge: str, at: Place, label: str) -> NewPasskey:
    """Check a new passkey.

    Raises:
        NotLetIn: It was made elsewhere, for another challenge, or without looking at who holds the device.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers import base64url_to_bytes

    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=at.name,
            expected_origin=at.origin,
            require_user_verification=True,
        )
    except Exception as error:  # whatever a stranger's answer breaks in the library, it proves nothing
        raise NotLetIn(f"{UNKNOWN}: {type(error).__name__}") from None
    return NewPasskey(
        credential=found.credential_id,
        public_key=found.credential_public_key,
        count=found.sign_count,
        label=label,
    )


def checking(answer: dict[str, Any], challenge: str, at: Place) -> Check:
    """Check an answer against the passkey that it names; how its count stands, the service looks at."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

    def check(row: PasskeyRow) -> int:
        whose = answer["response"].get("userHandle")
        if whose is not None and whose != bytes_to_base64url(UUID(row.account_id).bytes):
            raise NotLetIn(UNKNOWN)
        try:
            found = verify_authentication_response(
                credential=answer,
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=at.name,
                expected_origin=at.origin,
                credential_public_key=row.public_key,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except Exception as error:  # whatever a stranger's answer breaks in the library, it proves nothing
            raise NotLetIn(f"{UNKNOWN}: {type(error).__name__}") from None
        return int(found.new_sign_count)

    return check
