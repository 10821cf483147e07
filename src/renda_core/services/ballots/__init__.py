"""Use cases on ballots (票决): a roll, a sealed box, a count by hand and by device, a verdict that moves its subjects.

A round is prepared, opened, closed, counted and declared, in this order; what was counted is nobody's to see before it
is declared, except those who count, watch over it and announce it.
"""

from renda_core.services.ballots.announcing import announce, declare
from renda_core.services.ballots.auditing import audit
from renda_core.services.ballots.boxes import accept_rehearsal, box, rehearsal, result
from renda_core.services.ballots.casting import cast, cast_named
from renda_core.services.ballots.closing import close_round
from renda_core.services.ballots.commands import Counting, OpenBallot, OpenRound
from renda_core.services.ballots.counting import count_round
from renda_core.services.ballots.loading import MEETING, TELLERS, load, sheet_of
from renda_core.services.ballots.mending import Appointment, annul_round, appoint
from renda_core.services.ballots.opening import open_ballot
from renda_core.services.ballots.rounds import open_round
from renda_core.services.ballots.sheets import (
    Bundle,
    Difference,
    Progress,
    Sheet,
    differences,
    enter_sheet,
    progress,
    withdraw_sheet,
)
from renda_core.services.ballots.showing import board, listed, show, turnout
from renda_core.services.ballots.views import BallotLine, BallotView, Board, Receipt, RoundView, Slot, Turnout

__all__ = [
    "MEETING",
    "TELLERS",
    "Appointment",
    "BallotLine",
    "BallotView",
    "Board",
    "Bundle",
    "Counting",
    "Difference",
    "OpenBallot",
    "OpenRound",
    "Progress",
    "Receipt",
    "RoundView",
    "Sheet",
    "Slot",
    "Turnout",
    "accept_rehearsal",
    "announce",
    "annul_round",
    "appoint",
    "audit",
    "board",
    "box",
    "cast",
    "cast_named",
    "close_round",
    "count_round",
    "declare",
    "differences",
    "enter_sheet",
    "listed",
    "load",
    "open_ballot",
    "open_round",
    "progress",
    "rehearsal",
    "result",
    "sheet_of",
    "show",
    "turnout",
    "withdraw_sheet",
]
