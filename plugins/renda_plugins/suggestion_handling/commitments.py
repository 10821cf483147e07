"""承诺事项: a promise inside a reply, tracked on its own until the deputy has judged it.

Source: 重庆 28 (a reply that promised is evaluated again when the promise falls due).
"""

from collections.abc import Iterator

from renda_core.domain.calendar import Period
from renda_core.domain.case import Act, Case
from renda_core.domain.procedure import ANY, GRADE, Move
from renda_core.domain.suggestion import KIND as SUGGESTION
from renda_core.domain.suggestion import Commitment, Reply
from renda_core.records import CaseRecord, ClockRule, Context, Desk, Facet, Found, Kind, Step, Veil, when
from renda_plugins.suggestion_handling.settings import Settings

KIND = "commitment"
STATES = {"open": "履行中", "reported": "已报告", "closed": "已了结"}
KEPT = {"unjudged": "未评", "kept": "已兑现", "partly": "部分兑现", "broken": "未兑现"}


async def promised(context: Context[Settings], desk: Desk) -> Iterator[Found]:
    """Find every promise of every reply; each becomes a case once."""
    cases = await desk.cases(SUGGESTION, "reply")
    return (
        Found(
            key=f"{case.id}:{n}:{i}",
            title=promise.text,
            body=Commitment(text=promise.text, due=promise.due, unit=act.unit),
            parties={"promiser": (act.unit,), "asker": case.parties.get("proposer", ())},
            links={"promised_in": (case.id,)},
        )
        for case in cases
        for n, (act, reply) in enumerate(case.said(Reply))
        for i, promise in enumerate(reply.promises)
    )


def until_due(context: Context[Settings], case: Case, act: Act) -> Period:
    """Count the days to the date that the unit itself named."""
    return Period(max(0, (case.body_as(Commitment).due - act.on).days))


def records() -> Iterator[CaseRecord]:
    """Offer the kind."""
    yield Kind(
        name=KIND,
        title="承诺事项",
        opening="promise",
        body=Commitment,
        audience="office assigner deputy promiser asker overseer",
        parties="promiser asker",
        words="text",
    )
    yield Facet(kind=KIND, states=tuple(STATES), final="closed", titles=STATES)
    yield Facet(kind=KIND, name="kept", title="兑现", states=tuple(KEPT), loose=True, titles=KEPT)
    yield Step(kind=KIND, name="promise", who="office watch", title="承诺")
    again = Move("open reported", "reported")
    yield Step(kind=KIND, name="report", who="promiser office", title="报告进展", moves=(again,), reasons=True)
    judged = (Move("open reported", "closed"), Move(ANY, GRADE, "kept"))
    yield Step(
        kind=KIND, name="judge", who="office", never="promiser", title="评价", grades=tuple(KEPT)[1:], moves=judged
    )
    yield ClockRule(kind=KIND, name="promise", title="承诺到期", period=until_due, roll=False, source="重庆 28")
    yield from when(KIND, "promise", start="promise")
    yield from when(KIND, "report", stop="promise")
    for part in ("act.judge", "facet.kept"):
        yield Veil(kind=KIND, part=part, seen_by="office overseer asker", never="promiser")
