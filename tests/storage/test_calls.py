"""Admission and settlement on a real SQLCipher file."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest

from wattfare_desktop.core.holds import Exactly, Fit
from wattfare_desktop.core.identifiers import (
    CallId,
    ClientId,
    FundingId,
    GrantId,
    Instant,
    TransferId,
)
from wattfare_desktop.core.metering.items import Item
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import BudgetRefusal, Cap, Reason
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.storage import budgets, calls, fundings, grants, ledger
from wattfare_desktop.storage.connection import Connection, DatabaseBroken, Row
from wattfare_desktop.storage.database import Database, LedgerUnavailable

_KEY = "ab" * 32
_NOW = Instant(1_795_000_000_000)
_GRANT = GrantId("grant_a")
_FUNDING = FundingId("funding_a")
_CAP = parse_usd("2.00")
_EACH = parse_usd("0.10")
_HELD = Fit(amount=_EACH)


def _prepare(connection: Connection) -> None:
    fundings.insert(
        connection,
        fundings.FundingRecord(
            id=_FUNDING,
            provider="openai",
            base_url=None,
            key_sealed=None,
            key_hint="",
            added_at=_NOW,
        ),
    )
    fundings.top_up(connection, _FUNDING, parse_usd("100.00"), TransferId("transfer_a"), _NOW)
    grants.insert(
        connection,
        grants.GrantRecord(
            id=_GRANT,
            client_id=ClientId("Notes AI"),
            name="Notes AI",
            verified=False,
            redirect_uri="http://127.0.0.1:5173/",
            redirect_host="127.0.0.1:5173",
            state=GrantState.ACTIVE,
            models=(),
            justification="",
            created_at=_NOW,
            expires_at=None,
        ),
    )
    caps = [Cap(period=Period.DAY, limit=_CAP)]
    budgets.set_caps(connection, budgets.owner_of(_GRANT), caps, _NOW, UTC)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(tmp_path / "wallet.db", _KEY)
    await opened.write(_prepare)
    yield opened
    opened.close()


def _admission(number: int) -> calls.Admission:
    return calls.Admission(
        call=CallId(f"call_{number:04}"),
        hold=TransferId(f"call_{number:04}.hold"),
        grant=_GRANT,
        funding=_FUNDING,
        provider="openai",
        model="gpt-5-mini",
        streamed=False,
        wish=Exactly(amount=_EACH),
        price_version="test",
        now=_NOW,
        zone=UTC,
    )


def _settlement(number: int, cost: Nanos | None) -> calls.Settlement:
    return calls.Settlement(
        call=CallId(f"call_{number:04}"),
        held=_EACH,
        transfer_prefix=TransferId(f"call_{number:04}.end"),
        cost=cost,
        tokens=calls.TokenCounts(),
        basis=Basis.REPORTED,
        end=CallEnd.COMPLETE,
        status=CallStatus.SETTLED if cost is not None else CallStatus.VOIDED,
        first_byte_at=None,
        now=_NOW,
        day=date(2026, 11, 23),
    )


def _used(connection: Connection) -> tuple[int, int]:
    row = connection.execute("SELECT spent, held FROM windows").fetchone()
    assert row is not None
    return row[0], row[1]


async def test_two_hundred_at_once_never_pass_a_cap_for_twenty(database: Database) -> None:
    seen: list[int] = []

    def admit(connection: Connection, number: int) -> Fit | calls.Refused:
        refused = calls.admit(connection, _admission(number))
        seen.append(sum(_used(connection)))
        return refused

    outcomes = await asyncio.gather(
        *(database.write(partial(admit, number=number)) for number in range(200))
    )
    admitted = [number for number, refused in enumerate(outcomes) if isinstance(refused, Fit)]
    assert len(admitted) == 20
    assert max(seen) == _CAP
    refusals = [refused for refused in outcomes if not isinstance(refused, Fit)]
    assert all(isinstance(each, BudgetRefusal) for each in refusals)
    assert {each.reason for each in refusals if isinstance(each, BudgetRefusal)} == {Reason.HELD}
    for number in admitted:
        settled = await database.write(
            partial(calls.settle, settlement=_settlement(number, Nanos(_EACH // 2)))
        )
        assert settled is not None
        assert settled.cost == _EACH // 2
    assert await database.read(_used) == (_CAP // 2, 0)
    assert (await database.read(ledger.trial_balance)).balances


async def test_a_call_settles_once(database: Database) -> None:
    assert await database.write(partial(calls.admit, admission=_admission(1))) == _HELD
    settle = partial(calls.settle, settlement=_settlement(1, Nanos(5)))
    assert await database.write(settle) is not None
    assert await database.write(settle) is None
    assert await database.read(_used) == (5, 0)


async def test_a_voided_hold_costs_nothing(database: Database) -> None:
    assert await database.write(partial(calls.admit, admission=_admission(1))) == _HELD
    assert await database.write(partial(calls.settle, settlement=_settlement(1, None))) is not None
    assert await database.read(_used) == (0, 0)
    assert (await database.read(ledger.trial_balance)).balances


async def test_a_revoked_grant_holds_nothing(database: Database) -> None:
    await database.write(
        partial(grants.set_state, grant=_GRANT, state=GrantState.REVOKED, event="revoke", now=_NOW)
    )
    refused = await database.write(partial(calls.admit, admission=_admission(1)))
    assert refused == calls.GrantClosed(state=GrantState.REVOKED)
    assert await database.read(_used) == (0, 0)


async def test_another_key_opens_nothing(database: Database, tmp_path: Path) -> None:
    with pytest.raises(DatabaseBroken):
        Database(tmp_path / "wallet.db", "cd" * 32)
    assert await database.read(_used) == (0, 0)


async def test_what_was_charged_for_is_kept_with_the_call_and_never_changes(
    database: Database,
) -> None:
    items = (Item(kind=UnitKind.INPUT, units=4, usd=Decimal("1.25")),)
    await database.write(partial(calls.admit, admission=_admission(1)))
    settlement = replace(_settlement(1, Nanos(5)), items=items, provider_request="req_7")
    await database.write(partial(calls.settle, settlement=settlement))

    def kept(connection: Connection) -> Row | None:
        return connection.execute("SELECT items, provider_request FROM calls").fetchone()

    assert await database.read(kept) == ('[["input",4,"1.25"]]', "req_7")
    for fact in ("items = '[]'", "provider_request = 'x'", "cost = 4", "basis = 'estimated'"):
        with pytest.raises(LedgerUnavailable, match="never changes"):
            await database.write(partial(_change, fact=fact))
    assert await database.read(kept) == ('[["input",4,"1.25"]]', "req_7")


def _change(connection: Connection, fact: str) -> None:
    connection.execute(f"UPDATE calls SET {fact}")  # noqa: S608 - a fact of the test itself


async def test_the_program_is_noted_before_the_end_or_after_and_once(database: Database) -> None:
    early, late = (CallId(f"call_{number:04}") for number in (1, 2))
    for number in (1, 2):
        await database.write(partial(calls.admit, admission=_admission(number)))
    await database.write(partial(calls.name_program, call=early, program="/bin/early"))
    for number in (1, 2):
        await database.write(partial(calls.settle, settlement=_settlement(number, Nanos(5))))
    await database.write(partial(calls.name_program, call=late, program="/bin/late"))
    for call in (early, late):
        await database.write(partial(calls.name_program, call=call, program="/bin/other"))
    assert await database.read(_programs) == [("/bin/early",), ("/bin/late",)]


def _programs(connection: Connection) -> list[Row]:
    return connection.execute("SELECT program FROM calls ORDER BY seq").fetchall()
