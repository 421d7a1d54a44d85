"""What a ledger is to come to, in as few words as can be: the model beside which the real one runs.

It knows no files, no triggers and no balances kept up to date: everything is added up anew from the
calls, whenever it is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from wattfare_desktop.core.disputes import DisputeState
from wattfare_desktop.core.fees import NO_FEE, Fee
from wattfare_desktop.core.identifiers import CallId, GrantId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period

Limit = tuple[str, Period]
"""An owner, ``wallet`` or ``grant:<id>``, and how often its limit renews."""

Window = tuple[str, Period, int]
"""A limit and when one of its windows began."""

FOREVER = 2**62
_DAY_MS = 86_400_000


@dataclass
class Call:
    """A call: ``cost`` None while it runs; what was billed above the cost is its ``excess``."""

    app: GrantId
    hold: int
    began: int
    windows: set[Window]
    cost: int | None = None
    fee: int = 0
    excess: int = 0
    credited: int = 0
    is_unsettled: bool = False
    is_told: bool = False
    dispute: DisputeState | None = None


@dataclass
class Model:
    """The whole ledger of one funding."""

    now: int
    balance: int = 0
    reserve: int = 0
    shares: int = 0
    zone: tzinfo = UTC
    fee: Fee = NO_FEE
    states: dict[GrantId, GrantState] = field(default_factory=dict)
    limits: dict[Limit, int] = field(default_factory=dict)
    call_limits: dict[str, int] = field(default_factory=dict)
    windows: dict[Window, int] = field(default_factory=dict)
    aside: set[Window] = field(default_factory=set)
    raised: list[tuple[Window, int, int]] = field(default_factory=list)
    calls: dict[CallId, Call] = field(default_factory=dict)

    def latest(self, limit: Limit, until: int = FOREVER) -> Window | None:
        """Return the window of ``limit`` that was opened last, of those that had begun by then."""
        mine = [each for each in self.windows if each[:2] == limit and each not in self.aside]
        return max((each for each in mine if each[2] <= until), default=None)

    def window(self, limit: Limit, until: int = FOREVER) -> Window:
        """Return the window that rules now, opened if need be; it never goes back."""
        known = self.latest(limit, until)
        if known is not None and self.now < self.windows[known]:
            return known
        start, end = _span(limit[1], self.now, self.zone)
        if known is not None:
            start = max(start, self.windows[known])
        opened = (*limit, start)
        self.windows.setdefault(opened, end)
        self.aside.discard(opened)
        return opened

    def used(self, window: Window) -> tuple[int, int]:
        """Return what was spent and is held in a window."""
        counted = [call for call in self.calls.values() if window in call.windows]
        spent = sum(call.cost - call.credited for call in counted if call.cost is not None)
        return spent, sum(call.hold for call in counted if call.cost is None)

    def raised_by(self, window: Window) -> int:
        """Return by how much a window is raised."""
        return sum(amount for where, amount, _ in self.raised if where == window)

    def left(self, window: Window) -> int:
        """Return what its limit has left in a window."""
        return self.limits[window[:2]] + self.raised_by(window) - sum(self.used(window))

    def free(self) -> int:
        """Return what of the balance is neither spent nor held nor set aside."""
        mine = self.calls.values()
        used = sum(c.hold if c.cost is None else c.cost + c.excess for c in mine)
        return self.balance + self.shares - self.reserve - used

    def room(self, call: Call) -> int:
        """Return how much more could be held, or charged, for a call where it was admitted."""
        windows = [self.left(each) for each in call.windows if each[:2] in self.limits]
        return min([self.free(), self.room_of_one(call.app, call.hold), *windows])

    def room_of_one(self, app: GrantId, hold: int = 0) -> int:
        """Return what a single call of ``app`` may still hold beside ``hold``."""
        limits = [self.call_limits.get(owner, FOREVER) for owner in ("wallet", f"grant:{app}")]
        return min(limits) - hold

    def of(self, app: GrantId) -> list[Limit]:
        """Return the limits that rule an app's calls."""
        return [key for key in self.limits if key[0] in {"wallet", f"grant:{app}"}]

    def rule(self, app: GrantId) -> dict[Limit, Window]:
        """Return the windows that rule an app's calls now; what is over ends with that."""
        ruling = {limit: self.latest(limit) for limit in self.of(app)}
        over = [each for each in self.raised if each[2] <= self.now]
        if any(where in ruling.values() for where, _, _ in over):
            self.raised = [each for each in self.raised if each not in over]
        return {limit: self.window(limit) for limit in ruling}

    def set_caps(self, owner: str, limits: Mapping[Period, int]) -> None:
        """Replace the limits of ``owner``; one that is new counts the past of its window."""
        for limit in [each for each in self.limits if each[0] == owner]:
            if limits.get(limit[1]) != self.limits[limit]:
                self.end_raises(self.latest(limit))
            if limit[1] not in limits:
                del self.limits[limit]
        for period, amount in limits.items():
            if (owner, period) not in self.limits:
                window = self.window((owner, period))
                for call in self.calls.values():
                    if owner in {"wallet", f"grant:{call.app}"} and call.began >= window[2]:
                        call.windows.add(window)
            self.limits[owner, period] = amount

    def settle(self, call: Call, billed: int) -> None:
        """End a call: what was billed above its hold takes the room that is left."""
        fee = self.fee.of(billed)
        call.hold += max(0, min(billed + fee - call.hold, self.room(call)))
        call.cost = min(billed + fee, call.hold)
        call.fee = max(0, min(fee, call.hold - billed))
        share = self.fee.reserve_share(Nanos(call.fee))
        self.reserve, self.shares = self.reserve + share, self.shares + share
        self._exceed(call, billed - (call.cost - call.fee))

    def crash(self) -> list[CallId]:
        """Charge in full what runs; return what did."""
        ran = [name for name, call in self.calls.items() if call.cost is None]
        for name in ran:
            call = self.calls[name]
            call.cost, call.is_unsettled = call.hold, True
        return ran

    def correct(self, call: Call, billed: int) -> None:
        """Charge an unsettled call what was billed, as far as there is room for more."""
        assert call.cost is not None
        call.cost = min(billed, call.cost + max(0, self.room(call)))
        call.is_unsettled, call.is_told = False, True
        self._exceed(call, billed - call.cost)

    def _exceed(self, call: Call, excess: int) -> None:
        call.excess = excess
        self.reserve -= min(self.reserve, excess)

    def end_raises(self, window: Window | None) -> None:
        """Let a window be raised no longer."""
        self.raised = [each for each in self.raised if each[0] != window]

    def stuck(self) -> list[Limit]:
        """Return the limits of apps that may spend whose window begins in the future."""
        live = {"wallet"} | {
            f"grant:{app}"
            for app, state in self.states.items()
            if state in {GrantState.ACTIVE, GrantState.PAUSED}
        }
        latest = {limit: self.latest(limit) for limit in self.limits if limit[0] in live}
        return [limit for limit, found in latest.items() if found and found[2] > self.now]

    def reset(self) -> None:
        """Let the windows of this time rule the limits that are stuck, and count it all."""
        for limit in self.stuck():
            future = {
                each
                for each in self.windows
                if each[:2] == limit and each[2] > self.now and each not in self.aside
            }
            ruling = self.window(limit, until=self.now)
            for call in self.calls.values():
                if call.windows & future:
                    call.windows.add(ruling)
            self.aside |= future
            self.raised = [each for each in self.raised if each[0] not in future]


def zone_of(hours: int) -> tzinfo:
    """Return a zone so many hours east."""
    return timezone(timedelta(hours=hours))


def _span(period: Period, now: int, zone: tzinfo) -> tuple[int, int]:
    today = datetime.fromtimestamp(now / 1000, zone).date()
    match period:
        case Period.ONCE:
            return 0, FOREVER
        case Period.DAY:
            first, after = today, today + timedelta(days=1)
        case Period.WEEK:
            first = today - timedelta(days=today.weekday())
            after = first + timedelta(days=7)
        case Period.MONTH:
            first = today.replace(day=1)
            after = (first + timedelta(days=31)).replace(day=1)
        case _:
            first, after = date(today.year, 1, 1), date(today.year + 1, 1, 1)
    return _midnight(first, zone), _midnight(after, zone)


def _midnight(day: date, zone: tzinfo) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()) * 1000
