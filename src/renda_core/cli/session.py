"""What every command knows before it starts: the home, who acts, the day, and how to answer."""

from __future__ import annotations

import contextlib
import datetime as dt
import getpass
import os
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import attrs
import rich_click as click

from renda_core.cli import telling
from renda_core.domain.case import Actor
from renda_core.errors import ConfigError, NotFound

if TYPE_CHECKING:  # the store is loaded by the command that opens it, so that --help answers at once
    from renda_core.workspace import Home, Workspace

OWNER_ROLES = "office,assigner"
"""Roles of whoever owns an embedded file and names nobody else."""


@attrs.define(kw_only=True)
class Session:
    """The options that hold for all commands.

    Attributes:
        who: A person's name, certificate number or id; empty means whoever is logged in to the machine.
        roles: Names of roles with commas; None means those that fit *who* and *unit*.
        unit: The handling unit acted for, by name or id.
        today: The day to work on, for demonstrations; None means the real one.
    """

    home: Path = Path("data")
    json: bool = False
    who: str = ""
    roles: str | None = None
    unit: str = ""
    today: dt.date | None = None

    def at(self) -> Home:
        """Name the folder of data."""
        from renda_core.workspace import ZONE, Home

        if self.today is None:
            return Home(path=self.home)
        moment = dt.datetime.combine(self.today, dt.time(9), ZONE)
        return Home(path=self.home, now=lambda: moment)

    @contextlib.contextmanager
    def open(self, code: str) -> Iterator[Workspace]:
        """Open a tenant for the time of a command."""
        if "RENDA_DATABASE" in os.environ:
            from renda_core.cli.database import open_hosted

            opened = open_hosted(self.at(), code, os.environ)
        else:
            opened = self.at().open(code)
        with opened as workspace:
            yield workspace

    def actor(self, workspace: Workspace) -> Actor:
        """Say who acts, with which roles, for which unit.

        Raises:
            NotFound: Nobody, or no unit, is named so.
            ConfigError: A role that this tenant does not have.
        """
        from renda_core.cli import finding

        tenant = workspace.tenant
        id = workspace.read(finding.person_id, self.who, tenant.today) if self.who else login(tenant.id)
        unit = workspace.read(finding.unit_id, self.unit, tenant.today) if self.unit else ""
        # A unit's people hold no role of their own: what they may do and see comes from the case.
        usual = "" if self.unit else "deputy" if self.who else OWNER_ROLES
        given = usual if self.roles is None else self.roles
        roles = frozenset(given.replace("，", ",").replace(",", " ").split())
        known = tenant.practice.roles
        wrong = [_unknown(role, known) for role in sorted(roles - known)]
        if wrong:
            raise ConfigError("no such roles", *wrong)
        return Actor(id=id, roles=roles, unit=unit)

    def tell(self, data: object, human: Callable[[], None]) -> None:
        """Answer: the data as JSON, or the same for people."""
        if self.json:
            telling.write_json(data)
        else:
            human()

    @contextlib.contextmanager
    def progress(self, what: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Show how far a long piece of work is, where a person watches; None where nobody knows how long it is."""
        if self.json or not telling.console(stderr=True).is_terminal:
            yield lambda done: None
            return
        from rich.progress import Progress

        with Progress(console=telling.console(stderr=True), transient=True) as bar:
            task = bar.add_task(what, total=total)
            yield lambda done: bar.update(task, completed=done)


def codes(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """Complete a tenant's code from the home that the command line names, or would use."""
    from renda_core.workspace import Home

    home = ctx.find_root().params.get("home") or os.environ.get("RENDA_HOME", "data")
    return [code for code in Home(path=Path(home)).codes() if code.startswith(incomplete)]


TENANT = click.argument("tenant", shell_complete=codes)
"""Which tenant a command works on."""


def login(tenant: str) -> str:
    """Give the id of whoever is logged in to this machine: the same every time, and nobody of the roster."""
    return str(uuid5(UUID(tenant), f"login:{login_name()}"))


def login_name() -> str:
    """Name whoever is logged in to this machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container whose user has no entry
        return "owner"


def _unknown(role: str, known: frozenset[str]) -> str:
    near = get_close_matches(role, sorted(known), n=1)
    return f"{role}" + (f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(sorted(known))}")


def no_such_case(kind: str, number: str) -> NotFound:
    """Say that there is no such case, or none that the asker may see: one answer to both."""
    return NotFound(f"no {kind} {number!r}, or none that you may see; list them: renda ledger TENANT --kind {kind}")


class Command(click.RichCommand):
    """A command that also takes ``--json`` after its name."""

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.params.append(json_option())


def json_option() -> click.Option:
    """Make the option that asks for an answer that programs read."""

    def ask(ctx: click.Context, _: click.Parameter, value: bool) -> None:
        session = ctx.find_object(Session)
        if session is not None and value:
            session.json = True

    return click.Option(
        ["--json"],
        is_flag=True,
        expose_value=False,
        callback=ask,
        help="Answer in JSON, without colours; errors too, as a problem object on stdout.",
    )


class Group(click.RichGroup):
    """A group of such commands."""

    command_class = Command


Group.group_class = Group
__all__ = ["TENANT", "Command", "Group", "Session", "codes", "json_option", "login", "login_name", "no_such_case"]
