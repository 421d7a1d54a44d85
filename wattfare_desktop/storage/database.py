"""The wallet's file as two threads: one that writes, one that reads.

The **ledger thread** owns the writing connection. It takes whatever writes have queued up, runs
each under its own savepoint and commits them together (group commit): a caller goes on only after
its own write is durable, and sixteen callers share one flush of the disk. The **reader thread**
owns a second, read-only connection, so that a long report never delays a hold.

Operations are plain functions of a connection; they run wholly on their thread.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.storage.connection import Connection, DatabaseBroken, Error, connect
from wattfare_desktop.storage.migrate import migrate

T = TypeVar("T")
Operation = Callable[[Connection], T]

BATCH_MAX: Final = 128
"""Writes that share one commit at most."""

PATIENCE_S: Final = 0.005
"""How long a write that nobody waits for looks out for company before it commits alone."""


class LedgerUnavailable(UserFacingError):  # noqa: N818 - a state, told to the user
    """A write could not be made durable; nothing of it was kept."""


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

    def __init__(self, path: Path, key_hex: str) -> None:
        """Open, migrate and start both threads; blocks for some milliseconds.

        Raises DatabaseBroken where the file cannot be read with this key.
        """
        writer = connect(path, key_hex)
        try:
            migrate(writer)
            reader = connect(path, key_hex, read_only=True)
        except Error as error:
            writer.close()
            raise DatabaseBroken(
                "The wallet's file cannot be read",
                f"{path.name} is damaged. Put a backup of that file in its place.",
            ) from error
        except BaseException:
            writer.close()
            raise
        self._ledger = _Worker("wattfare-ledger", writer, _run_batch)
        self._reader = _Worker("wattfare-reader", reader, _run_reads)

    async def write(self, operation: Operation[T]) -> T:
        """Run ``operation`` in a transaction and return its result once it is durable.

        What ``operation`` raises is raised here and leaves no trace in the file. Raises
        LedgerUnavailable where the disk refuses.
        """
        return await self._ledger.submit(operation)

    async def write_in_company(self, operation: Operation[T]) -> T:
        """Do as ``write``, but give the next write a few milliseconds to share the commit.

        For what nobody waits for: a settlement then costs no commit of its own while calls come.
        """
        return await self._ledger.submit(operation, is_patient=True)

    async def read(self, operation: Operation[T]) -> T:
        """Run ``operation`` on a consistent, read-only view of the file."""
        return await self._reader.submit(operation)

    def close(self) -> None:
        """Finish what is queued and close both connections; blocks until done."""
        self._reader.stop()
        self._ledger.stop()


class _Worker:
    """A thread that owns one connection and runs the jobs it is handed, in batches."""

    def __init__(
        self,
        name: str,
        connection: Connection,
        run: Callable[[Connection, Sequence[_Job]], None],
    ) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._connection = connection
        self._run = run
        self._stopped = False
        self._thread = threading.Thread(target=self._main, name=name, daemon=True)
        self._thread.start()

    async def submit(self, operation: Operation[T], *, is_patient: bool = False) -> T:
        if self._stopped:
            raise LedgerUnavailable("The wallet is closed", "Start it again and retry.")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(operation, loop, future, is_patient))
        return await future

    def stop(self) -> None:
        if not self._stopped:
            self._stopped = True
            self._jobs.put(None)
            self._thread.join()

    def _main(self) -> None:
        try:
            while (job := self._jobs.get()) is not None:
                batch, last = self._gather(job)
                self._run(self._connection, batch)
                _deliver(batch)
                if last:
                    break
        finally:
            self._connection.close()

    def _gather(self, first: _Job) -> tuple[list[_Job], bool]:
        """Return ``first`` with all that queued up behind it, and whether to stop after it.

        Where all of them can wait, a little more is waited for.
        """
        batch = [first]
        deadline_s = time.monotonic() + PATIENCE_S
        while len(batch) < BATCH_MAX:
            may_wait = all(job.is_patient for job in batch)
            try:
                job = self._next(deadline_s if may_wait else None)
            except queue.Empty:
                break
            if job is None:
                return batch, True
            batch.append(job)
        return batch, False

    def _next(self, deadline_s: float | None) -> _Job | None:
        """Return the next job, waiting no longer than ``deadline_s``. Raises queue.Empty."""
        if deadline_s is None:
            return self._jobs.get_nowait()
        left_s = deadline_s - time.monotonic()
        return self._jobs.get(timeout=left_s) if left_s > 0 else self._jobs.get_nowait()


def _run_batch(connection: Connection, batch: Sequence[_Job]) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
        for job in batch:
            _run_write(connection, job)
        connection.execute("COMMIT")
    except Error as error:
        _roll_back(connection)
        _fail(batch, error)


def _run_write(connection: Connection, job: _Job) -> None:
    connection.execute("SAVEPOINT job")
    try:
        job.result = job.operation(connection)
    except BaseException as error:  # noqa: BLE001 - handed to the caller, whatever it is
        connection.execute("ROLLBACK TO job")
        job.error = _storage_failure(error) if isinstance(error, Error) else error
    connection.execute("RELEASE job")


def _run_reads(connection: Connection, batch: Sequence[_Job]) -> None:
    for job in batch:
        try:
            connection.execute("BEGIN")
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


def _fail(batch: Sequence[_Job], error: Exception) -> None:
    for job in batch:
        job.result = None
        job.error = _storage_failure(error)


def _storage_failure(error: BaseException) -> LedgerUnavailable:
    failure = LedgerUnavailable(
        "The wallet's file could not be written",
        f"Nothing was changed ({error}). Check that the disk has room and the file may be written.",
    )
    failure.__cause__ = error
    return failure


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
