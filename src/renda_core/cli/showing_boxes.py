"""What trustees are shown of a box file: what it is about, how far it is, and what in it does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from renda_core.cli import telling

if TYPE_CHECKING:
    from renda_core.domain.ballot import Trustee
    from renda_core.sealing.box import Box


def line(text: str) -> None:
    """Write one line with names or titles from a foreign file, in which a break would make up lines of its own."""
    telling.line(text.replace("\n", "\N{SYMBOL FOR NEWLINE}"))


def facts(box: Box) -> dict[str, Any]:
    """Give what a program is told of a box."""
    done = [layer.trustee for layer in box.peeled]
    return {
        "kind": box.kind,
        "ballot": box.sheet.ballot,
        "round": box.sheet.round,
        "title": box.sheet.title,
        "rehearsal": box.sheet.trial,
        "subjects": list(box.sheet.titles),
        "papers": len(box.papers if box.choices is None else box.choices),
        "unreadable": box.unreadable,
        "box": _digest(box),
        "trustees": [whose(t) | {"peeled": t.name in done, "signed": t.name in box.signatures}
                     for t in box.sheet.trustees],
        "problems": list(_problems(box)),
    }  # fmt: skip


def _digest(box: Box) -> str:
    """Give the digest of what was in the box when it was shut: the board's."""
    from renda_core.sealing.papers import papers_digest

    return box.digest or papers_digest(box.papers)


def _problems(box: Box) -> tuple[str, ...]:
    """Tell what does not hold of all that is there so far."""
    from renda_core.sealing.signing import broken_layers, false_signatures

    return (*broken_layers(box), *(false_signatures(box) if box.choices is not None else ()))


def show(box: Box) -> None:
    """Show a box to people."""
    sheet = box.sheet
    trial = "rehearsal 试开, " if sheet.trial else ""
    line(f"{trial}{sheet.title or sheet.kind}, round {sheet.round} 第 {sheet.round} 轮, ballot {sheet.ballot}")
    for title in sheet.titles:
        line(f"  {title}")
    line(f"papers 票: {len(box.papers if box.choices is None else box.choices)}, unreadable: {box.unreadable}")
    line(f"box 票箱: {_digest(box)}")
    for n, one in enumerate(sheet.trustees, 1):
        done = (
            "signed 已签" if one.name in box.signatures else "layer off 已开" if n <= len(box.peeled) else "waits 待开"
        )
        line(f"{n} {one.name} {one.body}: {done}")
        line(f"    {whose(one)['fingerprint']}")
    for wrong in _problems(box):
        line(f"warning 注意: {wrong}")


def whose(one: Trustee) -> dict[str, Any]:
    """Give what everybody may know of a trustee."""
    from renda_core.sealing import keys

    facts = {"name": one.name, "body": one.body, "box_key": one.box_key, "sign_key": one.sign_key}
    return facts | {"fingerprint": keys.fingerprint(one)}


def introduce(one: Trustee) -> None:
    """Show a trustee to people."""
    line(f"{one.name} {one.body}".strip())
    line(f"fingerprint 指纹: {whose(one)['fingerprint']}")


def following(box: Box) -> str:
    """Say who does what next."""
    names = [t.name for t in box.sheet.trustees]
    if box.choices is None:
        return f"next 下一步: {names[len(box.peeled)]} peels it 开箱; keep both files 两个文件都留存"
    waiting = [name for name in names if name not in box.signatures]
    if waiting:
        return f"next 下一步: {waiting[0]} signs it 签名; keep every file 所有文件都留存"
    return "next 下一步: every trustee has signed; give it to the office 全部签毕，交办公室"
