"""The statements on codes that follow a case."""

from __future__ import annotations

import attrs
from sqlalchemy import delete, select

from renda_core.store import tables as t
from renda_core.store.compile import Query, Write, add, keyed

_c = t.case_code.c


@attrs.frozen(kw_only=True)
class CodeRow:
    """The case that a code follows."""

    case_id: str


FOLLOWED = Query(select(_c.case_id).where(*keyed(t.case_code, "digest")), CodeRow)
HAS_CODE = Query(select(_c.case_id).where(*keyed(t.case_code, "case_id")), CodeRow)
ADD_CODE = add(t.case_code)
CUT_CODE = Write(delete(t.case_code).where(*keyed(t.case_code, "case_id")))
