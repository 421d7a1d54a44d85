"""The real program exports, beside a running wallet and without one."""

import json
import sys
from pathlib import Path

import pytest

from tests.support.bean_check import bean_check
from tests.support.wallet_process import Machine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(folder=tmp_path)
    with made.serving(*opening(made)) as wallet:
        made.ask("funding add", provider="practice", balance="5.00")
        assert wallet.terminate().code == 0
    return made


def opening(machine: Machine) -> tuple[str, str]:
    return "--passphrase-file", str(machine.passphrase_file())


def test_with_and_without_a_running_wallet(machine: Machine, tmp_path: Path) -> None:
    words = ("ledger", "export", "--format", "beancount")
    with machine.serving(*opening(machine)) as wallet:
        beside = machine.run(*words)
        assert wallet.terminate().code == 0
    alone = machine.run(*words, *opening(machine))
    for ran in (beside, alone):
        assert (ran.code, ran.stderr) == (0, "")
        assert bean_check(ran.stdout, tmp_path) == ""
        assert "5.000000000 ~ 0 PLAY" in ran.stdout


def test_a_locked_wallet_is_not_opened_by_itself(machine: Machine) -> None:
    for words, told in (
        ((), "Open it with --passphrase-file"),
        (("--passphrase-file", str(machine.passphrase_file("not this one"))), "Wrong passphrase"),
    ):
        ran = machine.run("ledger", "export", *words)
        assert (ran.code, ran.stdout) == (1, "")
        assert told in ran.stderr
    assert machine.run("ledger", "export", home=machine.folder / "nowhere").code == 1


def test_nothing_is_published_and_the_wallet_is_sound_afterwards(machine: Machine) -> None:
    exported = machine.run("ledger", "export", *opening(machine))
    assert not (machine.home / "runtime.json").exists()
    assert json.loads(exported.stdout)["head"]["entry"] > 0
    with machine.serving(*opening(machine)):
        assert machine.ask("status")["trouble"] is None
        assert machine.run("ledger", "verify").code == 0
