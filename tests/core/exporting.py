"""A county with a little of everything, to be taken out as files and brought in again."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from renda_core.domain.case import Actor
from renda_core.domain.identity import citizen_check_digit
from renda_core.files import SHEETS, open_rows, read_file, write_table
from renda_core.services import exports, imports
from renda_core.testing import Bench, uid

TODAY = dt.date(2026, 11, 20)
CLERK = Actor(id=uid("clerk"), roles={"office", "assigner", "station"})
HOME = "乙县人民代表大会"
ORDER = ("congresses", "sessions", "units", "roster", "voters", "stations", "suggestions", "steps", "opinions")
"""The sheets in the order in which they can be brought in."""
EVIL = (
    '=HYPERLINK("http://x","y")', "=1+1", "+86 10", "-2+3", "@SUM(A1)", "＝cmd|' /C calc'!A0", "＋1", "－1", "＠x",
    '=DDE("cmd";"/C calc";"x")', "'=1+1", "_x0041_", "\u202e=1+1", "龘𠮷，「全角」",
)  # fmt: skip
ID = "42129919800506001"
Lines = Sequence[Mapping[str, object]]
FILES: dict[str, list[dict[str, object]]] = {
    "congresses": [
        {"人大名称": "甲市人民代表大会", "层级": "市级", "届次": 6, "本届首次会议日期": "2021-12-28", "设区": "是"},
        {"人大名称": HOME, "层级": "县级", "上级人大": "甲市人民代表大会", "届次": 6, "本届首次会议日期": "2021-11-18",
         "人口": 500000, "行政区划代码": "421221"},
    ],
    "units": [
        {"单位名称": "县政府办公室"},
        {"单位名称": "县交通局", "统一社会信用代码": "11421299MB900000AY", "联系电话": "0715-8000001",
         "上级单位": "县政府办公室"},
        {"单位名称": "县水利局", "负责人": "张三"},
    ],
    "roster": [
        {"姓名": "王小明", "出生日期": "1980-05-06", "身份证号": ID + citizen_check_digit(ID), "手机号": "19900001234",
         "性别": "男", "所属人大": HOME, "届次": 6, "代表证号": "0001", "当选日期": "2021-11-15", "代表团": "一团",
         "代表小组": "一组", "选区": "第一选区", "补选": "是", "构成": "工人"},
        {"姓名": "买买提·艾力", "所属人大": HOME, "届次": 6, "代表证号": "0002", "当选日期": "2021-11-15"},
        {"姓名": "无证", "所属人大": HOME, "届次": 6, "当选日期": "2021-11-15"},
    ],
    "sessions": [{"人大名称": HOME, "届次": 6, "会次": 3, "开幕日期": "2026-01-10", "闭幕日期": "2026-01-14"}],
    "voters": [{"姓名": "赵六", "所属人大": HOME, "选区": "第一选区", "登记日期": "2021-10-01"}],
    "stations": [{"名称": "一站", "类型": "代表联络站", "所属人大": HOME, "联系电话": "19900006100", "编号": "01"}],
    "suggestions": [
        {"编号": "001", "标题": "修桥的建议", "内容": "桥面破损\n请修", "领衔代表": "0001", "附议代表": "0002、无证",
         "提出日期": "2026-01-12", "会议期间": "是", "类别": "交通", "届次会次": "六届三次会议", "疑难": "是"},
        {"编号": "002", "标题": "修路的建议", "内容": "路面破损", "领衔代表": "无证", "提出日期": "2026-01-13"},
        {"编号": "003", "标题": "路灯的建议", "内容": "不亮", "领衔代表": "0002", "提出日期": "2026-01-14"},
    ],
    "steps": [
        {"编号": "001", "环节": "审查受理", "日期": "2026-01-15"},
        {"编号": "001", "环节": "交办", "日期": "2026-01-20", "主办单位": "县交通局", "会办单位": "县水利局"},
        {"编号": "001", "环节": "会办意见", "日期": "2026-02-01", "经办单位": "县水利局", "会办意见": "同意"},
        {"编号": "001", "环节": "答复", "日期": "2026-03-02", "经办单位": "县交通局", "答复文号": "1", "答复分类": "A",
         "签发人": "赵", "面商日期": "2026-02-20", "同意公开": "否"},
        {"编号": "001", "环节": "评价", "日期": "2026-03-10", "等次": "不满意", "说明": "桥还是坏的", "办理态度": "好"},
        {"编号": "001", "环节": "二次交办", "日期": "2026-03-20", "独办单位": "县交通局", "说明": "桥还是坏的"},
        {"编号": "002", "环节": "不作为建议", "日期": "2026-01-16", "说明": "个人问题",
         "不作为建议的情形": "代表本人及其亲属的个人问题"},
    ],
    "opinions": [
        {"编号": "Y-1", "登记日期": "2026-03-16", "站点": "一站", "反映人": "李四", "手机号": "19900005678",
         "内容": "路灯不亮", "类别": "市政", "接待代表": "0001", "处理方式": "当场答复", "答复日期": "2026-03-16",
         "答复内容": "已报修", "反馈选民日期": "2026-03-17", "反馈代表日期": "2026-03-17", "办结日期": "2026-03-18"},
        {"编号": "Y-2", "登记日期": "2026-03-17", "内容": "噪声大"},
    ],
}  # fmt: skip


def brought(folder: Path, sheet: str, lines: Lines) -> Any:
    """Write lines as a CSV file, as people would, and read it."""
    path = folder / f"given-{sheet}.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(title for line in lines for title in line)))
        writer.writeheader()
        writer.writerows(lines)
    return read_file(path, SHEETS[sheet])


def fill(bench: Bench, folder: Path, files: Mapping[str, Lines] = FILES) -> None:
    """Bring files into a county."""
    for sheet in ORDER:
        if sheet in files:
            bench.do(imports.apply, CLERK, sheet, brought(folder, sheet, files[sheet]))


def taken(bench: Bench, sheet: str, actor: Actor = CLERK, **rest: Any) -> Iterable[exports.Rows]:
    """Read every part of an export."""
    after = ""
    while True:
        part = bench.ask(exports.rows, actor, sheet, after=after, **rest)
        yield part
        if not (after := part.after):
            return


def cells(bench: Bench, sheet: str, actor: Actor = CLERK, **rest: Any) -> list[dict[str, object]]:
    """Give an export's rows by their headers."""
    return [
        dict(zip(part.titles, row, strict=True)) for part in taken(bench, sheet, actor, **rest) for row in part.rows
    ]


def out(bench: Bench, sheet: str, path: Path, actor: Actor = CLERK, **rest: Any) -> Path:
    """Export a sheet into a file."""
    return write_table(path, exports.page(lambda after: bench.ask(exports.rows, actor, sheet, after=after, **rest)))


def look(bench: Bench, sheet: str, path: Path) -> dict[str, int]:
    """Say what importing a file would do: rows by state."""
    with open_rows(path, SHEETS[sheet]) as rows:
        seen = bench.do(imports.preview, CLERK, sheet, rows)
    assert not seen.problems, [str(problem) for problem in seen.problems]
    return dict(seen.counts)
