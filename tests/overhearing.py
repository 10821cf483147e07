"""What every test overhears: the application's own logs, in which no telephone and no identity number may stand."""

from __future__ import annotations

import logging
import re

PERSONAL = re.compile(r"(?<![0-9A-Za-z-])(?:1[3-9]\d{9}|\d{17}[\dXx])(?![0-9A-Za-z-])")
"""A mobile number, or a resident's identity number, that is no part of something longer."""


class Overhearing(logging.Handler):
    """Keeps the lines that say something personal, formatted in full, with the traceback."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Look at a line."""
        line = self.format(record)
        if PERSONAL.search(line):
            self.found.append(f"{record.name}: {line}")

    def taken(self) -> list[str]:
        """Give what was found since the last time."""
        found, self.found = self.found, []
        return found


overhearing = Overhearing()
"""One for each process that runs tests."""
