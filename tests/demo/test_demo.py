"""The main job on the shipped files, listened to: the article's figures, each beside its denominator."""

from pathlib import Path

import openpyxl
import pytest

from renda_core import demo
from renda_core.cli.showing_demo import Listener
from renda_core.errors import ConfigError

TENANTS = Path(__file__).parents[2] / "tenants"
pytestmark = [pytest.mark.filterwarnings("ignore:SQLite:RuntimeWarning"), pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def heard(tmp_path_factory):
    listener = Listener()
    listener.path = demo.run(tmp_path_factory.mktemp("demo") / "home", TENANTS, listener)
    return listener


def table(heard, title):
    return next(t["rows"] for t in heard.tables if title in t["title"])


@pytest.mark.parametrize(
    ("title", "shown", "hits", "base"),
    [
        ("群众意见办结率", "92.74 %", "5045", "5440"),
        ("办复率", "100.00 %", "149", "149"),
        ("首轮满意", "78.52 %", "117", "149"),
        ("首轮基本满意", "18.79 %", "28", "149"),
        ("首轮不满意", "2.68 %", "4", "149"),
        ("二次交办率", "21.48 %", "32", "149"),
        ("按期答复率", "98.10 %", "155", "158"),
    ],
)
def test_each_rate_stands_beside_its_denominator(heard, title, shown, hits, base):
    row = next(r for r in table(heard, "年度报告") if r["项目"] == title)
    assert (row["比率"], row["分子"], row["分母"]) == (shown, hits, base)


def test_key_items_and_transfers_stand_beside_the_handling(heard):
    flags = {(r["侧面"], r["状态"]): int(r["件数"]) for r in table(heard, "并行状态")}
    assert flags["重点督办", "重点督办"] == 46
    assert sum(n for (facet, state), n in flags.items() if facet == "检察建议转化" and state != "未移送") == 9


def test_what_is_overdue_is_on_the_board(heard):
    assert [r["编号"][-4:] for r in table(heard, "代表建议逾期看板（前十，共 3 项）")] == ["099号", "128号", "144号"]
    late = table(heard, "群众意见逾期看板")
    assert len(late) == 10
    assert {r["时限"] for r in late} <= {"答复", "反馈"}


def test_one_setting_changes_every_ordinary_due_date(heard):
    pairs = {(r["三个月"], r["两个月"]): int(r["答复期限数"]) for r in table(heard, "到期日对照")}
    assert pairs == {("2026-04-20", "2026-03-20"): 144, ("2026-07-20", "2026-07-20"): 14}


def test_the_report_opens_and_its_rates_have_numbers_beside_them(heard):
    book = openpyxl.load_workbook(heard.path)
    rows = list(book["总表"].iter_rows(values_only=True))
    assert rows[0] == ("项目", "比率", "分子", "分母", "分母口径")
    assert ("二次交办率", "21.48 %", 32, 149, "交办的建议") in rows
    assert any("journal" in line or ("日志校验" in line and "完整" in line) for line in heard.lines)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(ConfigError, match="holds other files"):
        demo.run(tmp_path, TENANTS, Listener())
    assert (tmp_path / "letter.txt").read_text() == "mine"
