"""A wallet from a backup: made whole beside the present one, then put in its place.

``Restore.prepare`` makes and checks everything in a folder of its own; until that has its final
name, nothing of the present wallet was touched. From then on ``finish`` is what remains to be done,
and each of its steps can be taken again: whoever opens the wallet next goes on where a killed one
stopped. So there is the old wallet or the new one, and the old one stays a wallet in its own folder
with its own entry in the keyring.

All of this blocks and belongs on a thread of its own, with the home claimed.
"""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Final

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.storage import backup
from wattfare_desktop.storage.backup import FileKeys
from wattfare_desktop.storage.upgrades import copies_of
from wattfare_desktop.system.new_file import sync_folder
from wattfare_desktop.system.private_file import PRIVATE_FOLDER, write_private
from wattfare_desktop.system.workshop import workshop
from wattfare_desktop.vault.anchor import FILE_NAME as ANCHOR
from wattfare_desktop.vault.anchor import seal_anchor
from wattfare_desktop.vault.backup_head import OpenedBackup, damaged
from wattfare_desktop.vault.keychain import Keychain
from wattfare_desktop.vault.passphrase import Cost
from wattfare_desktop.vault.protection import Protection, Refused
from wattfare_desktop.vault.sealing import Sealer
from wattfare_desktop.vault.transplant import copy_entries, put_anchor
from wattfare_desktop.vault.vault import Vault
from wattfare_desktop.vault.vault_file import FILE_NAME as VAULT
from wattfare_desktop.vault.vault_file import VaultFile
from wattfare_desktop.wallet import backup_file
from wattfare_desktop.wallet.backup import Phase, Watch

DATABASE: Final = "wallet.db"
_STAGED: Final = "restored"
_ASIDE: Final = "aside"
# What SQLite keeps beside the old file belongs to that one alone.
_COMPANIONS: Final = (f"{DATABASE}-wal", f"{DATABASE}-shm")

Keychains = Callable[[Path], Keychain]
"""The keychain of the wallet at a home."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was restored; ``aside`` is where the wallet from before is, if there was one."""

    made_at: Instant
    entries: int
    paused: tuple[str, ...]
    aside: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreWish:
    """Which backup, opened; under which passphrase the wallet will be, None: in the keyring."""

    backup: Path
    opened: OpenedBackup
    passphrase: str | None
    now: Instant
    zone: tzinfo

    def __repr__(self) -> str:
        return f"RestoreWish({self.backup})"


class Restore:
    """Restores at one home, which nobody else uses meanwhile."""

    def __init__(self, home: Path, keychains: Keychains, cost: Cost | None = None) -> None:
        self._home = home
        self._keychains = keychains
        self._cost = cost
        self._staged = home / _STAGED

    def run(self, wish: RestoreWish, watch: Watch) -> Restored:
        """Restore. Raises UserFacingError; before the last step nothing was changed then."""
        finish(self._home, self._keychains)
        try:
            restored = self._prepare(wish, watch)
        except OSError as error:
            raise UserFacingError(
                "The backup could not be restored",
                f"{self._home}: {error.strerror}. Nothing was changed.",
            ) from error
        finish(self._home, self._keychains)
        return restored

    def _prepare(self, wish: RestoreWish, watch: Watch) -> Restored:
        master_key, facts = wish.opened.master_key, wish.opened.facts
        sealer, has_old = Sealer(master_key), holds_wallet(self._home)
        aside = _free_name(self._home, wish.now, wish.zone)
        with workshop(self._staged) as folder:
            file = folder / DATABASE
            keys = FileKeys(database_key_hex=sealer.database_key_hex(), chain_key=sealer.chain_key)
            backup_file.extract(wish.backup, file, wish.opened, watch.during(Phase.READING))
            if backup.check(file, keys, watch.during(Phase.CHECKING)) != facts.head:
                raise damaged()
            accepted = {"why": "Restored from a backup.", "made_at": facts.made_at}
            refit = backup.refit(file, keys, accepted, wish.now)
            _sync(file)
            write_private(folder / ANCHOR, seal_anchor(sealer.anchor_key, refit.head).encode())
            write_private(folder / _ASIDE, aside.name.encode())
            try:
                self._keep_keys(folder, aside, wish)
                watch.at(Phase.WRITING, 0, 0)
                folder.rename(self._staged)
            except BaseException:
                self._forget_keys(aside, wish)
                raise
            sync_folder(self._home)
        return Restored(
            made_at=facts.made_at,
            entries=facts.head.seq,
            paused=refit.paused,
            aside=aside if has_old else None,
        )

    def _keep_keys(self, folder: Path, aside: Path, wish: RestoreWish) -> None:
        """Keep the new key where ``finish`` finds it, and the old one where its files will be."""
        # The keyring's entry is named by the folder as it will be called.
        vault = Vault(folder, self._keychains(self._staged), self._cost)
        outcome = vault.adopt(wish.opened.master_key, wish.passphrase)
        if isinstance(outcome, Refused):
            raise outcome.error()
        if wish.passphrase is None:
            copy_entries(self._keychains(self._home), self._keychains(aside))
        elif _is_in_keyring(self._home):
            # Where the keyring refuses, the entry stays where it was: nothing takes its place.
            with suppress(UserFacingError):
                copy_entries(self._keychains(self._home), self._keychains(aside))

    def _forget_keys(self, aside: Path, wish: RestoreWish) -> None:
        if wish.passphrase is None or _is_in_keyring(self._home):
            for home in (self._staged, aside):
                self._keychains(home).forget()


def holds_wallet(home: Path) -> bool:
    """Return whether anything of a wallet is at ``home``."""
    return any(os.path.lexists(home / name) for name in (DATABASE, VAULT))


def vault_home(home: Path) -> Path:
    """Return where the vault's file of the wallet at ``home`` is, a restore unfinished or not."""
    staged = home / _STAGED
    return staged if (staged / VAULT).exists() else home


def finish(home: Path, keychains: Keychains) -> None:
    """Take what remains of a restore's steps; nothing where none is under way.

    Raises UserFacingError where a step cannot be taken: the wallet must not be opened then.
    """
    staged = home / _STAGED
    if not staged.is_dir():
        return
    try:
        if (staged / _ASIDE).exists():
            _take_steps(home, staged, keychains)
        shutil.rmtree(staged)
        sync_folder(home)
    except OSError as error:
        raise UserFacingError(
            "A restore is not finished",
            f"{home}: {error.strerror}. Mend that and start again: it goes on where it stopped.",
        ) from error


def _take_steps(home: Path, staged: Path, keychains: Keychains) -> None:
    aside = home / (staged / _ASIDE).read_text(encoding="utf-8")
    # The anchor's file is the first of those that say how the wallet is opened to be moved.
    if (staged / ANCHOR).exists() and _is_in_keyring(staged):
        copy_entries(keychains(staged), keychains(home))
        put_anchor(keychains(home), (staged / ANCHOR).read_text(encoding="utf-8"))
    if (staged / DATABASE).exists():
        # Copies from before an upgrade may be of another key than the wallet that comes.
        copies = [path.name for path in copies_of(home / DATABASE)]
        for name in (*_COMPANIONS, *copies):
            _put_aside(home, aside, name)
    for name in (ANCHOR, DATABASE, VAULT):
        # As long as the new one waits, what is in its place is an old one.
        if (staged / name).exists():
            _put_aside(home, aside, name)
            (staged / name).rename(home / name)
            sync_folder(home)
    if _is_in_keyring(home):
        (home / ANCHOR).unlink(missing_ok=True)
        keychains(staged).forget()


def _put_aside(home: Path, aside: Path, name: str) -> None:
    if os.path.lexists(home / name):
        aside.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        (home / name).rename(aside / name)
        sync_folder(aside)


def _is_in_keyring(home: Path) -> bool:
    if not (home / VAULT).exists():
        return False
    try:
        return VaultFile(home).protection() is Protection.KEYRING
    except UserFacingError:
        # Damaged: no wallet opens with it, and this is what it is restored for.
        return False


def _free_name(home: Path, now: Instant, zone: tzinfo) -> Path:
    day = datetime.fromtimestamp(now / 1000, zone).strftime("%Y-%m-%d-%H%M%S")
    place, number = home / f"before-restore-{day}", 1
    while os.path.lexists(place):
        number += 1
        place = home / f"before-restore-{day}-{number}"
    return place


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
