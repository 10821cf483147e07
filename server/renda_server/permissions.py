"""Who may ask for what: one table of permissions, and one of the operations they open.

A permission is also what a token may be limited to. Where its roles are left open, everybody who was let in has it, and
what the content or the county's rules say comes after: a procedure names who takes a step, a ballot who counts it.
"""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from renda_core import compliance
from renda_core.domain.accounts import POWERS, Power
from renda_core.domain.names import names
from renda_core.services.accounts.asking import Asker
from renda_core.tenancy import Tenant


def _roles(value: str | frozenset[str] | None) -> frozenset[str] | None:
    return None if value is None else names(value)


@attrs.frozen(kw_only=True)
class Permission:
    """One permission.

    Attributes:
        name: As a token's scope names it, e.g. ``cases.read``.
        roles: Who has it; None for everybody who was let in.
        apart: Who has it where the three administrators are kept apart (三员分立); None for the same as otherwise.
    """

    name: str
    title: str
    roles: frozenset[str] | None = attrs.field(default=None, converter=_roles)
    apart: frozenset[str] | None = attrs.field(default=None, converter=_roles)


def _of_power(name: str, power: Power) -> Permission:
    """Make a permission of what the core lets administrators do, so that both say the same."""
    return Permission(name=name, title=power.title, roles=power.together, apart=power.apart)


OFFICES = "office overseer"
KEEPERS = "office committee presidium"
"""Who keeps the registers."""
READERS = "office overseer director presidium"
"""Who reads the year's numbers."""
PERMISSIONS: Mapping[str, Permission] = {
    p.name: p
    for p in (
        Permission(name="self.read", title="查看本人信息"),
        Permission(name="self.write", title="管理本人账号"),
        Permission(name="cases.read", title="查看办件"),
        Permission(name="cases.write", title="办理办件"),
        Permission(name="practice.read", title="查看做法与规则"),
        Permission(name="roster.read", title="查看名册"),
        Permission(name="roster.write", title="维护名册", roles=KEEPERS),
        Permission(name="voters.read", title="查看选民", roles="office registrar"),
        Permission(name="records.read", title="查看履职记录"),
        Permission(name="records.write", title="登记履职记录"),
        Permission(name="records.review", title="审核履职记录"),
        Permission(name="scores.review", title="评定履职积分"),
        Permission(name="ballots.read", title="查看票决"),
        Permission(name="ballots.vote", title="投票"),
        Permission(name="ballots.count", title="计票监票"),
        Permission(name="ballots.lead", title="主持票决"),
        Permission(name="pages.read", title="查看页面"),
        Permission(name="notices.read", title="查看日程与提醒"),
        Permission(name="notices.review", title="查看提醒送达", roles=OFFICES),
        Permission(name="reports.read", title="查看年度报告", roles=READERS),
        Permission(name="jobs.run", title="启动夜间任务", roles=OFFICES),
        _of_power("journal.read", POWERS["journal"]),
        Permission(name="configuration.read", title="查看配置", roles=f"{OFFICES} admin auditor"),
        Permission(name="configuration.write", title="修改配置", roles=f"{OFFICES} admin", apart="admin"),
        Permission(name="exports.read", title="导出"),
        Permission(name="imports.write", title="导入", roles=KEEPERS),
        Permission(name="interchange.write", title="互通数据导入", roles=KEEPERS),
        _of_power("accounts.read", POWERS["see"]),
        _of_power("accounts.write", POWERS["make"]),
        _of_power("accounts.roles", POWERS["grant"]),
        _of_power("tokens.write", POWERS["tokens"]),
        _of_power("receivers.write", POWERS["receivers"]),
        Permission(name="files.read", title="查看附件"),
        Permission(name="files.write", title="添加附件"),
        Permission(name="privacy.read", title="查看同意与个人信息清单", roles="office overseer station registrar"),
        Permission(name="privacy.write", title="登记和撤回同意", roles="office station registrar"),
        Permission(name="privacy.reveal", title="查看全号"),
        Permission(name="privacy.copy", title="导出个人信息副本", roles="office"),
        Permission(name="privacy.erase", title="删除个人信息", roles="overseer"),
        Permission(name="witness.write", title="存证", roles="office auditor"),
        Permission(name="witness.read", title="查看存证", roles=f"{OFFICES} auditor", apart="auditor"),
        Permission(name="hosting.read", title="查看租户", roles="operator"),
        Permission(name="hosting.write", title="管理租户", roles="operator"),
    )
}
OPENS: Mapping[str, str] = {
    "self.read": "show_me list_sessions_of_mine list_delegations",
    "self.write": """
        leave end_session_of_mine end_other_sessions change_my_password begin_telephone confirm_telephone
        drop_telephone make_recovery_codes lend_roles end_delegation""",
    "accounts.read": "list_accounts show_account list_tokens list_identity_providers",
    "accounts.write": """
        invite_account change_account invite_again reset_password suspend_account resume_account close_account
        trust_identity_provider remove_identity_provider""",
    "accounts.roles": "grant_roles take_second_factor",
    "tokens.write": "give_token take_token_back",
    "receivers.write": "list_receivers put_receiver remove_receiver",
    "cases.read": "show_case list_steps list_cases search list_similar list_overdue print_case give_feed",
    "cases.write": "open_case take_step override_state erase_case issue_code",
    "practice.read": "list_kinds show_kind list_rules list_rule_changes list_plugins give_template",
    "roster.read": """
        list_people show_person list_mandates show_mandate list_congresses show_congress list_terms show_term
        list_sessions show_session list_districts show_district list_bodies show_body list_units show_unit
        list_stations show_station give_popolo
        draw_station_code print_station_poster draw_deputy_code print_deputy_poster""",
    "roster.write": "add_session change_session add_event open_term",
    "voters.read": "list_voters show_voter",
    "records.read": "list_records show_record list_record_kinds list_score_rules show_score",
    "records.write": "enter_record mark_record",
    "records.review": "list_waiting_records",
    "scores.review": "list_scores assess_year",
    "ballots.read": """
        list_ballots show_ballot list_roll show_turnout audit_ballot give_sheet show_board give_box give_result
        list_bundles list_differences print_ballot export_count""",
    "ballots.vote": "cast_paper cast_named",
    "ballots.count": "enter_bundle take_bundle_back count_round",
    "ballots.lead": """
        open_ballot open_round close_round announce_round declare_round annul_round appoint
        make_rehearsal accept_rehearsal""",
    "pages.read": "list_pages show_page give_page",
    "notices.read": "list_days list_notices see_notice",
    "notices.review": "list_sent_notices list_recipients",
    "reports.read": "show_report give_report",
    "jobs.run": "run_sweep run_look run_remind run_redate run_witness show_retention run_retention",
    "journal.read": "list_journal verify_journal show_head",
    "configuration.read": "show_configuration list_versions show_version compare_versions",
    "configuration.write": "replace_configuration compare_document restore_version",
    "hosting.read": "list_tenants show_tenant",
    "hosting.write": """
        make_tenant suspend_tenant resume_tenant close_tenant keep_tenant put_hosts export_tenant""",
    "privacy.read": "show_data_map list_purposes list_consents",
    "privacy.write": "give_consent withdraw_consent",
    "privacy.reveal": "reveal_number",
    "privacy.copy": "copy_person",
    "privacy.erase": "erase_person",
    "exports.read": "export_table list_column_choices show_column_choice save_column_choice forget_column_choice",
    "imports.write": "send_import list_imports show_import list_import_rows apply_import give_up_import",
    "interchange.write": "take_popolo",
    "files.read": "list_case_files list_record_files show_file give_file",
    "witness.read": "list_heads sign_head",
    "witness.write": "take_head",
    "files.write": "add_case_file add_record_file erase_file",
}
"""The operations that each permission opens."""
NEEDED: Mapping[str, Permission] = {
    operation: PERMISSIONS[name] for name, listed in OPENS.items() for operation in listed.split()
}
"""The permission of each operation."""


def allows(operation: str, asker: Asker, tenant: Tenant) -> bool:
    """Tell whether somebody has the permission of an operation: by roles, and by what a token is limited to."""
    needed = NEEDED[operation]
    if asker.scopes and needed.name not in asker.scopes:
        return False
    roles = needed.apart if needed.apart is not None and compliance.of(tenant).three_roles else needed.roles
    return roles is None or not roles.isdisjoint(asker.actor.roles)


def refusal(operation: str, asker: Asker) -> str:
    """Say what somebody lacks."""
    needed = NEEDED[operation]
    if asker.scopes and needed.name not in asker.scopes:
        return f"the token is limited to {', '.join(sorted(asker.scopes))}; this needs {needed.name}"
    return f"this needs the permission {needed.name} ({needed.title})"
