"""A real request of every operation, on a prepared county: what the description shows, and what attacks begin from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from tests.core.sending_files import PDF

from renda_core.testing import uid
from renda_server import resources
from renda_server.identity import COOKIE
from renda_server.operations import Operation

from .accounted import BETTER, GOOD
from .conftest import LI, OVER, ROADS, WANG
from .operating import NEW
from .votes import BUNDLE

if TYPE_CHECKING:
    from .conftest import Site

OPERATIONS: dict[str, Operation] = {
    handler.opt["operation"].name: handler.opt["operation"] for handler in (*resources.HANDLERS, *resources.OPEN)
}
LAST = (
    "remove_identity_provider",
    "remove_receiver",
    "rate_matter",
    "dispute_matter",
    "cast_named",
    "take_bundle_back",
    "announce_round",
    "annul_round",
    "take_step",
    "declare_round",
    "override_state",
    "erase_case",
    "open_term",
    "erase_person",
    "run_retention",
    "replace_configuration",
    "restore_version",
)
"""What changes, or takes away, that on which the others are tried."""
ORDER = sorted(OPERATIONS, key=lambda n: (LAST.index(n) + 1 if n in LAST else 0, OPERATIONS[n].method != "GET", n))
"""Every operation, so that each finds what it needs."""
DAY = {
    "kind": "suspend",
    "on": "2026-01-10",
    "legal_act": "清人常〔2026〕1号",
    "by_body": "standing_committee",
    "reason": "detained",
}
MET = {"incumbent": 2, "present": 2, "issued": 2, "returned": 2}
SURVEY = {"kind": "group_survey", "title": "办理测评", "subjects": [ROADS], "roll": [WANG, LI]}


@attrs.frozen(kw_only=True)
class Request:
    """What is asked, by whom; *content* where it is no JSON, *session* what a cookie is known by in its place."""

    who: str = "office"
    parts: dict[str, str] = attrs.Factory(dict)
    query: dict[str, Any] = attrs.Factory(dict)
    body: Any = None
    content: bytes | None = None
    media: str = ""
    headers: dict[str, str] = attrs.Factory(dict)
    status: int = 0
    session: str = ""


CASE = {"kind": "suggestion", "title": "关于维修城东石桥的建议", "body": {"text": "城东石桥多年失修。"}}
UNITS = "单位名称,代码,从\n县水务局,water,2021-07-01\n".encode()
POPOLO = b'{"persons": [{"id": "p-1", "name": "\xe8\xb5\xb5\xe6\x98\x8e"}]}'
VISIT = {
    "kind": "visit",
    "on": "2026-01-09",
    "source": "走访选民登记表 12",
    "title": "走访城东村",
    "facts": {"people": 6},
    "evidence": ["走访选民登记表 12"],
}
POINTS = {"rule": "points"}
CHOICE = {"sheet": "units", "name": "通讯录"}
LOAN = {
    "giver": "*moved_account*",
    "taker": "*taker_account*",
    "roles": ["office"],
    "since": "2026-01-21",
    "until": "2026-01-26",
    "reason": "外出培训",
}


def of(name: str) -> dict[str, str]:
    """Name the account that is meant."""
    return {"account_id": f"*{name}_account*"}


def at(name: str) -> dict[str, str]:
    """Name the tenant that is meant."""
    return {"tenant_id": f"*{name}_tenant*"}


REQUESTS: dict[str, Request] = {
    "open_case": Request(who="wang", body=CASE | {"parties": {"proposer": [WANG]}}),
    "take_step": Request(who="roads", body={"step": "receive"}, headers={"If-Match": "*etag*"}),
    "override_state": Request(who="overseer", body={"state": "accepted", "note": "误交办，退回重新交办"}),
    "erase_case": Request(who="overseer", body={"reason": "当事人申请删除个人信息"}),
    "search": Request(query={"text": "石桥"}),
    "list_pages": Request(),
    "list_similar": Request(body={"text": "石桥多年失修", "kind": "opinion"}),
    "show_page": Request(parts={"name": "satisfaction"}),
    "give_page": Request(parts={"name": "satisfaction", "file": "page.xlsx"}),
    "show_kind": Request(parts={"kind": "commitment"}),
    "list_rules": Request(query={"plugin": "suggestion_handling"}),
    "list_rule_changes": Request(query={"plugin": "suggestion_handling", "since": "2026-01-01"}),
    "list_cases": Request(query={"state": "assigned", "size": 2}),
    "add_session": Request(body={"term": uid("prepared term"), "number": 2, "opens_on": "2022-01-10"}),
    "change_session": Request(body={"closes_on": "2021-07-05"}, headers={"If-Match": "*etag*"}),
    "add_event": Request(body=DAY),
    "open_term": Request(body={"number": 7, "first_session_on": "2026-01-15"}),
    "enter_record": Request(body=VISIT),
    "mark_record": Request(body={"do": "confirm", "version": 0}),
    "show_score": Request(parts=POINTS, query={"year": 2025}),
    "list_scores": Request(parts=POINTS, query={"year": 2025, "congress": uid("prepared congress")}),
    "assess_year": Request(parts=POINTS | {"year": "2025"}, body={"congress": uid("prepared congress")}),
    "open_ballot": Request(body=SURVEY | {"tellers": [WANG, LI]}),
    "open_round": Request(parts={"ballot_id": "*prepared_ballot*"}, body={"present": [WANG, LI]}),
    "close_round": Request(parts={"ballot_id": "*open_ballot*"}),
    "annul_round": Request(parts={"ballot_id": "*open_ballot*"}, body={"reason": "出席名单有误"}),
    "appoint": Request(parts={"ballot_id": "*prepared_ballot*"}, body={"reason": "计票人生病", "scrutineers": []}),
    "announce_round": Request(parts={"ballot_id": "*counted_ballot*"}),
    "declare_round": Request(parts={"ballot_id": "*due_ballot*"}, body={"attendance": MET, "papers": [[[0, 0]]] * 2}),
    "cast_paper": Request(who="wang", body={"sealed": "*sealed_paper*"}),
    "cast_named": Request(who="wang", parts={"ballot_id": "*named_ballot*"}, body={"marks": [[0, 0]]}),
    "show_board": Request(who="wang", parts={"ballot_id": "*whole_ballot*"}),
    "give_box": Request(parts={"ballot_id": "*whole_ballot*"}),
    "give_result": Request(parts={"ballot_id": "*whole_ballot*"}),
    "make_rehearsal": Request(parts={"ballot_id": "*trial_ballot*"}),
    "accept_rehearsal": Request(parts={"ballot_id": "*trial_ballot*"}, body={"opened": "*trial_opened*"}),
    "list_bundles": Request(parts={"ballot_id": "*shut_ballot*"}),
    "enter_bundle": Request(who="wang", parts={"ballot_id": "*shut_ballot*"}, body=BUNDLE),
    "take_bundle_back": Request(who="wang", parts={"ballot_id": "*shut_ballot*", "bundle": "2"}),
    "list_differences": Request(who="wang", parts={"ballot_id": "*shut_ballot*"}),
    "count_round": Request(parts={"ballot_id": "*entered_ballot*"}, body={"paper_returned": 2}),
    "print_ballot": Request(parts={"file": "paper.pdf"}),
    "export_count": Request(parts={"ballot_id": "*whole_ballot*", "file": "count.xlsx"}),
    "show_report": Request(query={"year": 2026}),
    "see_notice": Request(who="wang", body={"rule": "prepare_suggestions", "matter": uid("prepared meeting")}),
    "list_recipients": Request(query={"rule": "prepare_suggestions", "matter": uid("prepared meeting")}),
    "list_journal": Request(query={"size": 2}),
    "send_import": Request(query={"sheet": "units", "filename": "units.csv"}, content=UNITS, media="text/csv"),
    "apply_import": Request(headers={"If-Match": "*etag*"}),
    "give_up_import": Request(parts={"id": "*other_import*"}),
    "export_table": Request(parts={"file": "units.xlsx"}),
    "give_template": Request(parts={"file": "units.xlsx"}),
    "save_column_choice": Request(parts=CHOICE, body={"columns": ["name", "credit_code"]}),
    "show_column_choice": Request(parts=CHOICE),
    "forget_column_choice": Request(parts=CHOICE | {"name": "去年"}),
    "give_report": Request(parts={"file": "2026.xlsx"}),
    "take_popolo": Request(content=POPOLO, media="application/json"),
    "issue_code": Request(parts={"case_id": "*opinion*"}),
    "follow_matter": Request(body={"code": "*followed_code*"}),
    "rate_matter": Request(body={"code": "*rated_code*", "grade": "solved"}),
    "dispute_matter": Request(body={"code": "*disputed_code*", "why": "灯又坏了"}),
    "give_feed": Request(parts={"file": "deadlines.ics"}),
    "add_case_file": Request(query={"filename": "照片.pdf"}, content=PDF, media="application/pdf"),
    "add_record_file": Request(query={"filename": "照片.pdf"}, content=PDF, media="application/pdf"),
    "erase_file": Request(parts={"file_id": "*other_file*"}),
    "take_head": Request(body="*head*"),
    "list_consents": Request(query={"person": WANG}),
    "give_consent": Request(body={"person": WANG, "purpose": "feedback"}),
    "reveal_number": Request(body={"what": "person.phone", "id": WANG, "reason": "回访"}),
    "copy_person": Request(body={"who": "13900000000", "reason": "本人申请，已核对身份证"}),
    "erase_person": Request(who="overseer", body={"who": "13900000000", "reason": "本人要求删除"}),
    "list_accounts": Request(who="admin", query={"size": 2}),
    "show_account": Request(who="admin"),
    "invite_account": Request(who="admin", body={"name": "新来的", "roles": ["office"]}),
    "change_account": Request(who="admin", parts=of("moved"), body={"version": 1, "name": "陈明（水务）"}),
    "grant_roles": Request(who="admin", parts=of("moved"), body={"version": 2, "roles": ["office", "assigner"]}),
    "invite_again": Request(who="admin", parts=of("invited"), body={"version": 0}),
    "reset_password": Request(who="admin", parts=of("taker"), body={"version": 1}),
    "suspend_account": Request(who="admin", parts=of("taker"), body={"version": 1, "reason": "借调"}),
    "resume_account": Request(who="admin", parts=of("away"), body={"version": 2, "reason": "返岗"}),
    "close_account": Request(who="admin", parts=of("leaving"), body={"version": 1, "reason": "调离"}),
    "take_second_factor": Request(who="admin", parts=of("lost"), body={"version": 2}),
    "list_delegations": Request(who="admin"),
    "lend_roles": Request(who="admin", body=LOAN),
    "end_delegation": Request(who="admin"),
    "list_tokens": Request(who="admin"),
    "give_token": Request(who="admin", body={"label": "统计", "roles": ["office"], "scopes": ["cases.read"]}),
    "take_token_back": Request(who="admin"),
    "list_identity_providers": Request(who="admin"),
    "trust_identity_provider": Request(
        who="admin",
        parts={"provider": "zwfw"},
        body={"title": "政务统一认证", "issuer": "https://sso.example", "client": "renda", "secret": "a secret"},
    ),
    "list_receivers": Request(who="admin"),
    "put_receiver": Request(who="admin", parts={"receiver": "oa"}, body={"url": "https://oa.example/renda"}),
    "remove_receiver": Request(who="admin", parts={"receiver": "oa"}),
    "remove_identity_provider": Request(who="admin", parts={"provider": "zwfw"}),
    "enter_by_password": Request(body={"login": "login.free", "password": GOOD}),
    "show_second_factor": Request(body={"ticket": "*second_ticket*", "code": "*lost_recovery*"}),
    "renew_password": Request(body={"ticket": "*renewing_ticket*", "password": BETTER}),
    "accept_invitation": Request(body={"ticket": "*invitation*", "login": "gao.jie", "password": GOOD}),
    "use_reset": Request(body={"ticket": "*reset_ticket*", "password": BETTER}),
    "begin_telephone_at_entry": Request(body={"ticket": "*enrolling_ticket*"}),
    "confirm_telephone_at_entry": Request(
        body={"waiting": "*enrolling_later*", "ticket": "*entry_totp*", "code": "*entry_code*"}
    ),
    "leave": Request(session="renewing_cookie"),
    "list_sessions_of_mine": Request(session="plain_cookie"),
    "end_session_of_mine": Request(session="plain_cookie"),
    "end_other_sessions": Request(session="free_cookie"),
    "change_my_password": Request(session="choosing_cookie", body={"old": GOOD, "new": BETTER}),
    "begin_telephone": Request(session="free_cookie"),
    "confirm_telephone": Request(session="late_cookie", body={"ticket": "*own_totp*", "code": "*own_code*"}),
    "drop_telephone": Request(session="dropping_strong"),
    "make_recovery_codes": Request(session="guarded_strong"),
    "list_tenants": Request(who="operator", query={"size": 2}),
    "show_tenant": Request(who="operator"),
    "make_tenant": Request(who="operator", body=NEW),
    "suspend_tenant": Request(who="operator", parts=at("served"), body={"version": 0, "reason": "欠费"}),
    "resume_tenant": Request(who="operator", parts=at("stopped")),
    "close_tenant": Request(who="operator", parts=at("spare"), body={"version": 0, "reason": "并入邻县"}),
    "keep_tenant": Request(who="operator", parts=at("leaving")),
    "put_hosts": Request(who="operator", parts=at("named"), body={"version": 0, "hosts": ["qinghe.example.cn"]}),
    "export_tenant": Request(who="operator", parts=at("given")),
    "compare_versions": Request(query={"before": 1}),
    "compare_document": Request(body="*configuration*", headers={"If-Match": "*etag*"}),
    "restore_version": Request(body={}, headers={"If-Match": "*etag*"}),
    "replace_configuration": Request(query={"preview": "true"}, body="*configuration*", headers={"If-Match": "*etag*"}),
}
"""What is not here needs nothing but its path."""


def asked(name: str) -> Request:
    """Give the request of an operation."""
    return REQUESTS.get(name, Request())


def path_of(told: Operation, ids: dict[str, str], parts: dict[str, str]) -> str:
    """Write the path, with the ids of what is there."""
    prefix = "" if told.open else "/api"
    given = {name: parts.get(name) or ids.get(name) or uid("nowhere") for name in told.parameters}
    return prefix + told.path.replace(":str}", "}").format(**given)


def filled(value: Any, known: dict[str, Any]) -> Any:
    """Put what is known in the places that are marked."""
    if isinstance(value, str):
        return known.get(value.strip("*"), value) if value.startswith("*") else value
    if isinstance(value, dict):
        return {key: filled(part, known) for key, part in value.items()}
    return [filled(part, known) for part in value] if isinstance(value, list) else value


def send(site: Site, name: str, ids: dict[str, str], who: str = "", parts: dict[str, str] | None = None) -> Any:
    """Send the request of an operation; answer what came, and the body that was sent."""
    ready, body = written(site, name, ids, who, parts)
    return sent(site, ready), body


def sent(site: Site, ready: dict[str, Any]) -> Any:
    """Send what was written, and keep no cookie."""
    answer = site.client.request(**ready)
    site.client.cookies.clear()
    return answer


def written(
    site: Site, name: str, ids: dict[str, str], who: str = "", parts: dict[str, str] | None = None
) -> tuple[dict[str, Any], Any]:
    """Write the request of an operation; answer what a client sends, and the body."""
    told, request = OPERATIONS[name], asked(name)
    path = path_of(told, ids, filled({**request.parts, **(parts or {})}, ids))
    known: dict[str, Any] = dict(ids)
    if "etag" in str(request.headers):
        about = "/api/configuration" if path.startswith("/api/configuration/") else path
        seen = site.get(about.removesuffix("/steps").removesuffix("/apply"))
        known |= {"etag": seen.headers.get("ETag", '"0"'), "configuration": seen.json()}
    body, headers = filled(request.body, known), filled(request.headers, known)
    if isinstance(body, dict) and name in ("replace_configuration", "compare_document"):
        body.pop("version", None)
    if request.session and not who:
        headers |= {"Cookie": f"{COOKIE}={ids[request.session]}", "Origin": OVER}
    else:
        headers["Authorization"] = f"Bearer {site.tokens[who or request.who]}"
    if request.media:
        headers["Content-Type"] = request.media
    more: dict[str, Any] = {"json": body} if body is not None else {"content": request.content or b""}
    if told.method in ("GET", "DELETE"):
        more = {}
    return {"method": told.method, "url": path, "params": request.query, "headers": headers, **more}, body
