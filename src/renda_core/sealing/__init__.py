"""The sealed ballot box (密封票箱): papers sealed on the voter's device, opened by trustees outside the database.

Here is no database and no HTTP. A voter's device calls :func:`seal`, the server :func:`make_box`, :func:`opened`,
:func:`make_rehearsal` and :func:`check_rehearsal`, a trustee :func:`peel` and :func:`sign`, and anybody :func:`verify`.
"""

from renda_core.sealing.box import Box, make_box, read_box
from renda_core.sealing.keys import fingerprint
from renda_core.sealing.opening import Opened, check_rehearsal, make_rehearsal, opened
from renda_core.sealing.papers import box_digest, receipt, seal
from renda_core.sealing.peeling import peel, recheck, sign
from renda_core.sealing.sheet import Sheet
from renda_core.sealing.verifying import Report, make_board, make_result, verify

__all__ = [
    "Box",
    "Opened",
    "Report",
    "Sheet",
    "box_digest",
    "check_rehearsal",
    "fingerprint",
    "make_board",
    "make_box",
    "make_rehearsal",
    "make_result",
    "opened",
    "peel",
    "read_box",
    "receipt",
    "recheck",
    "seal",
    "sign",
    "verify",
]
