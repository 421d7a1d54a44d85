"""What it takes to verify a ledger: ``python -m benchmarks.verify [CALLS]``, a million unless told.

The ledger is made by the wallet's own operations, so that every mac, window and day is real.
"""

import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.goals import Goals
from tests.support import ledger_worker
from tests.support.ledger_worker import KEY, admission, settlement
from wattfare_desktop.core.identifiers import CallId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.storage import budgets, calls
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.verification import Verification, look_over

_MILLION: Final = 1_000_000
_BATCH: Final = 5_000
_GOAL_S: Final = 60


def main(count: int) -> int:
    """Make the ledger, verify it, and print; return the exit status."""
    goals = Goals()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wallet.db"
        connection = connect(path, KEY, chain_key=bytes(32))
        migrate(connection)
        ledger_worker.prepare(connection)
        cap = Cap(period=Period.DAY, limit=parse_usd("1000000.00"))
        owner = budgets.owner_of(ledger_worker.GRANT)
        zone = admission(CallId("call")).zone
        budgets.set_caps(connection, owner, [cap], ledger_worker.NOW, zone)
        _fill(connection, count)
        verification = Verification()
        began_s, cpu_s = time.perf_counter(), time.process_time()
        slowest_s = 0.0
        while not verification.is_over:
            step_s = time.perf_counter()
            verification.step(connection)
            slowest_s = max(slowest_s, time.perf_counter() - step_s)
            told = verification.progress
            print(f"\r  verified {told.done:,} of {told.of:,}", end="", flush=True)
        took_s, cpu_s = time.perf_counter() - began_s, time.process_time() - cpu_s
        assert not verification.differences, verification.differences
        print(f"\n  {cpu_s:.1f} s of it at work: the rest is what other programs took")
        goals.at_most(f"verify of {count:,} calls", took_s, _GOAL_S * count / _MILLION, " s")
        print(f"  its longest step {slowest_s * 1000:.0f} ms")
        began_s = time.perf_counter()
        look_over(connection)
        print(f"looking over the end of the chain: {time.perf_counter() - began_s:.2f} s")
        connection.close()
    return goals.status


def _fill(connection: Connection, count: int) -> None:
    connection.execute("PRAGMA synchronous = OFF")
    began_s = time.perf_counter()
    for begin in range(0, count, _BATCH):
        connection.execute("BEGIN IMMEDIATE")
        for number in range(begin, min(begin + _BATCH, count)):
            call = CallId(f"call_{number:013d}")
            calls.admit(connection, admission(call))
            calls.settle(connection, settlement(call, ledger_worker.HOLD, ledger_worker.COST))
        connection.execute("COMMIT")
        made = min(begin + _BATCH, count)
        rate = made / (time.perf_counter() - began_s)
        print(f"\r  making {made:,} of {count:,} ({rate:.0f} a second)", end="")
    print()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else _MILLION))
