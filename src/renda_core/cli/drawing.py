"""Draw a procedure from its one description: as text for terminals, and as Markdown with Mermaid for pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len

from renda_core.services.papers.words import UNITS

if TYPE_CHECKING:
    from renda_core.domain.calendar import Period
    from renda_core.services.procedures import ShownClock, ShownFacet, ShownMove, ShownProcedure, ShownStep

WIDTH = 80
"""Columns of a terminal that nobody has widened."""
ANY = "*"
DO = {"start": "起算", "restart": "重新起算", "pause": "中止", "resume": "恢复", "extend": "延长", "stop": "停止"}
SAFE = str.maketrans({'"': "＂", ";": "；", "#": "＃", ":": "："})
"""What Mermaid would read as its own, in the width that Chinese texts have anyway."""
MAIN_TITLE = "状态"


def text(shown: ShownProcedure, width: int = WIDTH) -> str:
    """Draw for a terminal, no line wider than *width* columns, of which a Chinese character takes two."""
    lines = [f"{_named(shown.title, shown.name)}{_edition(shown)} [{shown.plugin}]", ""]
    for facet in shown.facets:
        lines += _wrapped(f"侧面 facet {_facet(facet)} [{facet.plugin}]", "", width)
        for state in facet.states:
            mark = "◎" if state.final else "○"
            lines += _wrapped(f"{mark} {_named(state.title, state.name)}", "  ", width)
            for move in facet.moves:
                if state.name in move.leaves:
                    lines += _wrapped(f"└─ {_arrow(shown, facet, move)}", "     ", width)
        loose = [m for m in facet.moves if ANY in m.leaves]
        if loose:
            lines.append("  ※ 任一状态 any state")
        for move in loose:
            lines += _wrapped(f"└─ {_arrow(shown, facet, move)}", "     ", width)
        lines.append("")
    lines.append("环节 steps")
    for step in shown.steps:
        lines += _wrapped(f"{_named(step.title, step.name)} [{step.plugin}]", "  ", width)
        for told in _about(shown, step):
            lines += _wrapped(told, "      ", width)
    lines += ["", "时限 clocks", *([] if shown.clocks else ["  无 none"])]
    for clock in shown.clocks:
        lines += _wrapped(f"{_named(clock.title, clock.name)} [{clock.plugin}]", "  ", width)
        for told in _span(clock):
            lines += _wrapped(told, "      ", width)
    return "\n".join(lines)


def mermaid(shown: ShownProcedure) -> str:
    """Draw as Markdown: a state diagram (Mermaid) for each facet that moves, a table of steps, a table of deadlines."""
    parts = [f"**{_named(shown.title, shown.name)}**{_edition(shown)}, by `{shown.plugin}`."]
    for facet in shown.facets:
        parts.append(f"Facet {_facet(facet)}, by `{facet.plugin}`:\n\n```mermaid\n{diagram(shown, facet)}\n```")
    rows = [(_named(s.title, f"`{s.name}`"), f"`{s.plugin}`", "<br>".join(_about(shown, s))) for s in shown.steps]
    parts.append(_table(("Step", "By", "Who, grades, gates, guards"), rows))
    clocks = [(_named(c.title, f"`{c.name}`"), f"`{c.plugin}`", "<br>".join(_span(c))) for c in shown.clocks]
    if clocks:
        parts.append(_table(("Clock", "By", "How long, for whom, when, source"), clocks))
    return "\n\n".join(parts)


def diagram(shown: ShownProcedure, facet: ShownFacet) -> str:
    """Draw one facet as a Mermaid state diagram."""
    own = {state.name: f"s{n}" for n, state in enumerate(facet.states)} | {ANY: "any"}
    lines = ["stateDiagram-v2"]
    lines += [f'    state "{_plain(_named(s.title, s.name))}" as {own[s.name]}' for s in facet.states]
    if any(ANY in move.leaves for move in facet.moves):
        lines.append('    state "任一状态 any" as any')
    lines.append(f"    [*] --> {own[facet.states[0].name]}")
    for move in facet.moves:
        label = _plain(_by(shown, move) + (f" = {move.grade}" if move.grade else ""))
        lines += [f"    {own[state]} --> {own[move.enters]} : {label}" for state in move.leaves]
    lines += [f"    {own[state.name]} --> [*]" for state in facet.states if state.final]
    return "\n".join(lines)


def _arrow(shown: ShownProcedure, facet: ShownFacet, move: ShownMove) -> str:
    titles = {state.name: state.title for state in facet.states}
    grade = f" = {move.grade}" if move.grade else ""
    return f"{_by(shown, move)}{grade} → {_named(titles[move.enters], move.enters)}"


def _by(shown: ShownProcedure, move: ShownMove) -> str:
    if move.join:
        return f"汇合 {move.step}"
    return next((_named(s.title, s.name) for s in shown.steps if s.name == move.step), move.step)


def _about(shown: ShownProcedure, step: ShownStep) -> Iterator[str]:
    """Tell who may take a step, and what it waits for."""
    yield f"谁 who: {_list(step.who)}" + (f"; 除 never: {_list(step.never)}" if step.never else "")
    if step.grades:
        yield f"等次 grades: {_list(step.grades)}"
    for gate in step.gates:
        facet = next(f for f in shown.facets if f.name == gate.facet)
        states = " | ".join(_named(s.title, s.name) for s in facet.states if s.name in gate.states)
        yield f"关口 gate: {_named(facet.title, facet.name)} = {states} [{gate.plugin}]"
    for guard in step.guards:
        yield f"否决 guard: {guard.name} [{guard.plugin}]"


def _span(clock: ShownClock) -> Iterator[str]:
    """Tell how long a deadline is, for whom, when it runs, and by what."""
    longer = f"; 较长 longer: {_period(clock.longer)}" if clock.longer and clock.longer != clock.period else ""
    window = "; 权利期限，逾期不究 a window" if clock.window else ""
    yield f"期限 period: {_period(clock.period)}{longer}{window}"
    yield f"对象 of: {_list(clock.roles) if clock.roles else '整件 the case'}"
    for do, title in DO.items():
        if on := [e.on for e in clock.effects if e.do == do]:
            yield f"{title} {do}: {_list(dict.fromkeys(on))}"
    if clock.expiry:
        yield f"到期 expiry: {clock.expiry}"
    yield f"依据 source: {clock.source or '未注明 none'}"


def _period(period: Period | None) -> str:
    if period is None:
        return "依个案 by the case"
    return f"{period.n} {UNITS[period.unit]}" if period.n else "未规定 none is stated"


def _facet(facet: ShownFacet) -> str:
    return _named(facet.title or (MAIN_TITLE if facet.name == "main" else ""), facet.name)


def _named(title: str, name: str) -> str:
    return f"{title} {name}" if title else name


def _edition(shown: ShownProcedure) -> str:
    return f" edition {shown.edition}" if shown.edition else ""


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "—"


def _plain(label: str) -> str:
    """Take out what Mermaid would read as its own."""
    return " ".join(label.translate(SAFE).split())


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _wrapped(line: str, indent: str, width: int) -> list[str]:
    """Break a line at blanks, and a word that is too long by itself wherever it must be."""
    lines, held = [], indent
    for word in line.split(" "):
        if held.strip() and cell_len(held) + 1 + cell_len(word) > width:
            lines.append(held)
            held = f"{indent}  "
        held = f"{held} {word}" if held.strip() else held + word
        while cell_len(held) > width:
            fits = next(n for n in range(len(held), 0, -1) if cell_len(held[:n]) <= width)
            lines.append(held[:fits])
            held = f"{indent}  {held[fits:]}"
    return [*lines, held]
