"""What a failure says and which exit code it gives; the codes are part of the interface."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import rich_click as click

from renda_core import redaction
from renda_core.cli import telling
from renda_core.errors import ConfigError, Misuse, NotFound, PluginError, PracticeFailed, Rejected, RendaError, Stale

REFUSED, USAGE, STALE, NOT_FOUND, DEFECT, INTERRUPTED = 1, 2, 3, 4, 70, 130
CODES: tuple[tuple[type[Exception], int], ...] = (
    (Misuse, DEFECT),
    (PracticeFailed, DEFECT),
    (ConfigError, USAGE),
    (PluginError, USAGE),
    (Stale, STALE),
    (NotFound, NOT_FOUND),
    (RendaError, REFUSED),
    (click.ClickException, USAGE),
    (sqlite3.OperationalError, REFUSED),
    (OSError, USAGE),
)
"""The first class that fits decides; whatever fits none is a defect."""


def exit_code(error: Exception) -> int:
    """Say how a command ends that failed so."""
    return next((code for kind, code in CODES if isinstance(error, kind)), DEFECT)


def problem(error: Exception) -> dict[str, Any]:
    """Describe a failure for programs: ``code``, ``detail``, ``reasons``, and the error's own facts."""
    reasons = list(_reasons(error))
    if isinstance(error, RendaError):
        facts = {k: v for k, v in error.details.items() if k not in ("objections", "mistakes", "reasons")}
        return {"code": error.code, "detail": _message(error), "reasons": reasons, **facts}
    code = {USAGE: "usage", REFUSED: "busy"}.get(exit_code(error), "defect")
    return {"code": code, "detail": _message(error), "reasons": reasons}


def report(error: Exception, *, as_json: bool) -> int:
    """Tell a failure, every reason on a line of its own, and give the exit code."""
    if as_json:
        telling.write_json({"problem": problem(error)})
        return exit_code(error)
    telling.aside(f"error: {_message(error)}")
    for reason in _reasons(error):
        telling.aside(f"  - {reason}")
    for told in _facts(error):
        telling.aside(told)
    return exit_code(error)


def _message(error: Exception) -> str:
    if isinstance(error, click.ClickException):
        return error.format_message()
    if isinstance(error, sqlite3.OperationalError):
        return f"the data could not be used just now ({error}); is another program writing? Try again"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    if isinstance(error, RendaError):
        return str(error.args[0])
    return redaction.redacted(f"a defect of the program: {type(error).__name__}: {error}")


def _reasons(error: Exception) -> Iterator[str]:
    listed = getattr(error, "reasons", ()) or getattr(error, "details", {}).get("reasons", ())
    yield from map(str, listed)


def _facts(error: Exception) -> Iterator[str]:
    """Tell what helps to go on: the steps that are open, and what others did meanwhile."""
    details = error.details if isinstance(error, RendaError) else {}
    if isinstance(error, Rejected) and (steps := _list(details.get("open"))):
        yield "open now 现在可办:"
        for step in steps:
            yield f"  {step['title']} {step['step']}: {', '.join(step['who'])}" + (" (you)" if step["yours"] else "")
    if isinstance(error, Stale) and (acts := _list(details.get("changed"))):
        yield "meanwhile 其间:"
        for act in acts:
            yield f"  {act['on']} {act['step']}"


def _list(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []
