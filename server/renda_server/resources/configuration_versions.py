"""The versions of the configuration (配置版本): listed, shown, compared, and an older one put in force again."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from msgspec import Meta

from renda_core.errors import ConfigError, Rejected
from renda_core.services import configuring
from renda_core.services.comparing import Comparison, compare
from renda_core.tenancy import Tenant
from renda_server import bodies
from renda_server.answering import Answer, tagged
from renda_server.desks import Desk
from renda_server.hosting import Hosts
from renda_server.operations import Asking, operation
from renda_server.resources.configuration import TAG, Configuration, ConfigurationDone, document_of, file_of
from renda_server.resources.practice import RuleShown, rule_shown
from renda_server.shapes import Asked, Given, Name, Page, Size, Version

Number = Annotated[int, Meta(ge=1, le=999_999_999)]


class VersionShown(msgspec.Struct, kw_only=True, frozen=True):
    """A version of the configuration: who put it in force, and when."""

    version: int
    author: str
    at: dt.datetime


class VersionsAsked(Asked, kw_only=True, frozen=True):
    """Which versions: those *before* one, the newest first."""

    before: Number = 999_999_999
    size: Size = 50


class Compared(Asked, kw_only=True, frozen=True):
    """Which two versions: the one *before*, and the *version* that came later, by default the one in force."""

    before: Number
    version: Number | None = None


class RuleWouldChange(msgspec.Struct, kw_only=True, frozen=True):
    """A rule that is not the same from a day on; null where it does not exist there."""

    since: dt.date
    plugin: str
    name: str
    title: str
    before: RuleShown | None
    after: RuleShown | None


class Differences(msgspec.Struct, kw_only=True, frozen=True):
    """What another configuration changes: practices *on* and *off*, rules by day, and kinds that become read-only."""

    name: tuple[str, str] | None
    level: tuple[str, str] | None
    on: tuple[str, ...]
    off: tuple[str, ...]
    readonly: dict[str, str]
    changes: tuple[RuleWouldChange, ...]


class Restored(Given, kw_only=True, frozen=True):
    """The version that the asker saw in force, unless ``If-Match`` bears it."""

    version: Version | None = None


@operation("GET", "/configuration/versions", summary="List the versions", tag=TAG)
async def list_versions(desk: Desk, asked: VersionsAsked) -> Page[VersionShown]:
    """List the versions that were ever in force, the newest first."""
    rows = await desk.ask(configuring.versions, asked.before, asked.size)
    return Page(items=[VersionShown(version=row.n, author=row.author, at=row.at) for row in rows], after="")


@operation("GET", "/configuration/versions/{version:str}", summary="Show a version", tag=TAG, etag=True)
async def show_version(desk: Desk, version: Name) -> Answer[Configuration]:
    """Show the document of one version."""
    held = await desk.ask(configuring.version, _number(version))
    return tagged(document_of(held), held.version)


@operation("GET", "/configuration/differences", summary="Compare two versions", tag=TAG, problems=(422,))
async def compare_versions(desk: Desk, request: Asking, asked: Compared) -> Differences:
    """Say what changed between two versions: rules with their sources, practices, and what became read-only."""
    hosts: Hosts = request.app.state.hosts
    before = await desk.ask(configuring.version, asked.before)
    after = await (desk.ask(configuring.version, asked.version) if asked.version else desk.ask(configuring.show))
    return _told(compare(_opened(hosts, before), _opened(hosts, after), desk.tenant.today))


@operation(
    "POST", "/configuration/differences", summary="Compare a new document", tag=TAG,
    problems=(412, 422), repeatable=True, status=200,
)  # fmt: skip
async def compare_document(desk: Desk, request: Asking, data: Configuration, if_match: str) -> Differences:
    """Say what a new document would change beside the one in force, checked whole; nothing is changed."""
    hosts, seen = request.app.state.hosts, bodies.version(data.version, if_match)
    held = await desk.ask(configuring.show)
    would = await desk.ask(configuring.preview, file_of(data, held.file), seen, hosts.check)
    return _told(compare(desk.tenant, _opened(hosts, would), desk.tenant.today))


@operation(
    "POST", "/configuration/versions/{version:str}/restoration", summary="Put a version in force again", tag=TAG,
    problems=(412, 422), etag=True, status=200,
)  # fmt: skip
async def restore_version(
    desk: Desk, request: Asking, version: Name, data: Restored, if_match: str
) -> Answer[ConfigurationDone]:
    """Put an older document in force again, as a new version; it is checked as a new one is."""
    hosts, seen = request.app.state.hosts, bodies.version(data.version, if_match)
    done = await desk.do(configuring.restore, _number(version), seen, hosts.check)
    desk.later.append(lambda: hosts.look_again(desk.tenant.id))
    state = "unchanged" if done.version == seen else "applied"
    return tagged(ConfigurationDone(version=done.version, state=state), done.version)  # type: ignore[arg-type]


def _number(text: str) -> int:
    """Read the number of a version; what is none never was one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _opened(hosts: Hosts, held: configuring.Held) -> Tenant:
    try:
        return hosts.would_be(held.file)
    except ConfigError as error:
        raise Rejected(
            f"version {held.version} does not fit the practices that are installed now", *error.reasons
        ) from None


def _told(found: Comparison) -> Differences:
    changes = tuple(
        RuleWouldChange(
            since=change.since,
            plugin=change.difference.plugin,
            name=change.difference.name,
            title=change.difference.title,
            before=rule_shown(change.difference.before) if change.difference.before else None,
            after=rule_shown(change.difference.after) if change.difference.after else None,
        )
        for change in found.changes
    )
    return Differences(
        name=found.name,
        level=found.level,
        on=found.on,
        off=found.off,
        readonly=dict(found.readonly),
        changes=changes,
    )


HANDLERS = (list_versions, show_version, compare_versions, compare_document, restore_version)
