"""Every command as an outlet: which there are, with which arguments, and what each printed and wrote."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import rich_click as click
from click.testing import CliRunner

from renda_core.cli import renda

from .conftest import NOW, ROADS, WANG

SHEETS = (
    "congresses",
    "units",
    "stations",
    "roster",
    "sessions",
    "suggestions",
    "steps",
    "opinions",
    "records",
    "overdue",
    "former",
)


ON_EACH = {
    "show", "roll", "turnout", "board", "bundles", "differences", "audit", "close", "announce", "count", "begin",
}  # fmt: skip
"""Commands on a ballot that take nothing but its name."""
SILENT = {
    "init": "makes a home",
    "demo": "works on made-up people",
    "serve": "does not end",
    "upgrade": "tells versions of tables",
    "completion": "prints a shell's file",
    "import": "reads",
    "reindex": "counts rows",
    "tenant new": "writes a new file",
    "tenant check": "reads a file",
    "tenant apply": "reads a file",
    "plugin new": "writes a new practice",
    "plugin check": "reads a practice",
    "template": "writes an empty form",
    "popolo import": "reads",
    "session add": "writes",
    **{
        f"duty {name}": "writes"
        for name in (
            "add",
            "appeal",
            "assess",
            "confirm",
            "correct",
            "grant",
            "refuse",
            "uphold",
            "withdraw",
        )
    },
    "duty recount": "counts rows",
    "suggestion open": "writes",
    "suggestion step": "writes",
    "columns save": "writes",
    "columns remove": "writes",
    "token new": "makes a token",
    "token revoke": "takes a token back",
    **{
        f"account {name}": "changes who may come in"
        for name in (
            "again",
            "back",
            "change",
            "close",
            "invite",
            "lend",
            "new",
            "password",
            "reset",
            "resume",
            "roles",
            "suspend",
            "telephone",
        )
    },
    "account show": "tells of an account alone",
    **dict.fromkeys(("provider trust", "provider remove"), "changes by whom people sign in"),
    **dict.fromkeys(("receiver list", "receiver put", "receiver remove"), "tells of receivers alone"),
    **{
        f"tenant {name}": "is the operator's, who sees nothing of a county's work"
        for name in ("delete", "hosts", "keep", "provision", "purge", "resume", "show", "suspend")
    },
    "operator new": "makes the operator",
    **{f"config {name}": "tells of rules alone" for name in ("diff", "restore", "show", "versions")},
    "calendar redate": "writes",
    **dict.fromkeys(("file add", "file erase"), "writes"),
    "file get": "gives what somebody added",
    "file sweep": "counts files",
    "journal check": "reads a file that its asker holds",
    "witness take": "reads a file",
    "ballot open": "prepares another",
    "ballot rehearse": "is for devices",
    "ballot cast": "writes",
    "ballot declare": "needs a count of its own",
    "ballot recount": "reads a workbook that its asker holds",
    "ballot tally": "reads a file of anybody's",
    "ballot verify": "reads files that were published",
    "ballot withdraw": "is a teller's own",
}
"""Commands that tell nothing of a county's votes, each with the reason."""
OWN = ("", "--as", "--roles", "--unit")
"""Who asks at the prompt: whoever owns the machine, a deputy on the roll, an overseer, a handling unit."""


def every_command(group: click.Command = renda, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Name every command."""
    if isinstance(group, click.Group):
        for name, command in group.commands.items():
            yield from every_command(command, (*path, name))
    else:
        yield " ".join(path)


def lines(county: Any, name: str, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Give the command lines of a command, each with the name of the outlet."""
    out = str(folder / "out")
    tenant = {"tenant list", "plugins", "doctor"}
    if name.startswith("trustee") or name in SILENT:
        return
    if name.startswith("ballot ") and name != "ballot list":
        word = name.partition(" ")[2]
        for id in county.ballots.values():
            first = ["ballot", word, "qing", id]
            if word in ON_EACH:
                yield name, first
            elif word == "print":
                yield from ((f"{name} {paper}", [*first, paper, f"{out}.pdf"]) for paper in ("record", "announcement"))
            elif word == "export":
                yield from ((name, [*first, out + ending]) for ending in (".xlsx", ".pb"))
            elif word == "enter":
                yield name, [*first, f"{out}.xlsx", "--template"]
            else:
                yield name, [*first, f"{out}.json"]
        return
    more: dict[str, list[list[str]]] = {
        "export": [[s, out + ".csv"] for s in (*SHEETS, "ledger:project")],
        "columns show": [["suggestions"]],
        "popolo export": [[out + ".json"]],
        "page show": [["satisfaction"]],
        "page print": [["satisfaction", out + ".pdf"]],
        "page export": [["satisfaction", out + ".xlsx"]],
        "feed": [[f, out + ".ics"] for f in ("sessions", "deadlines", "days")],
        "ledger": [["--kind", "project"], ["--kind", "project", "--xlsx", out + ".xlsx"]],
        "suggestion list": [["--kind", "project"]],
        "suggestion show": [[county.ids["project"], "--kind", "project"]],
        "suggestion steps": [[county.ids["project"], "--kind", "project"]],
        "suggestion print": [[county.ids["project"], out + ".pdf", "--kind", "project"]],
        "report": [["2026"], ["2026", "--xlsx", out + ".xlsx"]],
        "search": [["表决"]],
        "duty list": [[WANG]],
        "duty show": [[county.ids["record_id"]]],
        "duty score": [[WANG, "points"]],
        "file list": [[county.ids["project"], "--kind", "project"]],
        "journal list": [["--size", "200"]],
        "journal witness": [["--to", out]],
        "journal export": [["--to", out], ["--to", out, "--private"]],
        "compare": [["--from", "2026-01-01"]],
        "procedure": [["project"]],
    }
    for args in more.get(name, [[]]):
        yield name, [*name.split(), *([] if name in tenant else ["qing"]), *args]


def commands(county: Any, stage: str, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Run every command, as JSON and for people, and give what it printed and wrote."""
    askers = {"office": [], "overseer": ["--roles", "overseer"], "wang": ["--as", WANG], "roads": ["--unit", ROADS]}
    for name in every_command():
        if stage == "voting" or (stage != "counted" and not name.startswith("ballot")):
            continue  # all commands are asked when there is most to tell
        few = {who: askers[who] for who in ("office", "wang")}
        mine = askers if stage == "counted" else few
        mine = mine if name.startswith("ballot ") else {"office": []}
        for who, option in mine.items():
            for outlet, line in lines(county, name, folder):
                if name in ("ballot close", "ballot announce", "ballot count", "ballot begin") and who == "office":
                    continue  # that would move the vote
                folder.mkdir(exist_ok=True)
                for style in ([], ["--json"]) if name in ("ballot show", "journal list") else (["--json"],):
                    given = ["--home", str(county.site.home.path), "--today", NOW.date().isoformat(), *style, *option]
                    done = CliRunner().invoke(renda, [*given, *line])
                    assert done.exit_code != 70, (line, done.output)
                    files = [spread(p.read_bytes()) for p in folder.iterdir() if p.is_file()]
                    yield outlet, who, "\n".join((done.output, *files))
                    for path in folder.iterdir():
                        path.unlink()


def spread(raw: bytes) -> str:
    """Give what a file says: a workbook's and an archive's parts unpacked, a PDF's pages read, all else as it is."""
    if raw.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return "\n".join(archive.read(part).decode("utf-8", "replace") for part in archive.namelist())
    if raw.startswith(b"%PDF"):
        document = pypdfium2.PdfDocument(raw)
        try:
            return "\n".join(page.get_textpage().get_text_range() for page in document)
        finally:
            document.close()
    return raw.decode("utf-8", "replace")
