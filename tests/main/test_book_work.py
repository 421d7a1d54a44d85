"""The long work that the window asks for, done to a real wallet."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.wallet_house import PASSPHRASE, WalletHouse, wallet_house
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.ledger.sheets import Sheet
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.reports import ActivityQuery, CallRow
from wattfare_desktop.main.acts import Acts
from wattfare_desktop.main.book_work import BookWork, SeenBackup
from wattfare_desktop.storage.migrate import WalletTooNew
from wattfare_desktop.ui.presentation.books import ExportKind, ExportWish, verdict_told
from wattfare_desktop.ui.presentation.closed import Closed, ClosedState
from wattfare_desktop.ui.presentation.long_work import Progress, Watch, WorkPhase
from wattfare_desktop.vault.keychain import Keychain, account_of
from wattfare_desktop.vault.passphrase import Cost
from wattfare_desktop.wallet.backup import BackupWish
from wattfare_desktop.wallet.wallet import WalletState

WORDS = "backup words"
QUICK = Cost(memory_kib=32, iterations=1, lanes=1)


def no_keyring(home: Path) -> Keychain:
    return Keychain(account_of(home), lambda: None)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    async with wallet_house(tmp_path) as made:
        await made.fund("5.00")
        await made.approve()
        for cost in ("0.10", "0.20"):
            await made.spend((await made.app()).id, cost)
        yield made


def work_of(house: WalletHouse) -> BookWork:
    return BookWork(
        wallet=house.wallet,
        vault=house.wallet._vault,
        clock=house.clock,
        home=house.paths.home,
        keychains=no_keyring,
        cost=QUICK,
    )


async def backed_up(house: WalletHouse, tmp_path: Path) -> Path:
    file = tmp_path / "b.backup"
    await work_of(house).back_up(BackupWish(target=file, passphrase=WORDS), Watch())
    return file


async def seen(house: WalletHouse, file: Path) -> SeenBackup:
    return await work_of(house).look_at_backup(file, WORDS)


class StopsAt(Watch):
    """Is stopped as soon as the work comes to a phase."""

    def __init__(self, phase: WorkPhase) -> None:
        super().__init__()
        self._phase = phase

    def at(self, phase: WorkPhase, done: int = 0, of: int = 0) -> None:
        super().at(phase, done, of)
        if phase is self._phase:
            self.stop()


class Noting(Watch):
    """Remembers all it heard."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Progress] = []

    def at(self, phase: WorkPhase, done: int = 0, of: int = 0) -> None:
        super().at(phase, done, of)
        self.heard.append(self.progress)


async def test_a_backup_is_made_and_its_refusal_told(house: WalletHouse, tmp_path: Path) -> None:
    file = tmp_path / "b.backup"
    wish = BackupWish(target=file, passphrase=WORDS)
    made = await work_of(house).back_up(wish, Watch())
    assert (made.target, made.size) == (file, file.stat().st_size)
    with pytest.raises(UserFacingError, match="There is a file already"):
        await work_of(house).back_up(wish, Watch())


async def test_a_stopped_backup_leaves_nothing(house: WalletHouse, tmp_path: Path) -> None:
    before = await names_in(tmp_path)
    wish = BackupWish(target=tmp_path / "b.backup", passphrase=WORDS)
    with pytest.raises(UserFacingError, match="stopped"):
        await work_of(house).back_up(wish, StopsAt(WorkPhase.COPYING))
    assert await names_in(tmp_path) == before


async def test_everything_adds_up(house: WalletHouse) -> None:
    verdict = await work_of(house).check(Watch())
    assert (verdict.calls, verdict.differences) == (2, ())
    assert verdict.entries == (await house.wallet.exports().begin()).start.head.seq
    assert verdict_told(verdict).title.endswith("entries, 2 calls")


async def test_a_stopped_check_has_no_verdict(house: WalletHouse) -> None:
    watch = Watch()
    watch.stop()
    with pytest.raises(UserFacingError, match="stopped"):
        await work_of(house).check(watch)
    # And the next begins anew.
    assert (await work_of(house).check(Watch())).differences == ()


@pytest.mark.parametrize("kind", ExportKind)
async def test_an_export_takes_nobodys_place(
    house: WalletHouse, tmp_path: Path, kind: ExportKind
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    wish, watch = ExportWish(kind=kind, folder=folder), Noting()
    first = await work_of(house).export(wish, watch)
    again = await work_of(house).export(wish, Watch())
    assert len(await names_in(folder)) == 2 * len(first.files)
    assert not set(first.files) & set(again.files)
    assert len(first.files) == (len(Sheet) if kind is ExportKind.CSV else 1)
    assert all(file.stat().st_size for file in first.files)
    # One bar for all of it, which never goes back.
    parts = [each.done for each in watch.heard]
    assert parts == sorted(parts)
    assert all(each.done < each.of for each in watch.heard)


async def test_a_json_export_has_every_call(house: WalletHouse, tmp_path: Path) -> None:
    wish = ExportWish(kind=ExportKind.JSON, folder=tmp_path)
    (file,) = (await work_of(house).export(wish, Watch())).files
    told = json.loads(file.read_text(encoding="utf-8"))
    assert [call["cost"] for call in told["calls"]] == ["0.100000000", "0.200000000"]
    assert (file.name, file.stat().st_mode & 0o777) == ("wattfare-2026-11-23.json", 0o600)


async def test_a_stopped_export_leaves_nothing(house: WalletHouse, tmp_path: Path) -> None:
    before, watch = await names_in(tmp_path), StopsAt(WorkPhase.WRITING)
    with pytest.raises(UserFacingError, match="stopped"):
        await work_of(house).export(ExportWish(kind=ExportKind.CSV, folder=tmp_path), watch)
    assert await names_in(tmp_path) == before


async def test_a_folder_that_is_gone_is_named(house: WalletHouse, tmp_path: Path) -> None:
    wish = ExportWish(kind=ExportKind.JSON, folder=tmp_path / "gone")
    with pytest.raises(UserFacingError, match="gone"):
        await work_of(house).export(wish, Watch())


async def test_a_backup_is_looked_at_before_anything_is_touched(
    house: WalletHouse, tmp_path: Path
) -> None:
    file = await backed_up(house, tmp_path)
    told = await seen(house, file)
    assert told.takes_place
    assert told.needs_passphrase
    assert told.opened.master_key.hex() not in repr(told)
    with pytest.raises(UserFacingError, match="Wrong passphrase for this backup"):
        await work_of(house).look_at_backup(file, "other words")
    with pytest.raises(UserFacingError, match="cannot be read"):
        await work_of(house).look_at_backup(tmp_path / "gone", WORDS)
    assert house.wallet.state is WalletState.OPEN


async def test_the_open_wallet_becomes_the_one_of_the_backup(
    house: WalletHouse, tmp_path: Path
) -> None:
    file = await backed_up(house, tmp_path)
    grant = (await house.app()).id
    await house.spend(grant, "1.00")
    told = await work_of(house).restore(await seen(house, file), "another passphrase", Watch())
    assert house.wallet.state is WalletState.OPEN
    assert house.wallet.trouble is None
    assert house.books.proof.doubt is None
    row = await house.app()
    assert (row.id, row.state) == (grant, GrantState.PAUSED)
    assert [call.cost for call in await activity(house)] == [200_000_000, 100_000_000]
    assert told.aside is not None
    assert (told.aside / "wallet.db").exists()
    await house.wallet.lock()
    with pytest.raises(UserFacingError, match="Wrong passphrase"):
        await house.wallet.unlock(PASSPHRASE)
    await house.wallet.unlock("another passphrase")


async def test_a_stopped_restore_leaves_the_wallet_from_before(
    house: WalletHouse, tmp_path: Path
) -> None:
    told = await seen(house, await backed_up(house, tmp_path))
    with pytest.raises(UserFacingError, match="stopped"):
        await work_of(house).restore(told, PASSPHRASE, StopsAt(WorkPhase.CLOSING))
    # A passphrase protects it: nobody here knows that to open it again.
    assert house.wallet.state is WalletState.LOCKED
    await house.wallet.unlock(PASSPHRASE)
    assert len(await activity(house)) == 2


async def test_a_broken_wallet_is_replaced(house: WalletHouse, tmp_path: Path) -> None:
    file = await backed_up(house, tmp_path)
    await house.wallet.lock()
    house.paths.database.write_bytes(b"\0" * 8192)
    with pytest.raises(UserFacingError):
        await house.wallet.unlock(PASSPHRASE)
    acts = Acts(house.wallet, house.clock)
    closed = await acts.closed()
    assert (closed.state, closed.trouble) == (ClosedState.BROKEN, house.wallet.trouble)
    assert closed.may_restore
    told = await seen(house, file)
    harmed = tmp_path / "harmed.backup"
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    harmed.write_bytes(content)
    with pytest.raises(UserFacingError):
        await work_of(house).restore(await seen(house, harmed), PASSPHRASE, Watch())
    assert (await acts.closed()).state is ClosedState.BROKEN
    await work_of(house).restore(told, PASSPHRASE, Watch())
    assert house.wallet.state is WalletState.OPEN
    assert len(await activity(house)) == 2


async def test_why_a_wallet_is_closed(tmp_path: Path) -> None:
    async with wallet_house(tmp_path, opened=False) as house:
        acts = Acts(house.wallet, house.clock)
        await house.wallet.look()
        assert (await acts.closed()).state is ClosedState.ABSENT
        await house.opened()
        await house.wallet.lock()
        with pytest.raises(UserFacingError):
            await house.wallet.unlock("wrong horse battery")
        # Mistyping is no trouble of the wallet's.
        assert await acts.closed() == Closed()
        house.wallet.state = WalletState.BROKEN
        house.wallet.trouble = WalletTooNew("Too new", "Take the newer one.")
        assert not (await acts.closed()).may_restore


async def activity(house: WalletHouse) -> tuple[CallRow, ...]:
    return await house.wallet.activity(ActivityQuery(limit=10))


async def names_in(folder: Path) -> set[str]:
    return set(await asyncio.to_thread(os.listdir, folder))
