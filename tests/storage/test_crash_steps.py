"""A process killed right before and right after each durable step, by the name of that step."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.crash_steps import (
    ANCHOR_KEY,
    CHAIN_KEY,
    EVIDENCE,
    OPERATIONS,
    Step,
    When,
)
from tests.support.ledger_worker import KEY
from wattfare_desktop.core.ledger.chain import Head
from wattfare_desktop.storage import chain, ledger, migrate
from wattfare_desktop.storage.connection import Connection, apply_script, connect, file_version
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.verification import look_over, verify
from wattfare_desktop.vault.anchor import AnchorFile, open_anchor, seal_anchor

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a process that forks is POSIX's")
BEFORE_LIMITS = 8
ANCHORED = Head(seq=0, mac=bytes(32))


@pytest.fixture(scope="module")
def stepper() -> Iterator["subprocess.Popen[str]"]:
    """The process that forks those that are killed."""
    argv = [sys.executable, "-m", "tests.support.crash_steps"]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process
        process.kill()


def _older_file(folder: Path) -> Path:
    """Make a wallet as an older program left it: with a limit that the chain says nothing of."""
    path = folder / "wallet.db"
    with closing(connect(path, KEY, chain_key=CHAIN_KEY)) as connection:
        for each in migrate._migrations():
            if each.number <= BEFORE_LIMITS:
                apply_script(connection, each.script, each.number)
                connection.execute("COMMIT")
        connection.execute(
            "INSERT INTO windows (id, owner, period, starts_at) VALUES (1, 'wallet', 'once', 0)"
        )
        connection.execute("INSERT INTO budgets VALUES ('wallet', 'once', 50000000000, 1)")
    AnchorFile(folder).write(seal_anchor(ANCHOR_KEY, ANCHORED))
    return path


def _killed(stepper: "subprocess.Popen[str]", path: Path, step: Step, when: When) -> list[str]:
    """Have a process killed there; return which steps it was told to be durable."""
    assert stepper.stdin is not None
    assert stepper.stdout is not None
    stepper.stdin.write(f"{path}\t{step}\t{when}\n")
    stepper.stdin.flush()
    answer = json.loads(stepper.stdout.readline())
    assert answer["signal"] == signal.SIGKILL, answer
    told: list[str] = answer["told"]
    return told


def _is_done(connection: Connection, step: Step) -> bool:
    return connection.execute(f"{EVIDENCE[step]} LIMIT 1").fetchone() is not None


@pytest.mark.parametrize("when", When)
@pytest.mark.parametrize("step", Step)
def test_a_step_is_whole_or_not_at_all(
    tmp_path: Path, stepper: "subprocess.Popen[str]", step: Step, when: When
) -> None:
    """And whatever it was told to be durable before that is."""
    path = _older_file(tmp_path)
    told = _killed(stepper, path, step, when)
    order = list(Step)
    assert told == order[: order.index(step)]
    with closing(connect(path, KEY, chain_key=CHAIN_KEY)) as connection:
        is_migrated = file_version(connection) > BEFORE_LIMITS
        assert is_migrated is (step is not Step.MIGRATE or when is When.AFTER)
        done = order[: order.index(step) + (when is When.AFTER)]
        for each in EVIDENCE:
            assert _is_done(connection, each) is (each in done), each
        head = chain.head(connection)
    anchor = open_anchor(ANCHOR_KEY, AnchorFile(tmp_path).read() or "")
    assert anchor == (head if (step, when) == (Step.ANCHOR, When.AFTER) else ANCHORED)
    _require_sound(path)


def _require_sound(path: Path) -> None:
    """Open as after a crash: the migration goes on, and all is as it was written."""
    Database(path, KEY, CHAIN_KEY).close()
    with closing(connect(path, KEY, chain_key=CHAIN_KEY)) as connection:
        assert _is_done(connection, Step.MIGRATE)
        assert look_over(connection) == ()
        assert verify(connection) is None
        assert ledger.trial_balance(connection).balances


def test_every_step_has_an_operation_or_a_reason() -> None:
    """A step that nobody takes would be killed nowhere."""
    assert set(Step) - set(OPERATIONS) == {Step.MIGRATE, Step.ANCHOR}
    assert set(Step) - set(EVIDENCE) == {Step.ANCHOR}
