"""重点督办件: the council of chairpersons names some suggestions as key, and who supervises them.

Source: 代表法 (2025) 52 (主任会议 names them). Who must be named, and what follows from it, is each practice's own.
"""

from collections.abc import Iterator

from renda_core.domain.procedure import Move
from renda_core.domain.suggestion import KEY, KIND, SUPERVISORS, Supervisors
from renda_core.records import CaseRecord, Facet, Gate, Party, Step


def records() -> Iterator[CaseRecord]:
    """Offer the flag, the step that sets it, and the parties that it may name; no source tells of taking it back."""
    leads = frozenset(f"{role}_lead" for role in SUPERVISORS)
    named, to = "office director", Move("none", "key", "key")
    yield from (Party(kind=KIND, name=f"{role}_lead", title=title) for role, title in SUPERVISORS.items())
    yield Facet(kind=KIND, name="key", title="重点督办", states=tuple(KEY), loose=True, titles=KEY)
    yield Step(kind=KIND, name="name_key", who=named, title="列为重点", moves=(to,), takes=Supervisors, adds=leads)
    yield Gate(kind=KIND, step="name_key", facet="main", states="accepted assigned replied evaluated")
