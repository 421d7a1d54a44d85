"""The real program on an old copy of its file: told everywhere, spent nowhere, until accepted."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.support.wallet_process import Machine

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")


@pytest.fixture
def set_back(tmp_path: Path) -> Machine:
    """A wallet whose file is the one of before the last top-up."""
    machine = Machine(folder=tmp_path)
    opening = ("--passphrase-file", str(machine.passphrase_file()))
    with machine.serving(*opening) as wallet:
        machine.ask("funding add", provider="practice", balance="5.00")
        assert wallet.terminate().code == 0
    shutil.copy(machine.home / "wallet.db", tmp_path / "old.db")
    with machine.serving(*opening) as wallet:
        funding = machine.ask("funding list")[0]["id"]
        machine.ask("funding top-up", funding=funding, amount="1.00")
        assert wallet.terminate().code == 0
    shutil.copy(tmp_path / "old.db", machine.home / "wallet.db")
    return machine


def test_an_old_file_is_told_and_accepted(set_back: Machine) -> None:
    opening = ("--passphrase-file", str(set_back.folder / "passphrase"))
    for _ in range(2):
        with set_back.serving(*opening) as wallet:
            status = set_back.run("status")
            assert "nothing is spent" in status.stdout
            told = json.loads(set_back.run("status", "--json").stdout)["trouble"]["detail"]
            assert "older copy" in told
            assert "It ends at entry" in told
            assert "its anchor says entry" in told
            doctor = {each["name"]: each for each in set_back.ask("doctor")}
            assert not doctor["ledger"]["ok"]
            ended = wallet.terminate()
            assert ended.code == 0
            # Whoever looks at its terminal need not ask.
            assert "not as they were left" in ended.stderr
    with set_back.serving(*opening) as wallet:
        accepted = set_back.run("ledger", "accept")
        assert (accepted.code, accepted.stderr) == (0, "")
        assert set_back.ask("status")["trouble"] is None
        verified = set_back.run("ledger", "verify")
        assert (verified.code, verified.stderr) == (0, "")
        assert verified.stdout.endswith("are as written.\n")
        again = set_back.run("ledger", "accept")
        assert again.code == 1
        assert "Nothing is in doubt" in again.stderr
        assert wallet.terminate().code == 0
    with set_back.serving(*opening):
        assert set_back.ask("status")["trouble"] is None
