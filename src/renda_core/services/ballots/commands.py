"""What people hand in to prepare, open and count a vote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import attrs

from renda_core.domain.ballot import Trustee


@attrs.frozen(kw_only=True)
class OpenBallot:
    """Ask for a vote of a kind that a plugin offers, on some cases or units or people.

    Attributes:
        roll: Who may vote, by person's id; or
        congress: whose deputies may vote: the roll, and who is suspended, then come from the mandates of today.
        incumbent: 实有代表, where the roll is given by name; as many as are on it, if not given.
        seats: 名额, for a rule whose base it is; those of the congress's districts, if not given.
        method: The case that holds the adopted method (票决办法).
        tellers, scrutineers: 计票人 and 监票人, people's ids.
        electronic: Whether papers may be cast by device; a secret vote then needs trustees.
        closes_at: When the box shuts by itself; open until somebody closes it, if not given.
    """

    kind: str
    subjects: tuple[str, ...]
    places: int = 0
    costs: tuple[int, ...] = ()
    budget: int = 0
    roll: tuple[str, ...] = ()
    congress: str = ""
    incumbent: int = 0
    seats: int = 0
    title: str = ""
    method: str = ""
    tellers: tuple[str, ...] = ()
    scrutineers: tuple[str, ...] = ()
    electronic: bool = False
    trustees: tuple[Trustee, ...] = ()
    closes_at: dt.datetime | None = None


@attrs.frozen(kw_only=True)
class OpenRound:
    """Ask for the box of the round that is prepared to be opened (开启投票).

    Attributes:
        present: Who is in the hall; everybody entitled, if not given.
        paper: Who is handed a paper; without it everybody present where nobody votes by device, and else nobody.
        present_number: How many are in the hall, of a roll without names.
        closes_at: When the box of this round shuts by itself, if other than was said before.
    """

    present: tuple[str, ...] | None = None
    paper: tuple[str, ...] | None = None
    present_number: int = 0
    closes_at: dt.datetime | None = None


@attrs.frozen(kw_only=True)
class Counting:
    """What the tellers (计票人) give to have a round counted; the papers they entered are here already.

    Attributes:
        paper_issued: Papers handed out; as the roll says, if not given. A roll without names knows none.
        paper_returned: Papers that were in the urn.
        opened: The file in which the trustees opened the box, if anything was cast in secret by device.
    """

    paper_issued: int | None = None
    paper_returned: int = 0
    opened: Mapping[str, Any] | None = None
