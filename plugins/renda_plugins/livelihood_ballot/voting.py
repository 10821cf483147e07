"""审议 and 票决: what the congress does with a candidate, and what a vote makes of it.

Source: article 001; 组织法 14, 25, 29; 陕西 (2025): the presidium alone announces.
"""

from collections.abc import Iterator

from renda_core.domain.procedure import ANY, Move
from renda_core.records import CaseRecord, Step
from renda_plugins.livelihood_ballot.fields import KIND, Announcement, Deliberation
from renda_plugins.livelihood_ballot.states import COMMITTEE

ADVICE = ("favoured", "not_favoured")
"""入选, 未入选, as a street's deputies advise."""


def records() -> Iterator[CaseRecord]:
    """Offer the steps of the second stage."""
    heard = Move("submitted deliberated", "deliberated")
    meeting = "presidium congress"
    yield Step(kind=KIND, name="deliberate", who=f"{meeting} office", title="审议", takes=Deliberation, moves=(heard,))
    back = (Move("submitted deliberated", "shortlisted"), Move(ANY, "none", COMMITTEE))
    yield Step(kind=KIND, name="return_candidate", who=meeting, title="退回", moves=back, reasons=True)
    ready = Move("deliberated", "voting")
    yield Step(kind=KIND, name="put_to_vote", who=meeting, title="交付票决", moves=(ready,))
    off = Move("voting", "deliberated")
    yield Step(kind=KIND, name="take_off_vote", who=meeting, title="撤下票决", moves=(off,), reasons=True)
    for name, title, move in (
        ("win", "票决确定", Move("voting tied", "decided")),
        ("lose", "票决未通过", Move("voting tied", "failed")),
        ("tie", "得票相等，待再次票决", Move("voting tied", "tied")),
    ):
        yield Step(kind=KIND, name=name, who="ballot", title=title, moves=(move,))
    vacant = Move("tied", "failed")
    yield Step(
        kind=KIND, name="leave_vacant", who="presidium", title="不再票决，名额空缺", moves=(vacant,), reasons=True
    )
    told = (Move("decided", "announced"), Move(ANY, "public", "publication"))
    yield Step(kind=KIND, name="announce", who="presidium", title="公告", takes=Announcement, moves=told)
    # recorded, and nothing moves: what a street's deputies say binds nobody
    told_street = Move("candidate", "candidate")
    yield Step(kind=KIND, name="advise", who="ballot", title="议事代表票选", grades=ADVICE, moves=(told_street,))
