"""A home with one county in it, and the command line to work on it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from renda_core.cli import renda
from renda_core.domain.identity import citizen_check_digit

ID = "1101011990010100"
COUNTY = """
id = "0198a000-0000-7000-8000-0000000000a1"
code = "qing"
name = "清河县"
level = "county"

[plugins.suggestion_handling]
"""
CONGRESSES = """人大名称,层级,届次,本届首次会议日期
清河县人民代表大会,县级,6,2021-12-28
"""
UNITS = """单位名称,类别
县交通运输局,政府工作部门
县水利局,政府工作部门
"""
ROSTER = f"""姓名,所属人大,届次,当选日期,代表证号,身份证号
王秀英,清河县人民代表大会,6,2021-12-20,0001,
李建国,清河县人民代表大会,6,2021-12-20,0002,
陈明,清河县人民代表大会,6,2021-12-20,0003,{ID}3{citizen_check_digit(ID + "3")}
陈明,清河县人民代表大会,6,2021-12-20,0004,{ID}4{citizen_check_digit(ID + "4")}
"""
TODAY = "2026-01-20"


class Terminal:
    """The command line on one home."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"

    def __call__(self, *args: object, today: str = TODAY, env: dict[str, str] | None = None) -> Result:
        """Run one command line."""
        line = ["--home", str(self.home), "--today", today, *map(str, args)]
        return CliRunner().invoke(renda, line, env=env)

    def ok(self, *args: object, **rest: Any) -> str:
        """Run one that must succeed; give its answer."""
        result = self(*args, **rest)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *args: object, code: int = 0, **rest: Any) -> Any:
        """Run one with --json, and read its answer."""
        result = self("--json", *args, **rest)
        assert result.exit_code == code, result.output
        return json.loads(result.stdout)

    def head(self) -> tuple[int, str]:
        """Give the journal's length and head."""
        told = self.json("journal", "verify", "qing")
        assert told["whole"]
        return told["entries"], told["head"]

    def write(self, name: str, text: str) -> Path:
        """Write a file to bring in."""
        path = self.folder / name
        path.write_text(text, "utf-8")
        return path

    def opened(self, **rest: str) -> str:
        """Open and submit a suggestion of one deputy; give its number."""
        given = ["--title", rest.get("title", "修桥"), "--text", rest.get("text", "城东石桥多年失修")]
        number: str = self.json("--as", "王秀英", "suggestion", "open", "qing", *given)["number"]
        self.ok("--as", "王秀英", "suggestion", "step", "qing", number, "提交")
        return number

    def assigned(self, **rest: str) -> str:
        """Bring a suggestion to one unit."""
        number = self.opened(**rest)
        self.ok("suggestion", "step", "qing", number, "审查受理")
        self.ok("suggestion", "step", "qing", number, "交办", "--units", "县交通运输局:独办")
        return number


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    """A command line on an empty folder."""
    return Terminal(tmp_path)


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county with units and a roster, made once; tests work on copies."""
    made = Terminal(tmp_path_factory.mktemp("filled"))
    made.ok("init")
    made.ok("tenant", "apply", made.write("qing.toml", COUNTY))
    for sheet, text in (("congresses", CONGRESSES), ("units", UNITS), ("roster", ROSTER)):
        made.ok("import", "qing", sheet, made.write(f"{sheet}.csv", text), "--yes")
    return made.folder


@pytest.fixture
def county(filled: Path, tmp_path: Path) -> Terminal:
    """A command line on a county with two units and four deputies, two of one name."""
    return Terminal(Path(shutil.copytree(filled, tmp_path / "county")))
