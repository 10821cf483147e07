"""How a terminal shows the demonstration: lines, tables and progress bars; with ``--json`` one document at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table


class Terminal:
    """Shows the demonstration as it goes."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress: Progress | None = None

    def say(self, text: str) -> None:
        """Tell one line."""
        self._end()
        self._console.print(text, highlight=False)

    def count(self, what: str, total: int) -> Callable[[int], None]:
        """Show a bar for something long."""
        self._end()
        columns = (TextColumn("   {task.description}"), BarColumn(), MofNCompleteColumn())
        self._progress = Progress(*columns, console=self._console, transient=True)
        self._progress.start()
        task, bar = self._progress.add_task(what, total=total), self._progress
        return lambda done: bar.update(task, completed=done)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Show a table."""
        self._end()
        shown = Table(*columns, title=title, title_justify="left")
        for row in rows:
            shown.add_row(*(str(cell) for cell in row))
        self._console.print(shown)

    def _end(self) -> None:
        if self._progress is not None:
            self._progress.stop()
            self._progress = None


class Listener:
    """Keeps what the demonstration tells, for ``--json``."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.tables: list[dict[str, Any]] = []

    def say(self, text: str) -> None:
        """Keep one line."""
        self.lines.append(text)

    def count(self, what: str, total: int) -> Callable[[int], None]:
        """Keep silent."""
        return lambda done: None

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Keep a table."""
        told = [dict(zip(columns, (str(cell) for cell in row), strict=True)) for row in rows]
        self.tables.append({"title": title, "rows": told})
