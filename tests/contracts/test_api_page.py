"""The page about the API names every operation that the server describes, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path

from renda_server.description import document

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "api.md"
ROW = re.compile(r"^\| `(\w+)` \| `([A-Z]+) (/\S*)` \| (.*) \| (.*) \|$", re.MULTILINE)
PAGING = {"after", "size"}


def test_every_operation_is_on_the_page_with_its_questions_and_nothing_else() -> None:
    shown = [(*found[:4], set(re.findall(r"`(\w+)`", found[4]))) for found in ROW.findall(PAGE.read_text("utf-8"))]
    described = [
        (
            told["operationId"],
            method.upper(),
            path,
            told["summary"],
            {asked["name"] for asked in told["parameters"] if asked["in"] == "query"} - PAGING,
        )
        for path, methods in json.loads(document())["paths"].items()
        for method, told in methods.items()
    ]
    assert sorted(shown, key=str) == sorted(described, key=str)
    assert len(described) > 60
