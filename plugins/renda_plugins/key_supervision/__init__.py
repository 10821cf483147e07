"""重点督办: a suggestion named as key, with its five supervisors, what they found, and a look back.

Source: 代表法 (2025) 52 (主任会议 names the key items); 咸宁 (article 003: 主任会议成员重点督办, 市政府领导领衔办理,
专(工)委对口督办, 代表工作机构协调督办, 代表参与督办; 46 items; a look back at every suggestion of the term).
"""

from collections.abc import Iterator
from typing import Literal

import attrs

from renda_core import hookimpl
from renda_core.domain.case import Act, Case
from renda_core.domain.fields import titled
from renda_core.domain.procedure import ANY, GRADE, Move
from renda_core.domain.suggestion import KIND
from renda_core.records import CaseRecord, Context, Facet, Gate, Guard, Party, Step
from renda_core.settings import setting

Supervisor = Literal["director", "government", "committee", "office", "deputy"]
ROLES = {
    "director": "主任会议成员",
    "government": "政府领导",
    "committee": "对口委员会",
    "office": "代表机构",
    "deputy": "督办代表",
}
"""The five supervisors: field of ``Supervisors``, and party role when ``_lead`` is added."""
KEY = {"none": "一般", "key": "重点督办"}
LOOKED_BACK = {"none": "未回头看", "kept": "落实到位", "slipping": "有反弹"}


@attrs.frozen(kw_only=True)
class Supervisors:
    """Who supervises a key item, as the list says it; several names in one field as they stand there."""

    director: str = titled(ROLES["director"], default="")
    government: str = titled(ROLES["government"], default="")
    committee: str = titled(ROLES["committee"], default="")
    office: str = titled(ROLES["office"], default="")
    deputy: str = titled(ROLES["deputy"], default="")


@attrs.frozen(kw_only=True)
class Supervision:
    """What a supervisor did (visit, talk, meeting), and found."""

    finding: str = titled("督办情况", validator=attrs.validators.min_len(1))
    how: str = titled("督办方式", default="")


@attrs.frozen(kw_only=True)
class Settings:
    """Who must be named before an item is key."""

    supervisors: frozenset[Supervisor] = setting(
        frozenset(ROLES), source="咸宁 (article 003): all five", title="须列明的督办人"
    )


def refuse_unsupervised(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Name every supervisor that the place asks for."""
    named = act.payload if isinstance(act.payload, Supervisors) else Supervisors()
    wanted = [role for role in ROLES if role in context.settings.supervisors]
    if missing := [ROLES[role] for role in wanted if not getattr(named, role).strip()]:
        yield f"name the supervisors: {'、'.join(missing)}"


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer the key item beside the handling of a suggestion."""
    leads = frozenset(f"{role}_lead" for role in ROLES)
    yield from (Party(kind=KIND, name=f"{role}_lead", title=title) for role, title in ROLES.items())
    yield Facet(kind=KIND, name="key", title="重点督办", states=tuple(KEY), loose=True, titles=KEY)
    yield Facet(kind=KIND, name="look_back", title="回头看", states=tuple(LOOKED_BACK), loose=True, titles=LOOKED_BACK)
    key, look = Move("none", "key", "key"), Move(ANY, GRADE, "look_back")
    found, naming = tuple(LOOKED_BACK)[1:], "office director"
    yield Step(kind=KIND, name="name_key", who=naming, title="列为重点", moves=(key,), takes=Supervisors, adds=leads)
    yield Step(kind=KIND, name="supervise", who=leads | {"office"}, title="督办", takes=Supervision)
    yield Step(kind=KIND, name="look_back", who="office", never="unit", title="回头看", grades=found, moves=(look,))
    yield Guard(kind=KIND, step="name_key", name="five", refuse=refuse_unsupervised)
    yield Gate(kind=KIND, step="name_key", facet="main", states="accepted assigned replied evaluated")
    yield Gate(kind=KIND, step="supervise", facet="key", states="key")
    yield Gate(kind=KIND, step="look_back", facet="main", states="replied evaluated closed")
