"""One kernel and one judge for every vote: projects, gradings, satisfaction, officials."""

from renda_core.domain.ballot.judging import judge, open_round
from renda_core.domain.ballot.papers import count
from renda_core.domain.ballot.roll import Attendance, Trustee
from renda_core.domain.ballot.rounds import Ballot, Round, RoundState
from renda_core.domain.ballot.rule import Base, Mode, Paper, Rule, Rung
from renda_core.domain.ballot.verdict import Count, Finding, Verdict

__all__ = [
    "Attendance",
    "Ballot",
    "Base",
    "Count",
    "Finding",
    "Mode",
    "Paper",
    "Round",
    "RoundState",
    "Rule",
    "Rung",
    "Trustee",
    "Verdict",
    "count",
    "judge",
    "open_round",
]
