"""A county's livelihood projects for tests: proposed, reviewed, put to the vote, and the papers of a meeting."""

import datetime as dt

from renda_core.domain.ballot import Attendance
from renda_core.domain.case import Actor
from renda_core.services import ballots
from renda_core.testing import uid
from renda_plugins.livelihood_ballot.fields import Argument, Fund, Judged, Proposal
from renda_plugins.livelihood_ballot.methods import METHOD, Method
from renda_plugins.livelihood_ballot.settings import HARD, SOFT

JULY = dt.date(2026, 7, 10)
SESSION = "某县第六届人民代表大会第三次会议"
GOVERNMENT = Actor(id=uid("government"), roles={"government"})
PARTY = Actor(id=uid("party"), roles={"party_committee"})
COMMITTEE = Actor(id=uid("committee"), roles={"committee"})
PRESIDIUM = Actor(id=uid("presidium"), roles={"presidium"})
CONGRESS = Actor(id=uid("congress"), roles={"congress"})
CLERK = Actor(id=uid("clerk"), roles={"office"})
DEPUTY = Actor(id=uid("deputy"), roles={"deputy"})
CITIZEN = Actor(id=uid("citizen"), roles={"public"})
TWELVE = (54, 53, 52, 50, 48, 45, 44, 40, 36, 34, 34, 30)
"""The votes of the worked meeting."""
PAPERS = 54
"""Papers of the worked meeting that mark anything and are valid."""


def proposal(**given):
    """A county's proposal for 2027, from the public."""
    return Proposal(**{"text": "改造老旧小区供水管网", "level": "county", "year": 2027, "investment": 200, **given})


def judged(**unmet):
    """Every condition of the default lists, met unless a reason against it is given."""
    items = (*HARD, *SOFT)
    return tuple(Judged(item=i, met=i not in unmet, why=unmet.get(i, "材料齐全")) for i in items)


def argument(**given):
    """A project that fulfils everything: 2.00 yuan of fiscal money, done within 2027."""
    fields = {
        "content": "更换管网 3 公里",
        "investment": 200,
        "funds": (Fund(source="本级财政", amount=200),),
        "site": "城东街道",
        "begins_on": dt.date(2027, 3, 1),
        "ends_on": dt.date(2027, 10, 31),
        "goal": "10 月底前通水",
        "lead_unit": "住建局",
        "judged": judged(),
    }
    return Argument(**{**fields, **given})


REVIEW = {"document": "会议纪要 2026-9"}


def to_candidate(level="county"):
    """The steps from a proposal to a candidate that its level has reviewed."""
    yield ("shortlist", GOVERNMENT)
    yield ("argue", GOVERNMENT, {"payload": argument()})
    yield ("party_review", PARTY, {"payload": REVIEW})
    yield ("nominate", GOVERNMENT)
    if level == "county":
        yield ("committee_review", COMMITTEE, {"payload": REVIEW})


def to_vote():
    """The steps from a candidate to the vote."""
    yield ("submit", GOVERNMENT, {"payload": {"session": SESSION}})
    yield ("deliberate", PRESIDIUM, {"payload": {"opinions": "各代表团同意"}})
    yield ("put_to_vote", PRESIDIUM)


def candidate(b, title="供水管网", by=None, **body):
    """A candidate on a bench, at its level; on paper, if nobody proposed it by himself."""
    body, parties = proposal(**body), {"proposer": (by.id,)} if by else {}
    case = b.open("livelihood_project", by or CLERK, body, title=title, parties=parties)
    return b.run(case, *to_candidate(body.level))


def ready(b, title="供水管网", **body):
    """A project that is put to the vote."""
    return b.run(candidate(b, title, **body), *to_vote())


def twelve(b, n=12, **body):
    """Projects that are put to the vote, in order."""
    return [ready(b, f"项目{i:02}", **body) for i in range(1, n + 1)]


def draft(**given):
    """A method: ten of twelve, on paper."""
    fields = {
        "text": "票决办法全文",
        "level": "county",
        "session": SESSION,
        "places": 10,
        "surplus": 2,
        "announcement": "由主席团当场宣布并公告",
    }
    return Method(**{**fields, **given})


def tabled(b, **given):
    """A method that the congress is about to vote on."""
    return b.step(b.open(METHOD, CLERK, draft(**given), title="票决办法"), "table_method", PRESIDIUM)


def adopted(b, yes=60, all_=63, **given):
    """A method that the congress has voted on, by *yes* of *all_*."""
    case = tabled(b, **given)
    command = ballots.OpenBallot(kind="livelihood_method_vote", subjects=(case.id,), incumbent=all_)
    ballot = b.do(ballots.open_ballot, PRESIDIUM, command)
    there = Attendance(incumbent=all_, present=all_, issued=all_, returned=all_)
    b.do(ballots.declare, PRESIDIUM, ballot.id, there, [[(0, 0)]] * yes + [[(0, 1)]] * (all_ - yes))
    return b.case(case.id)


def opened(b, cases, method, *, places=10, incumbent=63, **more):
    """A ballot on projects, prepared."""
    subjects = tuple(c.id for c in cases)
    command = ballots.OpenBallot(
        kind="livelihood", subjects=subjects, places=places, method=method.id, incumbent=incumbent, **more
    )
    return b.do(ballots.open_ballot, PRESIDIUM, command)


def marks(votes, papers=PAPERS):
    """Papers that give each subject its votes: marks go round the papers, so none has two for one subject."""
    made = [[] for _ in range(papers)]
    at = 0
    for subject, n in enumerate(votes):
        for _ in range(n):
            made[at % papers].append((subject, 0))
            at += 1
    return made


def the_papers():
    """The 57 papers of the worked meeting: 54 marked, one blank, two with eleven marks."""
    return [*marks(TWELVE), [], *([[(s, 0) for s in range(11)]] * 2)]


def there(**given):
    """The numbers of the worked meeting."""
    return Attendance(**{"incumbent": 63, "present": 58, "issued": 58, "returned": 57, **given})
