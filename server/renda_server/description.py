"""The description (OpenAPI 3.1), made from the operations themselves: their types are its schemas."""

from __future__ import annotations

import functools
import importlib.resources
import re
import types
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Union, get_args, get_origin

import msgspec
from litestar import Response

from renda_core.services.questions import LONGEST as ANSWER
from renda_server.answering import JSON
from renda_server.errors import PROBLEM
from renda_server.idempotency import HEADER, LONGEST, REPLAYED
from renda_server.operations import Operation
from renda_server.shapes import Problem

REFS = "#/components/schemas/{name}"
SEALED = {"$ref": REFS.format(name="Sealed")}
PUBLIC = frozenset({403, 404, 406, 429, 503})
"""What any operation of a tenant may answer: one that is not served now, one that is not hosted here, a type never
given, one that asks too often or has too much under way, and one that is being moved or whose database is away."""
ALWAYS = PUBLIC | {401}
"""What any operation behind the door may answer besides: no token. Its 403 is that of the permissions too."""
READING = frozenset({400})
SENDING = frozenset({413, 415})
KEYED = frozenset({409, 422})
TOLD: Mapping[int, str] = {
    400: "The request makes no sense; `field` names what is wrong.",
    401: "There is no token, or nobody's; where somebody signs in, what was shown opens nothing.",
    403: "The asker is known and may not do this; or not over a line that others can read (`plain_http`); or the "
    "office is served to nobody now.",
    404: "There is no such thing, or none that the asker may know of: both are answered alike.",
    406: "The answer has no form that `Accept` takes.",
    409: "The same key came before with another request, or is still being worked on.",
    412: "Someone else was first; `changed` lists what happened since.",
    413: "The body is too large.",
    415: "The body is of a type that is not read.",
    422: "Rules object; `objections` or `mistakes` lists every reason.",
    429: "Too many requests.",
    500: "The practice whose page it is failed, and is named; other pages go on. Other defects bear a number.",
    503: "Too much is waiting, and `Retry-After` says when to ask again; or the server lacks a part that this needs.",
}
TAGS: Mapping[str, str] = {
    "accounts": "账号: who may come in, with which roles, and whose are lent; tokens of programs.",
    "ballots": "票决: prepared, opened, cast, counted, announced; no number before its time.",
    "cases": "办件: suggestions and every other kind of case.",
    "configuration": "县级配置: the document that says which practices are enabled, and with which values.",
    "entry": "登录: signing in step by step, and what everybody does with their own account.",
    "events": "事件: other systems that are told what happens.",
    "exports": "导出: tables as files, empty forms, and columns saved under a name.",
    "files": "附件: files that belong to a case or a duty record.",
    "hosting": "租户: who is hosted here, by which names, and whether they are served; for the operator.",
    "imports": "导入: files on their way in.",
    "interchange": "交换: other systems' formats.",
    "papers": "What is printed and filed.",
    "lists": "What reads many cases.",
    "notices": "提醒: what people are told of before a day, and the days themselves.",
    "offices": "What the offices do beside single cases: reports, jobs, the journal.",
    "practice": "Who asks, and how this county works: kinds, procedures, rules.",
    "privacy": "个人信息: consent, copies and erasure for whom they are of, numbers seen whole, what is over.",
    "public": "公开: what anybody asks of a county without a token, a limited number of times a minute.",
    "records": "履职记录: what deputies did, entered once, checked, corrected, appealed.",
    "roster": "代表名册: people, mandates, congresses and what belongs to them.",
    "scores": "履职积分: points explained down to every record, by name and never by rank.",
    "server": "The server itself.",
    "witness": "存证: signed heads of journals, kept by another tenant.",
    "signs": "码牌: codes on walls that lead to the public pages, and codes by which voters follow their matter.",
}
SAID = (
    "The work of a people's congress with its deputies: the same use cases that the command line and the pages call. "
    "Every answer is JSON; every refusal is a problem document (RFC 9457)."
)


@functools.cache
def document() -> bytes:
    """Write the whole description, once."""
    from renda_server import resources

    made = _Document(_examples())
    for handler in resources.HANDLERS:
        made.add(handler.opt["operation"], "/api")
    for handler in resources.OPEN:
        made.add(handler.opt["operation"], "")
    text = msgspec.json.encode(_told(made.whole())).decode()
    text = re.sub(r"Page_([A-Za-z]+)_", r"\1Page", re.sub(r"Page\[([A-Za-z]+)\]", r"\1Page", text))
    return msgspec.json.format(text.encode(), indent=1)


def _examples() -> dict[str, Any]:
    """Read the examples, recorded from a running server."""
    raw = importlib.resources.files("renda_server").joinpath("examples.json").read_bytes()
    found: dict[str, Any] = msgspec.json.decode(raw)
    return found


class _Document:
    """The description while it is put together."""

    def __init__(self, examples: Mapping[str, Any]) -> None:
        self._examples = examples
        self._operations: list[tuple[str, Operation]] = []

    def add(self, told: Operation, prefix: str) -> None:
        self._operations.append((prefix, told))

    def whole(self) -> dict[str, Any]:
        """Give the document as plain data."""
        types_ = {t for _, o in self._operations for t in (*_options(o.gives), o.takes) if t not in (None, Any)}
        wanted = sorted({Problem, *types_}, key=str)
        shapes, components = msgspec.json.schema_components(wanted, schema_hook=_hook, ref_template=REFS)
        self._shapes = dict(zip(wanted, shapes, strict=True))
        components.pop("Sealed", None)  # what is sealed is shown by its mask
        paths: dict[str, Any] = {}
        for prefix, told in self._operations:
            path = re.sub(r":[a-z]+\}", "}", prefix + told.path)
            paths.setdefault(path, {})[told.method.lower()] = self._operation(told)
        tags = {o.tag for _, o in self._operations}
        return {
            "openapi": "3.1.0",
            "info": {"title": "renda", "version": "1", "description": SAID},
            "servers": [{"url": "/"}],
            "tags": [{"name": name, "description": TAGS[name]} for name in sorted(tags)],
            "paths": paths,
            "components": {
                "schemas": dict(sorted(components.items())),
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            },
            "security": [{"token": []}],
        }

    def _operation(self, told: Operation) -> dict[str, Any]:
        made: dict[str, Any] = {
            "operationId": told.name,
            "summary": told.summary,
            "description": told.description,
            "tags": [told.tag],
            "parameters": [*self._path(told), *self._query(told), *_headers(told)],
            "responses": self._responses(told),
        }
        if told.open or told.public:
            made["security"] = []
        if told.takes is not None or told.uploads:
            made["requestBody"] = {"required": True, "content": self._body(told)}
        return made

    def _body(self, told: Operation) -> dict[str, Any]:
        if told.takes is None:
            return {told.uploads: {"schema": {"type": "string", "format": "binary"}}}
        content: dict[str, Any] = {"schema": self._shapes[told.takes]}
        if (example := self._examples.get(told.name, {}).get("request")) is not None:
            content["examples"] = {"real": {"value": example}}
        return {JSON: content}

    def _path(self, told: Operation) -> Iterable[dict[str, Any]]:
        for name in told.parameters:
            schema: dict[str, Any] = {"type": "string", "minLength": 1}
            if name == "id" or name.endswith("_id"):
                schema["format"] = "uuid"
            made = {"name": name, "in": "path", "required": True, "schema": schema}
            if example := self._examples.get(told.name, {}).get("path", {}).get(name):
                made["example"] = example
            yield made

    def _query(self, told: Operation) -> Iterable[dict[str, Any]]:
        if told.free:
            words = {"type": "object", "additionalProperties": {"type": "string", "maxLength": ANSWER}}
            what = "What the page asks for, each by its name or Chinese title, e.g. `?first=2026-01-01`."
            yield {
                "name": "asked",
                "in": "query",
                "style": "form",
                "explode": True,
                "schema": words,
                "description": what,
            }
        if told.asks is None:
            return
        _, found = msgspec.json.schema_components([told.asks], ref_template=REFS)
        properties = found[told.asks.__name__]["properties"]
        for field in msgspec.structs.fields(told.asks):
            schema = dict(properties[field.encode_name])
            if schema.get("default", 0) is None:
                schema = {**next(s for s in schema.pop("anyOf") if s != {"type": "null"})}
            yield {"name": field.encode_name, "in": "query", "required": field.required, "schema": schema}

    def _responses(self, told: Operation) -> dict[str, Any]:
        done: dict[str, Any] = {"description": HTTPStatus(told.status).phrase}
        if told.status != HTTPStatus.NO_CONTENT:
            done["content"] = {media: self._answer(told) for media in (told.media, *told.also)}
        if bears := _bears(told):
            done["headers"] = bears
        found = {str(told.status): done}
        statuses = READING | {*told.problems}
        if not told.open:
            statuses |= PUBLIC if told.public else ALWAYS
        if told.takes is not None or told.uploads:
            statuses |= SENDING
        if told.keyed:
            statuses |= KEYED
        for status in sorted(statuses):
            found[str(status)] = {"description": TOLD[status], "content": {PROBLEM: {"schema": self._shapes[Problem]}}}
        if 429 in statuses:
            found["429"]["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}}}
        if 401 in statuses:
            found["401"]["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
        return found

    def _answer(self, told: Operation) -> dict[str, Any]:
        if not told.media.endswith("json"):
            return {"schema": {"type": "string", "format": "binary"}}
        options = [self._shapes.get(t, {}) for t in _options(told.gives)]
        content: dict[str, Any] = {"schema": options[0] if len(options) == 1 else {"anyOf": options}}
        if (example := self._examples.get(told.name, {}).get("response")) is not None:
            content["examples"] = {"real": {"value": example}}
        return content


def _told(part: Any) -> Any:
    """Take out the sealed form, which no answer shows, and what makers of clients stumble over."""
    if isinstance(part, list):
        return [_told(p) for p in part if p != SEALED]
    if not isinstance(part, dict):
        return part
    if (pair := part.get("prefixItems")) and all(item == pair[0] for item in pair):
        part = {**part, "items": pair[0]}  # the same is said by what every client's maker reads
        del part["prefixItems"]
    # A pair says how many items it has in minItems and maxItems already; an empty text is no id, only none given.
    vain = {("items", False), *([("default", "")] if part.get("format") == "uuid" else [])}
    return {
        key: _told(value) for key, value in part.items() if not (isinstance(value, str | bool) and (key, value) in vain)
    }


def _options(gives: Any) -> tuple[Any, ...]:
    """Take a union of answers apart; an answer that is written by hand has no type of ours."""
    plain = get_origin(gives) or gives
    if isinstance(plain, type) and issubclass(plain, Response):
        return (Any,)
    return get_args(gives) if get_origin(gives) in (Union, types.UnionType) else (gives,)


def _hook(kind: type) -> dict[str, Any]:
    """Describe what JSON does not know and answers write as text."""
    return {"type": "string", "title": kind.__name__}


def _headers(told: Operation) -> Iterable[dict[str, Any]]:
    if told.if_match:
        yield {
            "name": "If-Match",
            "in": "header",
            "required": False,
            "description": "The version that the asker saw, as `ETag` gave it.",
            "schema": {"type": "string", "pattern": '^(W/)?"?[0-9]{1,9}"?$'},
        }
    if told.keyed:
        yield {
            "name": HEADER,
            "in": "header",
            "required": False,
            "description": "Names this request, so that it may be sent again: it is done once and answered alike.",
            "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
        }
    for name, about in told.headers.items():
        yield {"name": name, "in": "header", "required": False, "description": about, "schema": {"type": "string"}}


def _bears(told: Operation) -> dict[str, Any]:
    found: dict[str, str] = {}
    if told.etag:
        found["ETag"] = "The version of what is shown; send it back as `If-Match`."
    if told.located:
        found["Location"] = "Where it is."
    if "after" in (f.name for f in msgspec.structs.fields(told.asks)) if told.asks else False:
        found["Link"] = 'The next page, as `<…>; rel="next"`, where there is one.'
    if told.keyed:
        found[REPLAYED] = "`true` where the request was done before, under the same key."
    return {name: {"description": about, "schema": {"type": "string"}} for name, about in found.items()}
