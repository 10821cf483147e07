"""What an examination finds: one thing at a time, how bad it is, and what to do about it."""

from __future__ import annotations

from typing import Literal

import attrs

Level = Literal["ok", "note", "wrong"]
"""``ok`` holds, ``note`` is worth knowing, ``wrong`` keeps something from working."""


@attrs.frozen(kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: What it is, in a few words and in Chinese, e.g. ``"key 密钥"``.
        told: What was found.
        remedy: What to do; empty where nothing need be done.
    """

    level: Level
    about: str
    told: str
    remedy: str = ""


def ok(about: str, told: str) -> Finding:
    """Say that something is as it should be."""
    return Finding(level="ok", about=about, told=told)


def note(about: str, told: str, remedy: str) -> Finding:
    """Say what is worth knowing."""
    return Finding(level="note", about=about, told=told, remedy=remedy)


def wrong(about: str, told: str, remedy: str) -> Finding:
    """Say what keeps something from working."""
    return Finding(level="wrong", about=about, told=told, remedy=remedy)
