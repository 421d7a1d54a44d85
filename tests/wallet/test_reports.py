"""Tests of ``wattfare_desktop.wallet.reports``: what the wallet tells, after real calls."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from tests.support.wallet_house import WalletHouse
from wattfare_desktop.core.identifiers import DAY_MS, GrantId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.reports import ActivityQuery, CallEnd, CallStatus
from wattfare_desktop.wallet.spending import Outcome


@pytest.fixture
async def apps(house: WalletHouse) -> tuple[GrantId, GrantId]:
    """Two apps: the first spent 0.30 in two calls, the second 0.05 later."""
    await house.fund()
    grants = []
    for name in ("Notes AI", "Coder"):
        await house.approve(client_id=name)
        grants.append((await house.app()).id)
    for number, cost in ((0, "0.10"), (0, "0.20"), (1, "0.05")):
        house.clock.ahead_ms += 5
        await house.spend(grants[number], cost)
    return grants[0], grants[1]


async def test_an_empty_wallet_has_nothing_to_tell(house: WalletHouse) -> None:
    overview = await house.wallet.overview()
    assert (overview.balance, overview.practice_balance, overview.held) == (0, 0, 0)
    assert (overview.apps, overview.running, overview.fundings) == ((), (), ())
    assert await house.wallet.daily_spend(7) == ()
    assert await house.wallet.activity(ActivityQuery()) == ()


async def test_the_overview_adds_up(house: WalletHouse, apps: tuple[GrantId, GrantId]) -> None:
    held = await house.hold(apps[0], "1.00")
    overview = await house.wallet.overview()
    assert overview.practice_balance == parse_usd("99.65")
    assert overview.balance == 0, "play money is not money"
    assert overview.held == parse_usd("1.00")
    assert overview.today == overview.month == parse_usd("0.35")
    assert [call.call for call in overview.running] == [held.id]
    assert [(app.id, app.spent_total) for app in overview.apps] == [
        (apps[0], parse_usd("0.30")),
        (apps[1], parse_usd("0.05")),
    ]
    (funding,) = overview.fundings
    assert (funding.spent, funding.available) == (parse_usd("0.35"), parse_usd("98.65"))


async def test_the_latest_spender_comes_first(
    house: WalletHouse, apps: tuple[GrantId, GrantId]
) -> None:
    assert [app.id for app in await house.wallet.apps()] == [apps[1], apps[0]]


async def test_activity_is_asked_in_many_ways(
    house: WalletHouse, apps: tuple[GrantId, GrantId]
) -> None:
    failed = await house.hold(apps[0], "0.40")
    house.books.spending.settle(failed, Outcome(cost=None, end=CallEnd.FAILED))
    await house.drained()

    async def costs(query: ActivityQuery) -> list[str]:
        return [f"{row.cost / 1e9:.2f}" for row in await house.wallet.activity(query)]

    everything = ["0.00", "0.05", "0.20", "0.10"]
    assert await costs(ActivityQuery()) == everything
    assert await costs(ActivityQuery(app=apps[1])) == ["0.05"]
    assert await costs(ActivityQuery(limit=2, offset=1)) == everything[1:3]
    assert await costs(ActivityQuery(text="coder")) == ["0.05"]
    assert await costs(ActivityQuery(text="PRACTICE/gpt")) == everything
    assert await costs(ActivityQuery(text="%")) == []
    (void,) = await house.wallet.activity(ActivityQuery(only_failed=True))
    assert (void.call, void.status) == (failed.id, CallStatus.VOIDED)
    assert await costs(ActivityQuery(only_unsettled=True)) == []
    assert await costs(ActivityQuery(since=void.started_at)) == ["0.00"]


async def test_days_are_told_app_by_app(house: WalletHouse, apps: tuple[GrantId, GrantId]) -> None:
    yesterday = house.clock.today()
    house.clock.ahead_ms += DAY_MS
    await house.spend(apps[1], "0.07")
    days = [(row.day, row.app, row.spent) for row in await house.wallet.daily_spend(7)]
    assert days == [
        (yesterday, apps[1], parse_usd("0.05")),
        (yesterday, apps[0], parse_usd("0.30")),
        (yesterday + timedelta(days=1), apps[1], parse_usd("0.07")),
    ]
    (only,) = await house.wallet.daily_spend(1)
    assert only.spent == parse_usd("0.07")
    assert {row.app for row in await house.wallet.daily_spend(7, apps[0])} == {apps[0]}
    assert (await house.wallet.overview()).today == parse_usd("0.07")


async def test_the_programs_of_an_app_are_told_the_latest_first(house: WalletHouse) -> None:
    await house.fund()
    await house.approve()
    app = await house.app()
    for path in ("/usr/bin/one", "/usr/bin/two", None, "/usr/bin/one"):
        held = await house.hold(app.id, "0.01")
        held.peer = _Known(path)
        await house.settle(held, "0.01")
        house.clock.ahead_ms += 60_000
    one, two = await house.wallet.programs(app.id)
    assert (one.path, two.path) == ("/usr/bin/one", "/usr/bin/two")
    assert one.at >= two.at + 120_000
    assert await house.wallet.programs(GrantId("grant_of_nobody")) == ()


@dataclass(frozen=True, slots=True)
class _Known:
    """A caller whose program is known, or never will be."""

    path: str | None

    def known_program(self) -> str | None:
        return self.path

    def program_to_come(self) -> None:
        return None
