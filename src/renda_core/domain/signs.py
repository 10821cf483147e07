"""Signs (码牌): what a code on a wall leads to, and what stands beside it; and the form of such an address."""

from __future__ import annotations

from string import Formatter
from urllib.parse import quote, urlsplit

import attrs

COUNTY = "county"
"""What every form of an address may leave open: the tenant's short name, which the platform fills in."""
LONGEST = 400
"""Characters of an address: a code of more is too fine for a telephone a step away."""
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
"""Hosts that need no encryption, for trying it out."""


@attrs.frozen(kw_only=True)
class Line:
    """One line beside the code, under its label, e.g. 地址; *text* may have several lines of its own."""

    label: str
    text: str


@attrs.frozen(kw_only=True)
class Sign:
    """What hangs on a wall: a title, a code that leads to an address, and some lines.

    Attributes:
        address: Where the code leads; ``{county}`` in it is filled in by whoever makes the sign.
        of: What the title is, e.g. 人大代表联络站.
    """

    address: str
    title: str
    of: str = ""
    lines: tuple[Line, ...] = ()


def form_faults(form: str, names: str) -> tuple[str, ...]:
    """Say what is wrong with the form of an address, e.g. ``https://a.example/{county}/{station}``.

    Args:
        names: What it must leave open beside the county, e.g. ``"station"``.
    """
    try:
        parts = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(form) if name is not None]
    except ValueError as error:
        return (f"{form!r} cannot be read: {error}",)
    found = [f"write {{{name}}} and nothing more in the braces" for name, spec, turned in parts if spec or turned]
    found += [f"there is no {{{name}}}" for name, *_ in parts if name not in (COUNTY, names)]
    if names not in {name for name, *_ in parts}:
        found.append(f"write {{{names}}} where the {names} stands in the address")
    return tuple(found) or _address_faults(form, names)


def _address_faults(form: str, names: str) -> tuple[str, ...]:
    told = form.format(**{COUNTY: "a", names: "a"})
    try:
        split = urlsplit(told)
        host, _ = split.hostname or "", split.port
    except ValueError as error:
        return (f"{form!r} is no address: {error}",)
    found = []
    if split.scheme != "https" and not (split.scheme == "http" and host in LOCAL):
        found.append("an address on a wall begins with https://")
    if not host or "{" in urlsplit(form).netloc:
        found.append("name the host in full")
    if split.username is not None or split.password is not None:
        found.append("an address on a wall names no user")
    if not all("!" <= sign <= "~" for sign in form):
        found.append("an address has no blanks and is written in ASCII, a Chinese host as xn--…")
    if len(form) > LONGEST:
        found.append(f"an address of more than {LONGEST} characters makes a code that nobody can read")
    return tuple(found)


def filled(form: str, **given: str) -> str:
    """Fill parts of an address in, each so that it stays one part of the path whatever it holds."""
    for name, value in given.items():
        form = form.replace(f"{{{name}}}", quote(value, safe=""))
    return form
