"""``wattfare restore``: what is asked first, then the work, with the home claimed meanwhile."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from wattfare_desktop.cli.options import RestoreOptions
from wattfare_desktop.cli.passphrase import known_passphrase, new_passphrase, read_passphrase
from wattfare_desktop.cli.plain import visible
from wattfare_desktop.cli.progress import ProgressBar
from wattfare_desktop.cli.tables import moment
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.control.shapes import time_text
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.main.claiming import claimed, require_stopped
from wattfare_desktop.system.paths import Paths, paths_of, prepare_home
from wattfare_desktop.system.zone import local_zone
from wattfare_desktop.vault.backup_head import BackupHead, OpenedBackup, open_head
from wattfare_desktop.vault.keychain import KeyringUnusable, open_keychain
from wattfare_desktop.vault.passphrase import unfit_passphrase
from wattfare_desktop.wallet.backup import Watch
from wattfare_desktop.wallet.backup_file import head_of
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.restore import Restore, Restored, RestoreWish, holds_wallet

_LOOK_S: Final = 0.1


def run_restore(
    options: RestoreOptions, environment: Mapping[str, str], terminal: Terminal
) -> None:
    """Restore the wallet at the home of ``options``. Raises UserFacingError."""
    places, clock = paths_of(options.wallet.home, environment), Clock(local_zone)
    require_stopped(places.control, _running())
    opened = _opened(options, terminal)
    _require_agreement(places.home, opened, options, terminal)
    passphrase = _passphrase(options, places.home, terminal)
    wish = RestoreWish(
        backup=options.file,
        opened=opened,
        passphrase=passphrase,
        now=clock.now(),
        zone=clock.zone,
    )
    watch, is_new = Watch(), not os.path.lexists(places.home)
    try:
        restored = asyncio.run(_claimed(places, wish, watch, terminal))
    except KeyboardInterrupt:
        terminal.complain(UserFacingError("Stopped", "Nothing was changed."))
        raise
    finally:
        if is_new:
            # What was not restored leaves no folder either; one with a wallet in it stays.
            _remove_empty(places.home)
    _report(restored, passphrase, options, terminal)


def _opened(options: RestoreOptions, terminal: Terminal) -> OpenedBackup:
    # Before the passphrase is asked for: a file that is none needs none.
    _head(options.file)
    passphrase = known_passphrase(
        terminal, options.backup_passphrase_file, _BACKUP_S, _BACKUP_S_HINT
    )
    return opened_backup(options.file, passphrase)


def opened_backup(file: Path, passphrase: str) -> OpenedBackup:
    """Return a backup's head, opened; blocks for the derivation. Raises UserFacingError.

    Its content is checked later, before it counts.
    """
    opened = open_head(_head(file), passphrase)
    if opened is None:
        raise UserFacingError(
            "Wrong passphrase for this backup",
            "It is the one chosen when the backup was made. Nothing was changed.",
        )
    return opened


def _head(file: Path) -> BackupHead:
    try:
        return head_of(file)
    except OSError as error:
        raise UserFacingError("The backup cannot be read", f"{file}: {error.strerror}.") from error


def _require_agreement(
    home: Path, opened: OpenedBackup, options: RestoreOptions, terminal: Terminal
) -> None:
    """Ask before an existing wallet is put aside; nothing is asked where there is none."""
    if options.is_agreed or not holds_wallet(home):
        return
    if not terminal.stdin.isatty():
        raise UserFacingError(
            "There is a wallet already",
            f"Give --yes to put the one in {home} aside and restore in its place.",
        )
    made_at = moment(time_text(opened.facts.made_at))
    terminal.write(
        [
            f"The backup was made on {made_at} and has {opened.facts.head.seq:,} entries.",
            f"The wallet in {visible(str(home))} will be put aside, whole.",
            "What was spent or changed there since then is not in the backup.",
        ]
    )
    terminal.stdout.write("Restore? Type yes: ")
    terminal.stdout.flush()
    if terminal.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise UserFacingError("Not restored", "Nothing was changed.")


def _passphrase(options: RestoreOptions, home: Path, terminal: Terminal) -> str | None:
    """Return the restored wallet's own passphrase; None: its key goes into the keyring."""
    if options.wallet.passphrase_file is not None:
        passphrase = read_passphrase(options.wallet.passphrase_file)
    else:
        if not isinstance(open_keychain(home).examine(), KeyringUnusable):
            return None
        if terminal.stdin.isatty():
            terminal.write(["There is no keyring here, so the wallet needs a passphrase."])
        passphrase = new_passphrase(terminal, None, _WALLET_S, _WALLET_S_HINT)
    unfit = unfit_passphrase(passphrase)
    if unfit is not None:
        raise UserFacingError("This passphrase will not do", unfit)
    return passphrase


async def _claimed(places: Paths, wish: RestoreWish, watch: Watch, terminal: Terminal) -> Restored:
    """Restore while nobody can start a wallet here."""
    busy = UserFacingError("This wallet is being restored", "Try again when that is done.")
    async with claimed(places.control, busy=busy, running=_running()):
        prepare_home(places.home)
        return await _followed(Restore(places.home, open_keychain), wish, watch, terminal)


async def _followed(
    restore: Restore, wish: RestoreWish, watch: Watch, terminal: Terminal
) -> Restored:
    work = asyncio.ensure_future(asyncio.to_thread(restore.run, wish, watch))
    with ProgressBar(terminal.stderr) as bar:
        try:
            while not work.done():
                bar.show(watch.report.phase, watch.report.done, watch.report.of)
                await asyncio.wait([work], timeout=_LOOK_S)
        except asyncio.CancelledError:
            watch.stop()
            await asyncio.wait([work])
            if work.exception() is not None:
                raise
            # It was past its last chance to stop, and is told as what it is.
    return work.result()


def _report(
    restored: Restored, passphrase: str | None, options: RestoreOptions, terminal: Terminal
) -> None:
    aside = None if restored.aside is None else str(restored.aside)
    if options.json:
        terminal.write_json(
            {
                "entries": restored.entries,
                "made_at": time_text(restored.made_at),
                "paused_apps": list(restored.paused),
                "aside": aside,
            }
        )
        return
    key = "in this machine's keyring" if passphrase is None else "under its passphrase"
    made_at = moment(time_text(restored.made_at))
    lines = [f"Restored: {restored.entries:,} entries, as of {made_at}. The wallet's key is {key}."]
    if restored.paused:
        names = ", ".join(visible(name) for name in restored.paused)
        lines.append(
            f"Paused until you resume them, as you may have ended some since: {names}."
            " Start the wallet, then `wattfare resume APP`."
        )
    if aside is not None:
        lines.append(
            f"The wallet from before is in {visible(aside)}; it opens with --home and that folder."
        )
    terminal.write(lines)


def _remove_empty(home: Path) -> None:
    try:
        home.rmdir()
    except OSError:
        return


def _running() -> UserFacingError:
    return UserFacingError(
        "This wallet is running", "Quit it first, or restore to another folder with --home."
    )


_BACKUP_S: Final = "Passphrase of the backup (it is not shown): "
_BACKUP_S_HINT: Final = "Give the backup's passphrase with --backup-passphrase-file FILE."
_WALLET_S: Final = "New passphrase for the wallet (it is not shown): "
_WALLET_S_HINT: Final = "There is no keyring here: give the wallet's with --passphrase-file FILE."
