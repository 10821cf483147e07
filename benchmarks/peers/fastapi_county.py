"""A county's cases by FastAPI and SQLAlchemy's ORM, as FastAPI's own page on SQL databases writes it.

Plain functions, which FastAPI runs in threads; a session on which each depends; a new row is refreshed before it is
answered. What they know and do is what ``fastapi_async.py`` says.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException
from fastapi_rows import START, TENANT, CaseFile, Line, New, Shown, listed, made
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

engine = create_engine(os.environ["COUNTY_DATABASE"])


def get_session() -> Iterator[Session]:
    """Give a session for one request."""
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]
app = FastAPI()


@app.get("/cases/{case_id}", response_model=Shown)
def show_case(case_id: UUID, session: SessionDep) -> Any:
    """Show one case."""
    case = session.get(CaseFile, (TENANT, case_id))
    if case is None:
        raise HTTPException(status_code=404, detail="Case not found")
    return case


@app.get("/cases", response_model=list[Line])
def list_cases(session: SessionDep, after: UUID = START, limit: int = 50) -> Sequence[Any]:
    """List cases."""
    return session.scalars(listed(after, limit)).all()


@app.post("/cases", response_model=Line, status_code=201)
def open_case(data: New, session: SessionDep) -> Any:
    """Insert one row and commit, and nothing else."""
    case = made(data)
    session.add(case)
    session.commit()
    session.refresh(case)
    return case
