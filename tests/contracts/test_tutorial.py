"""The tutorial's first files are those that ``renda plugin new`` writes, to the letter."""

from __future__ import annotations

from tests.contracts.test_docs import ROOT, blocks

from renda_core.kit.starting import files_of

UNSHOWN = {".gitignore", "src/site_check/py.typed"}
"""Files in which there is nothing to read."""


def test_each_file_is_shown_as_it_is_written():
    page = ROOT / "docs" / "tutorial" / "first-practice.md"
    written = files_of("site_check", title="现场复核")
    first = {}
    for block in blocks(page):
        folder, _, path = block.title.partition("/")
        if folder == "site_check":
            first.setdefault(path, block.text)
    assert first == {path: text for path, text in written.items() if path not in UNSHOWN}
