"""The root command: options that hold for all commands, and what becomes of failures."""

from __future__ import annotations

import contextlib
import datetime as dt
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import rich_click as click

from renda_core import redaction
from renda_core.cli import failing, telling
from renda_core.cli.session import Group, Session, json_option
from renda_core.errors import RendaError


class Root(Group):
    """A group that ends with the exit code of what happened, and never half told."""

    def main(self, args: Sequence[str] | None = None, *rest: Any, **extra: Any) -> Any:
        """Run one command line and leave with its exit code."""
        given = list(sys.argv[1:] if args is None else args)
        session = Session()
        extra |= {"standalone_mode": False, "obj": session}
        code: int = 0
        try:
            with warnings.catch_warnings(), _stoppable():
                # A command is one process and ends; `init` and `serve` tell about the machine's SQLite themselves.
                warnings.filterwarnings("ignore", "SQLite .* WAL-reset", RuntimeWarning)
                code = super().main(given, *rest, **extra) or 0
        except (click.Abort, KeyboardInterrupt):
            telling.aside("interrupted 已中断: what was under way was not done")
            code = failing.INTERRUPTED
        except Exception as error:
            if isinstance(error, click.UsageError) and error.ctx and not session.json:
                telling.aside(error.ctx.get_usage())
            code = failing.report(error, as_json=session.json or "--json" in given)
            if code == failing.DEFECT and not isinstance(error, RendaError):
                telling.aside(redaction.redacted(traceback.format_exc()))
        sys.exit(code)


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """Let a request to end (SIGTERM) undo what is under way, as Ctrl-C does, rather than cut it off."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@click.group(
    cls=Root,
    name="renda",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 refused by rules or data, 2 wrong usage or configuration, 3 somebody was faster, "
    "4 not found, 70 a defect, 130 interrupted.",
)
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="RENDA_HOME",
    default=Path("data"),
    show_default=True,
    show_envvar=True,
    help="数据目录 The folder that holds the tenants and, apart from them, the key.",
)
@click.option("--as", "who", default="", metavar="NAME|ID", help="经办人 Who acts: name, certificate number or id.")
@click.option("--roles", default=None, metavar="A,B", help="角色 Roles of who acts; by default office,assigner, "
              "deputy with --as, none with --unit.")  # fmt: skip
@click.option("--unit", default="", metavar="NAME|ID", help="承办单位 The handling unit acted for.")
@click.option("--today", type=click.DateTime(["%Y-%m-%d"]), hidden=True, help="Work as on this day.")
@click.version_option(package_name="renda", prog_name="renda")
@click.pass_obj
def renda(session: Session, home: Path, who: str, roles: str | None, unit: str, today: dt.datetime | None) -> None:
    """人大代表工作 Deputy work of a People's Congress: suggestions, rosters, deadlines, ledgers and reports.

    Begin with: renda init; renda tenant new; renda tenant apply. Or look first: renda demo.
    """
    session.home, session.who, session.roles, session.unit = home, who, roles, unit
    session.today = today.date() if today else None


renda.params.append(json_option())
