"""Whether the user is asked at all: silence for clients that were refused, bounds for all.

A prompt is a claim on somebody's attention. A client that keeps being refused waits longer each
time; and since a bare name costs nothing, all unverified clients share one allowance. Nor does an
origin: anybody can ask in its name, though not have the answer. Those that were never approved
share another one, so that names alone do not use it up.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from wattfare_desktop.core.identifiers import DAY_MS, MINUTE_MS, ClientId, Instant, later
from wattfare_desktop.core.oauth.lifecycle import TicketState

MISSES_BEFORE_SILENCE: Final = 2
FIRST_SILENCE_MS: Final = 5 * MINUTE_MS
SILENCE_MS_MAX: Final = DAY_MS
UNVERIFIED_PROMPTS_MAX: Final = 10
UNVERIFIED_SPAN_MS: Final = 10 * MINUTE_MS
QUEUE_MAX: Final = 3
"""How many tickets may wait behind the one that is shown."""


class SilenceReason(StrEnum):
    """Why the user is not asked."""

    BLOCKED = "blocked"
    ASKING_ALREADY = "asking_already"
    QUEUE_FULL = "queue_full"
    REFUSED_BEFORE = "refused_before"
    TOO_MANY_UNVERIFIED = "too_many_unverified"
    TOO_MANY_STRANGERS = "too_many_strangers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The user may be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silenced:
    """The user is not asked; from ``until`` on asking may help, None where time does not."""

    reason: SilenceReason
    until: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Misses:
    """How often in a row a client was denied or left unanswered, and when last."""

    count: int
    latest_at: Instant

    @property
    def silent_until(self) -> Instant:
        """When the client may be asked about again."""
        if self.count < MISSES_BEFORE_SILENCE:
            return self.latest_at
        # The exponent is bounded too: nobody needs the 1,000th power of two.
        doublings = min(self.count - MISSES_BEFORE_SILENCE, SILENCE_MS_MAX.bit_length())
        return later(self.latest_at, min(FIRST_SILENCE_MS << doublings, SILENCE_MS_MAX))


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptHistory:
    """What the user was asked lately. Clients are known by :attr:`ClientIdentity.key`.

    Each method returns a new history. A client that has been quiet for a day after its silence is
    forgotten, so the history stays small.
    """

    misses: Mapping[ClientId, Misses] = field(default_factory=lambda: MappingProxyType({}))
    unverified_at: tuple[Instant, ...] = ()
    strangers_at: tuple[Instant, ...] = ()

    def judge(
        self,
        client: ClientId,
        *,
        verified: bool,
        now: Instant,
        known: bool = False,
        waiting: Sequence[ClientId] = (),
        blocked: Collection[ClientId] = (),
    ) -> Allowed | Silenced:
        """Return whether the user may be asked about ``client`` now.

        ``waiting`` are the clients of all tickets that are not over, the shown one among them;
        ``known`` says that it was approved before.
        """
        if client in blocked:
            return Silenced(reason=SilenceReason.BLOCKED)
        if client in waiting:
            return Silenced(reason=SilenceReason.ASKING_ALREADY)
        if len(waiting) > QUEUE_MAX:
            return Silenced(reason=SilenceReason.QUEUE_FULL)
        misses = self.misses.get(client)
        if misses is not None and misses.latest_at <= now < misses.silent_until:
            return Silenced(reason=SilenceReason.REFUSED_BEFORE, until=misses.silent_until)
        return Allowed() if verified and known else self._judge_shared(now, verified=verified)

    def asked(self, *, verified: bool, now: Instant, known: bool = False) -> "PromptHistory":
        """Return the history after a ticket was taken in."""
        if not verified:
            return replace(self, unverified_at=(*_recent(self.unverified_at, now), now))
        if not known:
            return replace(self, strangers_at=(*_recent(self.strangers_at, now), now))
        return self

    def record(self, client: ClientId, ending: TicketState, now: Instant) -> "PromptHistory":
        """Return the history after a ticket of ``client`` ended.

        An approval wipes the slate; a ticket that was aborted was no answer of the user's.
        """
        assert ending.is_over
        if ending is TicketState.ABORTED:
            return self
        misses = {name: each for name, each in self.misses.items() if _matters(each, now)}
        before = misses.pop(client, None)
        if ending is not TicketState.GRANTED:
            count = 1 if before is None else before.count + 1
            misses[client] = Misses(count=count, latest_at=now)
        return replace(self, misses=MappingProxyType(misses))

    def _judge_shared(self, now: Instant, *, verified: bool) -> Allowed | Silenced:
        recent = _recent(self.strangers_at if verified else self.unverified_at, now)
        if len(recent) < UNVERIFIED_PROMPTS_MAX:
            return Allowed()
        return Silenced(
            reason=(
                SilenceReason.TOO_MANY_STRANGERS if verified else SilenceReason.TOO_MANY_UNVERIFIED
            ),
            until=later(recent[-UNVERIFIED_PROMPTS_MAX], UNVERIFIED_SPAN_MS),
        )


def _recent(moments: Sequence[Instant], now: Instant) -> tuple[Instant, ...]:
    # What lies ahead of now is from before the clock was set back: it silences nobody.
    return tuple(at for at in moments if at <= now < at + UNVERIFIED_SPAN_MS)


def _matters(misses: Misses, now: Instant) -> bool:
    return misses.latest_at <= now < misses.silent_until + DAY_MS
