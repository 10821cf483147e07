"""A case as people read it: Chinese titles beside the names in code, units and persons by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from renda_core.cli import telling
from renda_core.cli.session import Session, login, login_name
from renda_core.domain.case import UNIT
from renda_core.domain.visibility import Seen
from renda_core.services import lookups

if TYPE_CHECKING:
    from renda_core.domain.procedure import Procedure
    from renda_core.workspace import Workspace

ROLES = {"sole": "独办", "lead": "主办", "joint": "会办", "separate": "分办"}
CLOCKS = {"running": "进行", "paused": "暂停", "stopped": "已停"}
PARTIES = {"proposer": "领衔", "cosigner": "附议"}
OF_ACT = ("step", "by", "on", "unit", "grade", "note", "units", "parties", "links", "round", "forced", "payload")


def told(workspace: Workspace, seen: Seen) -> dict[str, Any]:
    """Give what a reader may see of a case, with titles and names."""
    procedure = workspace.tenant.practice.procedure(seen.kind, seen.edition)
    names = workspace.read(lookups.named, set(_ids(seen)))
    called = {id: name for id in _texts((seen.body, seen.acts)) if (name := names.get(id))}
    names.setdefault(login(workspace.tenant.id), login_name())
    plain: dict[str, Any] = telling.plain(seen)
    units = procedure.facets.get(UNIT)
    return plain | {
        "states": [
            {"facet": f.name, "facet_title": f.title, "state": state, "title": f.titles.get(state, state)}
            for f, state in ((procedure.facets[name], state) for name, state in seen.states.items())
        ],
        "parties": {
            role: [{"id": id, "name": names.get(id, "")} for id in people] for role, people in seen.parties.items()
        },
        "units": [
            unit | {"name": names.get(unit["unit"], ""), "title": units.titles.get(unit["state"], "") if units else ""}
            for unit in plain["units"]
        ],
        "clocks": [clock | {"unit_name": names.get(clock["unit"], "")} for clock in plain["clocks"]],
        "acts": [_act(act, procedure, names) for act in plain["acts"]],
        "called": called,
    }


def _ids(seen: Seen) -> Iterator[str]:
    for people in seen.parties.values():
        yield from people
    yield from (unit.unit for unit in seen.units)
    yield from _texts((seen.body, seen.acts))


def _texts(value: Any) -> Iterator[str]:
    """Give every text in a value, however deep: any of them may be an id."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for part in value.values() for text in _texts(part))
    elif isinstance(value, tuple | list):
        yield from (text for part in value for text in _texts(part))


def _named(value: Any, called: Mapping[str, str]) -> Any:
    """Write names for ids, however deep."""
    if isinstance(value, str):
        return called.get(value, value)
    if isinstance(value, Mapping):
        return {key: _named(part, called) for key, part in value.items()}
    return [_named(part, called) for part in value] if isinstance(value, tuple | list) else value


def _act(act: dict[str, Any], procedure: Procedure, names: dict[str, str]) -> dict[str, Any]:
    step = procedure.steps.get(act.get("step", ""))
    by, unit = act.get("by", ""), act.get("unit", "")
    return act | {
        "title": step.title if step else "",
        "by_name": names.get(by, ""),
        "unit_name": names.get(unit, ""),
        "grade_title": grade_title(procedure, act.get("grade", "")),
    }


def grade_title(procedure: Procedure, grade: str) -> str:
    """Find the Chinese title of a grade among the states of the kind's facets."""
    return next((f.titles[grade] for f in procedure.facets.values() if grade in f.titles), "")


def show(session: Session, facts: dict[str, Any], *, whole: bool = True) -> None:
    """Answer with a case; *whole* shows its text, people and history too."""
    session.tell(facts, lambda: _human(facts, whole))


def _human(facts: dict[str, Any], whole: bool) -> None:
    telling.line(f"{facts['number']} {facts['title']}  (version {facts['version']}, 第 {facts['round']} 轮)")
    telling.line(
        "  ".join(f"{s['facet_title']} {s['title']} ({s['facet']}={s['state']})".strip() for s in facts["states"])
    )
    if whole:
        for role, people in facts["parties"].items():
            told = "、".join(person["name"] or person["id"] for person in people)
            telling.line(f"{PARTIES.get(role, role)} {role}: {told}")
        for name, value in facts["body"].items():
            if value not in ("", None, [], {}, False):
                telling.line(f"{name}: {telling.cell(_named(value, facts['called']))}")
    if facts["units"]:
        rows = [
            (u["name"] or u["unit"], ROLES.get(u["role"], u["role"]), u["round"], u["title"]) for u in facts["units"]
        ]
        telling.table(("承办单位", "方式", "轮", "状态"), rows)
    for clock in facts["clocks"]:
        _clock(clock)
    if whole:
        acts = [_row(act, facts["called"]) for act in facts["acts"]]
        telling.table(("日期", "环节", "经办", "等次", "说明", "其他"), acts, title="经过 history")


def _clock(clock: dict[str, Any]) -> None:
    unit = f" {clock['unit_name'] or clock['unit']}" if clock["unit"] else ""
    late = f", {clock['late']} days late 逾期" if clock["late"] > 0 else ""
    sure = ", provisional 暂定" if clock["provisional"] else ""
    state = CLOCKS.get(clock["state"], clock["state"])
    telling.line(f"时限 {clock['title'] or clock['name']}{unit}: {clock['due']} ({state}{late}{sure})")
    for line in clock["lines"]:
        telling.line(f"    {line}")


def _row(act: dict[str, Any], called: Mapping[str, str]) -> tuple[object, ...]:
    who = act["by_name"] or act.get("by", "")
    unit = act["unit_name"] or act.get("unit", "")
    known = {*OF_ACT, "title", "by_name", "unit_name", "grade_title"}
    rest = {k: _named(v, called) for k, v in act.items() if k not in known and v not in ("", None, [], {}, False)}
    forced = "（越程序）" if act.get("forced") else ""
    grade = act["grade_title"] or act.get("grade", "")
    by = f"{who}（{unit}）" if unit else who
    return act.get("on", ""), f"{act['title'] or act.get('step', '')}{forced}", by, grade, act.get("note", ""), rest
