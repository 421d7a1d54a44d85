"""Tests of ``wattfare_desktop.vault.thread``."""

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.vault.keychain import Keychain
from wattfare_desktop.vault.passphrase import Cost
from wattfare_desktop.vault.protection import Protection, Reason, Refused, Unlocked
from wattfare_desktop.vault.thread import VaultThread
from wattfare_desktop.vault.vault import Vault

ROOT = Path(__file__).parents[2]
CHEAP = Cost(memory_kib=32, iterations=1, lanes=1)

# Quits while a prompt is open.
QUIT_AT_A_PROMPT = """
import asyncio, pathlib, sys, threading
from wattfare_desktop.vault.keychain import Keychain
from wattfare_desktop.vault.thread import VaultThread
from wattfare_desktop.vault.vault import Vault

asked = threading.Event()

def prompt():
    asked.set()
    threading.Event().wait()

async def main():
    thread = VaultThread(Vault(pathlib.Path(sys.argv[1]), Keychain("wallet-1", prompt)))
    waiting = asyncio.create_task(thread.examine_keyring())
    while not asked.is_set():
        await asyncio.sleep(0)
    waiting.cancel()
    thread.close()

asyncio.run(main())
print("quit")
"""


class Prompt:
    """A keyring that keeps its caller waiting until it is answered."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.answered = threading.Event()
        self.threads: list[str] = []

    def __call__(self) -> None:
        self.threads.append(threading.current_thread().name)
        self.asked.set()
        assert self.answered.wait(30)


async def until(event: threading.Event) -> None:
    assert await asyncio.to_thread(event.wait, 30)


async def test_a_wallet_is_made_unlocked_and_changed(tmp_path: Path) -> None:
    thread = VaultThread(Vault(tmp_path, Keychain("wallet-1", lambda: None), CHEAP))
    assert await thread.status() is Protection.ABSENT
    assert isinstance(await thread.create_with_keyring(), Refused)
    made = await thread.create_with_passphrase("correct horse")
    assert isinstance(made, Unlocked)
    assert await thread.change_passphrase("correct horse", "battery staple") == made
    assert await thread.unlock("battery staple") == made
    thread.close()


async def test_the_loop_runs_on_while_a_prompt_waits(tmp_path: Path) -> None:
    prompt = Prompt()
    thread = VaultThread(Vault(tmp_path, Keychain("wallet-1", prompt), CHEAP))
    waiting = asyncio.create_task(thread.create_with_keyring())
    await until(prompt.asked)
    assert not waiting.done()
    prompt.answered.set()
    refused = await asyncio.wait_for(waiting, 30)
    assert isinstance(refused, Refused)
    assert refused.reason is Reason.KEYRING_UNUSABLE
    assert prompt.threads == ["vault"]
    thread.close()


async def test_giving_up_leaves_what_had_not_begun_undone(tmp_path: Path) -> None:
    prompt = Prompt()
    thread = VaultThread(Vault(tmp_path, Keychain("wallet-1", prompt), CHEAP))
    at_prompt = asyncio.create_task(thread.create_with_keyring())
    await until(prompt.asked)
    queued = asyncio.create_task(thread.create_with_passphrase("correct horse"))
    await asyncio.sleep(0)
    for task in (at_prompt, queued):
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    prompt.answered.set()
    assert await asyncio.wait_for(thread.status(), 30) is Protection.ABSENT
    thread.close()


async def test_errors_reach_who_asked(tmp_path: Path) -> None:
    (tmp_path / "vault.json").write_bytes(b"{")
    thread = VaultThread(Vault(tmp_path, Keychain("wallet-1", lambda: None), CHEAP))
    with pytest.raises(UserFacingError, match="damaged"):
        await thread.status()
    thread.close()
    with pytest.raises(RuntimeError, match="closed"):
        await thread.status()


def test_a_forgotten_prompt_does_not_keep_the_program(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", QUIT_AT_A_PROMPT, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, "quit\n"), ended.stderr
