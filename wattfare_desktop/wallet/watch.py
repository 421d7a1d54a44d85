"""Watches what apps do: floods on the call's way, everything else behind it.

It hears of each call from ``spending`` and looks a few times a second, once for all that came in
between; no call waits for that. What pauses an app holds in memory at once and is then written.
Resumed, by whatever way, the app begins anew with the rule that paused it.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from wattfare_desktop.core.identifiers import GrantId, Instant, later
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.reports import WindowRow
from wattfare_desktop.core.watching.alerts import Alert
from wattfare_desktop.core.watching.rules import (
    ALERT_AGAIN_MS,
    FACTOR_MINE,
    MINE_MS,
    Action,
    CallRate,
    Finding,
    Rule,
)
from wattfare_desktop.core.watching.trail import News, Trail
from wattfare_desktop.storage import alerts, pasts, reports
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database, LedgerUnavailable
from wattfare_desktop.storage.owners import owner_of
from wattfare_desktop.wallet.accesses import Accesses
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.gate import Flooded, Gate, TooFast
from wattfare_desktop.wallet.spending import Spending
from wattfare_desktop.wallet.tasks import Tasks

_LOG: Final = logging.getLogger(__name__)
_PAUSE_S: Final = 0.25

_Windows = dict[GrantId, tuple[WindowRow, ...]]


class Watch:
    """One trail for each app that has called since the wallet was opened."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: Accesses,
        spending: Spending,
        tasks: Tasks,
        publish: Callable[[Changes], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._spending = spending
        self._tasks = tasks
        self._publish = publish
        self._opened_at = clock.now()
        self._trails: dict[GrantId, Trail] = {}
        self._news: dict[GrantId, list[News]] = {}
        self._mine: dict[tuple[GrantId, Rule], Instant] = {}
        self._told: dict[tuple[GrantId, Rule], Instant] = {}
        self._paused: dict[GrantId, Rule] = {}
        self._next: asyncio.TimerHandle | None = None
        self._looking = asyncio.Lock()
        self.gate = Gate(partial(self._is_mine, rule=Rule.FLOOD), self._stop_flood)
        spending.tell = self.take

    async def load(self) -> None:
        """Know what was told, whose doing it was, and what is paused."""
        now = self._clock.now()
        told, mine, pausing, rates = await self._database.read(partial(_kept, now=now))
        self._told = {(grant, rule): at for grant, rule, at in told}
        self._mine = {(grant, rule): until for grant, rule, until in mine}
        for grant, rule in pausing:
            self._paused[grant] = rule
            self._accesses.set_state(grant, GrantState.PAUSED, rule)
        for grant, rate in rates:
            self.gate.set_rate(grant, rate)

    def enter(self, grant: GrantId, now: Instant) -> TooFast | Flooded | None:
        """Count a request of the app; None: it may go on."""
        return self.gate.enter(grant, now)

    @contextmanager
    def under_way(self, grant: GrantId) -> Iterator[TooFast | None]:
        """Count a call as under way for as long as the block lasts; not where it is too many."""
        refused = self.gate.begin(grant, self._clock.now())
        try:
            yield refused
        finally:
            if refused is None:
                self.gate.end(grant)

    def take(self, news: News) -> None:
        """Hear what happened, and look soon."""
        self._news.setdefault(news.grant, []).append(news)
        if self._next is None:
            self._next = asyncio.get_running_loop().call_later(_PAUSE_S, self._look)

    async def tell(self, grant: GrantId, finding: Finding) -> None:
        """Tell the user of what was found elsewhere."""
        await self._write(grant, finding, self._clock.now())

    def has_paused(self, grant: GrantId) -> bool:
        """Return whether a rule paused the app, and it is so still."""
        return grant in self._paused

    def heed(self, changes: Changes) -> None:
        """Let an app that was resumed begin anew."""
        for grant in changes.grants & self._paused.keys():
            if self._accesses.state_of(grant) is not GrantState.PAUSED:
                rule = self._paused.pop(grant)
                self._forgive(grant, rule)

    def close(self) -> None:
        """Look no more."""
        if self._next is not None:
            self._next.cancel()

    async def look(self) -> None:
        """Judge all that happened since the last time."""
        async with self._looking:
            news, self._news = self._news, {}
            if news and not self._spending.is_doubted:
                windows = await self._read(news)
                for grant, heard in news.items():
                    await self._judge(grant, heard, windows[grant])

    async def alerts(self, limit: int = 200) -> tuple[Alert, ...]:
        """Return the latest alerts, newest first."""
        return await self._database.read(partial(alerts.listed, limit=limit))

    async def see(self) -> None:
        """Note that its user has looked at all there is."""
        if not self._spending.is_doubted:
            await self._database.write(alerts.see)
            self._publish(Changes(wallet=True))

    async def say_mine(self, alert: Alert) -> None:
        """Double this rule's threshold for this app: what it did was its user's own doing."""
        now = self._clock.now()
        await self._database.write(partial(alerts.say_mine, alert=alert.id, now=now))
        self._mine[alert.app, alert.rule] = later(now, MINE_MS)
        self._forgive(alert.app, alert.rule)
        self._publish(Changes(grants=frozenset({alert.app})))

    async def alert(self, number: int) -> Alert | None:
        """Return one alert, or None."""
        return await self._database.read(partial(alerts.get, alert=number))

    async def set_rate(self, grant: GrantId, rate: CallRate) -> None:
        """Let the app call so fast from now on."""
        await self._database.write(partial(alerts.set_rate, grant=grant, rate=rate))
        self.gate.set_rate(grant, rate)
        self._publish(Changes(grants=frozenset({grant})))

    def _look(self) -> None:
        self._next = None
        self._tasks.start(self.look(), "looking what apps do")

    async def _read(self, news: dict[GrantId, list[News]]) -> _Windows:
        """Return the limits of those who were heard of; recall who is heard of first."""
        unknown = [grant for grant in news if grant not in self._trails]
        now = self._clock.now()
        windows, recalled = await self._database.read(
            partial(_known, grants=tuple(news), unknown=unknown, before=self._opened_at, now=now)
        )
        self._trails |= recalled
        return windows

    async def _judge(
        self, grant: GrantId, heard: list[News], windows: tuple[WindowRow, ...]
    ) -> None:
        now = self._clock.now()
        factors = {rule: FACTOR_MINE for rule in Rule if self._is_mine(grant, now, rule)}
        trail = self._trails[grant]
        for each in heard:
            trail.take(each, factors)
        for finding in trail.judge(windows, now, factors):
            await self._act(grant, finding, now)

    async def _act(self, grant: GrantId, finding: Finding, now: Instant) -> None:
        if finding.action is Action.PAUSE:
            if self._accesses.state_of(grant) is GrantState.ACTIVE:
                self._pause(grant, finding.rule)
                await self._write(grant, finding, now)
            return
        if finding.action is Action.SLOW:
            self.gate.slow(grant, now)
        told_at = self._told.get((grant, finding.rule))
        if told_at is None or abs(now - told_at) >= ALERT_AGAIN_MS:
            await self._write(grant, finding, now)

    def _stop_flood(self, grant: GrantId, requests: int, now: Instant) -> None:
        finding = Finding(rule=Rule.FLOOD, action=Action.PAUSE, measured=requests, against=requests)
        self._pause(grant, Rule.FLOOD)
        self._tasks.start(self._write(grant, finding, now), "pausing an app that floods")

    def _pause(self, grant: GrantId, rule: Rule) -> None:
        self._paused[grant] = rule
        self._accesses.set_state(grant, GrantState.PAUSED, rule)

    async def _write(self, grant: GrantId, finding: Finding, now: Instant) -> None:
        if self._spending.is_doubted:
            # Nothing is spent, and nothing is written: a pause holds until the wallet is closed.
            return
        self._told[grant, finding.rule] = now
        noting = partial(alerts.note, grant=grant, finding=finding, now=now)
        try:
            alert = await self._database.write(noting)
        except LedgerUnavailable:
            # A pause holds until the wallet is closed.
            _LOG.warning("%s of an app could not be written down", finding.rule)
            return
        told = () if alert is None else (alert,)
        self._publish(Changes(grants=frozenset({grant}), alerts=told))

    def _forgive(self, grant: GrantId, rule: Rule) -> None:
        if grant in self._trails:
            self._trails[grant].clear(rule)
        if rule in {Rule.FLOOD, Rule.ERROR_STORM}:
            self.gate.hurry(grant)

    def _is_mine(self, grant: GrantId, now: Instant, rule: Rule) -> bool:
        until = self._mine.get((grant, rule))
        return until is not None and now < until


def _kept(
    connection: Connection, now: Instant
) -> tuple[
    list[tuple[GrantId, Rule, Instant]],
    list[tuple[GrantId, Rule, Instant]],
    list[tuple[GrantId, Rule]],
    list[tuple[GrantId, CallRate]],
]:
    return (
        alerts.told(connection, now),
        alerts.mine(connection, now),
        alerts.pausing(connection),
        alerts.rates(connection),
    )


def _known(
    connection: Connection,
    grants: tuple[GrantId, ...],
    unknown: list[GrantId],
    before: Instant,
    now: Instant,
) -> tuple[_Windows, dict[GrantId, Trail]]:
    windows = {grant: reports.windows(connection, owner_of(grant), now) for grant in grants}
    recalled = {}
    for grant in unknown:
        recalled[grant] = Trail()
        recalled[grant].recall(pasts.past(connection, grant, before))
    return windows, recalled
