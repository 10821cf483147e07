"""The description's examples are real: recorded from a running server, and still what it answers."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest

import renda_server
from renda_server.answering import JSON

from .asking import OPERATIONS, ORDER, send
from .prepared import furnish
from .sending import called

if TYPE_CHECKING:
    from .conftest import Site

KEPT = Path(renda_server.__file__).with_name("examples.json")
PASSING = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{64}(?:[0-9a-f]{64})?\b|\bWy[A-Za-z0-9_-]{20,}(?![\w+/=-])"
    r"|\brenda_[\w-]{64}|\bwhsec_[\w+/]{43}=|(?<=\": \")[\w-]{43}(?=\")"
    r"|otpauth:[^\"]*|\b[A-Z2-7]{32}\b|(?<=\"code\": \")\d{6}(?=\")"
    r"|\b[2-9A-HJKMNP-Z]{4}(?:-[2-9A-HJKMNP-Z]{4}){1,3}\b|[A-Za-z0-9+/]{100,}={0,2}|\"choices\": \[[^]]*\]"
)
"""Ids, hashes, signatures, codes, cursors, sealed papers, and what trial papers were marked: new in every county."""


def recorded(site: Site) -> dict[str, Any]:
    """Send every operation its request, and keep what was sent and what came."""
    ids = furnish(site)
    found = {}
    for name in ORDER:
        told = OPERATIONS[name]
        answer, body = send(site, name, ids)
        assert answer.status_code == told.status, (name, answer.text)
        found[name] = {"path": {p: ids.get(p, "") for p in told.parameters if ids.get(p)}}
        if told.takes is not None:
            found[name]["request"] = body
        called(site.client, site.app.state.runner.idle)
        if answer.headers.get("Content-Type", "") in (JSON, "") and answer.content:
            found[name]["response"] = answer.json()
    return found


def steady(value: Any) -> str:
    """Write a value with its ids, hashes and cursors named in the order in which they come."""
    met: dict[str, str] = {}
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return PASSING.sub(lambda m: met.setdefault(m[0], f"<{len(met)}>"), text)


def test_every_example_is_what_a_running_server_was_asked_and_answered(site: Site) -> None:
    found = recorded(site)
    if os.environ.get("RENDA_RECORD"):
        KEPT.write_text(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    kept = json.loads(KEPT.read_text("utf-8"))
    assert kept.keys() == found.keys(), "record anew: RENDA_RECORD=1 pytest tests/server/test_examples.py"
    for name in found:
        assert steady(kept[name]) == steady(found[name]), f"{name}: record anew with RENDA_RECORD=1"


def test_every_operation_shows_an_example_that_fits_its_schema(site: Site) -> None:
    document = site.client.get("/schema/openapi.json").json()
    for path, methods in document["paths"].items():
        for told in methods.values():
            name = told["operationId"]
            parts = [told["responses"][str(OPERATIONS[name].status)].get("content", {})]
            # A whole file is no example.
            parts += [told["requestBody"]["content"]] if "requestBody" in told and not OPERATIONS[name].uploads else []
            for content in (part[JSON] for part in parts if JSON in part):
                assert "examples" in content, f"{name} {path} shows no example"
                schema = {**content["schema"], "components": document["components"]}
                for example in content["examples"].values():
                    jsonschema_rs.Draft202012Validator(schema).validate(example["value"])


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_says_what_it_is(name: str, description: dict[str, Any]) -> None:
    told = description[name]
    assert told["summary"]
    assert told["description"].strip().endswith((".", "day."))
    assert told["tags"]
    for status, answer in told["responses"].items():
        assert answer["description"]
        if int(status) >= 400:
            assert answer["content"].keys() == {"application/problem+json"}
    if name != "healthz":
        assert {"403", "404", "429", "503"} <= told["responses"].keys()
        # Everybody asks what is public; where somebody signs in, what was shown may open nothing.
        open_to_all = OPERATIONS[name].public and OPERATIONS[name].tag != "entry"
        assert ("401" in told["responses"]) != open_to_all


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    """Every operation as it is described, by its name."""
    from renda_server.description import document

    paths = json.loads(document())["paths"]
    return {told["operationId"]: told for methods in paths.values() for told in methods.values()}
