"""What the wallet tells its user: the rows behind every page, listing and figure.

Storage fills them, the window shows them, the command line prints them. Amounts are nano-dollars,
times are milliseconds since the epoch.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from wattfare_desktop.core.identifiers import CallId, ClientId, FundingId, GrantId, Instant
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.bindings import UNBOUND, Bindings
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.watching.alerts import Alert

_NOTHING: Final = Nanos(0)


class CallStatus(StrEnum):
    """Where a call stands.

    ``RUNNING`` is held and sent; ``SETTLED`` is charged; ``VOIDED`` cost nothing because nothing
    was spent (the provider refused it); ``UNSETTLED`` was sent by a wallet that died before it
    learned the usage, so the whole hold is charged until its user tells what was billed.
    """

    RUNNING = "running"
    SETTLED = "settled"
    VOIDED = "voided"
    UNSETTLED = "unsettled"


class CallEnd(StrEnum):
    """How a call came to its end, beside what it cost."""

    COMPLETE = "complete"
    STOPPED_AT_CAP = "stopped_at_cap"
    FAILED = "failed"
    CLIENT_LEFT = "client_left"
    REVOKED = "revoked"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRow:
    """One limit of an app or of the whole wallet, and how much of it is gone.

    ``limit`` includes what it was ``raised`` by for this window; ``warned`` says that the user was
    told when most of it was gone.
    """

    period: Period
    limit: Nanos
    spent: Nanos
    held: Nanos
    resets_at: Instant | None
    raised: Nanos = _NOTHING
    warned: bool = False

    @property
    def cap(self) -> Nanos:
        """The limit as the user set it, which the next window will have again."""
        return Nanos(self.limit - self.raised)

    @property
    def left(self) -> Nanos:
        """What neither was spent nor is held; never negative, even after a cap was lowered."""
        return Nanos(max(0, self.limit - self.spent - self.held))


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckWindow:
    """A limit, of an app or of the whole wallet (``app`` None), whose window begins in the future.

    A clock was wrong when it was opened; until it ends the limit does not renew.
    """

    app: GrantId | None
    name: str
    period: Period
    starts_at: Instant
    resets_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRow:
    """One grant: an app the user approved, under its caps."""

    id: GrantId
    client_id: ClientId
    name: str
    verified: bool
    redirect_host: str
    state: GrantState
    windows: tuple[WindowRow, ...]
    models: tuple[str, ...]
    justification: str
    created_at: Instant
    expires_at: Instant | None
    last_call_at: Instant | None
    running_calls: int
    spent_total: Nanos
    raise_allowed: bool = False
    call_limit: Nanos | None = None
    bindings: Bindings = UNBOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedRow:
    """A client that its user is never asked about: a web origin or a bare name, and since when."""

    client: ClientId
    since: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenProgram:
    """A program that made calls of an app, by the path of its file, and when it last did."""

    path: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitAlert:
    """A limit of which most is gone: of an app, or of the whole wallet (``app`` None)."""

    app: GrantId | None
    name: str
    window: WindowRow


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrunAlert:
    """A provider billed a call above its cap: what the reserve paid, and what nothing did."""

    call: CallId
    app: GrantId
    funding: FundingId
    from_reserve: Nanos
    uncovered: Nanos


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantNote:
    """One line of a grant's history, as it was written down then."""

    event: str
    detail: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRow:
    """One call an app made: what it used, held and cost.

    The ``fee`` is part of the cost; ``credited`` is what a dispute gave back of it. The cost
    includes what the user's word on an unsettled call ``corrected``: what it added to the first
    charge, or, negative, took off it.
    """

    call: CallId
    app: GrantId
    app_name: str
    funding: FundingId
    provider: str
    model: str
    streamed: bool
    status: CallStatus
    end: CallEnd | None
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int
    hold: Nanos
    cost: Nanos
    basis: Basis | None
    price_version: str
    started_at: Instant
    first_byte_at: Instant | None
    finished_at: Instant | None
    provider_cost: Nanos = _NOTHING
    fee: Nanos = _NOTHING
    credited: Nanos = _NOTHING
    corrected: Nanos = _NOTHING

    @property
    def charged_at_first(self) -> Nanos:
        """What the app was charged before its user corrected it."""
        return Nanos(self.cost - self.corrected)

    @property
    def overrun(self) -> Nanos:
        """What the provider billed above what the app was charged."""
        return Nanos(max(0, self.provider_cost - (self.cost - self.fee)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingRow:
    """One provider credential and the prepaid balance behind it.

    Beside the balance, ``reserve`` and ``fee`` are set aside there; ``overrun`` is what was billed
    above caps and reserve so far.
    """

    id: FundingId
    provider: str
    name: str
    base_url: str
    practice: bool
    key_hint: str
    balance: Nanos
    held: Nanos
    spent: Nanos
    added_at: Instant
    reserve: Nanos = _NOTHING
    fee: Nanos = _NOTHING
    overrun: Nanos = _NOTHING

    @property
    def on_page(self) -> Nanos:
        """What the provider's own page should show."""
        return Nanos(self.balance + self.reserve + self.fee)

    @property
    def available(self) -> Nanos:
        """What a new call may still hold."""
        return Nanos(max(0, self.balance - self.held))


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingAdded:
    """The new funding; ``warning`` says what could not be made sure of."""

    row: FundingRow
    warning: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySpend:
    """What one app spent on one day of the user's calendar."""

    day: date
    app: GrantId
    app_name: str
    spent: Nanos


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The first page and the tray's head: what is left, what went, what runs.

    ``doubt`` says why nothing is spent: the books are not as they were left. ``unsettled`` is how
    many calls a crash left that their user has not settled yet, ``stuck`` the limits
    that do not renew, ``alerts`` those that nobody has looked at.
    """

    balance: Nanos
    practice_balance: Nanos
    held: Nanos
    today: Nanos
    month: Nanos
    apps: tuple[AppRow, ...]
    running: tuple[CallRow, ...]
    fundings: tuple[FundingRow, ...]
    wallet_windows: tuple[WindowRow, ...]
    paused: bool
    doubt: str = ""
    wallet_call_limit: Nanos | None = None
    unsettled: int = 0
    stuck: tuple[StuckWindow, ...] = ()
    alerts: tuple[Alert, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityQuery:
    """Which calls to list, newest first; None leaves a question open.

    ``text`` is looked for in app, provider and model names; ``only_unsettled`` lists what a crash
    left and its user has not settled yet.
    """

    app: GrantId | None = None
    since: Instant | None = None
    only_failed: bool = False
    only_unsettled: bool = False
    text: str = ""
    limit: int | None = None
    offset: int = 0
