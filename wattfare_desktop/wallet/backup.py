"""Backups of the open wallet: copied beside the work, checked, and only then put in their place."""

import asyncio
import os
import threading
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.storage import backup
from wattfare_desktop.storage.backup import FileKeys
from wattfare_desktop.system.new_file import put_in_place, taken
from wattfare_desktop.system.workshop import workshop
from wattfare_desktop.vault.passphrase import Cost, unfit_passphrase
from wattfare_desktop.vault.sealing import Sealer
from wattfare_desktop.wallet import backup_file
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.proof import Proof
from wattfare_desktop.wallet.tasks import Tasks


class Phase(StrEnum):
    """What is being done."""

    COPYING = "copying"
    READING = "reading"
    CHECKING = "checking"
    WRITING = "writing"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupWish:
    """Where a backup goes, under which passphrase, and whether it ``replaces`` a file there."""

    target: Path
    passphrase: str
    replaces: bool = False

    def __repr__(self) -> str:
        return f"BackupWish({self.target})"


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupMade:
    """A backup that was checked and is in its place."""

    target: Path
    entries: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupReport:
    """How a backup stands."""

    phase: Phase
    done: int
    of: int
    is_over: bool = False
    made: BackupMade | None = None
    failure: UserFacingError | None = None


class Watch:
    """Hears how far a thread has come, and ends its work when it is told to."""

    def __init__(self) -> None:
        self._is_stopped = threading.Event()
        self.report = BackupReport(phase=Phase.COPYING, done=0, of=0)

    def stop(self) -> None:
        """Have the work end at its next step."""
        self._is_stopped.set()

    def at(self, phase: Phase, done: int, of: int) -> None:
        """Take down how far it has come. Raises UserFacingError where it shall end."""
        if self._is_stopped.is_set():
            raise _stopped()
        self.report = BackupReport(phase=phase, done=done, of=of)

    def during(self, phase: Phase) -> backup.Progress:
        """Begin ``phase``; return what hears how far it has come."""
        self.at(phase, 0, 0)
        return partial(self.at, phase)


class Backups:
    """Makes backups of one open wallet, one at a time."""

    def __init__(
        self,
        *,
        path: Path,
        sealer: Sealer,
        clock: Clock,
        proof: Proof,
        tasks: Tasks,
        cost: Cost | None = None,
    ) -> None:
        self._path = path
        self._sealer = sealer
        self._clock = clock
        self._proof = proof
        self._tasks = tasks
        self._cost = cost or Cost()
        self._watch = Watch()
        self._task: asyncio.Task[None] | None = None

    @property
    def report(self) -> BackupReport:
        """How the last one stands."""
        return self._watch.report

    def begin(self, wish: BackupWish) -> None:
        """Begin. Raises UserFacingError where it could not end well."""
        if self._task is not None and not self._task.done():
            raise UserFacingError("A backup is under way already", "Wait for its end.")
        if self._proof.doubt is not None:
            # A backup is what one goes back to: it must not need a doubt of its own.
            raise self._proof.doubt.error()
        unfit = unfit_passphrase(wish.passphrase)
        if unfit is not None:
            raise UserFacingError("This passphrase will not do", unfit)
        if wish.target.resolve().parent == self._path.parent:
            raise UserFacingError(
                "A backup beside the wallet is lost with it", "Choose a place in another folder."
            )
        if not wish.replaces and os.path.lexists(wish.target):
            raise taken(wish.target)
        self._watch = Watch()
        self._task = self._tasks.start(self._run(wish, self._watch), "making a backup")

    def cancel(self) -> None:
        """Stop; nothing is left of what was begun."""
        self._watch.stop()

    async def _run(self, wish: BackupWish, watch: Watch) -> None:
        work = asyncio.ensure_future(asyncio.to_thread(self._make, wish, watch))
        made, failure = None, None
        try:
            made = await asyncio.shield(work)
        except asyncio.CancelledError:
            watch.stop()
            await asyncio.wait([work])
            failure = _stopped()
            raise
        except UserFacingError as error:
            failure = error
        except OSError as error:
            failure = UserFacingError(
                "The backup could not be written",
                f"{wish.target}: {error.strerror}. What was there is as it was.",
            )
        finally:
            if made is None and failure is None:
                failure = UserFacingError("The backup failed", "What was there is as it was.")
            watch.report = replace(watch.report, is_over=True, made=made, failure=failure)

    def _make(self, wish: BackupWish, watch: Watch) -> BackupMade:
        keys = FileKeys(
            database_key_hex=self._sealer.database_key_hex(), chain_key=self._sealer.chain_key
        )
        with workshop(wish.target) as folder:
            made_at, content, made = self._clock.now(), folder / "wallet.db", folder / "backup"
            backup.copy(self._path, content, keys, watch.during(Phase.COPYING))
            head = backup.check(content, keys, watch.during(Phase.CHECKING))
            backup_file.compose(
                content,
                made,
                self._sealer,
                wish.passphrase,
                head=head,
                made_at=made_at,
                cost=self._cost,
                on_progress=watch.during(Phase.WRITING),
            )
            size = made.stat().st_size
            try:
                put_in_place(made, wish.target, replaces=wish.replaces)
            except FileExistsError:
                raise taken(wish.target) from None
        return BackupMade(target=wish.target, entries=head.seq, size=size)


def _stopped() -> UserFacingError:
    return UserFacingError("It was stopped", "Nothing was changed.")
