"""Commands for trustees (监票人、计票人), who hold the keys of the ballot box: offline, without any home or county."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from renda_core.cli import showing_boxes, telling, trustee_files
from renda_core.cli.session import Command, Group, Session
from renda_core.cli.showing_boxes import following, introduce, whose
from renda_core.cli.trustee_files import FILE, FOLDER, SECRET, ask_passphrase, beside, read, write
from renda_core.errors import Invalid, Rejected

if TYPE_CHECKING:
    from renda_core.sealing.keys import Key

KEY = click.argument("key", type=FILE)
TO = click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="另存 The file to write.")
INTO = click.option("--into", type=FOLDER, default=Path("."), show_default=True, help="文件夹 The folder to write to.")


@click.group(cls=Group)
def trustee() -> None:
    """监票人 Hold a key of the ballot box: on your own machine, which needs no network and no data."""


@trustee.command(cls=Command)
@click.argument("name")
@click.option("--body", default="", help="所属 The body you come from.")
@INTO
@click.pass_obj
def new(session: Session, name: str, body: str, into: Path) -> None:
    """新建密钥 Make your key: one file that stays with you, one that goes to the office."""
    from renda_core.sealing import keys

    key = keys.new_key(name, body)
    _write_key(session, key, into)


def _write_key(session: Session, key: Key, into: Path) -> None:
    """Write a key with a new passphrase, and what everybody may know of it."""
    from renda_core.sealing import keys

    secret, public = _places(key.name, into)
    known = public.exists() and keys.read_trustee(read(public)) == key.trustee  # a key that comes back
    _refuse_taken(secret, *(() if known else (public,)))
    sealed = keys.write_key(key, ask_passphrase(new=True))
    write(secret, sealed, SECRET)
    if not known:
        write(public, keys.write_public(key.trustee))

    def human() -> None:
        introduce(key.trustee)
        telling.line(f"yours alone 自己保管: {secret}")
        telling.line(f"for the office 交办公室: {public}")

    session.tell(whose(key.trustee) | {"key_file": str(secret), "public_file": str(public)}, human)


def _places(name: str, into: Path) -> tuple[Path, Path]:
    """Name the files of a key: the one that stays with its holder, the one that everybody may see."""
    stem = trustee_files.file_name(name)
    return into / f"{stem}.key.json", into / f"{stem}.public.json"


def _refuse_taken(*paths: Path) -> None:
    for path in paths:
        if path.exists():
            raise Rejected("nothing was written", f"{path} is there already; move it away, or use --into")


@trustee.command(cls=Command)
@click.argument("file", type=FILE)
@click.pass_obj
def show(session: Session, file: Path) -> None:
    """查看 Show whose a key or public file is, or what a box file is about and how far it is."""
    from renda_core.sealing import keys, read_box

    raw = read(file)
    if b'"sheet"' not in raw:
        one = keys.read_trustee(raw)
        session.tell(whose(one), lambda: introduce(one))
        return
    box = read_box(raw)
    session.tell(showing_boxes.facts(box), lambda: showing_boxes.show(box))


@trustee.command(cls=Command)
@KEY
@click.pass_obj
def test(session: Session, key: Path) -> None:
    """自检 Try your key on this machine: seal trial papers to it, open them, sign, and compare."""
    from renda_core import sealing
    from renda_core.domain.ballot import Ballot, Round, Rule

    mine = _open(key)
    rule = Rule(name="trial", answers=("赞成", "反对", "弃权"), rungs=(), otherwise="", base="valid", mode="each")
    round = Round(subjects=("1", "2", "3"))
    ballot = Ballot(id="trial", kind="trial", rule=rule, rounds=(round,), trustees=(mine.trustee,))
    sheet = sealing.Sheet.of(ballot, 1, {})
    found = sealing.check_rehearsal(sealing.peel(sealing.make_rehearsal(sheet), mine), sheet)

    def human() -> None:
        introduce(mine.trustee)
        telling.line(f"the key works 密钥可用: {found.taken} trial papers sealed, opened, signed and compared")

    session.tell(whose(mine.trustee) | {"papers": found.taken}, human)


@trustee.command(cls=Command)
@KEY
@click.option("--needed", default=2, show_default=True, help="恢复份数 How many shares give the key back.")
@click.option("--of", "made", default=3, show_default=True, help="总份数 How many are made.")
@click.pass_obj
def split(session: Session, key: Path, needed: int, made: int) -> None:
    """分存 Write your key as shares in words, to copy onto paper; any few of them give it back."""
    from renda_core.sealing import keys, shares

    mine = _open(key)
    words = shares.split(mine.secret, needed, made)

    def human() -> None:
        for n, line in enumerate(words, 1):
            telling.line(f"第 {n} 份 share {n} of {made}, any {needed} give it back 任 {needed} 份可恢复: {mine.name}")
            telling.line(f"指纹 fingerprint {keys.fingerprint(mine.trustee)}")
            listed = [f"{at:>2} {word:<9}" for at, word in enumerate(line.split(), 1)]
            for at in range(0, len(listed), 6):
                telling.line("  " + " ".join(listed[at : at + 6]).rstrip())
            telling.line()

    session.tell(whose(mine.trustee) | {"needed": needed, "of": made, "shares": list(words)}, human)


@trustee.command(cls=Command)
@click.argument("public", type=FILE)
@INTO
@click.pass_obj
def join(session: Session, public: Path, into: Path) -> None:
    """合并 Give a key back from its shares on paper; PUBLIC is its public file, to know that it is the one."""
    from renda_core.sealing import keys, shares

    wanted = keys.read_trustee(read(public))
    _refuse_taken(_places(wanted.name, into)[0])  # before anybody types sixty words
    typed: list[str] = []
    missing = 1
    while missing:
        asked = click.prompt(
            f"share 第 {len(typed) + 1} 份 (empty: no more 没有了)", default="", show_default=False, err=True
        )
        if not asked.strip():
            break
        try:
            missing = shares.still_needed([*typed, asked])
        except Invalid as wrong:
            telling.aside(f"  {wrong}")
            continue
        typed.append(asked)
    key = keys.Key(name=wanted.name, body=wanted.body, secret=shares.join(typed))
    if key.trustee != wanted:
        got, due = keys.fingerprint(key.trustee), keys.fingerprint(wanted)
        told = f"these shares are of the key {got}, and {public} is of {due}"
        raise Rejected("cannot open", told)
    _write_key(session, key, into)


@trustee.command(cls=Command)
@click.argument("box", type=FILE)
@KEY
@TO
@click.pass_obj
def peel(session: Session, box: Path, key: Path, to: Path | None) -> None:
    """开箱 Take your layer off every paper of a box, mix them, sign; the last layer opens the box."""
    from renda_core import sealing

    raw = read(box)
    shut = sealing.read_box(raw)
    done = sealing.peel(raw, _open(key))
    after = sealing.read_box(done)
    trustee_files.refuse_second_box(key, after)
    stage = "opened" if after.choices is not None else f"layer{len(after.peeled)}"
    written = trustee_files.write_box(to or beside(box, stage), done)
    layer = after.peeled[-1]
    lost = layer.taken - layer.given
    facts = {"file": str(written), "taken": layer.taken, "given": layer.given, "unreadable": lost, "kind": after.kind}

    def human() -> None:
        showing_boxes.line(f"{shut.sheet.title or shut.sheet.kind}: {layer.taken} papers in 入, {layer.given} out 出")
        if lost:
            telling.line(
                f"warning 注意: {lost} could not be read, and are void 无法识读，计为废票; write it in the minutes"
            )
        telling.line(f"written 已写: {written}")
        showing_boxes.line(following(after))

    session.tell(facts | {"next": following(after)}, human)


@trustee.command(cls=Command)
@click.argument("opened", type=FILE)
@KEY
@TO
@click.pass_obj
def sign(session: Session, opened: Path, key: Path, to: Path | None) -> None:
    """签名 Sign the open box, after everything about it was checked; every trustee does."""
    from renda_core import sealing

    done = sealing.sign(read(opened), _open(key))
    after = sealing.read_box(done)
    written = trustee_files.write_box(to or beside(opened, f"signed{len(after.signatures)}"), done)
    counted = sealing.Opened.of(after).counted()
    votes = [dict(zip(after.sheet.rule.answers, row, strict=True)) for row in counted.votes]
    facts = {"file": str(written), "valid": counted.valid, "void": counted.void, "votes": votes}

    def human() -> None:
        showing_boxes.line(
            f"{after.sheet.title or after.sheet.kind}: {counted.valid} valid 有效, {counted.void} void 无效"
        )
        for title, row in zip(after.sheet.titles, votes, strict=True):
            showing_boxes.line(f"  {title}: {telling.cell(row)}")
        telling.line(f"written 已写: {written}")
        showing_boxes.line(following(after))

    session.tell(facts | {"next": following(after)}, human)


@trustee.command(cls=Command)
@click.argument("before", type=FILE)
@click.argument("after", type=FILE)
@KEY
@click.pass_obj
def recheck(session: Session, before: Path, after: Path, key: Path) -> None:
    """复核 Do a trustee's work again with her key: AFTER must come from BEFORE, paper by paper."""
    from renda_core import sealing

    layer = sealing.recheck(read(before), read(after), _open(key))
    session.tell(
        {"layer": layer, "holds": True}, lambda: telling.line(f"layer {layer} holds 第 {layer} 层无误: {after}")
    )


def _open(path: Path) -> Key:
    from renda_core.sealing import keys

    raw = read(path)
    keys.read_trustee(raw)  # says what is wrong with the file before anybody types
    return keys.read_key(raw, ask_passphrase())
