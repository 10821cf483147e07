"""The yearly report as sections of a paper: no rate without its numerator and the name of its denominator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from renda_core import papers as p
from renda_core.domain.rates import Rate
from renda_core.domain.yearly import Group, Line
from renda_core.services.reports import Report

SHARE = (
    p.Column(title="项目", width=5),
    p.Column(title="比率", width=2, side="right"),
    p.Column(title="分子", width=1.2, side="right"),
    p.Column(title="分母", width=1.2, side="right"),
    p.Column(title="分母口径", width=4),
)
GROUPED = (
    ("办复率", "办复 / 交办"),
    ("按期率", "按期 / 应复"),
    ("首轮满意率", "满意 / 评价"),
    ("最终满意率", "满意 / 评价"),
)


def sections(report: Report) -> tuple[p.Section, ...]:
    """Lay a report out; a part that has nothing to count is left out."""
    return tuple(_sections(report))


def _sections(report: Report) -> Iterator[p.Section]:
    yield p.Section(title="总体情况", blocks=(_shares(report.headline),))
    if report.grades:
        yield p.Section(title="首轮评价", blocks=(_shares(report.grades),))
    if report.classes:
        yield p.Section(title="答复分类", blocks=(_shares(report.classes),))
    if report.facets:
        yield p.Section(title="办理状态", blocks=(_facets(report),))
    for title, head, groups in (
        ("按承办单位", "承办单位", report.units),
        ("按代表团", "代表团", report.delegations),
        ("按类别", "类别", report.subjects),
    ):
        if groups:
            yield p.Section(title=title, blocks=(_groups(head, groups),), note=_bases(groups))
    if report.kinds:
        lines = [Line(title=f"{k.title}办结率", rate=k.done) for k in report.kinds]
        yield p.Section(title="各类办件", blocks=(_shares(lines),), note="各类办件性质不同，件数不相加。")


def _shares(lines: Sequence[Line]) -> p.Table:
    return p.Table(columns=SHARE, rows=[_share(line) for line in lines])


def _share(line: Line) -> tuple[str, ...]:
    hits, base, of, shown = line.rate.to_row()
    return line.title, shown, str(hits), str(base), of


def _facets(report: Report) -> p.Table:
    columns = (p.Column(title="侧面", width=1), p.Column(title="状态", width=1), p.Column(title="件数", side="right"))
    return p.Table(columns=columns, rows=[(f.facet, f.title, str(f.n)) for f in report.facets])


def _groups(head: str, groups: Sequence[Group]) -> p.Table:
    rates = (p.Column(title=title, under=under, side="right") for title, under in GROUPED)
    columns = (p.Column(title=head, width=1), p.Column(title="件数", side="right"), *rates)
    return p.Table(columns=columns, rows=[(g.name, str(g.cases), *map(_figure, _rates(g))) for g in groups])


def _rates(group: Group) -> tuple[Rate, ...]:
    return group.replied, group.on_time, group.first_satisfied, group.last_satisfied


def _figure(rate: Rate) -> p.Figure:
    return p.Figure(rate.shown, f"{rate.hits} / {rate.base}")


def _bases(groups: Sequence[Group]) -> str:
    """Name what each rate of a table of groups counts; the small figures are numerator and denominator."""
    named = (f"{title}：{rate.of}" for (title, _), rate in zip(GROUPED, _rates(groups[0]), strict=True))
    return "比率下为分子 / 分母。分母口径：" + "；".join(named) + "。一件涉及几个组的，在各组各计一次。"
