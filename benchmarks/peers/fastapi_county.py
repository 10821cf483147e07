"""A county's cases by FastAPI and SQLAlchemy's ORM, as their own pages show; run by uvicorn in the peers' environment.

It asks nobody who they are, sets no tenant, keeps no journal, and hears of no rule: whoever calls may do everything.
One case is answered with every column and its document as it is stored; a page of the list without documents.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, defer, mapped_column

TENANT, START = UUID(os.environ["COUNTY_TENANT"]), UUID(int=0)


class Base(DeclarativeBase):
    """What every model is made from."""


class CaseFile(Base):
    """A case, in the table as it stands."""

    __tablename__ = "case_file"

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    edition: Mapped[str]
    number: Mapped[str]
    title: Mapped[str]
    opened_on: Mapped[dt.date]
    state: Mapped[str]
    closed: Mapped[bool]
    private: Mapped[bool]
    public: Mapped[bool]
    round: Mapped[int]
    next_due: Mapped[dt.date | None]
    version: Mapped[int]
    document: Mapped[bytes]


class Line(BaseModel):
    """A line of the list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    number: str
    title: str
    opened_on: dt.date
    state: str
    closed: bool
    round: int
    next_due: dt.date | None
    version: int


class Shown(Line):
    """A case."""

    document: str


class New(BaseModel):
    """A new case."""

    kind: str
    number: str
    title: str
    document: str


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
    """List cases by kind, in the order of their ids, beginning after one."""
    found = await session.scalars(
        select(CaseFile)
        .options(defer(CaseFile.document))
        .where(CaseFile.tenant_id == TENANT, CaseFile.kind == "suggestion", CaseFile.id > after)
        .where(CaseFile.private.is_(False))
        .order_by(CaseFile.id)
        .limit(limit)
    )
    return found.all()


@app.post("/cases", response_model=Line, status_code=201)
async def open_case(data: New, session: Session) -> Any:
    """Insert one row and commit, and nothing else."""
    given = data.model_dump() | {"document": data.document.encode()}
    case = CaseFile(
        tenant_id=TENANT,
        id=uuid4(),
        edition="",
        opened_on=dt.date(2026, 3, 2),
        state="draft",
        closed=False,
        private=True,
        public=False,
        round=1,
        next_due=None,
        version=0,
        **given,
    )
    session.add(case)
    await session.commit()
    return case
