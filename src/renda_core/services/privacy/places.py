"""The data map (个人信息清单): every place where personal data lie, of whom, what for and how long.

One table: rotation of keys, copies, erasure, retention and the documentation all read it, and a test holds every column
of the database against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import attrs

from renda_core.services import attachments, requests
from renda_core.services.accounts import providers, second, tickets
from renda_core.services.accounts.rows import LOGIN_FIELD
from renda_core.services.ballots import boxes, casting, sheets
from renda_core.services.events import receivers
from renda_core.services.imports import jobs as import_jobs
from renda_core.services.imports.people import ID_NUMBER, PHONE
from renda_core.store import tables as t
from renda_core.store.columns import NOBODY

Form = Literal["hidden", "bytes", "document", "hash", "clear", "derived"]
"""How a value lies there.

``hidden``: sealed, its last four characters shown; ``bytes``: sealed whole; ``document``: sealed values inside JSON;
``hash``: keyed, from what is kept nowhere; ``clear``: readable, for names that everybody at work needs; ``derived``:
made from the others, and made again.
"""
Row = Mapping[str, Any]
LAW = "法定公开与档案"
"""Why something of a deputy is kept: 代表法、选举法 make it public, 档案法 keeps it."""


@attrs.frozen(kw_only=True)
class Place:
    """One place.

    Attributes:
        title: What lies there; *whose* of whom; *why* what for; *kept* how long.
        field: Under which name it is sealed; from the row, where each row has its own.
        index: The column with the keyed hash of the same text, and the name it is hashed under.
    """

    table: str
    column: str
    title: str
    whose: str
    why: str
    kept: str
    form: Form
    field: str | Callable[[Row], str] = ""
    index: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """The place as ``table.column``."""
        return f"{self.table}.{self.column}"

    def field_of(self, row: Row) -> str:
        """Name what a row's value is sealed under."""
        return self.field if isinstance(self.field, str) else self.field(row)


def _sheet(row: Row) -> str:
    if row["bundle"] == boxes.OPENED and row["teller"] == NOBODY:
        return boxes.field_of(row["ballot_id"], row["round"])
    return sheets.field_of(row)


def _of(table: str, whose: str, why: str, kept: str, *listed: tuple[str, str, Form, Any]) -> list[Place]:
    """Write places of one table that share their purpose."""
    made = []
    for column, title, form, more in listed:
        extra: dict[str, Any] = more if isinstance(more, dict) else {"field": more}
        made.append(Place(table=table, column=column, title=title, whose=whose, why=why, kept=kept, form=form, **extra))
    return made


_ROSTER = "选民至删除为止；代表按档案期限"
_ACCOUNT = "账号注销即删"
PLACES: tuple[Place, ...] = (
    *_of(
        "person",
        "选民、代表",
        "选举与履职登记",
        _ROSTER,
        (
            "id_number",
            "公民身份号码",
            "hidden",
            {"field": ID_NUMBER, "index": ("id_index", ID_NUMBER)},
        ),
        ("id_index", "公民身份号码的带钥散列", "derived", ""),
        ("phone", "电话", "hidden", PHONE),
        ("name", "姓名", "clear", ""),
        ("match_key", "姓名检索键", "derived", ""),
        ("sex", "性别", "clear", ""),
        ("nationality", "民族", "clear", ""),
        ("born_on", "出生日期", "clear", ""),
        ("party", "党派", "clear", ""),
        ("education", "学历", "clear", ""),
        ("employer", "单位", "clear", ""),
        ("position", "职务", "clear", ""),
    ),
    *_of("person_word", "选民、代表", "按姓名查找", _ROSTER, ("word", "姓名检索词", "derived", "")),
    *_of("voter", "选民", "选民登记", _ROSTER, ("person", "选民登记", "clear", "")),
    *_of(
        "mandate",
        "代表",
        "代表职务",
        LAW,
        ("certificate", "代表证号", "clear", ""),
        ("document", "代表职务经过", "clear", ""),
    ),
    *_of(
        "unit",
        "承办单位联系人",
        "办理联络",
        "至更换为止",
        ("phone", "单位电话", "hidden", "unit.phone"),
        ("head", "负责人", "clear", ""),
    ),
    *_of(
        "station",
        "联络站管理员",
        "接待联络",
        "至更换为止",
        ("phone", "站点电话", "hidden", "station.phone"),
        ("manager", "管理员", "clear", ""),
        ("liaison", "联络员", "clear", ""),
    ),
    *_of(
        "case_file",
        "群众、代表",
        "办理意见建议",
        "群众联系方式在办结后按合规要求删除，其余按档案期限",
        ("document", "办件中的姓名、电话与经过", "document", ""),
        ("title", "标题", "clear", ""),
    ),
    *_of("case_word", "群众、代表", "检索", "随办件", ("word", "标题与正文的检索词", "derived", "")),
    *_of("case_party", "群众、代表", "办理意见建议", "随办件", ("person", "办件当事人", "clear", "")),
    *_of("case_act", "经办人", "办理经过", "随办件", ("by_id", "经办人", "clear", "")),
    *_of("likeness_page", "群众", "查找相似件", "随办件", ("texts", "正文", "derived", "")),
    *_of("likeness_list", "群众", "查找相似件", "随办件", ("texts", "含某词的正文", "derived", "")),
    *_of(
        "case_code",
        "群众",
        "凭码查询进度",
        "办结后随联系方式删除",
        ("digest", "查询码的带钥散列", "hash", {"field": "case_code"}),
    ),
    *_of("guess", "访客", "防猜码", "十五分钟", ("source", "来源地址的带钥散列", "hash", {"field": "guess_source"})),
    *_of(
        "notice",
        "代表、工作人员",
        "提醒",
        "随其账号",
        ("text", "提醒内容", "clear", ""),
        ("title", "提醒标题", "clear", ""),
    ),
    *_of("duty_record", "代表", "履职记录", LAW, ("document", "履职记录", "clear", "")),
    *_of(
        "ballot_roll",
        "代表、选民",
        "表决",
        LAW,
        ("person", "有表决权者", "clear", ""),
        ("named", "记名表决的选项", "bytes", casting.NAMED),
    ),
    *_of("ballot_sheet", "计票人", "计票", "随表决", ("sealed", "计票人录入的一扎", "bytes", {"field": _sheet})),
    *_of(
        "import_job",
        "文件中的人",
        "导入名册与登记",
        "应用或放弃即删，最长七日",
        ("content", "导入的文件", "bytes", {"field": lambda row: import_jobs.field_of(row["id"])}),
        ("document", "导入问题中的单元格", "clear", ""),
    ),
    *_of("import_row", "文件中的人", "导入名册与登记", "三十日", ("document", "导入的行名与问题", "clear", "")),
    *_of(
        "request_key",
        "提交者",
        "重复提交只办一次",
        "四十八小时",
        (
            "body",
            "保留的答复",
            "bytes",
            {"field": lambda row: requests.field_of(row["principal"], row["route"], row["key"])},
        ),
        ("fingerprint", "请求的带钥散列", "hash", {"field": requests.FIELD}),
    ),
    *_of(
        "account",
        "工作人员、代表",
        "登录",
        _ACCOUNT,
        ("name", "姓名", "clear", ""),
        ("login", "登录名", "bytes", {"field": LOGIN_FIELD, "index": ("login_key", LOGIN_FIELD)}),
        ("login_key", "登录名的带钥散列", "derived", ""),
        ("totp", "动态口令密钥", "bytes", second.TOTP_FIELD),
        ("password", "口令的 Argon2 散列", "clear", ""),
    ),
    *_of("access", "工作人员、代表", "登录状态", "退出或到期即删", ("label", "设备名", "clear", "")),
    *_of("ticket", "工作人员、代表", "邀请、验证", "到期即删", ("body", "凭条内容", "bytes", tickets.FIELD)),
    *_of("passkey", "工作人员、代表", "登录", _ACCOUNT, ("label", "通行密钥名", "clear", "")),
    *_of(
        "provided",
        "工作人员、代表",
        "统一身份登录",
        _ACCOUNT,
        ("subject", "外部身份的带钥散列", "hash", {"field": providers.MEANT}),
    ),
    *_of("delegation", "工作人员", "代行职权", "随账号档案", ("reason", "代行理由", "clear", "")),
    *_of(
        "identity_provider",
        "（非个人）",
        "统一身份登录",
        "至停用",
        ("secret", "客户端密钥", "bytes", {"field": lambda row: f"{providers.SECRET}:{row['name']}"}),
    ),
    *_of("consent", "群众、代表", "证明同意", "撤回后留存证明", ("person", "同意人", "clear", "")),
    *_of(
        "attachment",
        "群众、代表",
        "办件材料",
        "随办件",
        ("name", "附件名", "bytes", {"field": lambda row: attachments.field_of(row["id"])}),
        ("digest", "附件内容的带钥散列", "derived", ""),
    ),
    *_of("journal", "经办人", "日志", "长期；个人部分可删而链仍有效", ("private", "日志的个人部分", "clear", "")),
    *_of(
        "receiver",
        "（非个人）",
        "通知其他系统",
        "至移除",
        ("secret", "签名密钥", "bytes", {"field": lambda row: f"{receivers.SEALED}:{row['name']}"}),
    ),
    *_of("outbox", "（编号）", "通知其他系统", "送出即删", ("body", "事件", "clear", "")),
)
"""The map."""
SEALED = tuple(p for p in PLACES if p.form in ("hidden", "bytes"))
"""Places whose values are each a box."""
HASHED = tuple(p for p in PLACES if p.form == "hash")
"""Places whose values cannot be made anew under another key: what they were made from is kept nowhere."""
FREE: Mapping[str, str] = {
    "ballot": "rules and results of a vote",
    "ballot_board": "hashes of sealed papers; nobody's",
    "ballot_chunk": "opened papers, shuffled; nobody's",
    "body": "bodies of a congress",
    "case_assignment": "units",
    "case_clock": "deadlines",
    "case_dimension": "sorts of a case",
    "case_facet": "states",
    "case_link": "cases",
    "case_slot": "ids and quarters of an hour",
    "column_choice": "names of columns; who chose them, by id",
    "configuration": "settings; who applied them, by id",
    "congress": "congresses",
    "counter": "numbers",
    "directory": "tenants",
    "directory_host": "tenants",
    "district": "districts",
    "duty_count": "counts by id",
    "journal_head": "a hash",
    "likeness_segment": "counts",
    "link": "ids",
    "membership": "ids",
    "session": "sessions",
    "tenant": "the tenant",
    "term": "terms",
    "witness": "hashes",
}
"""Tables in which nothing of a person lies but ids, and what does lie there."""
OURS: Mapping[str, str] = {
    "ballot_roll.sealed": "sealed on the voter's own device to the trustees' keys; nobody here can open it",
    "access.digest": "a hash of 32 random bytes",
    "ticket.digest": "a hash of 32 random bytes",
    "passkey.credential": "public",
    "passkey.public_key": "public",
    "duty_record.mandates": "ids",
    "case_code.digest": "",
    "journal.hash": "the chain",
}
"""Columns of bytes in the map's tables that are no box of ours, and what they are."""


def place(name: str) -> Place:
    """Find a place by ``table.column``."""
    return next(p for p in PLACES if p.name == name)


def table_of(at: Place) -> Any:
    """Give the table that a place lies in."""
    return t.metadata.tables[at.table]
