"""The wallet's file harmed or set back in every way a disk or a person could: noticed, and said."""

import asyncio
import shutil
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from tests.support.wallet_house import WalletHouse, wallet_house
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.money import parse_usd
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.reports import ActivityQuery
from wattfare_desktop.storage import chain
from wattfare_desktop.storage.connection import Connection, connect
from wattfare_desktop.storage.database import LedgerUnavailable
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.wallet.proof import VerificationReport
from wattfare_desktop.wallet.spending import BooksDoubted
from wattfare_desktop.wallet.wallet import WalletState

PAGE: Final = 2_048


@pytest.fixture
async def spent(tmp_path: Path) -> AsyncIterator[WalletHouse]:
    """A wallet with an app that has spent; closed, with a copy of how it was before at ``old``."""
    async with wallet_house(tmp_path) as house:
        await house.fund()
        await house.approve()
        for _ in range(3):
            await _spend(house)
        await house.wallet.lock()
        shutil.copy(house.paths.database, tmp_path / "old.db")
        await house.opened()
        for _ in range(3):
            await _spend(house)
        await house.wallet.revoke((await house.app()).id)
        await house.wallet.lock()
        yield house


async def _spend(house: WalletHouse) -> None:
    await house.settle(await house.hold((await house.app()).id, "0.20"), "0.10")


async def _open(house: WalletHouse) -> UserFacingError | None:
    """Open the wallet; return what keeps it from spending."""
    house.wallet.state = WalletState.LOCKED
    with suppress(UserFacingError):
        await house.opened()
    return house.wallet.trouble


async def _verified(house: WalletHouse) -> VerificationReport:
    proof = house.wallet.proof()
    proof.begin_verification()
    task = proof._verifying
    assert task is not None
    await asyncio.wait([task])
    return proof.verification


def _money(connection: Connection) -> object:
    """Return all that decides what may be spent."""
    return (
        chain.accounts(connection),
        chain.grant_states(connection),
        connection.execute("SELECT owner, period, limit_nanos FROM budgets").fetchall(),
        connection.execute("SELECT owner, period, spent, held, raised FROM windows").fetchall(),
    )


async def test_an_old_page_neither_refills_nor_revives(spent: WalletHouse, tmp_path: Path) -> None:
    """Every page that changed, put back alone: each is sound in itself, as SQLCipher sees it."""
    path = spent.paths.database
    new, old = path.read_bytes(), (tmp_path / "old.db").read_bytes()
    anchor = (spent.paths.home / "anchor").read_bytes()
    await spent.opened()
    true = await spent.books.database.read(_money)
    await spent.wallet.lock()
    noticed = 0
    for start in range(0, len(old), PAGE):
        if old[start : start + PAGE] == new[start : start + PAGE]:
            continue
        path.write_bytes(new[:start] + old[start : start + PAGE] + new[start + PAGE :])
        (spent.paths.home / "anchor").write_bytes(anchor)
        trouble = await _open(spent)
        if trouble is not None:
            noticed += 1
        else:
            assert await spent.books.database.read(_money) == true, f"page {start // PAGE}"
        await spent.wallet.lock()
    assert noticed >= 5


async def test_a_flipped_byte_is_found(spent: WalletHouse) -> None:
    """A byte of each page: met when it is opened, or at the latest when everything is verified."""
    await spent.opened()
    true = await spent.books.database.read(_money)
    await spent.wallet.lock()
    sound = spent.paths.database.read_bytes()
    became = []
    for start in range(0, len(sound), PAGE):
        harmed = bytearray(sound)
        harmed[start + 1_000] ^= 1
        became.append(await _outcome(spent, bytes(harmed), true))
    assert "missed" not in became, became
    # Most pages hold what cannot be done without; indexes can.
    assert {"recovered", "broken", "doubted"} <= set(became), became


async def test_pages_that_changed_places_are_damage(spent: WalletHouse) -> None:
    """Each is whole and of this very file; only its place is another's."""
    await spent.opened()
    true = await spent.books.database.read(_money)
    await spent.wallet.lock()
    sound = spent.paths.database.read_bytes()
    became = []
    for first in range(PAGE, len(sound) - PAGE, 4 * PAGE):
        pages = sound[first : first + PAGE], sound[first + PAGE : first + 2 * PAGE]
        harmed = sound[:first] + pages[1] + pages[0] + sound[first + 2 * PAGE :]
        became.append(await _outcome(spent, harmed, true))
    assert "missed" not in became, became


async def _outcome(house: WalletHouse, harmed: bytes, true: object) -> str:
    """Return what became of a wallet with this file, and assert that it was said rightly."""
    anchor = (house.paths.home / "anchor").read_bytes()
    house.paths.database.write_bytes(harmed)
    try:
        trouble = await _open(house)
        if house.wallet.state is WalletState.BROKEN:
            assert trouble is not None
            assert "wattfare restore FILE" in house.wallet.reason
            assert house.paths.database.read_bytes() == harmed
            return "broken"
        if trouble is not None:
            assert "has been recovered" in trouble.title
            aside, *companions = sorted(house.paths.home.glob("wallet.db.damaged-*"))
            assert str(aside) in trouble.detail
            assert aside.read_bytes() == harmed
            for path in (aside, *companions):
                path.unlink()
            assert await house.books.database.read(_money) == true
            assert (await _verified(house)).failure is None
            return "recovered"
        report = await _verified(house)
        if report.failure is None:
            return "missed"
        assert "damaged" in str(report.failure)
        assert "is damaged" in house.wallet.reason
        return "doubted"
    finally:
        with suppress(UserFacingError):
            await house.wallet.lock()
        for name in ("wallet.db-wal", "wallet.db-shm"):
            (house.paths.home / name).unlink(missing_ok=True)
        (house.paths.home / "anchor").write_bytes(anchor)


async def test_a_file_of_another_wallet_is_not_taken_for_this_one(spent: WalletHouse) -> None:
    path = spent.paths.database
    path.unlink()
    other = connect(path, "0f" * 32)
    migrate(other)
    other.close()
    trouble = await _open(spent)
    assert trouble is not None
    assert "another wallet" in str(trouble)
    assert spent.wallet.state is WalletState.BROKEN


@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9])
async def test_a_file_cut_short_is_broken(spent: WalletHouse, part: float) -> None:
    path = spent.paths.database
    content = path.read_bytes()
    pages = len(content) // PAGE
    path.write_bytes(content[: round(pages * part) * PAGE])
    trouble = await _open(spent)
    assert trouble is not None
    assert "A recovery was tried" in trouble.detail
    assert "wattfare restore FILE" in trouble.detail
    assert spent.wallet.state is WalletState.BROKEN
    # The way back that the words name.
    path.write_bytes(content)
    assert await _open(spent) is None
    assert spent.wallet.books is not None


async def test_a_log_taken_away_is_missed(spent: WalletHouse, tmp_path: Path) -> None:
    """What was committed last stands in the write-ahead log only; here without any orderly end."""
    await spent.opened()
    await spent.fund("5.00")
    await spent.books.proof.anchor()
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("wallet.db", "anchor"):
        shutil.copy(spent.paths.home / name, crashed / name)
    assert (spent.paths.home / "wallet.db-wal").stat().st_size > 0
    await spent.wallet.lock()
    for name in ("wallet.db", "anchor"):
        shutil.copy(crashed / name, spent.paths.home / name)
    trouble = await _open(spent)
    assert trouble is not None
    assert "entries are missing" in trouble.detail
    assert "wallet.db-wal" in trouble.detail


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on files is POSIX's")
async def test_a_disk_that_takes_no_more_lets_nothing_be_spent(house: WalletHouse) -> None:
    await house.fund()
    await house.approve()
    grant = (await house.app()).id
    running = await house.hold(grant, "0.20")
    with _no_file_may_grow():
        with pytest.raises(LedgerUnavailable, match="could not be written"):
            await house.books.spending.reserve(house.wanted(grant, parse_usd("0.10")))
        with pytest.raises(LedgerUnavailable, match="cut off, but that could not be written"):
            await house.wallet.revoke(grant)
    assert running.is_cut
    await house.wallet.revoke(grant)
    assert (await house.app(grant)).state is GrantState.REVOKED
    house.void_what_runs()
    await house.drained()
    assert (await _verified(house)).differences == ()


@contextmanager
def _no_file_may_grow() -> Iterator[None]:
    """Let this process write no file beyond its first pages, as on a disk that is full."""
    # Not there on Windows, where this is not called.
    import resource  # noqa: PLC0415

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * PAGE, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_what_is_in_doubt_can_be_looked_at(spent: WalletHouse, tmp_path: Path) -> None:
    shutil.copy(tmp_path / "old.db", spent.paths.database)
    trouble = await _open(spent)
    assert trouble is not None
    grant: GrantId = (await spent.app()).id
    assert len(await spent.wallet.activity(ActivityQuery())) == 3
    asked = spent.wanted(grant, parse_usd("0.10"))
    assert isinstance(await spent.books.spending.reserve(asked), BooksDoubted)
    assert (await spent.wallet.overview()).doubt.startswith(trouble.title)
