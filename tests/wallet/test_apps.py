"""Tests of ``wattfare_desktop.wallet.apps``."""

import json
from typing import Any

import pytest

from tests.support.asking import details
from tests.support.wallet_house import PASSPHRASE, WalletHouse
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import DAY_MS, ClientId, GrantId
from wattfare_desktop.core.money import Nanos, parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import BudgetRefusal, Cap, LimitKind
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.spending import GrantClosed, HeldCall

CENT = parse_usd("0.01")
DAY = Cap(period=Period.DAY, limit=parse_usd("0.50"))
WEEK = Cap(period=Period.WEEK, limit=parse_usd("2.00"))


async def _app(house: WalletHouse, **changes: Any) -> GrantId:
    await house.approve(**changes)
    return (await house.app()).id


async def test_a_paused_app_holds_nothing_until_it_is_resumed(house: WalletHouse) -> None:
    await house.fund()
    app = await _app(house)
    running = await house.hold(app, "0.10")
    await house.wallet.pause(app)
    assert (await house.app()).state is GrantState.PAUSED
    closed = await house.books.spending.reserve(house.wanted(app, CENT))
    assert closed == GrantClosed(state=GrantState.PAUSED)
    assert not running.is_cut, "what runs finishes"
    await house.settle(running, "0.10")
    await house.wallet.resume(app)
    await house.spend(app, "0.01")


async def test_a_revoked_app_is_cut_and_stays_revoked(house: WalletHouse) -> None:
    await house.fund()
    app, other = await _app(house), await _app(house, client_id="Other")
    running, spared = await house.hold(app, "0.10"), await house.hold(other, "0.10")
    await house.wallet.revoke(app)
    assert (running.is_cut, spared.is_cut) == (True, False)
    closed = await house.books.spending.reserve(house.wanted(app, CENT))
    assert closed == GrantClosed(state=GrantState.REVOKED)
    for act in (house.wallet.pause, house.wallet.resume):
        with pytest.raises(UserFacingError, match="revoked"):
            await act(app)
    with pytest.raises(UserFacingError, match="revoked"):
        await house.wallet.set_caps(app, [DAY])
    await house.wallet.revoke(app)
    house.void_what_runs()
    await house.wallet.lock()
    await house.wallet.unlock(PASSPHRASE)
    assert (await house.app(app)).state is GrantState.REVOKED


@pytest.mark.parametrize("act", ["pause", "resume", "revoke"])
async def test_saying_it_twice_is_no_mistake(house: WalletHouse, act: str) -> None:
    app = await _app(house)
    for _ in range(2):
        await getattr(house.wallet, act)(app)


@pytest.mark.parametrize("was_paused", [False, True])
async def test_an_app_that_ran_out_is_revoked_at_most(house: WalletHouse, was_paused: bool) -> None:  # noqa: FBT001 - a case
    app = await _app(house, authorization_details=details(expires_in_days=1))
    if was_paused:
        await house.wallet.pause(app)
    house.clock.ahead_ms += DAY_MS
    assert (await house.app(app)).state is GrantState.EXPIRED
    for act in (house.wallet.pause, house.wallet.resume):
        with pytest.raises(UserFacingError, match="expired"):
            await act(app)
    with pytest.raises(UserFacingError, match="expired"):
        await house.wallet.set_caps(app, [DAY])
    await house.wallet.revoke(app)
    assert (await house.app(app)).state is GrantState.REVOKED


async def test_an_unknown_app_is_told(house: WalletHouse) -> None:
    nobody = GrantId("grant_1")
    for refused in (
        house.wallet.pause(nobody),
        house.wallet.resume(nobody),
        house.wallet.revoke(nobody),
        house.wallet.set_caps(nobody, [DAY]),
    ):
        with pytest.raises(UserFacingError, match="No such app"):
            await refused


async def test_every_act_tells_what_it_touched(house: WalletHouse) -> None:
    app = await _app(house)
    house.changes.clear()
    await house.wallet.pause(app)
    await house.wallet.set_caps(app, [DAY])
    await house.wallet.revoke(app)
    assert house.changes == [Changes(grants=frozenset({app}))] * 3


async def test_caps_are_replaced_in_the_middle_of_a_window(house: WalletHouse) -> None:
    await house.fund()
    app = await _app(house)
    await house.spend(app, "0.30")
    await house.wallet.set_caps(app, [DAY, WEEK])
    rows = {row.period: row for row in (await house.app(app)).windows}
    assert rows.keys() == {Period.DAY, Period.WEEK}
    assert {row.spent for row in rows.values()} == {parse_usd("0.30")}, "the past counts"
    refused = await house.books.spending.reserve(house.wanted(app, parse_usd("0.21")))
    assert isinstance(refused, BudgetRefusal)
    assert refused.budget.period is Period.DAY
    await house.wallet.set_caps(app, [WEEK])
    held = await house.books.spending.reserve(house.wanted(app, parse_usd("0.21")))
    assert isinstance(held, HeldCall)


async def test_a_cap_may_fall_below_what_was_spent(house: WalletHouse) -> None:
    await house.fund()
    app = await _app(house)
    await house.spend(app, "0.30")
    await house.wallet.set_caps(app, [Cap(period=Period.MONTH, limit=CENT)])
    (row,) = (await house.app(app)).windows
    assert (row.spent, row.limit, row.left) == (parse_usd("0.30"), CENT, 0)
    refused = await house.books.spending.reserve(house.wanted(app, Nanos(1)))
    assert isinstance(refused, BudgetRefusal)


@pytest.mark.parametrize("caps", [[], [DAY, Cap(period=Period.DAY, limit=CENT)]])
async def test_caps_that_make_no_sense_change_nothing(house: WalletHouse, caps: list[Cap]) -> None:
    app = await _app(house)
    before = (await house.app(app)).windows
    with pytest.raises(UserFacingError):
        await house.wallet.set_caps(app, caps)
    assert (await house.app(app)).windows == before


async def test_caps_of_the_wallet_bind_every_app(house: WalletHouse) -> None:
    await house.fund()
    one, two = await _app(house), await _app(house, client_id="Other")
    await house.spend(one, "0.30")
    await house.wallet.set_wallet_caps([DAY])
    (row,) = (await house.wallet.overview()).wallet_windows
    assert (row.period, row.limit, row.spent) == (Period.DAY, DAY.limit, parse_usd("0.30"))
    refused = await house.books.spending.reserve(house.wanted(two, parse_usd("0.21")))
    assert isinstance(refused, BudgetRefusal)
    assert refused.budget.kind is LimitKind.WALLET
    with pytest.raises(UserFacingError, match="Two limits"):
        await house.wallet.set_wallet_caps([DAY, DAY])
    await house.wallet.set_wallet_caps([])
    await house.spend(two, "0.21")


async def test_the_history_keeps_every_act(house: WalletHouse) -> None:
    app = await _app(house)
    await house.wallet.pause(app)
    await house.wallet.pause(app)
    await house.wallet.set_caps(app, [DAY, WEEK])
    await house.wallet.resume(app)
    await house.wallet.revoke(app)
    events = await house.books.database.read(
        lambda cx: cx.execute("SELECT event, detail FROM grant_events ORDER BY seq").fetchall()
    )
    assert [event for event, _ in events] == [
        "granted",
        "pause",
        "caps_changed",
        "resume",
        "revoke",
    ]
    assert json.dumps(events[2][1]) == '"$0.50 day, $2.00 week"'


async def test_clients_are_blocked_and_unblocked(house: WalletHouse) -> None:
    apps = house.books.apps
    for name in ("One", "Two", "One"):
        await apps.block_client(ClientId(name))
    assert {row.client for row in await apps.blocked_clients()} == {"One", "Two"}
    await apps.unblock_client(ClientId("One"))
    await apps.unblock_client(ClientId("Nobody"))
    assert [row.client for row in await apps.blocked_clients()] == ["Two"]
