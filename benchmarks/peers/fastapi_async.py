"""A county's cases by FastAPI and SQLAlchemy's ORM without threads, as SQLAlchemy's page on asyncio writes it.

Run by uvicorn in the peers' environment. It asks nobody who they are, sets no tenant, keeps no journal, and hears of no
rule: whoever calls may do everything. One case is answered with every column and its document as it is stored; a page
of the list without documents.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi_rows import START, TENANT, CaseFile, Line, New, Shown, listed, made
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Keep one engine for as long as the server runs."""
    engine = create_async_engine(os.environ["COUNTY_DATABASE"])
    app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
    yield
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


async def session_of(request: Request) -> AsyncIterator[AsyncSession]:
    """Give a session for one request."""
    async with request.app.state.sessions() as session:
        yield session


Session = Annotated[AsyncSession, Depends(session_of)]


@app.get("/cases/{case_id}", response_model=Shown)
async def show_case(case_id: UUID, session: Session) -> Any:
    """Show one case."""
    case = await session.get(CaseFile, (TENANT, case_id))
    if case is None:
        raise HTTPException(status_code=404, detail="Case not found")
    return case


@app.get("/cases", response_model=list[Line])
async def list_cases(session: Session, after: UUID = START, limit: int = 50) -> Sequence[Any]:
    """List cases."""
    return (await session.scalars(listed(after, limit))).all()


@app.post("/cases", response_model=Line, status_code=201)
async def open_case(data: New, session: Session) -> Any:
    """Insert one row and commit, and nothing else."""
    case = made(data)
    session.add(case)
    await session.commit()
    return case
