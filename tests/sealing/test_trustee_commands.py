"""Trustees and outsiders at the command line: on a machine with no home, no county and no network."""

from __future__ import annotations

import json
import os
import socket
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.sealing.hall import Hall, hall

from renda_core import sealing
from renda_core.cli import renda
from renda_core.domain.ballot import Attendance
from renda_core.sealing import keys, shares

PHRASE = "石桥 一九九八 山楂树 缝纫机"


class Desk:
    """A trustee's own machine: one folder, and whatever she types."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *args: object, typed: str = "") -> Result:
        """Run one command."""
        line = ["--home", str(self.folder / "nowhere"), *map(str, args)]
        return CliRunner().invoke(renda, line, input=typed)

    def ok(self, *args: object, typed: str = "") -> str:
        """Run one that must succeed; give its answer."""
        result = self(*args, typed=typed)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *args: object, typed: str = "") -> Any:
        """Run one with --json."""
        return json.loads(self.ok("--json", *args, typed=typed))

    def refused(self, *args: object, typed: str = "", code: int = 1) -> str:
        """Run one that must be refused; give what it says."""
        result = self(*args, typed=typed)
        assert result.exit_code == code, result.output
        return result.output


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A machine without a network, whose guesses of passphrases cost little."""
    monkeypatch.setitem(keys.SCRYPT, "n", 2**8)
    monkeypatch.chdir(tmp_path)

    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("a trustee's machine has no network")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    return Desk(tmp_path)


@pytest.fixture
def trustees(desk: Desk, vote: Hall) -> list[Path]:
    """The three trustees' key files."""
    made = []
    for key in vote.keys:
        path = desk.folder / f"{key.name}.key.json"
        path.write_bytes(keys.write_key(key, PHRASE))
        made.append(path)
    return made


@pytest.fixture
def shut(desk: Desk, vote: Hall) -> Path:
    """A shut box of seven papers, as a file."""
    path = desk.folder / "box.json"
    path.write_text(json.dumps(sealing.make_box(vote.sheet, vote.seal([[(0, 0)]] * 4 + [[(0, 1)]] * 3))), "utf-8")
    return path


def opened(desk: Desk, shut: Path, trustees: list[Path]) -> Path:
    """Let the file travel from hand to hand, and back for the signatures."""
    at = shut
    for key in trustees:
        at = Path(desk.json("trustee", "peel", at, key, typed=PHRASE + "\n")["file"])
    for key in trustees[:2]:
        at = Path(desk.json("trustee", "sign", at, key, typed=PHRASE + "\n")["file"])
    return at


def test_a_new_key_is_two_files_and_a_fingerprint(desk: Desk):
    told = desk.json("trustee", "new", "王秀英", "--body", "城关代表团", typed=f"{PHRASE}\n{PHRASE}\n")
    secret, public = Path(told["key_file"]), Path(told["public_file"])
    assert secret.name == "王秀英.key.json"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert keys.fingerprint(keys.read_trustee(public.read_bytes())) == told["fingerprint"]
    assert keys.read_key(secret.read_bytes(), PHRASE).body == "城关代表团"
    shown = desk.ok("trustee", "show", public)
    assert told["fingerprint"] in shown
    assert desk.json("trustee", "show", secret)["fingerprint"] == told["fingerprint"]
    assert PHRASE not in shown + json.dumps(told, ensure_ascii=False)


def test_a_key_is_never_overwritten(desk: Desk):
    typed = f"{PHRASE}\n{PHRASE}\n"
    desk.ok("trustee", "new", "王秀英", typed=typed)
    before = (desk.folder / "王秀英.key.json").read_bytes()
    assert "is there already" in desk.refused("trustee", "new", "王秀英", typed=typed)
    assert (desk.folder / "王秀英.key.json").read_bytes() == before


@pytest.mark.parametrize("name", ["../../etc/passwd", "王 秀英", "a/b\\c", "..", "监票人（甲）"])
def test_a_name_is_no_path(desk: Desk, name: str):
    desk.ok("trustee", "new", name, typed=f"{PHRASE}\n{PHRASE}\n")
    assert len(list(desk.folder.glob("*.key.json"))) == 1


def test_a_short_passphrase_and_one_mistyped_twice_make_no_file(desk: Desk):
    assert "take 10 or more" in desk.refused("trustee", "new", "甲", typed="短\n短\n")
    desk.refused("trustee", "new", "甲", typed=f"{PHRASE}\n其他的口令其他的口令\n", code=130)
    assert not list(desk.folder.iterdir())


def test_a_key_can_be_tried_alone(desk: Desk, trustees: list[Path]):
    assert "the key works" in desk.ok("trustee", "test", trustees[0], typed=PHRASE + "\n")
    assert "passphrase is wrong" in desk.refused("trustee", "test", trustees[0], typed="不是这个口令不是这个口令\n")


def test_from_shut_to_signed_and_nothing_is_overwritten(desk: Desk, shut: Path, trustees: list[Path], vote: Hall):
    before = shut.read_bytes()
    done = opened(desk, shut, trustees)
    names = sorted(p.name for p in desk.folder.glob("box*.json"))
    assert names == ["box.json", "box.layer1.json", "box.layer2.json", "box.opened.json", "box.signed2.json",
                     "box.signed3.json"]  # fmt: skip
    assert done.name == "box.signed3.json"
    assert shut.read_bytes() == before
    found = sealing.opened(done.read_bytes(), vote.sheet)
    assert found.counted().votes[0] == (4, 3, 0)
    again = desk.refused("trustee", "peel", shut, trustees[0], typed=PHRASE + "\n", code=2)
    assert "box.layer1.json is there already" in again
    same = desk.folder / "again.json"
    desk.ok("trustee", "peel", shut, trustees[0], "--to", same, typed=PHRASE + "\n")
    assert same.read_bytes() == (desk.folder / "box.layer1.json").read_bytes()


def test_people_are_told_who_is_next(desk: Desk, shut: Path, trustees: list[Path]):
    said = desk.ok("trustee", "peel", shut, trustees[0], typed=PHRASE + "\n")
    assert "7 papers in 入, 7 out 出" in said
    assert "next 下一步: 监票人乙 peels it" in said
    wrong = desk.refused("trustee", "peel", "box.layer1.json", trustees[2], typed=PHRASE + "\n")
    assert "it is the turn of 监票人乙; yours is layer 3, under it" in " ".join(wrong.split())
    shown = desk.ok("trustee", "show", "box.layer1.json")
    assert "1 监票人甲 第1代表团: layer off 已开" in shown
    assert "2 监票人乙 第2代表团: waits 待开" in shown
    assert desk.json("trustee", "show", shut)["papers"] == 7
    desk.ok("trustee", "peel", "box.layer1.json", trustees[1], typed=PHRASE + "\n")
    assert "监票人甲 signs it" in desk.ok("trustee", "peel", "box.layer2.json", trustees[2], typed=PHRASE + "\n")
    signed = desk.ok("trustee", "sign", "box.opened.json", trustees[0], typed=PHRASE + "\n")
    assert "7 valid 有效, 0 void 无效" in signed
    assert "修缮项目1号桥: 赞成 4；反对 3；弃权 0" in signed
    last = desk.ok("trustee", "sign", "box.signed2.json", trustees[1], typed=PHRASE + "\n")
    assert "give it to the office" in last


def test_an_unreadable_paper_is_told_to_be_minuted(desk: Desk, trustees: list[Path], vote: Hall):
    path = desk.folder / "box.json"
    path.write_text(json.dumps(sealing.make_box(vote.sheet, [*vote.seal([[]]), os.urandom(208)])), "utf-8")
    assert "1 could not be read, and are void" in desk.ok("trustee", "peel", path, trustees[0], typed=PHRASE + "\n")


def test_a_layer_is_rechecked_by_another_holder_of_the_key(desk: Desk, shut: Path, trustees: list[Path], vote: Hall):
    opened(desk, shut, trustees)
    typed = PHRASE + "\n"
    assert "layer 1 holds" in desk.ok("trustee", "recheck", shut, "box.layer1.json", trustees[0], typed=typed)
    other = desk.folder / "other.json"
    other.write_text(json.dumps(sealing.peel(sealing.make_box(vote.sheet, vote.seal([[]] * 7)), vote.keys[0])), "utf-8")
    refused = desk.refused("trustee", "recheck", shut, other, trustees[0], typed=typed)
    assert "7 papers are missing" in refused


def test_shares_go_to_paper_and_come_back(desk: Desk, trustees: list[Path], vote: Hall):
    told = desk.json("trustee", "split", trustees[1], "--needed", "2", "--of", "3", typed=PHRASE + "\n")
    paper = desk.ok("trustee", "split", trustees[1], typed=PHRASE + "\n")
    assert "第 3 份 share 3 of 3, any 2 give it back" in paper
    assert told["fingerprint"] in paper
    public = desk.folder / "public.json"
    public.write_bytes(keys.write_public(vote.keys[1].trustee))
    away = desk.folder / "away"
    away.mkdir()
    words = told["shares"]
    new = "另一个口令 另一个口令"
    said = desk.json("trustee", "join", public, "--into", away, typed=f"{words[2]}\n{words[0]}\n{new}\n{new}\n")
    assert said["fingerprint"] == told["fingerprint"]
    assert keys.read_key(Path(said["key_file"]).read_bytes(), new) == vote.keys[1]
    again = desk.refused("trustee", "join", public, "--into", away)
    assert "is there already" in again  # said before anybody types a word
    Path(said["key_file"]).unlink()
    refused = desk.refused("trustee", "join", public, "--into", away, typed=f"{words[2]}\n\n")
    assert "cannot open" in refused
    assert "2 shares needed, 1 given" in refused
    public.write_bytes(keys.write_public(vote.keys[0].trustee))
    other = desk.refused("trustee", "join", public, "--into", away, typed=f"{words[2]}\n{words[0]}\n")
    assert "these shares are of the key" in other


def test_a_lost_key_comes_back_as_the_manual_says(desk: Desk, trustees: list[Path], vote: Hall):
    """In the folder with the public file, with the numbers of the words, and with a slip of the pen on the way."""
    words = desk.json("trustee", "split", trustees[1], typed=PHRASE + "\n")["shares"]
    trustees[1].unlink()
    public = desk.folder / "监票人乙.public.json"
    public.write_bytes(keys.write_public(vote.keys[1].trustee))
    before = public.read_bytes()
    numbered = [" ".join(f"{n} {word}" for n, word in enumerate(line.split(), 1)) for line in words]
    slip = numbered[2].replace("33 ", "33 x")
    other = keys.new_key("丁")
    foreign = shares.split(other.secret, 2, 3)[0]
    new = "另一个口令 另一个口令"
    typed = "\n".join([numbered[0], slip, words[0], foreign, numbered[2], new, new, ""])
    done = desk("trustee", "join", public, typed=typed)
    assert done.exit_code == 0, done.output
    for told in ("share 2 is not as it was written", "share 2 is one that you typed already", "share 2 is of another"):
        assert told in done.output
    assert keys.read_key(trustees[1].read_bytes(), new) == vote.keys[1]
    assert public.read_bytes() == before


def test_a_second_box_of_one_round_is_refused(desk: Desk, shut: Path, trustees: list[Path], vote: Hall):
    """The same box without one paper, opened too, would show what is on that paper."""
    opened(desk, shut, trustees)
    box = json.loads(shut.read_bytes())
    less = desk.folder / "less.json"
    less.write_text(json.dumps({**box, "papers": box["papers"][1:]}), "utf-8")
    told = desk.refused("trustee", "peel", less, trustees[0], typed=PHRASE + "\n")
    assert "has done another box of this round already" in told
    assert not (desk.folder / "less.layer1.json").exists()
    on = sealing.peel(less.read_bytes(), vote.keys[0])  # the first trustee is of the plot
    less.write_text(json.dumps(on), "utf-8")
    assert "another box" in desk.refused("trustee", "peel", less, trustees[1], typed=PHRASE + "\n")
    desk.ok("trustee", "peel", shut, trustees[0], "--to", "again.json", typed=PHRASE + "\n")
    trial = desk.folder / "trial.json"
    for _ in range(2):  # rehearsals may be done as often as anybody likes
        trial.write_text(json.dumps(sealing.make_rehearsal(vote.sheet)), "utf-8")
        desk.ok("trustee", "peel", trial, trustees[0], "--to", f"trial{_}.json", typed=PHRASE + "\n")
    (desk.folder / "监票人甲.boxes.json").write_text("[", "utf-8")
    assert "is damaged" in desk.refused("trustee", "peel", shut, trustees[0], typed=PHRASE + "\n")


def test_a_box_is_shown_with_its_digest_and_with_what_does_not_hold(desk: Desk, shut: Path, trustees: list[Path]):
    hashes = [sealing.receipt(p) for p in sealing.read_box(shut.read_bytes()).papers]
    assert f"box 票箱: {sealing.box_digest(hashes)}" in desk.ok("trustee", "show", shut)
    done = opened(desk, shut, trustees)
    shown = desk.json("trustee", "show", done)
    assert (shown["box"], shown["problems"]) == (sealing.box_digest(hashes), [])
    data = json.loads(done.read_bytes())
    data["signatures"]["监票人乙"] = "00" * 64
    done.write_text(json.dumps(data), "utf-8")
    assert "warning 注意: the signature of 监票人乙 is not hers" in desk.ok("trustee", "show", done)
    assert "监票人乙" in desk.refused("trustee", "sign", done, trustees[0], "--to", "x.json", typed=PHRASE + "\n")


def test_a_foreign_file_neither_steers_the_terminal_nor_makes_up_lines(desk: Desk):
    title = "测评\n the result holds 结果无误\x1b[8m\u202e\x9b2J"
    vote = hall(title=title)
    path = desk.folder / "box.json"
    path.write_text(json.dumps(sealing.make_box(vote.sheet, vote.seal([[]]))), "utf-8")
    shown = desk.ok("trustee", "show", path)
    assert not {"\x1b", "\u202e", "\x9b"} & set(shown)
    assert not any(line.strip().startswith("the result holds") for line in shown.splitlines())


def test_a_rehearsal_at_the_command_line(desk: Desk, trustees: list[Path], vote: Hall):
    path = desk.folder / "trial.json"
    path.write_text(json.dumps(sealing.make_rehearsal(vote.sheet)), "utf-8")
    assert "rehearsal 试开" in desk.ok("trustee", "show", path)
    done = opened(desk, path, trustees)
    assert sealing.check_rehearsal(done.read_bytes(), vote.sheet).taken == 24


# -- an outsider


@pytest.fixture
def announced(desk: Desk, shut: Path, trustees: list[Path], vote: Hall) -> tuple[Path, Path]:
    """Board and result, as files."""
    hashes = [sealing.receipt(p) for p in sealing.read_box(shut.read_bytes()).papers]
    told = Attendance(incumbent=7, present=7, issued=7, returned=7, by_device=7)
    done = json.loads(opened(desk, shut, trustees).read_bytes())
    board, result = desk.folder / "board.json", desk.folder / "result.json"
    board.write_text(json.dumps(sealing.make_board(vote.ballot.id, 1, hashes)), "utf-8")
    result.write_text(json.dumps(sealing.make_result(done, told, vote.verdict(done, told))), "utf-8")
    return board, result


def test_an_outsider_verifies_with_two_files(desk: Desk, announced: tuple[Path, Path]):
    said = desk.ok("ballot", "verify", *announced)
    assert "the result holds 结果无误" in said
    assert "修缮项目1号桥: passed" in said
    mine = json.loads(announced[0].read_text())["hashes"][0]
    minuted = [a for k in hall().keys for a in ("--fingerprint", sealing.fingerprint(k.trustee))]
    told = desk.json("ballot", "verify", *announced, "--receipt", mine, *minuted)
    assert told["holds"]
    assert any("was in the box when it was shut" in line for line in told["lines"])


def test_a_result_that_does_not_hold_ends_with_one(desk: Desk, announced: tuple[Path, Path]):
    board, result = announced
    assert "is none of those demanded" in desk.refused("ballot", "verify", board, result, "--fingerprint", "1" * 40)
    assert "is not on the board" in desk.refused("ballot", "verify", board, result, "--receipt", "ab" * 32)
    data = json.loads(result.read_text())
    data["announced"]["verdict"]["findings"][0]["verdict"] = "failed"
    result.write_text(json.dumps(data), "utf-8")
    assert "findings[0].verdict is passed, and failed was announced" in desk.refused("ballot", "verify", board, result)
    told = desk("--json", "ballot", "verify", board, result)
    assert told.exit_code == 1
    assert json.loads(told.stdout)["problem"]["reasons"]


def test_files_that_are_none_are_told(desk: Desk, announced: tuple[Path, Path], trustees: list[Path]):
    board, result = announced
    assert "no box file" in desk.refused("ballot", "verify", board, board)
    assert "no board" in desk.refused("ballot", "verify", result, result)
    desk.refused("ballot", "verify", board, desk.folder / "gone.json", code=2)
    assert "no file of a trustee" in desk.refused("trustee", "peel", result, board)
    assert "no box file" in desk.refused("trustee", "peel", trustees[0], trustees[0], typed=PHRASE + "\n")


def test_a_trustees_commands_make_no_home(desk: Desk, shut: Path, trustees: list[Path]):
    opened(desk, shut, trustees)
    assert not (desk.folder / "nowhere").exists()
    assert not (desk.folder / "data").exists()
