"""The sheet (票样): what is asked in one round, and whose keys close its box. Everything sealed is bound to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import attrs
import msgspec

from renda_core.domain.ballot import Ballot, Round, Rule, Trustee
from renda_core.errors import Invalid
from renda_core.sealing.canonical import digest, foreign, plain, typed

RANDOM = 16
"""Bytes of chance at the head of every paper, so that equal choices are never equal papers."""
STEP = 64
"""A paper is padded to a multiple of so many bytes, before its layers."""
LAYER = 48
"""Bytes that one layer adds. Source: RFC 9180 § 7.1 (an encapsulated X25519 key, 32) and § 7.3 (a tag, 16)."""
MOST_ANSWERS = 255
"""A mark takes one byte, and 0 is no mark."""
MOST_SUBJECTS = 2_000
MOST_TRUSTEES = 16
"""More than any hall has: they bound what a foreign file can ask of the reader's memory."""
KEY = 64
"""Hex digits of a public key."""
RESULTS = frozenset({"attendance", "counted", "verdict", "state", "opened_at", "closed_at", "box", "signatures"})
"""Fields of a round that say what became of it, and not what it asks."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    ballot: str
    round: int
    trial: bool
    kind: str
    title: str
    titles: list[str]
    asked: Round
    rule: Rule
    trustees: list[Trustee]
    size: int


@attrs.frozen(kw_only=True)
class Sheet:
    """What is asked in one round: subjects, answers and rule, and the trustees whose layers close a paper.

    Attributes:
        round: Number of the round, from 1.
        trial: Whether its papers are those of a rehearsal; no such paper opens in a real box.
        titles: What each subject is called, in the order of ``asked.subjects``.
        trustees: In the order in which they peel: the first one's layer is the outermost.
        data: The same as plain data, which is what travels and is signed.
    """

    ballot: str
    round: int
    trial: bool
    kind: str
    title: str
    titles: tuple[str, ...]
    asked: Round
    rule: Rule
    trustees: tuple[Trustee, ...]
    data: Mapping[str, Any] = attrs.field(repr=False, eq=False)

    @classmethod
    def of(cls, ballot: Ballot, round: int, titles: Mapping[str, str]) -> Sheet:
        """Make the sheet of a round, counted from 1; a subject without a title is called by its id.

        Raises:
            Invalid: It cannot be sealed: too many subjects or answers, or a trustee's key is none.
        """
        asked = ballot.rounds[round - 1]
        return cls.read(
            {
                "ballot": ballot.id,
                "round": round,
                "trial": False,
                "kind": ballot.kind,
                "title": ballot.title,
                "titles": [titles.get(s, s) for s in asked.subjects],
                "asked": {name: part for name, part in plain(asked).items() if name not in RESULTS},
                "rule": plain(ballot.rule),
                "trustees": [attrs.asdict(t) for t in ballot.trustees],
                "size": _inner(len(asked.subjects)) + LAYER * len(ballot.trustees),
            }
        )

    @classmethod
    def read(cls, data: object) -> Sheet:
        """Read a sheet from plain data, strictly.

        Raises:
            Invalid: Saying what does not fit.
        """
        if not isinstance(data, Mapping):
            raise Invalid("the sheet of this box is no JSON object")
        try:
            file = msgspec.convert(dict(data), _File, dec_hook=typed)
        except (msgspec.ValidationError, RecursionError, ValueError) as error:
            raise Invalid(f"the sheet of this box cannot be read: {error}") from error
        made = cls(
            **{
                a.name: getattr(file, a.name) for a in attrs.fields(cls) if a.name not in ("titles", "trustees", "data")
            },
            titles=tuple(file.titles),
            trustees=tuple(file.trustees),
            data=dict(data),
        )
        if unread := foreign(made.data, plain(file)) or next((f"asked.{n}" for n in data["asked"] if n in RESULTS), ""):
            raise Invalid(f"the sheet of this box cannot be read: nobody knows what its field {unread[:60]!r} means")
        if wrong := made._wrong() or (file.size != made.size and f"size is {file.size}, and must be {made.size}"):
            raise Invalid(f"the sheet of this box cannot be used: {wrong}")
        return made

    def as_trial(self) -> Sheet:
        """Give the sheet of a rehearsal of the same vote."""
        return self if self.trial else Sheet.read({**self.data, "trial": True})

    @property
    def subjects(self) -> tuple[str, ...]:
        """Ids of what is voted on."""
        return self.asked.subjects

    @property
    def inner(self) -> int:
        """How many bytes a paper has before its layers: the same for every choice."""
        return _inner(len(self.subjects))

    @property
    def size(self) -> int:
        """How many bytes a sealed paper has: the same for every choice."""
        return self.inner + LAYER * len(self.trustees)

    @cached_property
    def bound(self) -> str:
        """Digest, in hex, of what a paper is sealed for; titles are not in it, so that a corrected one spoils none."""
        return digest(
            {
                "format": "renda sealed paper 1",
                "ballot": self.ballot,
                "round": self.round,
                "trial": self.trial,
                "mode": self.rule.mode,
                "subjects": self.subjects,
                "answers": self.rule.answers,
                "places": self.asked.places,
                "costs": self.asked.costs,
                "budget": self.asked.budget,
                "box_keys": [t.box_key for t in self.trustees],
            }
        )

    @cached_property
    def digest(self) -> str:
        """Digest, in hex, of the whole sheet, titles and rule with it: what trustees sign."""
        return digest(self.data)

    def _wrong(self) -> str:
        keys = [key for t in self.trustees for key in (t.box_key, t.sign_key)]
        told = {
            "no subject, or too many": not 0 < len(self.subjects) <= MOST_SUBJECTS,
            "a subject is on it twice": len(set(self.subjects)) < len(self.subjects),
            "not one title for each subject": len(self.titles) != len(self.subjects),
            f"no answer, or more than {MOST_ANSWERS}": not 0 < len(self.rule.answers) <= MOST_ANSWERS,
            f"more than {MOST_TRUSTEES} trustees": len(self.trustees) > MOST_TRUSTEES,
            "two trustees of one name": len({t.name for t in self.trustees}) < len(self.trustees),
            "a trustee without a name": not all(t.name for t in self.trustees),
            "one key is given twice": len(set(keys)) < len(keys),
            "a key is not 64 hex digits": not all(len(k) == KEY and not set(k) - set("0123456789abcdef") for k in keys),
            "its round is not counted from 1": self.round < 1,
        }
        return next((what for what, is_so in told.items() if is_so), "")


def _inner(subjects: int) -> int:
    return STEP * -(-(RANDOM + subjects) // STEP)
