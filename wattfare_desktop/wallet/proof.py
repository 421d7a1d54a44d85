"""Are the books what they were left as? Looked at when they open, and vouched for while they are.

The chain in the file binds its entries to each other; its end is anchored outside the file, so that
an old copy put back is told from the present one. Where either does not fit, nothing is spent until
the user has accepted the books as they are.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Protocol

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.ledger.chain import BEGINNING, Head, NoteKind
from wattfare_desktop.storage import chain
from wattfare_desktop.storage.acceptance import accept, standing_doubt
from wattfare_desktop.storage.connection import (
    Connection,
    DatabaseBroken,
    damaged,
    integrity_problem,
)
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.replay import Difference
from wattfare_desktop.storage.verification import Progress, Verification, look_over
from wattfare_desktop.vault.anchor import open_anchor, seal_anchor
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.spending import Spending
from wattfare_desktop.wallet.tasks import Tasks

_LOG: Final = logging.getLogger(__name__)
_ANCHOR_S: Final = 30.0
_LAST_ANCHOR_S: Final = 1.5
_DIGEST_ENTRIES: Final = 10_000
_SHOWN_CHARS: Final = 16


class Anchors(Protocol):
    """Where the anchor is kept: outside the wallet's file."""

    async def read_anchor(self) -> str | None:
        """Return what was kept last, or None. Raises UserFacingError."""

    async def write_anchor(self, text: str) -> None:
        """Keep ``text``. Raises UserFacingError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Why the books are not taken for what they were left as. ``anchor`` None: there is none."""

    why: str
    database: Head
    anchor: Head | None

    def error(self) -> UserFacingError:
        """Return the same in words, with the heads that differ and what can be done."""
        ends = ""
        if self.anchor is not None:
            ends = f" It ends at {_shown(self.database)}, its anchor says {_shown(self.anchor)}."
        return UserFacingError(
            "The wallet's books are not as they were left, so nothing is spent",
            f"{self.why}{ends} Look with `wattfare ledger verify`; put the latest file back,"
            " restore a backup with `wattfare restore FILE`, or go on from this one with"
            " `wattfare ledger accept`. Revoking works meanwhile.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationReport:
    """How a verification of everything stands."""

    progress: Progress
    is_over: bool
    differences: tuple[Difference, ...]
    failure: UserFacingError | None = None


class Proof:
    """The chain's guard while the books are open."""

    def __init__(
        self,
        *,
        database: Database,
        anchors: Anchors,
        anchor_key: bytes,
        clock: Clock,
        spending: Spending,
        tasks: Tasks,
        publish: Callable[[Changes], None],
    ) -> None:
        self._database = database
        self._anchors = anchors
        self._key = anchor_key
        self._clock = clock
        self._spending = spending
        self._tasks = tasks
        self._publish = publish
        self._next: asyncio.TimerHandle | None = None
        self._anchoring = asyncio.Lock()
        self._verifying: asyncio.Task[None] | None = None
        self._report = _NOTHING_YET
        self.doubt: Doubt | None = None

    async def check(self) -> None:
        """Compare the file with its anchor and with its own last digest."""
        head = await self._database.read(chain.head)
        anchor, why = await self._compare_with_anchor(head)
        if not why:
            differences = await self._database.read(look_over)
            why = f"{differences[0].what}." if differences else ""
        why = why or await self._database.read(standing_doubt)
        if why:
            self._cast_doubt(why, head, anchor)

    def _cast_doubt(self, why: str, head: Head, anchor: Head | None) -> None:
        self.doubt = Doubt(why=why, database=head, anchor=anchor)
        self._spending.is_doubted = True
        _LOG.warning("the books are doubted: %s", why)

    async def open(self) -> None:
        """Write down that the books were opened, and anchor that."""
        if self.doubt is not None:
            return
        now = self._clock.now()
        await self._database.write(
            partial(chain.add_note, kind=NoteKind.OPENED, content=[], now=now)
        )
        await self.anchor()

    def heed(self, _changes: Changes) -> None:
        """Anchor in a while what was written, once for all until then."""
        if self._next is None:
            self._next = asyncio.get_running_loop().call_later(_ANCHOR_S, self.anchor_now)

    def anchor_now(self) -> None:
        """Begin to anchor what is durable by now."""
        if self._next is not None:
            self._next.cancel()
            self._next = None
        self._tasks.start(self.anchor(), "anchoring the books")

    async def anchor(self) -> None:
        """Keep the end of the chain outside the file; never while it is doubted."""
        async with self._anchoring:
            if self.doubt is not None:
                return
            await self._keep_head()

    async def accept(self, settle_in: Callable[[], Awaitable[None]]) -> None:
        """Go on from the books as they are. That is an entry of its own, with what was doubted.

        ``settle_in`` writes what was put off meanwhile, before anything is spent again.
        """
        doubt = self.doubt
        if doubt is None:
            raise UserFacingError("Nothing is in doubt", "The books are as they were left.")
        anchor = doubt.anchor
        content = {
            "why": doubt.why,
            "database": [doubt.database.seq, doubt.database.mac.hex()],
            "anchor": None if anchor is None else [anchor.seq, anchor.mac.hex()],
        }
        await self._database.write(partial(accept, content=content, now=self._clock.now()))
        await settle_in()
        async with self._anchoring:
            await self._keep_head()
        self.doubt, self._spending.is_doubted = None, False
        self._publish(Changes(wallet=True))

    def begin_verification(self) -> None:
        """Begin to recompute everything; one that is under way goes on."""
        if self._verifying is None or self._verifying.done():
            self._report = _NOTHING_YET
            self._verifying = self._tasks.start(self._verify(), "verifying the books")

    @property
    def verification(self) -> VerificationReport:
        """How the last one stands."""
        return self._report

    def cancel_verification(self) -> None:
        """Stop it."""
        if self._verifying is not None and not self._verifying.done():
            self._verifying.cancel()
            # It may not even have begun, and then says nothing of its end; the next may begin
            # before it has ended.
            self._verifying = None
            self._report = replace(self._report, is_over=True, failure=_stopped())

    async def close(self) -> None:
        """Write what all has come to, and anchor that: the last thing in the books."""
        if self._next is not None:
            self._next.cancel()
        if self.doubt is not None:
            # A digest now would vouch at the next start for what is in doubt.
            return
        try:
            await self._database.write(
                partial(chain.add_digest, now=self._clock.now(), with_limits=True)
            )
            async with asyncio.timeout(_LAST_ANCHOR_S):
                await self.anchor()
        except (UserFacingError, TimeoutError) as error:
            # The earlier anchor still stands: the next start finds the file at or after it.
            _LOG.warning("the books were closed without their digest: %s", type(error).__name__)

    async def _compare_with_anchor(self, head: Head) -> tuple[Head | None, str]:
        try:
            text = await self._anchors.read_anchor()
        except UserFacingError as error:
            return None, f"Its anchor cannot be had: {error.title}."
        if text is None:
            return None, ""
        anchor = open_anchor(self._key, text)
        if anchor is None:
            return None, "Its anchor was altered or belongs to another wallet."
        if head.seq < anchor.seq:
            missing = anchor.seq - head.seq
            return anchor, (
                f"{missing} entries are missing at its end: an older copy was put in its place, or"
                f" {self._database.path.name}-wal beside it was taken away."
            )
        if await self._database.read(partial(chain.mac_at, seq=anchor.seq)) != anchor.mac:
            return anchor, f"Entry {anchor.seq} is another than the one that was anchored."
        return anchor, ""

    async def _keep_head(self) -> None:
        due = await self._database.read(_is_digest_due)
        if due:
            now = self._clock.now()
            await self._database.write(partial(chain.add_digest, now=now, with_limits=False))
        head = await self._database.read(chain.head)
        try:
            await self._anchors.write_anchor(seal_anchor(self._key, head))
        except UserFacingError as error:
            _LOG.warning("the books could not be anchored: %s", error.title)

    async def _verify(self) -> None:
        verification, failure = Verification(), None
        try:
            failure = await self._look_through(verification)
            await self._doubt_what_was_found(verification.differences, failure)
        finally:
            self._tell(
                VerificationReport(
                    progress=verification.progress,
                    is_over=True,
                    differences=verification.differences,
                    failure=failure or (None if verification.is_over else _stopped()),
                )
            )

    async def _look_through(self, verification: Verification) -> UserFacingError | None:
        """Recompute everything, then read every page; return what kept that from being done."""
        try:
            while not verification.is_over:
                await self._database.read(verification.step)
                self._tell(
                    VerificationReport(
                        progress=verification.progress,
                        is_over=False,
                        differences=verification.differences,
                    )
                )
            problem = await self._database.inspect(integrity_problem)
            if problem is not None:
                # A page that was being written just then is not met again where writing waits.
                problem = await self._database.write(integrity_problem)
        except UserFacingError as error:
            return error
        return None if problem is None else damaged(problem)

    def _tell(self, report: VerificationReport) -> None:
        # One that was stopped says nothing of the next.
        if self._verifying is asyncio.current_task():
            self._report = report

    async def _doubt_what_was_found(
        self, differences: tuple[Difference, ...], failure: UserFacingError | None
    ) -> None:
        """Let nothing be spent where anything is not as it was written, now and after a restart."""
        is_damaged = isinstance(failure, DatabaseBroken)
        if self.doubt is not None or not (differences or is_damaged):
            return
        why = f"{differences[0].what}." if differences else f"{failure}"
        # What ends here is anchored no more; the note is beyond the anchor, and says so for good.
        async with self._anchoring:
            self._cast_doubt(why, BEGINNING, None)
        with suppress(UserFacingError):
            head = await self._database.write(partial(_note_doubt, why=why, now=self._clock.now()))
            self._cast_doubt(why, head, None)
        self._publish(Changes(wallet=True))


def _note_doubt(connection: Connection, why: str, now: Instant) -> Head:
    return chain.add_note(connection, NoteKind.DOUBTED, why, now)


def _is_digest_due(connection: Connection) -> bool:
    told = chain.latest_digest(connection)
    since = BEGINNING.seq if told is None else told.head.seq
    return chain.head(connection).seq - since > _DIGEST_ENTRIES


def _shown(head: Head | None) -> str:
    return "nothing" if head is None else f"entry {head.seq} ({head.mac.hex()[:_SHOWN_CHARS]})"


def _stopped() -> UserFacingError:
    return UserFacingError("The verification was stopped", "Begin it again for a verdict.")


_NOTHING_YET: Final = VerificationReport(
    progress=Progress(done=0, of=0), is_over=False, differences=()
)
