"""重点督办: a key item, with its five supervisors, what they found, and a look back.

Source: 咸宁 (article 003: 主任会议成员重点督办, 市政府领导领衔办理, 专(工)委对口督办, 代表工作机构协调督办,
代表参与督办; 46 items; a look back at every suggestion of the term).
"""

from collections.abc import Iterator
from typing import Literal

import attrs

from renda_core import hookimpl
from renda_core.domain.case import Act, Case
from renda_core.domain.duty import Record
from renda_core.domain.fields import titled
from renda_core.domain.procedure import ANY, GRADE, Move
from renda_core.domain.suggestion import KIND, SUPERVISORS, Supervisors, signers
from renda_core.records import CaseRecord, Context, Facet, Gate, Guard, Page, RecordKind, RecordRule, Step
from renda_core.settings import setting
from renda_plugins.key_supervision.items import LOOKED_BACK, KeyItems, key_items

Supervisor = Literal["director", "government", "committee", "office", "deputy"]


@attrs.frozen(kw_only=True)
class Supervision:
    """What a supervisor did (visit, talk, meeting), and found."""

    finding: str = titled("督办情况", validator=attrs.validators.min_len(1))
    how: str = titled("督办方式", default="")


@attrs.frozen(kw_only=True)
class Settings:
    """Who must be named before an item is key."""

    supervisors: frozenset[Supervisor] = setting(
        frozenset(SUPERVISORS), source="咸宁 (article 003): all five", title="须列明的督办人"
    )


def refuse_unsupervised(context: Context[Settings], case: Case, act: Act) -> Iterator[str]:
    """Name every supervisor that the place asks for."""
    named = act.payload if isinstance(act.payload, Supervisors) else Supervisors()
    wanted = [role for role in SUPERVISORS if role in context.settings.supervisors]
    if missing := [SUPERVISORS[role] for role in wanted if not getattr(named, role).strip()]:
        yield f"name the supervisors: {'、'.join(missing)}"


@hookimpl
def register_settings() -> type:
    """Offer the parameters."""
    return Settings


@hookimpl
def register_cases() -> Iterator[CaseRecord]:
    """Offer what follows from an item's being key, beside the handling of a suggestion."""
    yield Facet(kind=KIND, name="look_back", title="回头看", states=tuple(LOOKED_BACK), loose=True, titles=LOOKED_BACK)
    look, found = Move(ANY, GRADE, "look_back"), tuple(LOOKED_BACK)[1:]
    leads = frozenset(f"{role}_lead" for role in SUPERVISORS)
    yield Step(kind=KIND, name="supervise", who=leads | {"office"}, never="unit", title="督办", takes=Supervision)
    yield Step(kind=KIND, name="look_back", who="office", never="unit", title="回头看", grades=found, moves=(look,))
    yield Guard(kind=KIND, step="name_key", name="five", refuse=refuse_unsupervised)
    yield Gate(kind=KIND, step="supervise", facet="key", states="key")
    yield Gate(kind=KIND, step="look_back", facet="main", states="replied evaluated closed")


def named_key(context: Context[Settings], case: Case, act: Act) -> Iterator[Record]:
    """Record for each signer that the suggestion became a key item; once, however often it is named."""
    for person in signers(case):
        yield Record(
            person=person, kind="key_suggestion", on=act.on, source=f"case:{case.id}:name_key", title=case.title[:200]
        )


@hookimpl
def register_records() -> Iterator[RecordKind | RecordRule]:
    """Count a key item for each signer of the suggestion."""
    title = "建议列为重点督办"
    yield RecordKind(name="key_suggestion", title=title, book="proposal", unit="件", by_hand=False, own=False)
    yield RecordRule(name="named_key", kind=KIND, step="name_key", make=named_key)


@hookimpl
def register_pages() -> Iterator[Page]:
    """Show every key item with its five."""
    yield Page(name="key_items", title="重点督办件", shows=KeyItems, view=key_items, who="office director overseer")
