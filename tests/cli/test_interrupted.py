"""A command that is asked to end undoes what is under way and says so, by Ctrl-C and by SIGTERM alike."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

PROGRAM = """
import os, signal, sys, time
import rich_click as click
from renda_core.cli.root import renda

@renda.command()
def linger():
    try:
        os.kill(os.getpid(), signal.{name})
        time.sleep(60)
    finally:
        print("undone")

renda(["linger"])
"""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_asked_to_end(sent):
    program = [sys.executable, "-c", PROGRAM.format(name=sent.name)]
    done = subprocess.run(program, capture_output=True, text=True, timeout=50, check=False)  # noqa: S603 - our own
    assert done.stdout == "undone\n"
    assert "已中断" in done.stderr
    assert done.returncode == 130
