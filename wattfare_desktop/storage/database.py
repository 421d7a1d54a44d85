"""The wallet's file as two threads: one that writes, one that reads.

The **ledger thread** owns the writing connection. It runs the writes that queue up and commits them
together (group commit): a caller goes on only after its own write is durable, and sixteen callers
share one flush of the disk. The **reader thread** owns a second, read-only connection, so that a
long report never delays a hold.

Operations are plain functions of a connection and touch nothing else. They run wholly on their
thread; one whose batch was undone by a neighbour's failure runs again.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.storage.connection import (
    BEGIN_WRITE,
    Connection,
    Error,
    begin_write,
    connect,
    damaged,
    file_version,
    is_damage,
    unusable,
)
from wattfare_desktop.storage.migrate import migrate
from wattfare_desktop.storage.upgrades import keep_before_upgrade

T = TypeVar("T")
Operation = Callable[[Connection], T]

BATCH_MAX: Final = 128
"""Writes that share one commit at most."""

PATIENCE_S: Final = 0.005
"""How long a write that nobody waits for looks out for company before it commits alone."""

_INTERRUPTED: Final = "interrupted"
_GRACE_S: Final = 0.25
"""How long a read may go on that is under way when the file is closed."""


class LedgerUnavailable(UserFacingError):  # noqa: N818 - a state, told to the user
    """A write could not be made durable; nothing of it was kept."""


class LedgerClosed(LedgerUnavailable):
    """The wallet was locked, or the program is ending."""


@dataclass(slots=True)
class _Job:
    operation: Operation[Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    is_patient: bool
    result: Any = None
    error: BaseException | None = None


class Database:
    """An open wallet file. Writes and reads are awaited from any event loop."""

    def __init__(self, path: Path, key_hex: str, chain_key: bytes = b"") -> None:
        """Open, migrate and start both threads; blocks for some milliseconds.

        A file that is to be migrated is copied before, which takes a second a gigabyte. Raises
        DatabaseBroken where the file cannot be read with this key, DatabaseUnreachable or
        UpgradePutOff where the disk or its rights are in the way.
        """
        self.path = path
        self._key_hex = key_hex
        writer = connect(path, key_hex, chain_key=chain_key)
        try:
            keep_before_upgrade(path, key_hex, file_version(writer))
            migrate(writer)
            reader = connect(path, key_hex, chain_key=chain_key, read_only=True)
        except Error as error:
            writer.close()
            raise unusable(path, error) from error
        except BaseException:
            writer.close()
            raise
        self._ledger = _Worker("wattfare-ledger", writer, _run_writes)
        self._reader = _Worker("wattfare-reader", reader, _run_reads)

    def write(self, operation: Operation[T]) -> asyncio.Future[T]:
        """Run ``operation`` in a transaction and return its result once it is durable.

        What ``operation`` raises is raised here and leaves no trace in the file. Raises
        LedgerUnavailable where the disk refuses.
        """
        return self._ledger.submit(operation)

    def write_in_company(self, operation: Operation[T]) -> asyncio.Future[T]:
        """Do as ``write``, but give the next write a few milliseconds to share the commit.

        For what nobody waits for: a settlement then costs no commit of its own while calls come.
        """
        return self._ledger.submit(operation, is_patient=True)

    def read(self, operation: Operation[T]) -> asyncio.Future[T]:
        """Run ``operation`` on a consistent, read-only view of the file."""
        return self._reader.submit(operation)

    async def inspect(self, operation: Operation[T]) -> T:
        """Run ``operation`` on a reading connection of its own: for what takes seconds."""

        def look() -> T:
            with closing(connect(self.path, self._key_hex, read_only=True)) as connection:
                return operation(connection)

        try:
            return await asyncio.to_thread(look)
        except Error as error:
            raise _storage_failure(error) from error

    def close(self) -> None:
        """Finish the writes that are queued and close both connections; blocks until done.

        Reads are not waited for: a report over a million calls fails instead.
        """
        self._reader.give_up()
        self._ledger.stop()


class _Worker:
    """A thread that owns one connection and runs the jobs it is handed, in batches."""

    def __init__(
        self,
        name: str,
        connection: Connection,
        run: Callable[[Connection, Iterator[_Job]], list[_Job]],
    ) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._connection = connection
        self._run = run
        self._stopped = False
        # Nobody may interrupt a connection that is being closed.
        self._closing = threading.Lock()
        self._is_open = True
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)
        self._thread.start()

    def submit(self, operation: Operation[T], *, is_patient: bool = False) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if self._stopped:
            future.set_exception(_closed())
        else:
            self._jobs.put(_Job(operation, loop, future, is_patient))
        return future

    def stop(self) -> None:
        if not self._stopped:
            self._stopped = True
            self._jobs.put(None)
            self._thread.join()

    def give_up(self) -> None:
        """Do as ``stop``, but soon let what still runs fail."""
        self._stopped = True
        self._jobs.put(None)
        self._thread.join(_GRACE_S)
        while self._thread.is_alive():
            # One that is between two statements is met by the next time round.
            with self._closing:
                if self._is_open:
                    self._connection.interrupt()
            self._thread.join(_GRACE_S)

    def _main(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                _deliver(self._run(self._connection, self._batch(job)))
        finally:
            with self._closing:
                self._is_open = False
                self._connection.close()

    def _batch(self, job: _Job) -> Iterator[_Job]:
        """Yield ``job`` and then what queues up behind it, also while the batch is being run.

        Where all of them can wait, a little more is waited for.
        """
        deadline_s = time.monotonic() + PATIENCE_S
        may_wait = job.is_patient
        yield job
        for _ in range(BATCH_MAX - 1):
            try:
                following = self._next(deadline_s if may_wait else None)
            except queue.Empty:
                return
            if following is None:
                # Said again to the thread itself: this batch is its last.
                self._jobs.put(None)
                return
            may_wait = may_wait and following.is_patient
            yield following

    def _next(self, deadline_s: float | None) -> _Job | None:
        """Return the next job, waiting no longer than ``deadline_s``. Raises queue.Empty."""
        if deadline_s is None:
            return self._jobs.get_nowait()
        left_s = deadline_s - time.monotonic()
        return self._jobs.get(timeout=left_s) if left_s > 0 else self._jobs.get_nowait()


def _run_writes(connection: Connection, jobs: Iterator[_Job]) -> list[_Job]:
    """Run ``jobs`` in one transaction; where one of them fails, each in one of its own.

    A job runs as soon as it comes, so that a batch which waits for company has its work done.
    """
    batch = [next(jobs)]
    try:
        begin_write(connection)
        batch[0].result = batch[0].operation(connection)
        for job in jobs:
            batch.append(job)
            job.result = job.operation(connection)
        connection.execute("COMMIT")
    except BaseException:  # noqa: BLE001 - met again, by the job whose it is
        _roll_back(connection)
        for job in batch:
            _run_alone(connection, job, BEGIN_WRITE)
    return batch


def _run_reads(connection: Connection, jobs: Iterator[_Job]) -> list[_Job]:
    batch = list(jobs)
    for job in batch:
        _run_alone(connection, job, "BEGIN")
    return batch


def _run_alone(connection: Connection, job: _Job, begin: str) -> None:
    job.result = None
    try:
        connection.execute(begin)
        job.result = job.operation(connection)
        connection.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
        _roll_back(connection)
        job.error = _storage_failure(error) if isinstance(error, Error) else error


def _roll_back(connection: Connection) -> None:
    try:
        connection.execute("ROLLBACK")
    except Error:
        # SQLite has rolled back by itself already, as it does when the disk is full.
        return


def _storage_failure(error: BaseException) -> UserFacingError:
    if str(error) == _INTERRUPTED:
        return _closed()
    if is_damage(error):
        broken = damaged(str(error))
        broken.__cause__ = error
        return broken
    failure = LedgerUnavailable(
        "The wallet's file could not be written",
        f"Nothing was changed ({error}). Check that the disk has room and the file may be written.",
    )
    failure.__cause__ = error
    return failure


def _closed() -> LedgerClosed:
    return LedgerClosed("The wallet is closed", "Start it again and retry.")


def _deliver(batch: Sequence[_Job]) -> None:
    """Hand each result to the loop that waits for it, with one wake-up a loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job]] = {}
    for job in batch:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, jobs)
        except RuntimeError:
            # The loop was closed while its write was under way; the write itself is durable.
            continue


def _resolve(jobs: Sequence[_Job]) -> None:
    for job in jobs:
        if job.future.done():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)
