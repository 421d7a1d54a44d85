"""What is recalled of an app's calls."""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.support import ledger_worker
from tests.support.ledger_worker import GRANT, HOLD, KEY, NOW, admission
from wattfare_desktop.core.holds import Fit
from wattfare_desktop.core.identifiers import DAY_MS, MINUTE_MS, CallId, Instant, TransferId, later
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.core.watching.trail import Past
from wattfare_desktop.storage import calls
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.pasts import past


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Connection]:
    with closing(connect(tmp_path / "wallet.db", KEY)) as connection:
        migrate(connection)
        ledger_worker.prepare(connection)
        yield connection


def spend(file: Connection, number: int, cost: int, ended_at: Instant) -> None:
    call = CallId(f"call_{number}")
    assert isinstance(calls.admit(file, admission(call)), Fit)
    settlement = calls.Settlement(
        call=call,
        held=HOLD,
        transfer_prefix=TransferId(f"{call}.end"),
        cost=Nanos(cost) if cost else None,
        tokens=calls.TokenCounts(input_tokens=3, output_tokens=4),
        basis=None,
        end=CallEnd.COMPLETE,
        status=CallStatus.SETTLED if cost else CallStatus.VOIDED,
        first_byte_at=None,
        now=ended_at,
        day=date(2026, 11, 23),
    )
    assert calls.settle(file, settlement) is not None


def test_nothing_is_known_of_an_app_that_never_called(file: Connection) -> None:
    assert past(file, GRANT, NOW) == Past(models=[], latest=[], minutes=[])


def test_minutes_calls_and_models_are_known_up_to_then(file: Connection) -> None:
    minute = Instant(NOW // MINUTE_MS * MINUTE_MS)
    for number, (cost, after_ms) in enumerate(
        [(5, 0), (7, 1), (0, 2), (11, MINUTE_MS), (13, 2 * MINUTE_MS)]
    ):
        spend(file, number, cost, later(minute, after_ms))
    known = past(file, GRANT, later(minute, 2 * MINUTE_MS))
    assert [(each.at, each.cost, each.calls) for each in known.minutes] == [
        (minute, 12, 2),
        (minute + MINUTE_MS, 11, 1),
    ]
    assert [(cost, tokens) for _, cost, tokens in known.latest] == [(5, 7), (7, 7), (11, 7)]
    assert len(known.models) == 1
    assert known.calls == 3
    assert known.first_at is not None


def test_what_is_a_month_ago_is_forgotten(file: Connection) -> None:
    spend(file, 1, 5, NOW)
    assert past(file, GRANT, later(NOW, 31 * DAY_MS)).minutes == []
