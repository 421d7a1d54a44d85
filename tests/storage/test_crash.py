"""A process killed between a hold and its settlement."""

import subprocess
import sys
from datetime import UTC
from pathlib import Path

from tests.storage.test_calls import _EACH, _KEY, _prepare, _used
from wattfare_desktop.core.reports import ActivityQuery, CallEnd, CallStatus
from wattfare_desktop.storage import ledger, reports
from wattfare_desktop.storage.database import Database
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.spending import Spending
from wattfare_desktop.wallet.tasks import Tasks

_HOLDER = """
import asyncio, sys
from functools import partial
from pathlib import Path
from tests.storage.test_calls import _HELD, _KEY, _admission
from wattfare_desktop.storage import calls
from wattfare_desktop.storage.database import Database

async def main():
    database = Database(Path(sys.argv[1]), _KEY)
    assert await database.write(partial(calls.admit, admission=_admission(1))) == _HELD
    print("held", flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def _hold_and_die(path: Path) -> None:
    """Hold a call's money in a process of its own, and kill -9 that."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.kill()


async def test_a_call_that_was_sent_is_charged_in_full_and_marked(tmp_path: Path) -> None:
    path = tmp_path / "wallet.db"
    made = Database(path, _KEY)
    await made.write(_prepare)
    made.close()
    _hold_and_die(path)
    database = Database(path, _KEY)
    try:
        assert await database.read(_used) == (0, _EACH)
        spending = Spending(database, Clock(lambda: UTC), Tasks(), print)
        assert await spending.recover() == 1
        assert await database.read(_used) == (_EACH, 0)
        assert (await database.read(ledger.trial_balance)).balances
        (call,) = await database.read(lambda cx: reports.calls(cx, ActivityQuery()))
        assert (call.status, call.end, call.cost) == (
            CallStatus.UNSETTLED,
            CallEnd.CRASHED,
            _EACH,
        )
        assert await spending.recover() == 0
    finally:
        database.close()
