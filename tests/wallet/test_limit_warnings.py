"""That most of a limit is gone is told once a window, whoever restarts and whatever the clock."""

from tests.support.wallet_house import WalletHouse, eventually
from wattfare_desktop.core.identifiers import DAY_MS, GrantId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.reports import LimitAlert


def _told(house: WalletHouse) -> list[LimitAlert]:
    return [alert for changes in house.changes for alert in changes.warnings]


async def _app(house: WalletHouse, limit: str = "2.00") -> GrantId:
    await house.fund()
    await house.approve()
    app = (await house.app()).id
    await house.wallet.set_caps(app, [Cap(period=Period.DAY, limit=parse_usd(limit))])
    return app


async def test_it_is_told_by_itself_once_most_is_gone(house: WalletHouse) -> None:
    app = await _app(house)
    await house.spend(app, "1.59")
    await house.books.warnings.look()
    assert _told(house) == []
    await house.spend(app, "0.01")
    await eventually(lambda: _told(house))
    (alert,) = _told(house)
    assert (alert.app, alert.name) == (app, (await house.app(app)).name)
    assert (alert.window.spent, alert.window.period) == (parse_usd("1.60"), Period.DAY)
    await house.spend(app, "0.30")
    await house.books.warnings.look()
    assert len(_told(house)) == 1
    (window,) = (await house.app(app)).windows
    assert window.warned


async def test_a_restart_tells_nothing_twice_and_nothing_too_few(house: WalletHouse) -> None:
    app = await _app(house)
    await house.spend(app, "1.60")
    # Locked before anybody looked: it is told when the wallet is opened next.
    house.books.warnings.close()
    await house.wallet.lock()
    assert _told(house) == []
    await house.opened()
    await eventually(lambda: len(_told(house)) == 1)
    await house.wallet.lock()
    await house.opened()
    await house.books.warnings.look()
    assert len(_told(house)) == 1


async def test_the_next_window_is_told_anew_and_a_clock_set_back_is_no_next(
    house: WalletHouse,
) -> None:
    app = await _app(house)
    await house.spend(app, "1.60")
    await house.books.warnings.look()
    house.clock.ahead_ms = -DAY_MS
    await house.spend(app, "0.10")
    await house.books.warnings.look()
    assert len(_told(house)) == 1
    house.clock.ahead_ms = DAY_MS
    await house.spend(app, "1.60")
    await house.books.warnings.look()
    assert len(_told(house)) == 2


async def test_the_wallets_own_limit_is_told_as_such(house: WalletHouse) -> None:
    app = await _app(house, "50.00")
    await house.wallet.set_wallet_caps([Cap(period=Period.MONTH, limit=parse_usd("1.00"))])
    await house.spend(app, "0.80")
    await house.books.warnings.look()
    (alert,) = _told(house)
    assert (alert.app, alert.window.period) == (None, Period.MONTH)


async def test_in_a_doubted_file_nobody_is_noted_as_warned(house: WalletHouse) -> None:
    app = await _app(house)
    await house.spend(app, "1.60")
    house.books.warnings.close()
    await house.wallet.lock()
    (house.paths.home / "anchor").write_text("nonsense")
    await house.opened()
    await house.books.warnings.look()
    assert _told(house) == []
    await house.wallet.accept_ledger()
    await house.books.warnings.look()
    assert len(_told(house)) == 1
