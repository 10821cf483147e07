"""The last resort against personal data in logs: what looks like a number, a secret or an address is struck out.

Code here logs ids, names of things and places in the source, never a value. What a library logs of its own accord, and
what somebody overlooks, goes through this before any handler sees it, whichever it is.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable
from typing import Any

PERSONAL = re.compile(r"(?<![0-9A-Fa-f-])(?:[0-9]{17}[0-9Xx]|1[3-9][0-9]{9})(?![0-9A-Fa-f-])")
"""What looks like an ID number or a mobile phone's."""
STRUCK = "***"
_SECRET = re.compile(
    r"renda_[A-Za-z0-9_-]{20,}"  # a pass
    r"|(?i:(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}"
    r"|\$argon2[a-z]*\$\S+"
    r"|(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"  # 32 random bytes
    r"|[A-Z2-9]{4}-[A-Z2-9]{4}(?![A-Za-z0-9-])"  # a voter's code
)
_FIELD = re.compile(
    r"(?i)((?:password|passwd|secret|token|code|phone|mobile|id_?number|voter|authorization|cookie|口令|密码|电话|身份证号码?)"
    r"[\"']?\s*[=:：]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&)}\]]+)"
)
"""A value behind a name that tells what it is."""
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_DSN = re.compile(r"(://[^:/\s@]*:)[^@/\s]+@")
TALKATIVE = ("httpx", "httpcore")
DEEPEST = 8
"""Frames of an error that a line of the log names, the innermost first."""
_LONGEST = 20_000
"""Characters of one line; more is no line of ours."""


def redacted(text: str) -> str:
    """Give a text with everything struck out that looks personal or secret."""
    text = _DSN.sub(rf"\1{STRUCK}@", text[:_LONGEST])
    text = _FIELD.sub(rf"\1{STRUCK}", text)
    for pattern in (_SECRET, PERSONAL, _MAIL):
        text = pattern.sub(STRUCK, text)
    return text


def told(error: BaseException) -> str:
    """Tell an error by its class and where it happened; its message may quote what was asked."""
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    where = " < ".join(f"{f.filename}:{f.lineno} {f.name}" for f in reversed(frames))
    return f"{type(error).__name__} at {where or 'nowhere'}"


def _made(before: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    def factory(*args: Any, **rest: Any) -> logging.LogRecord:
        record = before(*args, **rest)
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # a message whose arguments do not fit it: the name alone is safe
            text = f"{record.name}: a line that could not be written"
        record.msg, record.args = redacted(text), ()
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text, record.exc_info = told(record.exc_info[1]), None
        return record

    factory.__dict__["redacting"] = True
    return factory


def install() -> None:
    """Let every line that this process logs from now on go through here; a second time changes nothing.

    Libraries that log the addresses they ask, with all that stands in them, are told to keep to warnings.
    """
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    before = logging.getLogRecordFactory()
    if not getattr(before, "redacting", False):
        logging.setLogRecordFactory(_made(before))
