"""The table of cases as SQLAlchemy's ORM has it, and what FastAPI takes and gives: shared by both of its forms."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Select, select
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


def listed(after: UUID, limit: int) -> Select[Any]:
    """Ask for cases by kind, in the order of their ids, beginning after one."""
    return (
        select(CaseFile)
        .options(defer(CaseFile.document))
        .where(CaseFile.tenant_id == TENANT, CaseFile.kind == "suggestion", CaseFile.id > after)
        .where(CaseFile.private.is_(False))
        .order_by(CaseFile.id)
        .limit(limit)
    )


def made(data: New) -> CaseFile:
    """Make a row of what was sent."""
    given: dict[str, Any] = data.model_dump() | {"document": data.document.encode()}
    return CaseFile(
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
