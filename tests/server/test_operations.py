"""Every operation by every role, by a stranger, and by nobody: who may what is a table, and the table is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from renda_core.testing import uid

from .asking import OPERATIONS, ORDER, asked, filled, path_of, send
from .conftest import both
from .prepared import attached, furnish

if TYPE_CHECKING:
    from .conftest import Site

ROLES = ("office", "overseer", "wang", "li", "roads")
"""The office, an overseer, the deputy whose case it is, another deputy, the unit that handles it."""
ALL, OFFICE, OFFICES = frozenset(ROLES), frozenset({"office"}), frozenset({"office", "overseer"})
TELLERS = frozenset({"wang", "li"})
VOTERS = TELLERS | {"office"}
"""The two deputies on the roll of each ballot here, who are its tellers as well; and who leads the meeting."""
NOBODY: frozenset[str] = frozenset()
"""Administrators alone, or people with accounts of their own, which no token has."""
ONCE = (
    "accept_invitation",
    "confirm_telephone_at_entry",
    "renew_password",
    "show_second_factor",
    "use_reset",
)
ITSELF = ("open_case", "take_step", "override_state", "erase_case")
"""Operations whose refusal is the procedure's own: 422, with every objection."""
MAY = {
    **dict.fromkeys(ITSELF, ALL),
    **dict.fromkeys(("show_case", "list_steps", "list_cases", "search", "list_overdue"), ALL),
    **dict.fromkeys(("show_me", "list_kinds", "show_kind", "list_rules", "list_rule_changes", "list_plugins"), ALL),
    **dict.fromkeys((name for name in OPERATIONS if OPERATIONS[name].tag == "roster"), ALL),
    **dict.fromkeys(("show_person", "show_mandate"), ALL),
    **dict.fromkeys(("list_voters", "show_voter", "show_page", "give_page"), OFFICE),
    **dict.fromkeys(("add_session", "change_session", "add_event", "open_term"), OFFICE),
    "list_similar": ALL - {"roads"},  # who reads opinions
    **dict.fromkeys(("list_records", "show_record", "show_score"), OFFICES | {"wang"}),
    "enter_record": OFFICES | {"wang"},  # a deputy their own
    **dict.fromkeys(("mark_record", "list_waiting_records", "list_scores", "assess_year"), OFFICES),
    **dict.fromkeys(("list_record_kinds", "list_score_rules"), ALL),
    **dict.fromkeys(("open_ballot", "open_round", "close_round", "announce_round", "declare_round"), OFFICE),
    **dict.fromkeys(("annul_round", "appoint"), OFFICE),
    **dict.fromkeys(("make_rehearsal", "accept_rehearsal"), OFFICE),
    **dict.fromkeys(("show_ballot", "give_sheet", "show_board", "give_result", "print_ballot", "export_count"), VOTERS),
    **dict.fromkeys(("list_roll", "show_turnout", "audit_ballot", "give_box", "list_bundles", "count_round"), VOTERS),
    **dict.fromkeys(("enter_bundle", "take_bundle_back", "list_differences"), TELLERS),
    "list_ballots": ALL,  # each one's own
    **dict.fromkeys(("cast_paper", "cast_named"), ALL),  # the roll decides, with 422
    "show_report": OFFICES,
    **dict.fromkeys(("run_sweep", "run_look", "run_remind", "run_redate"), OFFICES),
    **dict.fromkeys(("list_days", "list_notices", "list_pages"), ALL),  # each one's own
    "see_notice": TELLERS,  # who was told
    **dict.fromkeys(("list_sent_notices", "list_recipients"), OFFICES),
    **dict.fromkeys(("list_journal", "verify_journal", "show_head"), OFFICES),
    **dict.fromkeys(("show_data_map", "list_purposes", "show_retention", "run_retention"), OFFICES),
    **dict.fromkeys(("list_consents", "give_consent", "withdraw_consent", "reveal_number", "copy_person"), OFFICE),
    "erase_person": frozenset({"overseer"}),
    **dict.fromkeys((name for name in OPERATIONS if OPERATIONS[name].tag == "configuration"), OFFICES),
    **dict.fromkeys((name for name in OPERATIONS if OPERATIONS[name].tag == "hosting"), NOBODY),
    **dict.fromkeys(("send_import", "list_imports", "show_import", "list_import_rows"), OFFICE),
    **dict.fromkeys(("apply_import", "give_up_import"), OFFICE),
    **dict.fromkeys(("export_table", "give_report", "save_column_choice", "forget_column_choice"), OFFICES),
    **dict.fromkeys(("list_column_choices", "show_column_choice"), ALL),  # names of columns, and nothing in them
    "take_popolo": OFFICE,
    **dict.fromkeys(("give_template", "give_popolo", "give_feed", "print_case"), ALL),
    "healthz": ALL,
    **dict.fromkeys((name for name in OPERATIONS if OPERATIONS[name].public), ALL),  # nobody is asked who they are
    **dict.fromkeys(("draw_station_code", "print_station_poster", "draw_deputy_code", "print_deputy_poster"), ALL),
    **dict.fromkeys(("list_case_files", "show_file", "give_file"), ALL),  # who sees the case
    "add_case_file": ALL - {"li"},  # who has something to do with it
    "erase_file": OFFICES,  # it is the office's own
    "list_record_files": OFFICES | {"wang"},
    "add_record_file": OFFICES | {"wang"},
    **dict.fromkeys(("sign_head", "list_heads", "run_witness"), OFFICES),
    "take_head": OFFICE,
    "issue_code": frozenset({"office", "wang"}),  # who heard it
    **dict.fromkeys((name for name in OPERATIONS if OPERATIONS[name].tag in ("accounts", "entry", "events")), NOBODY),
    **dict.fromkeys(("list_sessions_of_mine", "end_other_sessions"), ALL),  # each one's own
    **dict.fromkeys(("enter_by_password", "begin_telephone_at_entry"), ALL),  # nobody is asked who they are
    **dict.fromkeys(ONCE, frozenset({"office"})),  # whoever comes first: a ticket opens once
}
"""Who is not refused for who they are; what the content or the rules say comes after."""
REFUSED = (401, 403, 404)
SHOWING = sorted(
    name
    for name, told in OPERATIONS.items()
    if told.method == "GET" and not told.public and any(p == "id" or p.endswith("_id") for p in told.parameters)
)


def test_the_table_names_every_operation() -> None:
    assert MAY.keys() == OPERATIONS.keys()


@both
def test_every_operation_by_every_role(site: Site) -> None:
    ids, wrong = furnish(site), []
    for name in ORDER:
        for role in ROLES:
            if name == "forget_column_choice":  # which is there once for each
                send(site, "save_column_choice", ids, "office", {"name": "去年"})
            if name == "erase_file":  # which was there once
                ids |= attached(site, ids["case_id"])
            answer, _ = send(site, name, ids, role)
            assert answer.status_code < 500, (name, role, answer.text)
            if (answer.status_code not in REFUSED) != (role in MAY[name]):
                wrong.append(f"{name} by {role}: {answer.status_code} {answer.text[:120]}")
    assert not wrong, "\n".join(wrong)
    assert site.verify().whole


@pytest.mark.parametrize("name", SHOWING)
def test_anothers_thing_answers_as_one_that_is_not_there(site_with_all: tuple[Site, dict[str, str]], name: str) -> None:
    site, ids = site_with_all
    told = OPERATIONS[name]
    nowhere = {p: uid("nowhere") for p in told.parameters if p.endswith("_id") or p == "id"}
    query = {"year": 2026} if name == "show_report" else {}
    who = "far" if asked(name).who == "admin" else "other"  # whoever may ask for such things in the other county
    mine = site.get(path_of(told, ids, {}), who, params=query)
    random = site.get(path_of(told, {**ids, **nowhere}, {}), who, params=query)
    odd = site.get(path_of(told, {**ids, **dict.fromkeys(nowhere, "no-id")}, {}), who, params=query)
    assert (mine.status_code, mine.content) == (random.status_code, random.content)
    if name != "list_records":  # nobody's records are an empty list to an office of another county
        refused = 403 if told.tag == "hosting" else 404  # of tenants a county's office knows nothing at all
        assert (mine.status_code, odd.content) == (refused, random.content)
    assert mine.headers.keys() == random.headers.keys()


@pytest.mark.parametrize("name", sorted(n for n in OPERATIONS if n != "healthz" and not OPERATIONS[n].public))
def test_nobody_gets_in(site_with_all: tuple[Site, dict[str, str]], name: str) -> None:
    site, ids = site_with_all
    told = OPERATIONS[name]
    answer = site.client.request(told.method, path_of(told, ids, {}))
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_an_unknown_question_is_refused_by_name(site_with_all: tuple[Site, dict[str, str]], name: str) -> None:
    site, ids = site_with_all
    told = OPERATIONS[name]
    answer = site.client.request(
        told.method,
        path_of(told, ids, filled(asked(name).parts, ids)),
        params={"colour": "red"},
        headers={"Authorization": f"Bearer {site.tokens[asked(name).who]}"},
    )
    assert (answer.status_code, answer.json()["field"]) == (400, "colour")
