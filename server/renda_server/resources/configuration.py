"""The configuration (县级配置): one document, a version at a time."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from pathlib import Path
from typing import Annotated, Literal

import attrs
import msgspec
from msgspec import Meta

from renda_core.configuration import Layer, TenantFile
from renda_core.domain.areas import Level
from renda_core.services import configuring
from renda_core.services.configuring import Held
from renda_server import bodies
from renda_server.answering import Answer, tagged
from renda_server.desks import Desk
from renda_server.operations import Asking, operation
from renda_server.shapes import Asked, Fields, Given, Line, Name, Version

TAG = "configuration"


class LayerGiven(Given, kw_only=True, frozen=True):
    """Settings by practice, from one date on; *file* is the name that mistakes are told under.

    *silent* names what the file states nothing on, each as ``practice.setting``; *early* marks the layer that tells
    only that nothing of a profile held before its text was in force.
    """

    name: Name
    file: Line
    since: dt.date
    plugins: dict[Name, Fields]
    sources: dict[Line, Line] = msgspec.field(default_factory=dict)
    silent: tuple[Line, ...] = ()
    early: bool = False


class Configuration(Given, kw_only=True, frozen=True):
    """A tenant's whole configuration, layer over layer: the farthest profile first, the latest change last.

    A later layer wins over an earlier one, whatever their dates; those of one file are put in order by date.
    *id* and *code* say whose it is and never change. *version* is the version that the asker saw, unless ``If-Match``
    bears it.
    """

    __ids__ = ("id",)

    id: Line
    code: Name
    name: Line
    level: Level
    layers: Annotated[tuple[LayerGiven, ...], Meta(min_length=1, max_length=200)]
    without: tuple[Name, ...] = ()
    prefer: dict[Name, Name] = msgspec.field(default_factory=dict)
    version: Version | None = None


class Preview(Asked, kw_only=True, frozen=True):
    """Whether to check only, and change nothing."""

    preview: bool = False


class ConfigurationDone(msgspec.Struct, kw_only=True, frozen=True):
    """What became of a configuration: the version in force, or the one that it would be."""

    version: int
    state: Literal["applied", "unchanged", "checked"]


@operation("GET", "/configuration", summary="Show the configuration", tag=TAG, etag=True)
async def show_configuration(desk: Desk) -> Answer[Configuration]:
    """Show the document in force, with its version."""
    held = await desk.ask(configuring.show)
    return tagged(document_of(held), held.version)


@operation(
    "PUT",
    "/configuration",
    summary="Replace the configuration",
    tag=TAG,
    problems=(412, 422),
    etag=True,
)
async def replace_configuration(
    desk: Desk, request: Asking, asked: Preview, data: Configuration, if_match: str
) -> Answer[ConfigurationDone]:
    """Put a new document in force, checked whole before it holds; ``preview=true`` only checks it.

    Every mistake is listed at once. The same document twice changes nothing.
    """
    hosts, seen = request.app.state.hosts, bodies.version(data.version, if_match)
    held = await desk.ask(configuring.show)
    file = file_of(data, held.file)
    if asked.preview:
        would = await desk.ask(configuring.preview, file, seen, hosts.check)
        return tagged(ConfigurationDone(version=would.version, state="checked"), held.version)
    done = await desk.do(configuring.replace, file, seen, hosts.check)
    desk.later.append(lambda: hosts.look_again(desk.tenant.id))
    return tagged(
        ConfigurationDone(version=done.version, state="unchanged" if done.version == seen else "applied"), done.version
    )


def document_of(held: Held) -> Configuration:
    """Write a configuration as it is shown: of files, their names alone."""
    file = held.file
    return Configuration(
        id=file.id,
        code=file.code,
        name=file.name,
        level=file.level,  # type: ignore[arg-type]  # one of LEVELS, checked when it was read
        layers=tuple(
            LayerGiven(
                name=layer.name,
                file=Path(layer.file).name,
                since=layer.since,
                plugins={plugin: dict(values) for plugin, values in layer.plugins.items()},
                sources=dict(layer.sources),
                silent=layer.silent,
                early=layer.early,
            )
            for layer in file.layers
        ),
        without=tuple(sorted(file.without)),
        prefer=dict(file.prefer),
        version=held.version,
    )


def file_of(data: Configuration, held: TenantFile) -> TenantFile:
    """Put a document in the form that is stored; which files are read stays as it is."""
    places = {Path(layer.file).name: layer.file for layer in held.layers}
    layers = tuple(
        Layer(
            name=a.name,
            file=places.get(a.file, a.file),
            since=a.since,
            plugins=a.plugins,
            sources=a.sources,
            silent=a.silent,
            early=a.early,
        )
        for _, of_one_file in groupby(data.layers, key=lambda a: (a.name, a.file))
        for a in sorted(of_one_file, key=lambda a: a.since)
    )
    return attrs.evolve(
        held,
        id=data.id,
        code=data.code,
        name=data.name,
        level=data.level,
        layers=layers,
        profiles=tuple(p for p in held.profiles if any(layer.name == p.name for layer in layers)),
        without=frozenset(data.without),
        prefer=data.prefer,
    )


HANDLERS = (show_configuration, replace_configuration)
