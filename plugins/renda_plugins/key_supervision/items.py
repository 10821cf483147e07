"""The list of key items: each with its five supervisors, what was found last, and whether it has held."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from renda_core.domain.suggestion import KIND, SUPERVISORS
from renda_core.records import Context, Desk, Seen

LOOKED_BACK = {"none": "未回头看", "kept": "落实到位", "slipping": "有反弹"}


@attrs.frozen(kw_only=True)
class KeyItem:
    """One key item.

    Attributes:
        supervisors: By what they are; as the list names them, and those who use the system.
        missing: The supervisors that nobody stands for.
        found: What was found last; *found_on* is empty while nobody has supervised.
    """

    case: str
    number: str
    title: str
    closed: bool
    supervisors: dict[str, str]
    missing: tuple[str, ...]
    supervised: int
    found: str
    found_by: str
    found_on: str
    looked_back: str


@attrs.frozen(kw_only=True)
class KeyItems:
    """Every key item, and how many have all five."""

    total: int
    with_all_five: int
    supervised: int
    items: tuple[KeyItem, ...]


async def key_items(context: Context[Any], desk: Desk) -> KeyItems:
    """List the key items, oldest first."""
    cases = await desk.seen(KIND, "key", "key")
    people = {p for c in cases for role in SUPERVISORS for p in c.parties.get(f"{role}_lead", ())}
    names = await desk.names(people | {a["by"] for c in cases for a in c.acts if a["step"] == "supervise"})
    items = tuple(_item(case, names) for case in cases)
    return KeyItems(
        total=len(items),
        with_all_five=sum(not i.missing for i in items),
        supervised=sum(i.supervised > 0 for i in items),
        items=items,
    )


def _item(case: Seen, names: Mapping[str, str]) -> KeyItem:
    named: Mapping[str, Any] = next((a for a in reversed(case.acts) if a["step"] == "name_key"), {})
    told = {}
    for role, title in SUPERVISORS.items():
        people = (names.get(p, p) for p in case.parties.get(f"{role}_lead", ()))
        told[title] = "、".join(dict.fromkeys(filter(None, (named.get(role, "").strip(), *people))))
    found = [a for a in case.acts if a["step"] == "supervise"]
    last = found[-1] if found else {}
    return KeyItem(
        case=case.id,
        number=case.number,
        title=case.title,
        closed=case.closed,
        supervisors=told,
        missing=tuple(title for title, who in told.items() if not who),
        supervised=len(found),
        found=last.get("finding", ""),
        found_by=names.get(last.get("by", ""), last.get("by", "")),
        found_on=str(last.get("on", "")),
        looked_back=LOOKED_BACK.get(case.states.get("look_back", ""), ""),
    )
