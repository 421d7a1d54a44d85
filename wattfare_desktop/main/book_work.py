"""The long work on the books that the window asks for; all of it on the wallet's loop.

What the command line does through the control socket is done here by the same parts.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from wattfare_desktop.cli.export_formats import ExportFormat, Writer, writer_of
from wattfare_desktop.cli.export_pages import write_export
from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.export_operations import export_family
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.ledger.sheets import Sheet
from wattfare_desktop.main.restoring import opened_backup
from wattfare_desktop.system.new_file import NewFile
from wattfare_desktop.system.paths import prepare_home
from wattfare_desktop.ui.presentation.books import (
    Exported,
    ExportKind,
    ExportWish,
    Seen,
    Verdict,
    numbered,
)
from wattfare_desktop.ui.presentation.long_work import Watch, WorkPhase
from wattfare_desktop.vault.backup_head import OpenedBackup
from wattfare_desktop.vault.passphrase import Cost
from wattfare_desktop.vault.protection import Protection
from wattfare_desktop.vault.thread import VaultThread
from wattfare_desktop.wallet import backup
from wattfare_desktop.wallet.backup import BackupMade, BackupWish
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.restore import Keychains, Restore, Restored, RestoreWish, holds_wallet
from wattfare_desktop.wallet.wallet import Wallet, WalletState

_LOOK_S: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenBackup:
    """A backup that its passphrase has opened. Shows its key in no text."""

    file: Path
    home: Path
    takes_place: bool
    needs_passphrase: bool
    opened: OpenedBackup = field(repr=False)

    @property
    def made_at(self) -> Instant:
        """When it was made."""
        return self.opened.facts.made_at

    @property
    def entries(self) -> int:
        """How many entries are in it."""
        return self.opened.facts.head.seq


class BookWork:
    """Fulfils ``ui.book_acts.BookActs`` for the wallet at ``home``, which this process holds."""

    def __init__(
        self,
        *,
        wallet: Wallet,
        vault: VaultThread,
        clock: Clock,
        home: Path,
        keychains: Keychains,
        cost: Cost | None = None,
    ) -> None:
        self._wallet = wallet
        self._vault = vault
        self._clock = clock
        self._home = home
        self._keychains = keychains
        self._cost = cost

    async def back_up(self, wish: BackupWish, watch: Watch) -> BackupMade:
        """Write the whole wallet as one file."""
        backups = self._wallet.backups()
        backups.begin(wish)
        while not (report := backups.report).is_over:
            if watch.is_stopped:
                backups.cancel()
            watch.at(WorkPhase(report.phase), report.done, report.of)
            await asyncio.sleep(_LOOK_S)
        if report.made is None:
            assert report.failure is not None
            raise report.failure
        return report.made

    async def look_at_backup(self, file: Path, passphrase: str) -> SeenBackup:
        """Open a backup's head."""
        opened = await asyncio.to_thread(opened_backup, file, passphrase)
        return SeenBackup(
            file=file,
            home=self._home,
            takes_place=await asyncio.to_thread(holds_wallet, self._home),
            needs_passphrase=await self._needs_passphrase(),
            opened=opened,
        )

    async def restore(self, seen: Seen, passphrase: str | None, watch: Watch) -> Restored:
        """Put that backup in this wallet's place and open it."""
        assert isinstance(seen, SeenBackup)
        was_open = self._wallet.state is WalletState.OPEN
        wish = RestoreWish(
            backup=seen.file,
            opened=seen.opened,
            passphrase=passphrase,
            now=self._clock.now(),
            zone=self._clock.zone,
        )
        watch.at(WorkPhase.CLOSING)
        try:
            restored = await self._wallet.exchange(lambda: self._put(wish, watch))
        except UserFacingError:
            if was_open and await self._wallet.protection() is Protection.KEYRING:
                await self._wallet.unlock(None)
            raise
        watch.at(WorkPhase.OPENING)
        with suppress(UserFacingError):
            # Where the keyring refuses now it is restored all the same, and locked.
            await self._wallet.unlock(passphrase)
        return restored

    async def check(self, watch: Watch) -> Verdict:
        """Recompute everything."""
        proof = self._wallet.proof()
        proof.begin_verification()
        while not (report := proof.verification).is_over:
            if watch.is_stopped:
                proof.cancel_verification()
                continue
            watch.at(WorkPhase.CHECKING, report.progress.done, report.progress.of)
            await asyncio.sleep(_LOOK_S)
        if report.failure is not None:
            raise report.failure
        calls = (await self._wallet.exports().begin()).start.last_call
        return Verdict(
            entries=max(0, report.progress.of - calls),
            calls=calls,
            differences=tuple(each.what for each in report.differences),
        )

    async def export(self, wish: ExportWish, watch: Watch) -> Exported:
        """Write the books into files of their own, taking nobody's place."""
        loop = asyncio.get_running_loop()
        family = export_family(self._wallet)

        def ask(
            command: str, arguments: Mapping[str, JsonValue] | None = None, /
        ) -> dict[str, Any]:
            answer = family[command](Arguments(arguments or {}))
            told: Any = asyncio.run_coroutine_threadsafe(answer, loop).result()
            return dict(told)

        day = datetime.fromtimestamp(self._clock.now() / 1000, self._clock.zone)
        work = Exporting(wish=wish, watch=watch, stem=f"wattfare-{day:%Y-%m-%d}", ask=ask)
        return await asyncio.to_thread(work.run, self._writers(wish.kind))

    async def accept(self) -> None:
        """Go on from the books as they are."""
        await self._wallet.accept_ledger()

    def _writers(self, kind: ExportKind) -> dict[str, Writer]:
        """Return who writes which file, by what its name ends in."""
        zone = self._clock.zone
        if kind is ExportKind.CSV:
            return {f"-{sheet}.csv": writer_of(ExportFormat.CSV, sheet, zone) for sheet in Sheet}
        writer = writer_of(ExportFormat(kind.value), Sheet.TRANSFERS, zone)
        return {f".{kind.value}": writer}

    async def _needs_passphrase(self) -> bool:
        """Return whether the restored wallet is to be under a passphrase, as the present one is."""
        if await self._vault.examine_keyring() is not None:
            return True
        try:
            return await self._vault.status() is Protection.PASSPHRASE
        except UserFacingError:
            return False

    async def _put(self, wish: RestoreWish, watch: Watch) -> Restored:
        heard = backup.Watch()
        await asyncio.to_thread(prepare_home, self._home)
        restore = Restore(self._home, self._keychains, self._cost)
        work = asyncio.ensure_future(asyncio.to_thread(restore.run, wish, heard))
        try:
            while not work.done():
                if watch.is_stopped:
                    heard.stop()
                report = heard.report
                watch.at(WorkPhase(report.phase), report.done, report.of)
                await asyncio.wait([work], timeout=_LOOK_S)
        except asyncio.CancelledError:
            heard.stop()
            await asyncio.wait([work])
            raise
        return work.result()


class Exporting:
    """One export, on a thread of its own: the loop it asks must not wait for the disk."""

    def __init__(
        self, *, wish: ExportWish, watch: Watch, stem: str, ask: Callable[..., dict[str, Any]]
    ) -> None:
        self._wish = wish
        self._watch = watch
        self._stem = stem
        self._ask = ask
        self._of = 0
        # Of the sheets that are written already, and of the one under way.
        self._before = 0
        self._span = 0

    def run(self, writers: Mapping[str, Writer]) -> Exported:
        """Write a file for each of ``writers``; all of them or none. Raises UserFacingError."""
        told = self._ask("ledger export")
        self._of = sum(_span(told, sheet) for each in writers.values() for sheet in each.sheets)
        files: list[Path] = []
        try:
            for suffix, writer in writers.items():
                files.append(self._write(told, suffix, writer))
        except BaseException:
            for file in files:
                file.unlink(missing_ok=True)
            raise
        return Exported(files=tuple(files), entries=told["entries"])

    def _write(self, told: dict[str, Any], suffix: str, writer: Writer) -> Path:
        try:
            taken = [each.name for each in self._wish.folder.iterdir()]
        except OSError as error:
            raise UserFacingError(
                "This folder cannot be used",
                f"{self._wish.folder}: {error.strerror}. Choose another.",
            ) from error
        file = self._wish.folder / numbered(self._stem, suffix, taken)
        with NewFile(file) as new:
            write_export(self._ask, told, writer, new.write, self._hear)
            new.finish()
        return file

    def _hear(self, _sheet: Sheet, done: int, of: int) -> None:
        if self._watch.is_stopped:
            raise UserFacingError("It was stopped", "Nothing was written.")
        if done == 0:
            self._before, self._span = self._before + self._span, of
        self._watch.at(WorkPhase.WRITING, self._before + done, self._of)


def _span(told: dict[str, Any], sheet: Sheet) -> int:
    """Return how far a sheet goes, as ``write_export`` counts."""
    if sheet is Sheet.ACCOUNTS:
        return 0
    return int(told["calls"] if sheet is Sheet.CALLS else told["entries"])
