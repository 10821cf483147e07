"""A register of duty records on the command line: a form, in, the same again, out, and back."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest

from renda_core.testing import uid

from .conftest import COUNTY

REGISTER = """姓名,代表证号,种类,日期,数量,事由,证据,学时,人次,走访人次
王秀英,0001,走访选民,2026-01-05,约30,走访城东村,登记表,,3,12
李建国,,学习培训,2026-01-06,,代表培训班,签到表,4.5,,
"""


@pytest.fixture
def duties(county: Any) -> Any:
    """A county with its roster and the practice that knows visits and training."""
    county.ok("tenant", "apply", county.write("qing.toml", COUNTY + "\n[plugins.meetings_and_training]\n"))
    return county


def test_a_register_goes_in_and_out_and_in_again(duties: Any) -> None:
    register = duties.write("履职.csv", REGISTER)
    seen = duties.json("import", "qing", "records", register, "--dry-run")
    assert (seen["ok"], seen["counts"]["new"], seen["counts"]["warning"]) == (True, 1, 1)
    assert "人次" in str(seen["problems"])  # a column of nothing that is known
    assert duties.json("import", "qing", "履职登记", register, "--yes")["applied"]["warnings"] == 1
    for name in ("r.csv", "r.xlsx"):
        out = duties.folder / name
        told = duties.json("export", "qing", "records", out)
        assert (told["rows"], told["columns"][:4]) == (2, ["代表", "代表证号", "种类", "日期"])
        again = duties.json("import", "qing", "records", out, "--dry-run")
        assert (again["counts"]["same"], again["problems"]) == (2, [])


def test_the_form_has_what_the_countys_kinds_measure(duties: Any) -> None:
    plain = duties.json("template", "records", duties.folder / "a.xlsx")["columns"]
    whole = duties.json("template", "records", duties.folder / "b.xlsx", "--tenant", "qing")["columns"]
    assert {"学时", "走访人次"} <= {*whole} - {*plain}
    book = openpyxl.load_workbook(duties.folder / "b.xlsx")
    assert [cell.value for cell in book.worksheets[0][1]][:3] == ["代表*", "代表证号", "种类*"]


def test_a_deputy_brings_no_register_and_takes_none(duties: Any) -> None:
    register = duties.write("履职.csv", REGISTER)
    asker = ("--as", uid("somebody"))
    assert duties(*asker, "import", "qing", "records", register, "--yes").exit_code != 0
    assert duties(*asker, "export", "qing", "records", duties.folder / "r.csv").exit_code != 0
    assert duties.json("export", "qing", "records", duties.folder / "r.csv")["rows"] == 0
