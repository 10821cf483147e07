"""The commands on codes that voters follow by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import Terminal

COUNTY = """
id = "0198a000-0000-7000-8000-0000000000b7"
code = "he"
name = "河东县"
level = "county"

[plugins.suggestion_handling]
[plugins.reception]
"""


@pytest.fixture
def opinion(county: Terminal, tmp_path: Path) -> str:
    """The number of an opinion that somebody told."""
    file = tmp_path / "he.toml"
    file.write_text(COUNTY, "utf-8")
    county.ok("tenant", "apply", str(file))
    said = ("--set", "选民=蔡湖生", "--set", "电话=19900000000")
    opened: dict[str, Any] = county.json(
        "suggestion", "open", "he", "--kind", "opinion", "--title", "灯", "--text", "楼道灯不亮", *said
    )
    return str(opened["number"])


def test_a_code_is_given_once_and_looked_by(county: Terminal, opinion: str) -> None:
    code = county.json("code", "issue", "he", opinion)["code"]
    assert len(code) == 9
    for typed in (code, code.lower(), code.replace("-", " ")):
        assert county.json("code", "look", "he", typed)["number"] == opinion
    shown = county.ok("code", "look", "he", code)
    assert "已登记" in shown
    assert "蔡湖生" not in shown
    again = county.json("code", "issue", "he", opinion, "--kind", "opinion")["code"]
    assert county("code", "look", "he", code).exit_code == 4
    assert county.json("code", "look", "he", again)["number"] == opinion


def test_wrong_codes_end_and_say_when_to_come_again(county: Terminal, opinion: str) -> None:
    assert county("code", "look", "he", "none").exit_code == 1
    assert [county("code", "look", "he", "2345-6789").exit_code for _ in range(10)] == [4] * 10
    refused = county("code", "look", "he", "2345-6789", "--json")
    assert refused.exit_code == 1
    assert '"code": "too_many"' in refused.output
    assert '"retry_after"' in refused.output


def test_where_nothing_is_followed_there_are_no_codes(county: Terminal) -> None:
    refused = county("code", "issue", "qing", "2026-1")
    assert refused.exit_code == 4
    assert "enable reception" in refused.output
