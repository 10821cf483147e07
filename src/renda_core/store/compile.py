"""Statements compiled once: SQLAlchemy Core -> SQL text, an argument tuple, a row constructor."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

import attrs
from sqlalchemy import BindParameter, Delete, Insert, Select, Table, Update, bindparam, delete, insert, update
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.dml import ReturningDelete, ReturningInsert, ReturningUpdate
from sqlalchemy.sql.visitors import iterate

from renda_core.errors import Misuse

T = TypeVar("T")
MANY = 200
"""Values that one statement looks up at once."""
Change = Insert | Update | Delete
Returning = ReturningInsert[Any] | ReturningUpdate[Any] | ReturningDelete[Any]


def check(source: Select[Any] | Change | Returning, cross_tenant: bool) -> None:
    """Refuse what cannot be prepared once, or could reach beyond the tenant."""
    binds = [e for e in iterate(source) if isinstance(e, BindParameter)]
    if any(b.expanding for b in binds):
        raise Misuse(f"IN takes a changing number of arguments; join a table or a JSON list: {source}")
    if not cross_tenant and not any(b.key == "tenant_id" for b in binds):
        raise Misuse(f"no bindparam('tenant_id') in: {source}")


@attrs.frozen(eq=False)
class Query(Generic[T]):
    """A select, or a change with RETURNING, whose rows become *into*. Made at import, shared by all."""

    source: Select[Any] | Returning
    into: type[T]
    cross_tenant: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check(self.source, self.cross_tenant)


@attrs.frozen(eq=False)
class Write:
    """An insert, update or delete, or several folded into one statement, that answers how many rows it touched."""

    source: Change | Select[Any]
    cross_tenant: bool = attrs.field(default=False, kw_only=True)

    def __attrs_post_init__(self) -> None:
        check(self.source, self.cross_tenant)


def mine(table: Table) -> Any:
    """Restrict to the tenant: the first condition of every statement."""
    return table.c.tenant_id == bindparam("tenant_id")


def keyed(table: Table, *names: str) -> tuple[Any, ...]:
    """Restrict to the tenant and to equal values of some columns, each bound under its own name."""
    return (mine(table), *(table.c[n] == bindparam(n, type_=table.c[n].type) for n in names))


def among(column: Any, name: str) -> Any:
    """Restrict a column to values bound by :func:`pieces`: always as many parameters, so that it is prepared once."""
    return column.in_([bindparam(f"{name}_{i}", type_=column.type) for i in range(MANY)])


def pieces(name: str, values: Collection[Any]) -> Iterator[dict[str, Any]]:
    """Give values in pieces for :func:`among`; the last piece is filled up by repeating one of its values."""
    listed = tuple(values)
    for start in range(0, len(listed), MANY):
        piece = listed[start : start + MANY]
        piece += piece[:1] * (MANY - len(piece))
        yield {f"{name}_{i}": value for i, value in enumerate(piece)}


def add(table: Table) -> Write:
    """Insert a whole row; parameters are the column names."""
    return Write(insert(table).values({c.name: bindparam(c.name, type_=c.type) for c in table.c}))


def change(table: Table) -> Write:
    """Update a row by its primary key; parameters are the column names, all of them."""
    key = [c.name for c in table.primary_key.columns if c.name != "tenant_id"]
    rest = {c: bindparam(c.name, type_=c.type) for c in table.c if not c.primary_key}
    return Write(update(table).where(*keyed(table, *key)).values(rest))


def cut(table: Table) -> Write:
    """Delete a row by its primary key."""
    return Write(delete(table).where(*keyed(table, *(c.name for c in table.primary_key if c.name != "tenant_id"))))


@attrs.frozen(eq=False)
class Plan(Generic[T]):
    """One statement, ready for one driver."""

    sql: str
    arguments: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    many: Callable[[Collection[Mapping[str, Any]], Any], list[tuple[Any, ...]]]
    row: Callable[[Sequence[Any]], T]


class Plans:
    """The compiled statements of one store. Grows to the number of statements in the code, no further."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._made: dict[Query[Any] | Write, Plan[Any]] = {}

    def __call__(self, statement: Query[T] | Write) -> Plan[T]:
        """Answer the plan of *statement*, compiling it at first sight."""
        if (plan := self._made.get(statement)) is None:
            plan = self._made[statement] = self._make(statement)
        return plan

    def _make(self, statement: Query[T] | Write) -> Plan[T]:
        compiled: Any = statement.source.compile(dialect=self._dialect)
        binds = [compiled.binds[name] for name in compiled.positiontup]
        encode = [self._processor(b.type, "bind") for b in binds]
        # a constant in the statement, such as .limit(1000), is a bind that already has its value
        source = [f"v[{b.key!r}]" if b.required else f"c[{i}]" for i, b in enumerate(binds)]
        items = [f"{_call(f, i, s)}, " for i, (f, s) in enumerate(zip(encode, source, strict=True))]
        values = [b.value for b in binds]
        arguments = _function(f"({''.join(items)})", f=encode, c=values)
        many = self._many(binds, encode, items, values)
        if isinstance(statement, Write):
            return Plan(str(compiled), arguments, many, _no_row)
        columns = list(statement.source.exported_columns)
        decode = [self._processor(c.type, "result") for c in columns]
        made = {str(c.key): _call(f, i, f"v[{i}]") for i, (c, f) in enumerate(zip(columns, decode, strict=True))}
        return Plan(str(compiled), arguments, many, _maker(statement.into, made, decode))

    def _many(self, binds: list[Any], encode: list[Any], items: list[str], values: list[Any]) -> Any:
        """Write out the arguments of many rows of one tenant, which is packed once for all of them."""
        own = [i for i, b in enumerate(binds) if b.key == "tenant_id"]
        row = "".join("t, " if i in own else item for i, item in enumerate(items))
        made = eval(f"lambda rows, t: [({row}) for v in rows]", {"f": encode, "c": values})  # noqa: S307 - as below
        pack = encode[own[0]] if own else None
        return lambda rows, tenant: made(rows, pack(tenant) if pack else tenant)

    def _processor(self, type_: Any, way: str) -> Callable[[Any], Any] | None:
        native = type_.dialect_impl(self._dialect)
        found = native.bind_processor(self._dialect) if way == "bind" else native.result_processor(self._dialect, None)
        return found  # type: ignore[no-any-return]


def _maker(into: type[T], made: Mapping[str, str], decode: list[Any]) -> Callable[[Sequence[Any]], T]:
    """Write out how a row becomes *into*; *made* says for each field how its value is read from the row ``v``."""
    places = {name: getattr(into, name, None) for name in made}
    plain = attrs.has(into) and {(a.name, a.validator, a.converter, a.on_setattr) for a in attrs.fields(into)} == {
        (name, None, None, None) for name in made
    }
    ready = plain and not hasattr(into, "__attrs_post_init__") and all(map(inspect.ismemberdescriptor, places.values()))
    if not ready:
        fields = ", ".join(f"{name}={value}" for name, value in made.items())
        return _function(f"into({fields})", f=decode, into=into)
    # What is frozen fills its slots one by one, each found by name; where that is all, they are filled directly.
    names = {f"s{i}": place.__set__ for i, place in enumerate(places.values()) if place}
    fills = ", ".join(f"s{i}(o, {value})" for i, value in enumerate(made.values()))
    return _function(f"(o := new(into), {fills})[0]", f=decode, into=into, new=object.__new__, **names)


def _no_row(_: Sequence[Any]) -> Any:
    raise Misuse("a Write has no rows; use Query with returning()")


def _call(function: object, index: int, value: str) -> str:
    return f"f[{index}]({value})" if function else value


def _function(body: str, **names: Any) -> Callable[[Any], Any]:
    """Write the constructor out once, as attrs does: half the cost of ``into(**dict(zip(...)))``."""
    return eval(f"lambda v: {body}", names)  # type: ignore[no-any-return]  # noqa: S307 - body is made of our own columns
