"""How an import looks up what is stored: many rows with one statement, whose number of parameters never changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
from sqlalchemy import Select, and_, delete, select

from renda_core.store import tables as t
from renda_core.store.compile import Query, Write, add, among, keyed, mine

MOST_ALIKE = 5_000
"""People of some birth dates who are compared by name: enough for any county, and no bound on what is found by key."""


@attrs.define(kw_only=True)
class Known:
    """As much of a person as tells who it is; *numbered* if an ID number is stored."""

    id: str
    name: str
    match_key: str
    born_on: dt.date | None
    id_index: bytes | None

    @property
    def numbered(self) -> bool:
        """Tell whether an ID number is stored."""
        return self.id_index is not None


def _known(*conditions: Any) -> Select[Any]:
    columns = (t.person.c[name] for name in ("id", "name", "match_key", "born_on", "id_index"))
    return select(*columns).where(mine(t.person), *conditions)


def _whole(table: Any, column: str) -> Query[dict[str, Any]]:
    columns = (c for c in table.c if c.name != "tenant_id")
    return Query(select(*columns).where(mine(table), among(table.c[column], column)), dict)


BY_INDEX = Query(_known(among(t.person.c.id_index, "id_index")), Known)
BY_KEY = Query(_known(among(t.person.c.match_key, "match_key")), Known)
BY_BIRTH = Query(_known(among(t.person.c.born_on, "born_on")).limit(MOST_ALIKE), Known)
BY_BIRTH_UNNUMBERED = Query(
    _known(among(t.person.c.born_on, "born_on"), t.person.c.id_index.is_(None)).limit(MOST_ALIKE), Known
)
PEOPLE = _whole(t.person, "id")
MANDATES = _whole(t.mandate, "person")
MEMBERSHIPS = _whole(t.membership, "mandate")
VOTERS = _whole(t.voter, "person")
LINKS = Query(
    select(*(c for c in t.link.c if c.name != "tenant_id")).where(*keyed(t.link, "kind")).order_by(t.link.c.id), dict
)
"""The roster's links of one kind, ended ones too."""


@attrs.frozen(kw_only=True)
class Numbered:
    """A case by its number."""

    id: str
    number: str
    word: str = ""


_file, _word = t.case_file, t.case_word
BY_NUMBERS = Query(
    select(_file.c.id, _file.c.number).where(*keyed(_file, "kind"), among(_file.c.number, "number")), Numbered
)
BY_TEXT = Query(
    select(_file.c.id, _file.c.number, _word.c.word)
    .select_from(_word.join(_file, and_(_file.c.tenant_id == _word.c.tenant_id, _file.c.id == _word.c.case_id)))
    .where(mine(_word), among(_word.c.word, "word"), *keyed(_file, "kind")),
    Numbered,
)
"""Cases by the marks of their texts; see ``words.text_mark``."""
ADD_WORD = add(t.person_word)
CUT_WORDS = Write(delete(t.person_word).where(*keyed(t.person_word, "person_id")))
