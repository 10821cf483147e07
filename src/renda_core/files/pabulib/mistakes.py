"""Every mistake of a file, each with its place and remedy, told together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from renda_core.errors import Invalid
from renda_core.files.pabulib.cells import Unreadable

MOST_TOLD = 100
LONGEST_VALUE = 60
"""Characters of a cell that a mistake repeats."""
T = TypeVar("T")


class Mistakes:
    """What is wrong with a file so far."""

    def __init__(self, file: str) -> None:
        self._file, self._told, self._count = file, list[str](), 0

    def add(self, section: str, line: int, column: str, value: str, message: str, remedy: str) -> None:
        """Note a mistake: section, line, column, value, what is wrong and what to do."""
        self._count += 1
        if len(self._told) < MOST_TOLD:
            value = f'"{value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"}"' if value else ""
            parts = (section, f"line {line}" if line else "", f"column {column}" if column else "", value)
            place = ", ".join(filter(None, parts))
            self._told.append(f"{place}: {message}; {remedy}" if place else f"{message}; {remedy}")

    def take(self, section: str, line: int, column: str, value: str, read: Callable[[str], T], default: T) -> T:
        """Read a cell; note what is wrong with it and give *default* instead."""
        try:
            return read(value)
        except Unreadable as wrong:
            self.add(section, line, column, value, wrong.message, wrong.remedy)
            return default

    def stop(self) -> None:
        """Refuse the file if anything is wrong.

        Raises:
            Invalid: With the first mistakes in ``details["mistakes"]``.
        """
        if self._count:
            more = f"; and {self._count - len(self._told):,} more" if self._count > len(self._told) else ""
            message = (
                f"{self._file}: {'; '.join(self._told[:3])}"
                if self._count <= 3
                else (f"{self._file}: {self._count:,} mistakes, nothing was read; first {self._told[0]}{more}")
            )
            raise Invalid(message, file=self._file, mistakes=tuple(self._told), count=self._count)
