"""Tests of ``wattfare_desktop.wallet.wallet``."""

import asyncio
import threading
from pathlib import Path

import pytest

from tests.support.wallet_house import PASSPHRASE, WalletHouse, eventually, outcome, wallet_house
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.reports import ActivityQuery
from wattfare_desktop.vault.protection import Outcome, Protection
from wattfare_desktop.vault.vault import Vault
from wattfare_desktop.wallet import books
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.preferences import Preferences
from wattfare_desktop.wallet.wallet import WalletState

_LIMIT = Cap(period=Period.WEEK, limit=parse_usd("7.00"))


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_a_new_home_has_no_wallet_and_says_so(tmp_path: Path) -> None:
    async with wallet_house(tmp_path, opened=False) as house:
        assert await house.wallet.look() is WalletState.ABSENT
        assert await house.wallet.protection() is Protection.ABSENT
        with pytest.raises(UserFacingError, match="There is no wallet yet"):
            await house.wallet.overview()
        with pytest.raises(UserFacingError, match="There is no wallet yet"):
            await house.wallet.unlock(PASSPHRASE)
        assert not house.paths.database.exists()


async def test_creating_opens_it_and_tells(tmp_path: Path) -> None:
    async with wallet_house(tmp_path, opened=False) as house:
        await house.wallet.create(PASSPHRASE)
        assert house.wallet.state is WalletState.OPEN
        assert await house.wallet.protection() is Protection.PASSPHRASE
        assert house.changes == [Changes(wallet=True)]
        assert (await house.wallet.overview()).balance == 0


async def test_creating_twice_is_refused_and_changes_nothing(house: WalletHouse) -> None:
    grant = await _fill(house)
    with pytest.raises(UserFacingError, match="There is a wallet already"):
        await house.wallet.create("another passphrase")
    assert house.wallet.state is WalletState.OPEN
    assert house.wallet.trouble is None
    assert (await house.app(grant)).id == grant
    await house.wallet.lock()
    await house.wallet.unlock(PASSPHRASE)


async def test_creating_over_a_locked_wallet_is_refused(house: WalletHouse) -> None:
    await house.wallet.lock()
    with pytest.raises(UserFacingError, match="There is a wallet already"):
        await house.wallet.create("another passphrase")
    assert house.wallet.state is WalletState.LOCKED
    await house.wallet.unlock(PASSPHRASE)


@pytest.mark.parametrize("passphrase", ["", "short", "x" * 1001])
async def test_an_unfit_passphrase_makes_no_wallet(tmp_path: Path, passphrase: str) -> None:
    async with wallet_house(tmp_path, opened=False) as house:
        with pytest.raises(UserFacingError, match="This passphrase will not do"):
            await house.wallet.create(passphrase)
        assert house.wallet.state is WalletState.ABSENT
        assert _files(house.paths.home) == {}


@pytest.mark.parametrize("passphrase", ["wrong horse battery", "", None])
async def test_a_wrong_passphrase_opens_and_changes_nothing(
    house: WalletHouse, passphrase: str | None
) -> None:
    await house.wallet.lock()
    before = _files(house.paths.home)
    with pytest.raises(UserFacingError) as refused:
        await house.wallet.unlock(passphrase)
    assert house.wallet.trouble == refused.value
    assert house.wallet.state is WalletState.LOCKED
    assert house.wallet.books is None
    assert _files(house.paths.home) == before
    await house.wallet.unlock(PASSPHRASE)
    assert house.wallet.trouble is None


async def test_a_locked_wallet_refuses_everything(house: WalletHouse) -> None:
    funding = await house.fund()
    await house.wallet.lock()
    wallet, app = house.wallet, GrantId("grant_1")
    for refused in (
        wallet.overview(),
        wallet.apps(),
        wallet.activity(ActivityQuery()),
        wallet.fundings(),
        wallet.daily_spend(7),
        wallet.pause(app),
        wallet.resume(app),
        wallet.revoke(app),
        wallet.pause_all(),
        wallet.resume_all(),
        wallet.set_caps(app, [_LIMIT]),
        wallet.set_wallet_caps([_LIMIT]),
        wallet.add_funding("practice", key=None, base_url=None, balance=_LIMIT.limit),
        wallet.top_up(funding, _LIMIT.limit),
        wallet.remove_funding(funding),
        wallet.preferences(),
        wallet.set_preferences(Preferences()),
    ):
        with pytest.raises(UserFacingError, match="The wallet is locked"):
            await refused
    assert wallet.typical_calls(_LIMIT.limit) is None


async def test_locked_and_unlocked_it_has_everything(house: WalletHouse) -> None:
    grant = await _fill(house)
    before = (
        await house.wallet.overview(),
        await house.wallet.apps(),
        await house.wallet.activity(ActivityQuery()),
        await house.wallet.daily_spend(7),
        await house.wallet.preferences(),
    )
    await house.wallet.lock()
    assert await house.wallet.look() is WalletState.LOCKED
    await house.wallet.unlock(PASSPHRASE)
    assert before == (
        await house.wallet.overview(),
        await house.wallet.apps(),
        await house.wallet.activity(ActivityQuery()),
        await house.wallet.daily_spend(7),
        await house.wallet.preferences(),
    )
    assert before[0].paused
    assert before[0].month == parse_usd("0.30")
    await house.spend(grant, "0.10")


async def test_another_process_finds_everything(tmp_path: Path) -> None:
    async with wallet_house(tmp_path) as house:
        grant = await _fill(house)
    async with wallet_house(tmp_path) as again:
        assert (await again.app(grant)).spent_total == parse_usd("0.30")
        assert (await again.wallet.overview()).paused


async def test_many_who_unlock_at_once_open_it_once(house: WalletHouse) -> None:
    await house.wallet.lock()
    house.changes.clear()
    before = _ledger_threads()
    await asyncio.gather(*(house.wallet.unlock(PASSPHRASE) for _ in range(4)))
    assert house.changes == [Changes(wallet=True)]
    assert _ledger_threads() == before + 1


def _ledger_threads() -> int:
    return sum(thread.name == "wattfare-ledger" for thread in threading.enumerate())


async def test_quitting_waits_for_no_prompt_and_nothing_opens_after_it(
    house: WalletHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.wallet.lock()
    prompting, may_answer = threading.Event(), threading.Event()
    unlock = Vault.unlock

    def prompt(vault: Vault, passphrase: str | None = None) -> Outcome:
        prompting.set()
        assert may_answer.wait(10)
        return unlock(vault, passphrase)

    monkeypatch.setattr(Vault, "unlock", prompt)
    unlocking = asyncio.ensure_future(house.wallet.unlock(PASSPHRASE))
    await asyncio.to_thread(prompting.wait, 10)
    await asyncio.wait_for(house.wallet.close(), 5)
    may_answer.set()
    with pytest.raises(UserFacingError, match="closing"):
        await unlocking
    assert house.wallet.books is None


async def test_unlocking_waits_until_it_is_locked(house: WalletHouse) -> None:
    await house.fund()
    await house.approve()
    grant = (await house.app()).id
    held, opened = await house.hold(grant, "1.00"), house.books
    may_end = asyncio.Event()

    async def end() -> None:
        await may_end.wait()
        opened.spending.settle(held, outcome("0.25"))

    held.when_cut(lambda: house.tasks.start(end(), "the rest of a call"))
    locking = asyncio.ensure_future(house.wallet.lock())
    await eventually(lambda: held.is_cut)
    unlocking = asyncio.ensure_future(house.wallet.unlock(PASSPHRASE))
    may_end.set()
    await asyncio.gather(locking, unlocking)
    (window,) = (await house.app(grant)).windows
    assert (window.spent, window.held) == (parse_usd("0.25"), 0), "settled, not charged in full"


async def test_unlocking_an_open_wallet_is_no_mistake(house: WalletHouse) -> None:
    opened = house.books
    await house.wallet.unlock("whatever")
    assert house.books is opened


async def test_locking_cuts_and_settles_what_runs(house: WalletHouse) -> None:
    await house.fund()
    await house.approve()
    grant = (await house.app()).id
    held, spending = await house.hold(grant, "1.00"), house.books.spending
    held.when_cut(lambda: spending.settle(held, outcome("0.25")))
    await house.wallet.lock()
    assert spending.running_count == 0
    await house.wallet.unlock(PASSPHRASE)
    (window,) = (await house.app(grant)).windows
    assert (window.spent, window.held) == (parse_usd("0.25"), 0)


async def test_a_call_left_held_is_charged_in_full(
    house: WalletHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(books, "_SETTLE_S", 0.01)
    await house.fund()
    await house.approve()
    grant = (await house.app()).id
    await house.hold(grant, "1.00")
    await house.wallet.lock()
    await house.wallet.unlock(PASSPHRASE)
    (window,) = (await house.app(grant)).windows
    assert (window.spent, window.held) == (parse_usd("1.00"), 0)


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" + b"x" * 4096, b"\0" * 8192])
async def test_a_broken_file_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    async with wallet_house(tmp_path) as house:
        paths = house.paths
    for path in paths.database.parent.glob(f"{paths.database.name}-*"):
        path.unlink()
    if not content:
        content = bytes(byte ^ 0x55 for byte in paths.database.read_bytes())
    paths.database.write_bytes(content)
    async with wallet_house(tmp_path, opened=False) as house:
        assert await house.wallet.look() is WalletState.LOCKED
        with pytest.raises(UserFacingError, match="cannot be opened") as told:
            await house.wallet.unlock(PASSPHRASE)
        assert house.wallet.state is WalletState.BROKEN
        assert house.wallet.trouble == told.value
        assert paths.database.name in told.value.detail
        assert "backup" in told.value.detail
        with pytest.raises(UserFacingError, match="cannot be opened"):
            await house.wallet.overview()
        assert await house.wallet.look() is WalletState.BROKEN
        with pytest.raises(UserFacingError, match="Wrong passphrase"):
            await house.wallet.unlock("wrong horse battery")
        assert house.wallet.trouble == told.value
    assert paths.database.read_bytes() == content


async def test_a_mended_file_opens_again(tmp_path: Path) -> None:
    async with wallet_house(tmp_path) as house:
        await _fill(house)
        paths = house.paths
    whole = paths.database.read_bytes()
    paths.database.write_bytes(whole[:100] + b"broken" + whole[106:])
    async with wallet_house(tmp_path, opened=False) as house:
        with pytest.raises(UserFacingError, match="cannot be opened"):
            await house.wallet.unlock(PASSPHRASE)
        paths.database.write_bytes(whole)
        await house.wallet.unlock(PASSPHRASE)
        assert house.wallet.state is WalletState.OPEN
        assert (await house.app()).spent_total == parse_usd("0.30")


async def test_a_damaged_vault_file_is_told_and_left_alone(tmp_path: Path) -> None:
    async with wallet_house(tmp_path) as house:
        home = house.paths.home
    (vault,) = home.glob("vault*")
    vault.write_text("{")
    async with wallet_house(tmp_path, opened=False) as house:
        with pytest.raises(UserFacingError):
            await house.wallet.unlock(PASSPHRASE)
        assert house.wallet.books is None
    assert vault.read_text() == "{"


async def test_a_damaged_vault_file_is_a_broken_wallet(tmp_path: Path) -> None:
    async with wallet_house(tmp_path) as house:
        home = house.paths.home
    (vault,) = home.glob("vault*")
    whole = vault.read_text()
    vault.write_text("{")
    async with wallet_house(tmp_path, opened=False) as house:
        with pytest.raises(UserFacingError) as told:
            await house.wallet.look()
        assert (house.wallet.state, house.wallet.trouble) == (WalletState.BROKEN, told.value)
        vault.write_text(whole)
        await house.wallet.unlock(PASSPHRASE)
        assert (house.wallet.state, house.wallet.trouble) == (WalletState.OPEN, None)


async def test_a_file_found_broken_is_told_to_listeners(tmp_path: Path) -> None:
    async with wallet_house(tmp_path) as house:
        paths = house.paths
    paths.database.write_bytes(b"x" * 8192)
    async with wallet_house(tmp_path, opened=False) as house:
        with pytest.raises(UserFacingError):
            await house.wallet.unlock(PASSPHRASE)
        assert house.changes == [Changes(wallet=True)]


async def test_a_key_of_the_wallet_before_opens_no_exchanged_one(
    house: WalletHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.wallet.lock()
    asked: list[str | None] = []
    may_answer = threading.Event()
    unlock = Vault.unlock

    def slow(vault: Vault, passphrase: str | None = None) -> Outcome:
        asked.append(passphrase)
        outcome = unlock(vault, passphrase)
        assert len(asked) > 1 or may_answer.wait(10)
        return outcome

    monkeypatch.setattr(Vault, "unlock", slow)
    unlocking = asyncio.ensure_future(house.wallet.unlock(PASSPHRASE))
    await eventually(lambda: asked)

    async def put() -> str:
        assert house.wallet.state is WalletState.LOCKED
        may_answer.set()
        return "another wallet"

    assert await house.wallet.exchange(put) == "another wallet"
    await unlocking
    assert len(asked) == 2
    assert house.wallet.state is WalletState.OPEN


async def test_an_exchange_that_fails_leaves_it_locked(house: WalletHouse) -> None:
    refusal = UserFacingError("The disk is full", "Make room.")

    async def put() -> None:
        assert house.wallet.books is None
        raise refusal

    with pytest.raises(UserFacingError, match="The disk is full"):
        await house.wallet.exchange(put)
    assert house.wallet.state is WalletState.LOCKED
    await house.wallet.unlock(PASSPHRASE)


async def test_listeners_hear_until_they_stop(house: WalletHouse) -> None:
    heard: list[Changes] = []
    stop = house.wallet.subscribe(heard.append)
    await house.wallet.pause_all()
    stop()
    await house.wallet.resume_all()
    assert heard == [Changes(wallet=True)]


async def test_typical_calls_follow_the_models(house: WalletHouse) -> None:
    five = parse_usd("5.00")
    await house.fund()
    assert house.wallet.typical_calls(five) is None, "before the prices are there"
    await house.prices.book()
    familiar = house.wallet.typical_calls(five)
    assert familiar is not None
    assert familiar.model == "gpt-5-mini"
    dear = house.wallet.typical_calls(five, ["practice/gpt-5"])
    assert dear is not None
    assert dear.model == "gpt-5"
    assert dear.count < familiar.count
    assert house.wallet.typical_calls(five, ["anthropic/*"]) is None


async def _fill(house: WalletHouse) -> GrantId:
    await house.fund()
    await house.approve()
    grant = (await house.app()).id
    await house.spend(grant, "0.30")
    await house.wallet.set_wallet_caps([_LIMIT])
    await house.wallet.set_preferences(Preferences(default_cap=_LIMIT))
    await house.wallet.pause_all()
    return grant
