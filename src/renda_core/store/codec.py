"""Documents: frozen objects to JSON and back; a plugin's parts come back as its own classes."""

import logging
from fractions import Fraction
from functools import lru_cache
from operator import attrgetter
from typing import Any, TypeVar, get_type_hints

import attrs
import msgspec
from uuid_utils import uuid7

from renda_core.domain.case import Act, Case
from renda_core.domain.clock import REMEMBERED, Clock
from renda_core.domain.frozen import frozen, maps
from renda_core.domain.procedure import Procedure

T = TypeVar("T")
log = logging.getLogger("renda.plugins")


def new_id() -> str:
    """Make a UUIDv7, so that ids sort by time."""
    return str(uuid7())


def _enc(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    raise NotImplementedError(f"a document cannot hold a {type(value).__name__}")


def _dec(cls: type, value: Any) -> Any:
    return cls(value) if cls is Fraction else value


def _stored(a: Any, kind: Any) -> tuple[str, Any, Any]:
    default = msgspec.NODEFAULT if a.default is attrs.NOTHING else a.default
    return a.name, tuple[msgspec.Raw, ...] if a.name == "clocks" else kind, msgspec.field(default=default)


_encoder = msgspec.json.Encoder(enc_hook=_enc, order="deterministic")
_FIELDS = attrs.fields(Case)
_NAMES = tuple(a.name for a in _FIELDS)
_parts = attrgetter(*_NAMES)
_kinds = get_type_hints(Case)
_Stored = msgspec.defstruct("_Stored", [_stored(a, _kinds[a.name]) for a in _FIELDS], frozen=True, kw_only=True)
"""A case of which the clocks are left as they are written."""
_case = msgspec.json.Decoder(_Stored, dec_hook=_dec)
_clock = lru_cache(REMEMBERED)(msgspec.json.Decoder(Clock, dec_hook=_dec).decode)
"""Reads a clock; equal ones, of cases that were opened alike, are one object, of which much is reckoned once."""


def encode(value: object) -> bytes:
    """Write any frozen object; equal objects give equal bytes."""
    return _encoder.encode(value)


def decode(raw: bytes, cls: type[T]) -> T:
    """Read an object whose class says everything."""
    return msgspec.json.decode(raw, type=cls, dec_hook=_dec)


def convert(value: object, cls: type[T], *, strict: bool = True) -> T:
    """Read plain data as *cls*.

    Args:
        strict: False reads numbers and yes or no from texts, as an address or a command line has them.

    Raises:
        msgspec.ValidationError: Naming the path of what does not fit.
    """
    return msgspec.convert(value, cls, strict=strict, dec_hook=_dec)


def decode_case(raw: bytes, procedure: Procedure | None) -> Case:
    """Read a case; parts of plugins that are not enabled, or cannot read them, stay plain data and are kept."""
    parts = dict(zip(_NAMES, _parts(_case.decode(raw)), strict=True))
    parts["clocks"] = tuple([_clock(bytes(clock)) for clock in parts["clocks"]])
    case = Case(**parts)
    for act in case.acts:
        if act.payload is not None:
            _put(act, "payload", _payload(act, procedure) if procedure else frozen(act.payload))
    body = procedure.kind.body if procedure else None
    if procedure and body and case.body:
        _put(case, "body", _fitted(case.body, body, procedure.kind.plugin, case.kind))
    else:
        _put(case, "body", frozen(case.body))
    return case


_put = object.__setattr__
"""Fills a field of what was read this moment and nobody has seen: a frozen object made anew costs more than to read."""


class Written(msgspec.Struct, frozen=True):
    """A stored case's title and body as plain data: all that a comparison of texts reads, many times cheaper."""

    title: str
    body: Any = None


_written = msgspec.json.Decoder(Written)


def decode_written(raw: bytes) -> Written:
    """Read a case's title and body alone."""
    return _written.decode(raw)


def _payload(act: Act, procedure: Procedure) -> Any:
    step = procedure.steps.get(act.step)
    if step is None or step.takes is None:
        return frozen(act.payload)
    return _fitted(act.payload, step.takes, step.plugin, f"{step.kind}.{step.name}")


def _fitted(value: Any, cls: type, plugin: str, where: str) -> Any:
    """Read what a practice's class once wrote; what it cannot read any more stays plain data and is kept."""
    try:
        made: Any = convert(value, cls)
    except Exception as error:  # the class is the practice's own, and the case must stay readable without it
        log.error("%s: what is stored of %s does not fit its class: %s", plugin, where, type(error).__name__)
        return frozen(value)
    return frozen(made) if maps(cls) else made
