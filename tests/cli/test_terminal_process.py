"""A whole process that asks on its standard input, on the loop the wallet runs on."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ASKING: Final = """
import asyncio, os, sys
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.cli.terminal_consent import TerminalConsent, TypedQuestion
from wattfare_desktop.cli.typed_lines import TypedLines
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.periods import Period
from wattfare_desktop.wallet.tasks import Tasks

class Answers:
    def __init__(self):
        self.given = asyncio.Event()
    async def approve(self, ticket, cap, /):
        self.given.set()
    async def deny(self, ticket, /):
        self.given.set()

async def ask():
    os.read(int(sys.argv[2]), 1)
    answers, tasks = Answers(), Tasks()
    terminal = Terminal(stdin=sys.stdin, stdout=sys.stdout, stderr=sys.stderr)
    consent = TerminalConsent(
        answers=answers, terminal=terminal, typed=TypedLines(0), tasks=tasks
    )
    consent.present(TypedQuestion(
        ticket="ticket_1", name="Notes AI", verified=False, redirect="127.0.0.1",
        justification="", cap=Cap(period=Period.MONTH, limit=5), models=(), expires_in_days=None,
    ))
    await answers.given.wait()
    await tasks.drain(5)

if sys.argv[1] == "uvloop":
    import uvloop
    uvloop.run(ask())
else:
    asyncio.run(ask())
"""


@pytest.fixture
def go() -> Iterator[tuple[int, int]]:
    """A pipe whose byte says: now ask."""
    pipe = os.pipe()
    yield pipe
    for fd in pipe:
        os.close(fd)


def start(loop: str, go: tuple[int, int], stdin: int) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", ASKING, loop, str(go[0])],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=[go[0]],
        cwd=Path(__file__).parents[2],
    )


def read_to_the_end(process: "subprocess.Popen[bytes]", typed: bytes | None) -> bytes:
    told, complaints = process.communicate(typed, timeout=30)
    assert process.returncode == 0, complaints
    return told


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_an_approval_that_lay_in_the_pipe_is_discarded(loop: str, go: tuple[int, int]) -> None:
    process = start(loop, go, subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"approve\napprove 900.00 year\n")
    process.stdin.flush()
    os.write(go[1], b".")
    line = process.stdout.readline()

    told = read_to_the_end(process, b"deny\n")

    assert line.startswith(b"consent ticket_1 'Notes AI' 0.000000005 month ")
    assert told == b"denied ticket_1\n"


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_file_full_of_approvals_denies(loop: str, go: tuple[int, int], tmp_path: Path) -> None:
    answers = tmp_path / "answers"
    answers.write_bytes(b"approve\n" * 100)
    os.write(go[1], b".")
    with answers.open("rb") as file:
        told = read_to_the_end(start(loop, go, file.fileno()), None)

    assert told.splitlines()[1:] == [b"denied ticket_1"]
