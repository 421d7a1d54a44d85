"""A process that holds, extends and settles without end, until it is killed; for crash tests.

``python -m tests.support.ledger_worker FILE`` prints a line for each entry once it is told to be
durable: ``A call`` admitted, ``E hold`` extended, ``S call`` settled.
"""

import asyncio
import itertools
import os
import sys
from datetime import UTC, date
from functools import partial
from pathlib import Path
from typing import Final

from wattfare_desktop.core.holds import Exactly, Fit
from wattfare_desktop.core.identifiers import (
    CallId,
    ClientId,
    FundingId,
    GrantId,
    Instant,
    TransferId,
)
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.storage import budgets, calls, fundings, grants
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database

KEY: Final = "cd" * 32
GRANT: Final = GrantId("grant_a")
FUNDING: Final = FundingId("funding_a")
NOW: Final = Instant(1_795_000_000_000)
HOLD: Final = Nanos(1_000)
MORE: Final = Nanos(500)
COST: Final = Nanos(700)
_AT_ONCE: Final = 6


def prepare(connection: Connection) -> None:
    """Write the one funding and the one app there are."""
    fundings.insert(
        connection,
        fundings.FundingRecord(
            id=FUNDING, provider="openai", base_url=None, key_sealed=None, key_hint="", added_at=NOW
        ),
    )
    fundings.top_up(connection, FUNDING, parse_usd("100.00"), TransferId("transfer_a"), NOW)
    grants.insert(
        connection,
        grants.GrantRecord(
            id=GRANT,
            client_id=ClientId("Notes AI"),
            name="Notes AI",
            verified=False,
            redirect_uri="http://127.0.0.1:5173/",
            redirect_host="127.0.0.1:5173",
            state=GrantState.ACTIVE,
            models=(),
            justification="",
            created_at=NOW,
            expires_at=None,
        ),
    )
    caps = [Cap(period=Period.DAY, limit=parse_usd("50.00"))]
    budgets.set_caps(connection, budgets.owner_of(GRANT), caps, NOW, UTC)


async def _work(path: Path) -> None:
    opened = Database(path, KEY)
    numbers = itertools.count()
    prefix = f"call_{os.getpid()}"
    await asyncio.gather(*(_loop(opened, prefix, numbers) for _ in range(_AT_ONCE)))


async def _loop(opened: Database, prefix: str, numbers: "itertools.count[int]") -> None:
    while True:
        number = next(numbers)
        call = CallId(f"{prefix}_{number}")
        admitted = await opened.write(partial(calls.admit, admission=admission(call)))
        assert isinstance(admitted, Fit), admitted
        _tell(f"A {call}")
        held = HOLD
        if number % 2:
            extension = calls.Extension(
                call=call, hold=TransferId(f"{call}.hold.1"), amount=MORE, now=NOW
            )
            assert await opened.write(partial(calls.extend, extension=extension)) is None
            _tell(f"E {extension.hold}")
            held = Nanos(HOLD + MORE)
        ending = settlement(call, held, None if number % 5 == 0 else COST)
        settled = await opened.write_in_company(partial(calls.settle, settlement=ending))
        assert settled is not None
        _tell(f"S {call} {settled.cost}")


def _tell(line: str) -> None:
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def admission(call: CallId) -> calls.Admission:
    """Return a call that wants ``HOLD``."""
    return calls.Admission(
        call=call,
        hold=TransferId(f"{call}.hold"),
        grant=GRANT,
        funding=FUNDING,
        provider="openai",
        model="gpt-5-mini",
        streamed=False,
        wish=Exactly(amount=HOLD),
        price_version="test",
        now=NOW,
        zone=UTC,
    )


def settlement(call: CallId, held: Nanos, cost: Nanos | None) -> calls.Settlement:
    """Return how that call ends; None voids it."""
    return calls.Settlement(
        call=call,
        held=held,
        transfer_prefix=TransferId(f"{call}.end"),
        cost=cost,
        tokens=calls.TokenCounts(),
        basis=Basis.REPORTED,
        end=CallEnd.COMPLETE,
        status=CallStatus.VOIDED if cost is None else CallStatus.SETTLED,
        first_byte_at=None,
        now=NOW,
        day=date(2026, 11, 23),
    )


if __name__ == "__main__":
    asyncio.run(_work(Path(sys.argv[1])))
