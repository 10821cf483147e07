"""One kernel and one judge for every vote: projects, gradings, satisfaction, officials."""

from renda_core.domain.ballot.checks import check_question, contradictions, refuse_question
from renda_core.domain.ballot.clauses import CLAUSES, clause_source
from renda_core.domain.ballot.disclosure import Table, shown, suppress, whole
from renda_core.domain.ballot.funding import Money
from renda_core.domain.ballot.judging import judge
from renda_core.domain.ballot.papers import count, valid_papers
from renda_core.domain.ballot.roll import Attendance, Trustee
from renda_core.domain.ballot.roll_checks import open_round
from renda_core.domain.ballot.rounds import DUE, STATES, Ballot, Round, RoundState
from renda_core.domain.ballot.rule import Base, Mode, Paper, Rule, Rung
from renda_core.domain.ballot.seating import After
from renda_core.domain.ballot.verdict import Count, Finding, Verdict, Waiting

__all__ = [
    "CLAUSES",
    "DUE",
    "STATES",
    "After",
    "Attendance",
    "Ballot",
    "Base",
    "Count",
    "Finding",
    "Mode",
    "Money",
    "Paper",
    "Round",
    "RoundState",
    "Rule",
    "Rung",
    "Table",
    "Trustee",
    "Verdict",
    "Waiting",
    "check_question",
    "clause_source",
    "contradictions",
    "count",
    "judge",
    "open_round",
    "refuse_question",
    "shown",
    "suppress",
    "valid_papers",
    "whole",
]
