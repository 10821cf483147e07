"""Documents: frozen objects to JSON and back; a plugin's parts come back as its own classes."""

from fractions import Fraction
from typing import Any, TypeVar

import attrs
import msgspec
from uuid_utils import uuid7

from renda_core.domain.case import Case
from renda_core.domain.procedure import Procedure

T = TypeVar("T")


def new_id() -> str:
    """Make a UUIDv7, so that ids sort by time."""
    return str(uuid7())


def _enc(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    raise NotImplementedError(f"a document cannot hold a {type(value).__name__}")


def _dec(cls: type, value: Any) -> Any:
    return cls(value) if cls is Fraction else value


_encoder = msgspec.json.Encoder(enc_hook=_enc, order="deterministic")
_case = msgspec.json.Decoder(Case, dec_hook=_dec)


def encode(value: object) -> bytes:
    """Write any frozen object; equal objects give equal bytes."""
    return _encoder.encode(value)


def decode(raw: bytes, cls: type[T]) -> T:
    """Read an object whose class says everything."""
    return msgspec.json.decode(raw, type=cls, dec_hook=_dec)


def convert(value: object, cls: type[T]) -> T:
    """Read plain data as *cls*.

    Raises:
        msgspec.ValidationError: Naming the path of what does not fit.
    """
    return msgspec.convert(value, cls, dec_hook=_dec)


def decode_case(raw: bytes, procedure: Procedure | None) -> Case:
    """Read a case; parts of plugins that are not enabled stay plain data and are kept."""
    case = _case.decode(raw)
    if procedure is None:
        return case
    takes = {name: step.takes for name, step in procedure.steps.items()}
    acts = tuple(
        attrs.evolve(a, payload=convert(a.payload, cls)) if a.payload is not None and (cls := takes.get(a.step)) else a
        for a in case.acts
    )
    body = procedure.kind.body
    return attrs.evolve(case, acts=acts, body=convert(case.body, body) if body and case.body else case.body)
