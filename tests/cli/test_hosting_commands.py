"""The operator's commands: tenants suspended, named, deleted and made by the hundred; versions of a configuration."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests import databases
from tests.divisions import published

from renda_core.errors import ConfigError
from renda_core.premises import making
from renda_core.services.hosting import divisions

if TYPE_CHECKING:
    from .conftest import Terminal

GOOD = """
id = "0198a000-0000-7000-8000-0000000000a{n}"
code = "{code}"
name = "{code}人大常委会"
level = "county"
[plugins.suggestion_handling]
"""
IN_HEILONGJIANG = 125
"""Counties, districts and cities of the province in the published list, without one zone."""


@pytest.fixture(params=databases.BOTH)
def desk(terminal: Terminal, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A command line with an operator and two counties, on files or on a database."""
    terminal.ok("init")
    if request.param == "postgres":
        dsn = request.getfixturevalue("postgres_dsn")
        monkeypatch.setenv("RENDA_DATABASE", databases.url(dsn, "renda_app"))
        terminal.owner = databases.url(dsn)  # type: ignore[attr-defined]
    for n, code in enumerate(("qing", "bai"), 1):
        terminal.ok("tenant", "apply", terminal.write(f"{code}.toml", GOOD.format(n=n, code=code)))
    terminal.ok("operator", "new", "platform", "省平台", "--level", "province")
    return terminal


def states(desk: Terminal) -> dict[str, str]:
    return {row["code"]: row["state"] for row in desk.json("tenant", "list")["tenants"]}


def whats(desk: Terminal, code: str) -> list[str]:
    return [entry["what"] for entry in desk.json("journal", "list", code)["entries"]]


def test_a_tenant_is_suspended_and_served_again(desk: Terminal) -> None:
    assert "停用" in desk.ok("tenant", "suspend", "qing", "--reason", "欠费")
    assert states(desk) == {"bai": "active", "platform": "active", "qing": "suspended"}
    assert desk("tenant", "suspend", "qing", "--reason", "欠费").exit_code == 1
    assert desk("tenant", "suspend", "nobody", "--reason", "x").exit_code == 4
    assert desk("tenant", "suspend", "bai").exit_code == 2
    assert "suspended" in desk.ok("tenant", "show", "qing")
    desk.ok("tenant", "resume", "qing")
    assert whats(desk, "qing") == ["tenant.applied", "tenant.suspended", "tenant.resumed"]
    assert whats(desk, "platform")[-2:] == ["tenant.suspended", "tenant.resumed"]
    assert whats(desk, "bai") == ["tenant.applied"]


def test_names_are_added_and_removed(desk: Terminal) -> None:
    desk.ok("tenant", "hosts", "qing", "--add", "清河.example.cn", "--add", "b.cn")
    assert desk.json("tenant", "hosts", "qing")["hosts"] == ["b.cn", "xn--ovw11a.example.cn"]
    assert desk("tenant", "hosts", "bai", "--add", "B.CN.").exit_code == 1
    assert desk.json("tenant", "hosts", "bai")["hosts"] == []
    desk.ok("tenant", "hosts", "qing", "--remove", "b.cn")
    desk.ok("tenant", "hosts", "bai", "--add", "b.cn")
    assert "b.cn" in desk.ok("tenant", "list")
    assert desk("tenant", "hosts", "bai", "--add", "a b").exit_code == 1


def test_a_tenant_is_deleted_for_good(desk: Terminal) -> None:
    until = desk.json("tenant", "delete", "qing", "--reason", "合并", "--on", "2026-01-21")["delete_on"]
    assert until == "2026-01-21"
    assert desk("tenant", "purge", "qing", "--yes").exit_code == 1
    desk.ok("tenant", "export", "qing", "--to", desk.folder / "qing.renda")
    owner = ["--dsn", desk.owner] if hasattr(desk, "owner") else []
    assert desk("tenant", "purge", "qing", "--yes", *owner).exit_code == 1  # its day has not come
    if owner:
        assert "--dsn" in desk("tenant", "purge", "qing", "--yes", today="2026-01-21").output
    assert desk("tenant", "purge", "qing", today="2026-01-21").exit_code != 0  # nobody said yes
    desk.ok("tenant", "purge", "qing", "--yes", *owner, today="2026-01-21")
    assert states(desk) == {"bai": "active", "platform": "active"}
    assert whats(desk, "platform")[-1] == "tenant.deleted"
    assert desk("journal", "list", "qing").exit_code == 4
    assert whats(desk, "bai") == ["tenant.applied"]


def test_a_deletion_that_was_cut_off_is_finished_by_doing_it_again(
    desk: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ok("tenant", "delete", "qing", "--reason", "合并", "--on", "2026-01-21")
    desk.ok("tenant", "export", "qing", "--to", desk.folder / "qing.renda")
    owner = ["--dsn", desk.owner] if hasattr(desk, "owner") else []
    with monkeypatch.context() as cut:

        async def killed(*_: object) -> None:
            raise KeyboardInterrupt

        cut.setattr(making, "forget", killed)
        assert desk("tenant", "purge", "qing", "--yes", *owner, today="2026-01-21").exit_code != 0
    assert states(desk)["qing"] == "closing"
    desk.ok("tenant", "purge", "qing", "--yes", *owner, today="2026-01-21")
    assert states(desk) == {"bai": "active", "platform": "active"}
    assert whats(desk, "platform")[-1] == "tenant.deleted"


@pytest.mark.parametrize("desk", ["sqlite"], indirect=True)  # a database has findings of its own
def test_the_doctor_looks_at_the_operators_file_too(desk: Terminal) -> None:
    looked = [found["about"] for found in desk.json("doctor")["findings"] if "单位" in found["about"]]
    assert looked == ["tenant 单位 platform", "tenant 单位 bai", "tenant 单位 qing"]
    (desk.home / "operator.db").write_bytes(b"SQLite format 3\0" + bytes(2_000))
    told = [found for found in desk.json("doctor", code=2)["findings"] if found["level"] == "wrong"]
    assert any("operator.db" in found["told"] and found["remedy"] for found in told)


def test_another_database_is_not_taken_for_the_tenants_own(
    desk: Terminal, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the DSN is wrong nothing is deleted, and nobody is told that it was."""
    desk.ok("tenant", "delete", "qing", "--reason", "合并", "--on", "2026-01-21")
    desk.ok("tenant", "export", "qing", "--to", desk.folder / "qing.renda")
    if hasattr(desk, "owner"):
        server, template = (request.getfixturevalue(name) for name in ("postgres_server", "postgres_template"))
        with databases.database(server, template) as other:
            refused = desk("tenant", "purge", "qing", "--yes", "--dsn", databases.url(other), today="2026-01-21")
        assert "not the database where qing lives" in refused.output
    else:
        refused = desk("tenant", "purge", "qing", "--yes", "--dsn", "postgresql:///x", today="2026-01-21")
        assert "lives in a file" in refused.output
    assert refused.exit_code == 2
    assert states(desk)["qing"] == "closing"
    assert whats(desk, "qing")[0] == "tenant.applied"


def test_the_nights_work_of_a_suspended_tenant_waits(desk: Terminal) -> None:
    desk.ok("sweep", "qing")
    desk.ok("tenant", "suspend", "qing", "--reason", "欠费")
    before = whats(desk, "qing")
    refused = desk("sweep", "qing")
    assert refused.exit_code == 1
    assert "suspended" in refused.output
    assert whats(desk, "qing") == before
    desk.ok("sweep", "bai")


def test_the_operators_own_file_is_brought_up_to_date(terminal: Terminal) -> None:
    """Without its tables no tenant is found, so it comes first."""
    terminal.ok("init")
    terminal.ok("operator", "new", "platform", "省平台")
    terminal.ok("tenant", "apply", terminal.write("qing.toml", GOOD.format(n=1, code="qing")))
    done = terminal.json("upgrade")["upgraded"]
    assert [row["tenant"] for row in done] == ["platform", "qing"]
    assert {row["now"] for row in done} == {done[0]["now"]}
    assert [row["tenant"] for row in terminal.json("upgrade", "platform")["upgraded"]] == ["platform"]
    assert terminal("upgrade", "nobody").exit_code == 4


def test_who_makes_a_tenant_stands_in_the_operators_journal(desk: Terminal) -> None:
    desk.ok("tenant", "apply", desk.write("new.toml", GOOD.format(n=3, code="new")))
    entries = desk.json("journal", "list", "platform")["entries"]
    (made,) = [entry for entry in entries if entry["what"] == "tenant.created"]
    assert not made["actor"].startswith("job:")


def test_a_word_of_deletion_is_taken_back(desk: Terminal) -> None:
    desk.ok("tenant", "delete", "qing", "--reason", "合并")
    desk.ok("tenant", "keep", "qing")
    desk.ok("tenant", "resume", "qing")
    assert states(desk)["qing"] == "active"


def test_without_an_operator_nobody_does_it(terminal: Terminal) -> None:
    terminal.ok("init")
    terminal.ok("tenant", "apply", terminal.write("qing.toml", GOOD.format(n=1, code="qing")))
    refused = terminal("tenant", "suspend", "qing", "--reason", "x")
    assert refused.exit_code == 4
    assert "renda operator new" in refused.output
    assert terminal("tenant", "provision", published()).exit_code == 4


def test_a_province_is_made_and_made_again(desk: Terminal) -> None:
    line = ("tenant", "provision", published(), "--enable", "suggestion_handling", "--within", "23")
    assert desk.json(*line) == {"made": IN_HEILONGJIANG, "there": 0, "zones": 1}
    assert desk.json(*line) == {"made": 0, "there": IN_HEILONGJIANG, "zones": 1}
    rows = {row["code"]: row["name"] for row in desk.json("tenant", "list")["tenants"]}
    assert rows["230128"] == "黑龙江省哈尔滨市通河县人大常委会"
    assert len(rows) == IN_HEILONGJIANG + 3
    assert desk.json("journal", "verify", "230128")["entries"] == 1
    assert desk.json("rules", "230128")["rules"]
    assert desk.json(*line, "--zones")["made"] == 1
    assert whats(desk, "platform").count("tenants.created") == 2


def test_what_no_list_of_divisions_is(desk: Terminal) -> None:
    def sheet(*rows: dict[str, str]) -> Path:
        return desk.write("areas.json", json.dumps(rows, ensure_ascii=False))

    above: list[dict[str, str]] = [{"code": "23", "name": "黑龙江省"}, {"code": "2301", "name": "哈尔滨市"}]
    good = {"code": "230128", "name": "通河县", "cityCode": "2301", "provinceCode": "23"}
    bad: tuple[tuple[dict[str, Any], ...], ...] = (
        (),
        (*above,),
        (good,),
        (*above, good, good),
        (*above, good | {"code": "23012８"}),
        (*above, good | {"name": " "}),
        (*above, good | {"code": "../230"}),
    )
    for rows in bad:
        with pytest.raises(ConfigError):
            divisions.read([sheet(*rows)])
        assert desk("tenant", "provision", sheet(*rows)).exit_code == 2
    assert desk("tenant", "provision", desk.write("x.json", "no JSON")).exit_code == 2
    (one,) = divisions.read([sheet(*above, good)])
    assert (one.office, one.level, one.zone) == ("黑龙江省哈尔滨市通河县人大常委会", "county", False)
    assert desk("tenant", "provision", sheet(*above, good), "--enable", "nothing").exit_code == 2
    assert desk("tenant", "provision", sheet(*above, good), "--profile", "shandong").exit_code == 2
    assert "230128" not in states(desk)


def test_the_whole_list_is_read_as_it_is_published() -> None:
    found = divisions.read([published()])
    assert len(found) == 2_978
    assert sum(one.zone for one in found) == 124
    assert {one.name for one in found if one.level == "city"} == {"东莞市", "中山市", "儋州市"}
    offices = [one.office for one in found]
    assert len(set(offices)) == len(offices)
    assert not [name for name in offices if "市辖区" in name or "直辖县级" in name]
    assert len({one.id for one in found}) == len(found)


def test_versions_are_listed_compared_and_put_back(desk: Terminal) -> None:
    later = GOOD.format(n=1, code="qing") + "[plugins.reception]\n[[changes]]\nsince = 2026-03-01\n"
    later += '[changes.plugins.suggestion_handling]\nreply = { n = 2, unit = "month" }\n'
    later += '[changes.sources.suggestion_handling]\nreply = "清河县办法 7"\n'
    file = desk.write("later.toml", later)
    told = desk.json("config", "diff", "qing", file)
    assert (told["on"], told["off"], told["readonly"]) == (["reception"], [], {})
    (change,) = told["changes"]
    assert (change["since"], change["difference"]["name"]) == ("2026-03-01", "reply")
    assert change["difference"]["after"]["source"] == "清河县办法 7"
    human = desk.ok("config", "diff", "qing", file)
    assert "2026-03-01" in human
    assert "清河县办法" in human
    assert len(desk.json("config", "versions", "qing")["versions"]) == 1
    desk.ok("tenant", "apply", file)
    assert [v["version"] for v in desk.json("config", "versions", "qing")["versions"]] == [2, 1]
    back = desk.json("config", "diff", "qing", "1")
    assert (back["off"], [c["since"] for c in back["changes"]]) == (["reception"], ["2026-03-01"])
    assert desk.json("config", "diff", "qing", "--from", "1")["on"] == ["reception"]
    assert desk.json("config", "restore", "qing", "1")["version"] == 3
    assert desk.json("config", "restore", "qing", "1")["state"] == "unchanged"
    assert "nothing changes" in desk.ok("config", "diff", "qing", "1")
    first, third = (desk.json("config", "show", "qing", "--version", n)["document"] for n in (1, 3))
    assert first["layers"] == third["layers"]
    assert desk("config", "restore", "qing", "9").exit_code == 4
    assert desk("config", "diff", "qing").exit_code == 2
    assert desk("config", "diff", "qing", desk.folder / "bai.toml").exit_code == 2
    assert whats(desk, "qing") == ["tenant.applied"] * 3


def test_what_a_switched_off_practice_shuts_is_told(desk: Terminal) -> None:
    bare = GOOD.format(n=1, code="qing").replace("[plugins.suggestion_handling]", "[plugins.reception]")
    told = desk.json("config", "diff", "qing", desk.write("bare.toml", bare))
    assert told["off"] == ["suggestion_handling"]
    assert list(told["readonly"]) == ["commitment", "motion", "suggestion"]
