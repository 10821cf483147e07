"""The main job on real files: one county's suggestions from first word to satisfied reply, told as it goes."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import attrs

from renda_core.configuration import Layer, TenantFile, read_tenant
from renda_core.domain.case import Actor
from renda_core.domain.suggestion import KIND
from renda_core.errors import ConfigError
from renda_core.files import SHEETS, read_file, write_workbook
from renda_core.files.columns import Read
from renda_core.services import imports, jobs, journal, ledgers, lookups, reports
from renda_core.services.imports.cases import OPINION
from renda_core.store.codec import new_id
from renda_core.store.ledgers import OverdueRow
from renda_core.tenancy import ALWAYS
from renda_core.workspace import ZONE, Home, Workspace

TODAY = dt.date(2026, 11, 20)
"""The day on which the demonstration stands: its files tell of the year before it."""
FILES = ("congresses.csv", "units.xlsx", "roster.xlsx", "stations.csv", "suggestions.xlsx", "steps.csv", "opinions.csv")
MARK = ".renda-demo"
FIRST = ("审查受理", "交办")
CLERK = Actor(id="019b0000-0000-7000-8000-000000000001", roles={"office", "assigner", "station"})


class Narrator(Protocol):
    """Whoever shows the demonstration: a terminal, or a test that listens."""

    def say(self, text: str) -> None:
        """Tell one line."""

    def count(self, what: str, total: int) -> Callable[[int], None]:
        """Begin to count something long; the answer is told how far it is."""

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Show a table."""


def run(home: Path, folder: Path, narrator: Narrator) -> Path:
    """Run the demonstration.

    Args:
        home: Where to put its data; emptied first, if an earlier demonstration made it.
        folder: The tenants' folder; the county's files lie in it under the tenant's code.

    Returns:
        The yearly report.

    Raises:
        ConfigError: *home* holds something else.
    """
    _clear(home)
    place = Home(path=home, now=lambda: dt.datetime.combine(TODAY, dt.time(9), ZONE))
    file = read_tenant(folder / "xianning.toml")
    data = folder / file.code
    with place.create(file) as county:
        narrator.say(f"1. 建立 {file.name}：启用 {'、'.join(sorted(file.plugins))}")
        _rules(county, narrator)
        narrator.say("2. 导入文件：逐行判定，全部写入或全部不写")
        for name in FILES:
            _bring(county, data / name, narrator)
        again = imported(county, data / "steps.csv", dry=True)
        narrator.say(f"   同一份办理进度表再导一次：{again.counts}，什么也不会改变")
        narrator.say("3. 夜间巡查：逾期动作与承诺事项")
        county.store.run(jobs.sweep(county.store, county.tenant))
        county.store.run(county.store.write(jobs.look, county.file.id, jobs.WATCH, county.tenant))
        path = _report(county, home, narrator)
        _overdue(county, narrator)
        told = county.read(journal.verify)
        narrator.say(f"6. 日志校验：{told.entries} 条，{'完整' if told.whole else told.why}；链头 {told.head[:16]}…")
    _two_months(place, file, data, narrator)
    narrator.say(f"完成。报告：{path}；数据：{home}（密钥单独在 {place.key}，请与数据分开备份）")
    return path


def _clear(home: Path) -> None:
    if home.exists() and any(home.iterdir()):
        if not (home / MARK).exists():
            raise ConfigError("the folder is not a demonstration's", f"{home} holds other files; name an empty folder")
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / MARK).touch()


def _rules(county: Workspace, narrator: Narrator) -> None:
    rows = [
        (r.title, _shown(r.value) if r.stated else "未规定", r.unit, r.layer, r.source)
        for r in county.tenant.rules()
        if r.name in ("reply", "hard_reply", "return_window", "redo", "redo_period", "unanswered_in_base")
    ]
    narrator.table("现行规则（节选；全部：renda rules xianning）", ("规则", "值", "单位", "来自", "依据"), rows)


def _shown(value: object) -> str:
    return "、".join(sorted(value)) if isinstance(value, frozenset) else str(value)


def imported(county: Workspace, path: Path, *, dry: bool, reads: Sequence[Read] | None = None) -> imports.Preview:
    """Preview a file, or apply it, which sees just what a preview would."""
    rows = reads if reads is not None else read_file(path, SHEETS[path.stem])
    if dry:
        return county.do(imports.preview, CLERK, path.stem, rows)
    return county.do(imports.apply, CLERK, path.stem, rows).seen


def _bring(county: Workspace, path: Path, narrator: Narrator) -> None:
    reads = read_file(path, SHEETS[path.stem])
    done = county.do(imports.apply, CLERK, path.stem, reads, narrator.count(path.name, len(reads)))
    counts, written = done.seen.counts, done.new + done.changed + done.warnings
    narrator.say(f"   {path.name:17} {len(reads):5} 行，判定 {counts}，写入 {written}")


def _report(county: Workspace, home: Path, narrator: Narrator) -> Path:
    report = county.ask(reports.yearly, CLERK, TODAY.year)
    heads = county.read(lookups.heads)
    narrator.say(f"4. 代表 {heads.persons} 人、职务 {heads.mandates} 个，{heads.in_groups} 个编入小组（三个不同的数）")
    rows = [(line.title, *_rate(line.rate)) for line in (*report.headline, *report.grades, *report.classes)]
    rows += [(f"{k.title}办结率", *_rate(k.done)) for k in report.kinds if k.done.base]
    narrator.table("年度报告：每个比率都带分母", ("项目", "比率", "分子", "分母", "口径"), rows)
    flags = [(f.facet, f.title, f.n) for f in report.facets if f.facet != "状态"]
    narrator.table("并行状态（互不相加）", ("侧面", "状态", "件数"), flags)
    path = home / f"{report.year}年度报告.xlsx"
    return write_workbook(path, reports.pages(report))


def _rate(rate: object) -> tuple[object, ...]:
    hits, base, of, shown = rate.to_row()  # type: ignore[attr-defined]
    return shown, hits, base, of


def _overdue(county: Workspace, narrator: Narrator) -> None:
    names, found = county.read(lookups.names), list[OverdueRow]()
    while rows := county.ask(ledgers.overdue, CLERK, after=found[-1] if found else None, size=ledgers.LARGEST):
        found += rows
    for kind in (KIND, OPINION):
        procedure = county.tenant.practice.procedure(kind)
        clocks, late = procedure.clocks, [r for r in found if r.kind == kind]
        shown = [
            (r.number, r.title, clocks[r.clock].title, names.get(r.unit, ""), r.due_on, (TODAY - r.due_on).days)
            for r in late[:10]
        ]
        title = f"5. {procedure.kind.title}逾期看板（前十，共 {len(late)} 项）"
        narrator.table(title, ("编号", "标题", "时限", "单位", "到期", "逾期天数"), shown)


def _two_months(place: Home, file: TenantFile, data: Path, narrator: Narrator) -> None:
    """Open the same county under two months, and show every reply's due date side by side."""
    short = Layer(
        name="通河的两个月",
        file="demo",
        since=ALWAYS,
        plugins={"suggestion_handling": {"reply": {"n": 2, "unit": "month"}}},
        sources={"suggestion_handling.reply": "通河 (article 004): 限时两个月"},
    )
    other = attrs.evolve(file, id=new_id(), code=f"{file.code}_two_months", layers=(*file.layers, short))
    dues = []
    for one in (attrs.evolve(file, id=new_id(), code=f"{file.code}_three_months"), other):
        with place.create(one) as county:
            for name in ("congresses.csv", "units.xlsx", "roster.xlsx", "suggestions.xlsx"):
                imported(county, data / name, dry=False)
            steps = read_file(data / "steps.csv", SHEETS["steps"])
            begun = [r for r in steps if r.values["step"] in FIRST]
            imported(county, data / "steps.csv", dry=False, reads=begun)
            rows, names = county.ask(ledgers.overdue, CLERK, size=ledgers.LARGEST), county.read(lookups.names)
            dues.append({(r.number, names[r.unit]): r.due_on for r in rows if r.clock == "reply"})
    three, two = dues
    changed = [key for key in three if three[key] != two[key]]
    narrator.say(
        f"7. 同一个县，只改一项设置（答复期限 3 个月→2 个月）：{len(three)} 个答复期限中 {len(changed)} 个改变"
    )
    pairs = Counter((three[k], two[k]) for k in three)
    narrator.table(
        "到期日对照（疑难件仍为六个月）",
        ("三个月", "两个月", "答复期限数"),
        [(*pair, n) for pair, n in sorted(pairs.items())],
    )


__all__ = ["CLERK", "FILES", "TODAY", "Narrator", "imported", "run"]
