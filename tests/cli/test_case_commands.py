"""A suggestion's whole road from the command line, and how refusals are told."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from renda_core.cli import failing
from renda_core.errors import (
    ConfigError,
    Invalid,
    Misuse,
    NotAllowed,
    NotFound,
    PluginError,
    Rejected,
    Stale,
)

if TYPE_CHECKING:
    from .conftest import Terminal

UNIT = ("--unit", "县交通运输局")
REPLY = ("--set", "document=清交函〔2026〕1号", "--set", "答复分类=已经解决或者基本解决", "--set", "signed_by=赵局长")


def test_the_whole_road_in_chinese(county: Terminal) -> None:
    number = county.assigned()
    seen = county.json("suggestion", "show", "qing", number)
    assert seen["units"][0]["name"] == "县交通运输局"
    assert ("main", "assigned", "办理中") in {(s["facet"], s["state"], s["title"]) for s in seen["states"]}
    reply = next(c for c in seen["clocks"] if c["name"] == "reply")
    assert reply["due"] == "2026-04-20"
    assert any("代表法 51" in line for line in reply["lines"])
    county.ok(*UNIT, "suggestion", "step", "qing", number, "答复", *REPLY)
    county.ok("suggestion", "step", "qing", number, "评价", "--grade", "基本满意")
    county.ok("suggestion", "step", "qing", number, "办结")
    seen = county.json("suggestion", "show", "qing", number)
    assert [act["title"] for act in seen["acts"]] == ["提出", "提交", "审查受理", "交办", "答复", "评价", "办结"]
    assert seen["acts"][5]["grade"] == "basically"
    assert seen["acts"][0]["by_name"] == "王秀英"
    told = county.ok("suggestion", "show", "qing", number)
    assert "县交通运输局" in told
    assert "基本满意" in told
    assert county.head()[0] >= 10


def test_a_unit_never_sees_its_evaluation(county: Terminal) -> None:
    number = county.assigned()
    county.ok(*UNIT, "suggestion", "step", "qing", number, "答复", *REPLY)
    county.ok("suggestion", "step", "qing", number, "评价", "--grade", "不满意", "--note", "没有面商")
    seen = county(*UNIT, "--json", "suggestion", "show", "qing", number).stdout
    for hidden in ("unsatisfied", "不满意", "没有面商", "satisfaction"):
        assert hidden not in seen
    assert "没有面商" in county.ok("suggestion", "show", "qing", number)


def test_a_refusal_tells_every_objection_and_the_open_steps(county: Terminal) -> None:
    number = county.assigned()
    before = county.head()
    result = county("suggestion", "step", "qing", number, "办结")
    assert result.exit_code == 1
    assert "close refused" in result.stderr
    assert "答复 reply: unit:lead" in result.stderr
    problem = county.json("suggestion", "step", "qing", number, "办结", code=1)["problem"]
    assert problem["code"] == "rejected"
    assert problem["reasons"]
    assert {"step", "title", "who", "yours"} <= problem["open"][0].keys()
    assert county.head() == before


def test_a_stale_version_tells_what_changed(county: Terminal) -> None:
    number = county.opened()
    result = county("suggestion", "step", "qing", number, "审查受理", "--version", 0)
    assert result.exit_code == 3
    assert "submit" in result.stderr
    problem = county.json("suggestion", "step", "qing", number, "审查受理", "--version", 0, code=3)["problem"]
    assert [c["step"] for c in problem["changed"]] == ["submit"]


def test_names_that_nobody_bears_get_the_nearest(county: Terminal) -> None:
    number = county.opened()
    county.ok("suggestion", "step", "qing", number, "accept")
    wrong = county("suggestion", "step", "qing", number, "交办", "--units", "县交通运输局局:独办")
    assert (wrong.exit_code, "县交通运输局'" in wrong.stderr) == (4, True)
    assert county("suggestion", "step", "qing", number, "交班").exit_code == 4
    assert county("suggestion", "step", "qing", number, "交办", "--units", "县交通运输局").exit_code == 1
    assert county("suggestion", "show", "qing", "2099-9").exit_code == 4
    assert county("--as", "陈明", "suggestion", "open", "qing", "--title", "灯").exit_code == 1
    assert county("--as", "0003", "suggestion", "open", "qing", "--title", "灯", "--text", "不亮").exit_code == 0
    assert county("--roles", "offfice", "ledger", "qing").exit_code == 2


def test_fields_are_refused_by_name_and_read_by_type(county: Terminal) -> None:
    asked = ("--as", "王秀英", "suggestion", "open", "qing", "--title", "桥", "--text", "失修")
    result = county(*asked, "--set", "colour=red")
    assert result.exit_code == 1
    assert "colour" in result.stderr
    assert county(*asked, "--set", "matters=many").exit_code == 1
    number = county.json(*asked, "--set", "hard=是", "--set", "matters=1", "--set", "in_session=否")["number"]
    seen = county.json("--as", "王秀英", "suggestion", "show", "qing", number)
    assert (seen["body"]["hard"], seen["body"]["in_session"], seen["body"]["matters"]) == (True, False, 1)


def test_steps_say_what_is_open_and_to_whom(county: Terminal) -> None:
    number = county.opened()
    mine = {s["step"]: s for s in county.json("suggestion", "steps", "qing", number)["steps"]}
    assert mine["accept"]["yours"]
    assert not mine["withdraw"]["yours"]
    assert "审查受理" in county.ok("suggestion", "steps", "qing", number)


def test_a_draft_is_its_deputys_own(county: Terminal) -> None:
    number = county.json("--as", "王秀英", "suggestion", "open", "qing", "--title", "桥", "--text", "失修")["number"]
    assert county("suggestion", "show", "qing", number).exit_code == 4
    assert county("--as", "李建国", "suggestion", "show", "qing", number).exit_code == 4
    assert county("--as", "王秀英", "suggestion", "show", "qing", number).exit_code == 0


def test_merging_names_the_other_by_its_number(county: Terminal) -> None:
    first, second = county.opened(title="桥一"), county.opened(title="桥二")
    for number in (first, second):
        county.ok("suggestion", "step", "qing", number, "审查受理")
    county.ok("suggestion", "step", "qing", second, "并案", "--link", f"merged_into={first}")
    seen = county.json("suggestion", "show", "qing", second)
    assert seen["links"]["merged_into"] == [county.json("suggestion", "show", "qing", first)["id"]]


def test_the_ledger_is_narrowed_paged_and_exported(county: Terminal) -> None:
    numbers = [county.opened(title=f"关于修{what}的建议") for what in ("石桥", "公路", "水渠")]
    county.ok("suggestion", "step", "qing", numbers[0], "审查受理")
    page = county.json("ledger", "qing", "--size", 2)
    assert [c["number"] for c in page["cases"]] == numbers[:2]
    rest = county.json("suggestion", "list", "qing", "--size", 2, "--after", page["after"])
    assert ([c["number"] for c in rest["cases"]], rest["after"]) == (numbers[2:], "")
    assert [c["number"] for c in county.json("ledger", "qing", "--state", "已受理")["cases"]] == numbers[:1]
    assert len(county.json("ledger", "qing", "--person", "王秀英")["cases"]) == 3
    assert [c["number"] for c in county.json("search", "qing", "水渠")["cases"]] == numbers[2:]
    both = county.json("ledger", "qing", "--state", "已受理", "--person", "王秀英", "--sort", "-opened")
    assert [c["number"] for c in both["cases"]] == numbers[:1]
    assert "已受理" in county.ok("ledger", "qing")
    file = county.folder / "ledger.xlsx"
    county.ok("ledger", "qing", "--size", 1, "--xlsx", file)
    rows = list(openpyxl.load_workbook(file).worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == numbers
    assert county("ledger", "qing", "--xlsx", county.folder / "no" / "ledger.xlsx").exit_code == 2


def test_what_is_late_is_listed_with_its_unit(county: Terminal) -> None:
    number = county.assigned()
    assert county.json("overdue", "qing") == {"overdue": []}
    late = county.json("overdue", "qing", today="2026-05-08")["overdue"]
    reply = next(o for o in late if o["clock"] == "reply")
    assert (reply["number"], reply["unit_name"], reply["days"]) == (number, "县交通运输局", 18)
    assert "县交通运输局" in county.ok("overdue", "qing", today="2026-05-08")
    assert county.json("sweep", "qing", today="2026-05-08")["failed"] == []
    assert county.json("calendar", "redate", "qing") == {"moved": []}


def test_the_report_gives_each_rate_beside_its_base(county: Terminal) -> None:
    county.assigned()
    pages = county.json("report", "qing", 2026)["pages"]
    assert {"比率", "分子", "分母"} <= set(pages[0]["columns"])
    file = county.folder / "report.xlsx"
    assert county.json("report", "qing", 2026, "--xlsx", file)["file"] == str(file)
    assert file.exists()
    assert county("--as", "王秀英", "report", "qing", 2026).exit_code == 1


def test_the_journal_is_listed_and_a_change_in_it_is_found(county: Terminal) -> None:
    county.opened()
    entries = county.json("journal", "list", "qing")["entries"]
    assert entries[-1]["what"] == "suggestion.submit"
    assert entries[-1]["actor_name"] == "王秀英"
    assert county.ok("journal", "verify", "qing", "--head").strip() == county.head()[1]
    raw = sqlite3.connect(county.home / "tenants" / "qing.db")
    raw.execute("UPDATE journal SET entry = replace(entry, 'submit', 'accept') WHERE seq = 6")
    raw.commit()
    raw.close()
    told = county.json("journal", "verify", "qing", code=1)
    assert (told["whole"], told["broken"]) == (False, 6)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Rejected("no", "why"), 1),
        (Invalid("no"), 1),
        (NotAllowed("no"), 1),
        (ConfigError("no", "why"), 2),
        (PluginError("no", "why"), 2),
        (Stale("no"), 3),
        (NotFound("no"), 4),
        (Misuse("no"), 70),
        (ZeroDivisionError(), 70),
        (sqlite3.OperationalError("database is locked"), 1),
        (PermissionError(13, "Permission denied", "x"), 2),
    ],
)
def test_every_failure_has_its_exit_code(error: Exception, code: int) -> None:
    assert failing.exit_code(error) == code
    assert {"code", "detail", "reasons"} <= failing.problem(error).keys()


def test_an_interruption_ends_with_130_and_nothing_half_done(county: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    from renda_core.services import cases

    number, before = county.opened(), county.head()
    save = cases.save

    async def interrupted(*args: Any) -> None:
        await save(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(cases, "save", interrupted)
    result = county("suggestion", "step", "qing", number, "审查受理")
    assert result.exit_code == 130
    monkeypatch.undo()
    assert county.head() == before
    assert county.json("suggestion", "show", "qing", number)["version"] == 1


def test_a_defect_ends_with_70(county: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    from renda_core.services import ledgers as service

    async def broken(*args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(service, "ledger_page", broken)
    assert county("ledger", "qing").exit_code == 70
    assert county.json("ledger", "qing", code=70)["problem"]["code"] == "defect"
