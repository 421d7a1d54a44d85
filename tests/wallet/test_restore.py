"""A wallet from a backup: the same wallet, or the one from before, and nothing between."""

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from tests.support.wallet_house import PASSPHRASE, WalletHouse, eventually, wallet_house
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.receipts import canonical, receipt_body, signed_receipt
from wattfare_desktop.core.reports import ActivityQuery
from wattfare_desktop.storage import chain, grants
from wattfare_desktop.storage.verification import verify
from wattfare_desktop.vault.backup_head import HEAD_BYTES, open_head
from wattfare_desktop.vault.keychain import Keychain, account_of
from wattfare_desktop.vault.passphrase import Cost
from wattfare_desktop.wallet import backup_file, restore
from wattfare_desktop.wallet.backup import BackupWish, Phase, Watch
from wattfare_desktop.wallet.restore import Restore, Restored, RestoreWish

WORDS = "backup words"
NOW = Instant(1_795_478_400_000)
QUICK = Cost(memory_kib=32, iterations=1, lanes=1)


def no_keyring(home: Path) -> Keychain:
    return Keychain(account_of(home), lambda: None)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What of a wallet must be the same afterwards."""

    balances: list[tuple[str, int]]
    accesses: Sequence[object]
    receipts: list[dict[str, Any]]
    calls: int


async def seen(house: WalletHouse) -> Seen:
    query = ActivityQuery(limit=100)
    calls = await house.wallet.activity(query)
    receipts = house.wallet.receipts()
    signed = []
    for call in calls:
        body = receipt_body(await receipts.find(call.call), receipts.key, NOW)
        signed.append(signed_receipt(body, receipts._signer.sign(canonical(body))))
    return Seen(
        balances=[(row.id, row.balance) for row in await house.wallet.fundings()],
        accesses=await house.books.database.read(grants.all_accesses),
        receipts=signed,
        calls=len(calls),
    )


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A backup, what the wallet was then, and the folder in which that wallet is still."""

    file: Path
    then: Seen
    folder: Path

    @property
    def home(self) -> Path:
        return self.folder / "home"


@pytest.fixture
async def kept(tmp_path: Path) -> Kept:
    """A backup, after which the wallet went on and spent more."""
    folder, file = tmp_path / "old", tmp_path / "b"
    folder.mkdir()
    async with wallet_house(folder) as house:
        await house.fund("5.00")
        await house.approve()
        grant = (await house.app()).id
        for cost in ("0.10", "0.000000001"):
            await house.spend(grant, cost)
        house.books.backups.begin(BackupWish(target=file, passphrase=WORDS))
        await eventually(lambda: house.books.backups.report.is_over)
        then = await seen(house)
        await house.spend(grant, "1.00")
    return Kept(file=file, then=then, folder=folder)


def restored(
    kept: Kept, home: Path, watch: Watch | None = None, passphrase: str = PASSPHRASE
) -> Restored:
    home.mkdir(parents=True, exist_ok=True)
    opened = open_head(backup_file.head_of(kept.file), WORDS)
    assert opened is not None
    wish = RestoreWish(backup=kept.file, opened=opened, passphrase=passphrase, now=NOW, zone=UTC)
    return Restore(home, no_keyring, QUICK).run(wish, watch or Watch())


async def calls_at(folder: Path) -> int:
    """Open the wallet there as any start does; return how many calls it knows."""
    restore.finish(folder / "home", no_keyring)
    async with wallet_house(folder) as house:
        assert house.wallet.trouble is None
        assert house.books.proof.doubt is None
        assert await house.books.database.read(verify) is None
        return (await seen(house)).calls


def everything(home: Path) -> dict[str, bytes]:
    return {str(p.relative_to(home)): p.read_bytes() for p in home.rglob("*") if p.is_file()}


def on_disk(file: Path, harm: Callable[[bytes], bytes]) -> None:
    file.write_bytes(harm(file.read_bytes()))


async def test_on_a_machine_without_a_wallet(kept: Kept, tmp_path: Path) -> None:
    told = restored(kept, tmp_path / "new" / "home")
    assert (told.aside, told.paused) == (None, ("Notes AI",))
    assert sorted(everything(tmp_path / "new" / "home")) == ["anchor", "vault.json", "wallet.db"]
    async with wallet_house(tmp_path / "new") as house:
        assert house.books.proof.doubt is None
        assert await seen(house) == kept.then
        assert await house.books.database.read(verify) is None
        notes = await house.books.database.read(
            lambda cx: cx.execute("SELECT kind, content FROM chain_notes ORDER BY seq").fetchall()
        )
        assert any(kind == "accepted" and "Restored" in content for kind, content in notes)
        # Its apps wait for their user's word, and then go on with the accesses they had.
        grant = (await house.app()).id
        await house.wallet.resume(grant)
        await house.spend(grant, "0.50")
    assert await calls_at(tmp_path / "new") == kept.then.calls + 1


async def test_in_the_place_of_another_which_stays_a_wallet(kept: Kept, tmp_path: Path) -> None:
    copy = kept.home / "wallet-before-upgrade-0012.db"
    copy.write_bytes(b"of the other wallet, and of its key")
    aside = restored(kept, kept.home, passphrase="another passphrase").aside
    assert aside == kept.home / "before-restore-2026-11-24-000000"
    assert (aside / copy.name).exists()
    assert not copy.exists()
    shutil.copytree(aside, tmp_path / "aside" / "home")
    assert await calls_at(tmp_path / "aside") == kept.then.calls + 1
    with pytest.raises(UserFacingError, match="Wrong passphrase"):
        await calls_at(kept.folder)
    # And back once more; nothing that was put aside is ever in the way.
    second = restored(kept, kept.home).aside
    assert second == kept.home / "before-restore-2026-11-24-000000-2"
    assert await calls_at(kept.folder) == kept.then.calls


async def test_calls_that_ran_at_the_time_are_settled(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    async with wallet_house(tmp_path / "old") as house:
        await house.fund("5.00")
        await house.approve()
        await house.hold((await house.app()).id, "0.25")
        backups = house.books.backups
        backups.begin(BackupWish(target=tmp_path / "b", passphrase=WORDS))
        await eventually(lambda: backups.report.is_over)
        then = await seen_of_running(house)
    restored(Kept(file=tmp_path / "b", then=then, folder=tmp_path), tmp_path / "new" / "home")
    async with wallet_house(tmp_path / "new") as house:
        assert (await house.wallet.fundings())[0].held == 0
        assert await house.books.database.read(verify) is None


async def seen_of_running(house: WalletHouse) -> Seen:
    rows = await house.wallet.fundings()
    return Seen(balances=[(row.id, row.balance) for row in rows], accesses=(), receipts=[], calls=1)


async def test_a_wallet_that_cannot_be_opened_any_more(kept: Kept) -> None:
    for name in ("wallet.db", "vault.json", "anchor"):
        (kept.home / name).write_bytes(b"rubbish")
    told = restored(kept, kept.home)
    assert told.aside is not None
    assert everything(told.aside).keys() == {"wallet.db", "vault.json", "anchor"}
    assert await calls_at(kept.folder) == kept.then.calls


async def test_what_a_killed_wallet_left_beside_its_file_goes_with_it(kept: Kept) -> None:
    """SQLite would otherwise play the old journal into the new file."""
    for name in ("wallet.db-wal", "wallet.db-shm"):
        (kept.home / name).write_bytes(b"of the old one")
    told = restored(kept, kept.home)
    assert told.aside is not None
    assert {"wallet.db-wal", "wallet.db-shm"} <= everything(told.aside).keys()
    assert await calls_at(kept.folder) == kept.then.calls


def places(size: int) -> list[int]:
    inside = range(HEAD_BYTES, size, max(1, (size - HEAD_BYTES) // 40))
    return [0, 20, 100, HEAD_BYTES - 1, HEAD_BYTES, *inside, size - 1]


async def test_a_flipped_byte_anywhere_changes_nothing(kept: Kept) -> None:
    sound, before = kept.file.read_bytes(), everything(kept.home)
    for place in places(len(sound)):
        harmed = bytearray(sound)
        harmed[place] ^= 0x10
        kept.file.write_bytes(harmed)
        with pytest.raises(UserFacingError) as told:
            restored(kept, kept.home)
        assert any(word in told.value.title for word in ("damaged", "no backup")), place
    assert everything(kept.home) == before


async def test_a_backup_cut_anywhere_changes_nothing(kept: Kept) -> None:
    sound, before = kept.file.read_bytes(), everything(kept.home)
    for place in places(len(sound)):
        kept.file.write_bytes(sound[:place])
        with pytest.raises(UserFacingError) as told:
            restored(kept, kept.home)
        assert any(word in told.value.title for word in ("not whole", "no backup")), place
    kept.file.write_bytes(sound + b"more")
    with pytest.raises(UserFacingError, match="damaged"):
        restored(kept, kept.home)
    assert everything(kept.home) == before


async def test_a_later_version_is_said_to_be_one(kept: Kept) -> None:
    before = everything(kept.home)
    on_disk(kept.file, lambda sound: sound.replace(b"wattfare-backup 1", b"wattfare-backup 2", 1))
    with pytest.raises(UserFacingError, match="newer Wattfare"):
        restored(kept, kept.home)
    assert everything(kept.home) == before


async def test_books_that_end_elsewhere_than_the_backup_says(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(kept.home)
    other = chain.head
    monkeypatch.setattr(chain, "head", lambda cx: type(other(cx))(seq=1, mac=b"m" * 32))
    with pytest.raises(UserFacingError):
        restored(kept, kept.home)
    assert everything(kept.home) == before


@pytest.mark.parametrize("phase", [Phase.READING, Phase.CHECKING, Phase.WRITING])
async def test_stopped_at_any_time_it_changed_nothing(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, phase: Phase
) -> None:
    told, before = Watch.at, everything(kept.home)

    def stop_there(watch: Watch, at: Phase, done: int, of: int) -> None:
        if at is phase:
            watch.stop()
        told(watch, at, done, of)

    monkeypatch.setattr(Watch, "at", stop_there)
    with pytest.raises(UserFacingError, match="stopped"):
        restored(kept, kept.home)
    assert everything(kept.home) == before


class Killed(BaseException):
    """What no code catches: the end of the process, for a test."""


class Mortality:
    """Ends the work before or after its n-th durable step."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, before: bool) -> None:
        self._before = before
        self._left = -1
        self.steps = 0
        for owner, name in ((Path, "rename"), (Path, "replace"), (os, "fsync"), (os, "unlink")):
            monkeypatch.setattr(owner, name, self._mortal(getattr(owner, name)))

    def after(self, steps: int) -> None:
        self._left, self.steps = steps, 0

    def _mortal(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*arguments: Any, **named: Any) -> Any:
            return self._step(real, *arguments, **named)

        return step

    def _step(self, real: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        self.steps += 1
        self._left -= 1
        if self._left == 0 and self._before:
            raise Killed
        done = real(*arguments, **named)
        if self._left == 0:
            raise Killed
        return done


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
async def test_killed_at_any_step_there_is_the_old_wallet_or_the_new(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, before: bool
) -> None:
    found = []
    for steps in range(1, 100):
        folder = tmp_path / f"killed-{steps}"
        shutil.copytree(kept.folder, folder)
        with monkeypatch.context() as patch:
            mortality = Mortality(patch, before=before)
            mortality.after(steps)
            with suppress(Killed):
                restored(kept, folder / "home")
            taken = mortality.steps
        found.append(await calls_at(folder) - kept.then.calls)
        if taken < steps:
            break
    # Old ones, and from one step on new ones.
    assert found[0] == 1
    assert found[-1] == 0
    assert found == sorted(found, reverse=True)
    assert len(found) > 10


async def test_killed_again_while_it_goes_on(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every start is killed at its first step but one; in the end it is there all the same."""
    with monkeypatch.context() as patch:
        patch.setattr(restore, "_take_steps", _killed)
        with suppress(Killed):
            restored(kept, kept.home)
    for _ in range(20):
        with monkeypatch.context() as patch:
            mortality = Mortality(patch, before=False)
            mortality.after(2)
            with suppress(Killed):
                restore.finish(kept.home, no_keyring)
    assert await calls_at(kept.folder) == kept.then.calls


def _killed(*_arguments: object) -> None:
    raise Killed


async def test_a_full_disk_is_told_and_changes_nothing(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(kept.home)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(UserFacingError, match="No space left"):
            restored(kept, kept.home)
    assert everything(kept.home) == before


def test_keys_show_themselves_in_no_text(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert not restore.holds_wallet(home)
    assert restore.vault_home(home) == home
    restore.finish(home, no_keyring)
    assert list(home.iterdir()) == []
