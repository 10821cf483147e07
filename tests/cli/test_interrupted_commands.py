"""Ctrl-C in the middle of long work: no part of a file stays, the data are as before or whole, the exit code is 130."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from renda_core.cli import telling
from renda_core.cli.session import Session
from renda_core.services import exports, popolo
from renda_core.services.search import reindex
from renda_core.store.unit import Unit

if TYPE_CHECKING:
    from .conftest import Terminal

INTERRUPTED = 130


def stopping(function: Callable[..., Any], at: int) -> Callable[..., Any]:
    """Call a function, and be interrupted in the call *at*, after it did its work."""
    calls = [0]

    async def stopped(*args: Any, **rest: Any) -> Any:
        done = await function(*args, **rest)
        calls[0] += 1
        if calls[0] == at:
            raise KeyboardInterrupt
        return done

    return stopped


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_an_export_leaves_the_old_file_or_none(
    county: Terminal, monkeypatch: pytest.MonkeyPatch, ending: str, at: int
) -> None:
    old = county.folder / f"old.{ending}"
    county.ok("export", "qing", "roster", old)
    before = old.read_bytes(), sorted(county.folder.rglob("*"))
    monkeypatch.setattr(exports, "rows", stopping(lambda *a, **k: exports_rows(*a, **k, size=1), at))
    for file in (old, county.folder / f"new.{ending}"):
        result = county("export", "qing", "roster", file)
        assert result.exit_code == INTERRUPTED
        assert "interrupted" in result.stderr
        assert "Traceback" not in result.output
        monkeypatch.setattr(exports, "rows", stopping(lambda *a, **k: exports_rows(*a, **k, size=1), at))
    assert (old.read_bytes(), sorted(county.folder.rglob("*"))) == before


exports_rows = exports.rows


@pytest.mark.parametrize("at", [1, 2, 3])
def test_reindexing_goes_on_where_it_was_stopped(county: Terminal, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    for n in range(3):
        county.assigned(title=f"石桥{n}")
    page = reindex.reindex_page
    monkeypatch.setattr(reindex, "PAGE", 1)
    monkeypatch.setattr(reindex, "reindex_page", stopping(page, at))
    before = county.head()[0]
    assert county("reindex", "qing").exit_code == INTERRUPTED
    assert county.head()[0] == before + at - 1  # the page under way was undone, those before it are done
    assert len(county.json("search", "qing", "石桥")["cases"]) == 3
    monkeypatch.setattr(reindex, "reindex_page", page)
    done = county.json("reindex", "qing")
    assert (done["cases"], done["added"], done["cut"]) == (3, 0, 0)
    assert county.json("journal", "verify", "qing")["whole"]


@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_popolo_import_is_all_or_nothing(county: Terminal, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    file, after = county.folder / "in.json", county.folder / "out.json"
    county.ok("popolo", "export", "qing", after)
    whole = json.loads(after.read_text("utf-8"))
    whole["persons"] += [{"id": f"new-{n}", "name": f"新人{n}"} for n in range(3)]
    whole["organizations"] += [{"id": "u", "name": "县新局", "classification": "handling unit"}]
    file.write_text(json.dumps(whole, ensure_ascii=False), "utf-8")
    before = county.head(), after.read_bytes()
    writes = Unit.write_all
    monkeypatch.setattr(Unit, "write_all", stopping(writes, at)) if at < 3 else monkeypatch.setattr(
        Unit, "write_many", stopping(Unit.write_many, 1)
    )
    assert county("popolo", "import", "qing", file).exit_code == INTERRUPTED
    monkeypatch.undo()
    county.ok("popolo", "export", "qing", after)
    assert (county.head(), after.read_bytes()) == before
    assert county.json("popolo", "import", "qing", file)["applied"]["new"] == 4


def test_a_popolo_export_leaves_no_part(county: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    before = sorted(county.folder.rglob("*"))
    monkeypatch.setattr(popolo, "export", stopping(popolo.export, 1))
    assert county("popolo", "export", "qing", county.folder / "a.json").exit_code == INTERRUPTED
    assert sorted(county.folder.rglob("*")) == before


class Watched(io.StringIO):
    """A terminal that somebody watches."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_who_watches_sees_how_far_it_is(county: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.console import Console

    seen = Watched()
    console = telling.console
    monkeypatch.setattr(
        telling,
        "console",
        lambda *, stderr=False: Console(file=seen, force_terminal=True, width=100) if stderr else console(),
    )
    told: list[int] = []
    progress = Session.progress

    def heard(self: Session, what: str, total: int | None) -> Any:
        told.append(len(what))
        return progress(self, what, total)

    monkeypatch.setattr(Session, "progress", heard)
    county.ok("export", "qing", "roster", county.folder / "a.csv")
    county.ok("reindex", "qing")
    county.ok("popolo", "export", "qing", county.folder / "a.json")
    county.ok("popolo", "import", "qing", county.folder / "a.json")
    county.ok("report", "qing", 2026, "--xlsx", county.folder / "a.xlsx")
    assert len(told) == 6
    for word in ("导出 export", "重建检索 reindex", "导入 import", "年度报表 report"):
        assert word in seen.getvalue()
