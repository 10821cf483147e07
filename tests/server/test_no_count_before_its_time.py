"""No count of any kind before its time, by any outlet; and afterwards by those that are for it."""

from __future__ import annotations

import logging
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from tests.core.balloting import Voting

from renda_core import catalogue as catalogues
from renda_core.domain.case import Actor
from renda_core.testing import uid
from renda_core.workspace import Home
from renda_server.app import create_app
from renda_server.settings import Settings

from . import votes
from .asking import OPERATIONS
from .conftest import NAMES, NOW, OVER, Site
from .outlet_commands import SILENT, every_command
from .outlets import EARLY, NUMBERS, STAGES, THEIRS, County, canaries
from .prepared import furnish

pytestmark = pytest.mark.xdist_group("outlets")  # the county is made once, for all of them
OUTLETS = sorted(
    {name for name, told in OPERATIONS.items() if told.method == "GET" and name != "print_ballot"}
    | {f"print_ballot {paper}" for paper in ("record", "announcement", "paper", "tally")}
    | {f"refusal {what}" for what in ("count", "announcement", "closing", "opening", "bundles")}
    | {n for n in every_command() if n not in SILENT and not n.startswith("trustee") and n != "ballot print"}
    | {"ballot print record", "ballot print announcement", "log", "file"}
    | {
        f"table {name}"
        for name in ("journal", "outbox", "notice", "request_key", "case_file", "ballot_roll", "ballot_sheet")
    }
)
"""What is asked: every reading operation, every command, tables of the database, and the log."""
MAY = {
    *THEIRS, "print_ballot announcement", "ballot print announcement", "export_count", "ballot export", "show_case",
    "print_case", "suggestion show", "suggestion print", "show_page", "give_page", "page show", "page print",
    "page export", "table case_file",
}  # fmt: skip
"""Where numbers may stand once they are announced."""


class Heard(logging.Handler):
    """Keeps everything that is logged, however unimportant."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line."""
        self.lines.append(f"{record.name} {record.getMessage()}")

    @property
    def text(self) -> str:
        """Give all of it."""
        return "\n".join(self.lines)

    def clear(self) -> None:
        """Forget what was kept."""
        self.lines.clear()


@pytest.fixture(scope="module")
def county(two_counties: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """A county that held two votes from beginning to end, and all that was told meanwhile."""
    folder = tmp_path_factory.mktemp("outlets")
    home = Home(path=Path(shutil.copytree(two_counties[0], folder / "home")), now=lambda: NOW)
    plugins, bad = catalogues.discovered()
    people = {name: Actor(id=uid(name), roles="deputy") for name in ("teller one", "teller two")}
    root, heard = logging.getLogger(), Heard()
    before = root.level
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogues, "discovered", lambda: ({**plugins, "voting": Voting()}, bad))
        app = create_app(Settings(names=NAMES, home=home, now=lambda: NOW))
        with TestClient(app, base_url=OVER, raise_server_exceptions=False) as client:
            site = Site(home, dict(two_counties[1]), app, client)
            site.give(people)
            ids = furnish(site)
            votes.enable(site, voting={})
            found = County(site=site, ids=ids)
            found.prepare()
            root.addHandler(heard)
            root.setLevel(logging.DEBUG)
            for stage in STAGES:
                if stage != "voting":
                    found.advance(stage)
                found.listen(stage, heard, folder / "files")
            yield found
    root.removeHandler(heard)
    root.setLevel(before)


def test_every_command_and_operation_is_an_outlet_or_says_why_not(county: County) -> None:
    assert SILENT.keys() <= set(every_command())
    heard = {said.outlet for said in county.said}
    assert set(OUTLETS) <= heard, set(OUTLETS) - heard


@pytest.mark.parametrize("outlet", OUTLETS)
def test_no_outlet_tells_a_number_before_it_is_announced(county: County, outlet: str) -> None:
    leaks = defaultdict(list)
    for said in county.said:
        if said.outlet != outlet or (said.stage == "announced" and outlet in MAY):
            continue
        for kind in NUMBERS:
            if said.stage == "counted" and outlet in THEIRS and said.who in EARLY[kind]:
                continue
            if found := canaries(kind).findall(said.text):
                leaks[said.stage, said.who, kind].append(found[:3])
    assert not leaks, dict(leaks)


@pytest.mark.parametrize(
    ("outlet", "who", "kinds"),
    [
        ("show_ballot", "wang", set(NUMBERS)),
        ("show_ballot", "office", set(NUMBERS)),
        ("ballot show", "wang", set(NUMBERS)),
        ("print_ballot record", "office", set(NUMBERS)),
        ("print_ballot announcement", "wang", set(NUMBERS)),
        ("export_count", "office", set(NUMBERS)),
        ("ballot export", "office", set(NUMBERS)),
        ("show_case", "office", {"each"}),
        ("show_page", "office", {"group_survey"}),
    ],
)
def test_once_announced_the_numbers_are_told(county: County, outlet: str, who: str, kinds: set[str]) -> None:
    text = "".join(s.text for s in county.said if (s.outlet, s.who, s.stage) == (outlet, who, "announced"))
    assert {kind for kind in NUMBERS if canaries(kind).search(text)} == kinds


@pytest.mark.parametrize("who", ["chair", "teller one"])
def test_who_counts_and_who_announces_has_them_from_the_count_on(county: County, who: str) -> None:
    for stage, seen in (("entered", set()), ("counted", set(NUMBERS))):
        text = "".join(s.text for s in county.said if (s.outlet, s.who, s.stage) == ("show_ballot", who, stage))
        assert {kind for kind in NUMBERS if canaries(kind).search(text)} == seen


def test_the_numbers_are_unmistakable() -> None:
    for kind, other in zip(NUMBERS, reversed(NUMBERS), strict=True):
        pattern: Any = canaries(kind)
        told = [*NUMBERS[kind], sum(NUMBERS[kind]), f"{NUMBERS[kind][0]:,}"]
        assert all(pattern.search(f'"votes": [{n}, 1]') and pattern.search(f"赞成 {n}，") for n in told)
        assert not any(pattern.search(f'"votes": [{n}, 1]') for n in NUMBERS[other])
        assert not pattern.search(f"0{NUMBERS[kind][0]}1 a{NUMBERS[kind][0]}f 01a2-{NUMBERS[kind][0]}-7")
