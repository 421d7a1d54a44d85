"""The rows behind every page, read beside the spending and never in its way."""

from functools import partial
from typing import Final

from wattfare_desktop.core.identifiers import GrantId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import (
    ActivityQuery,
    AppRow,
    CallRow,
    DaySpend,
    FundingRow,
    GrantNote,
    Overview,
    SeenProgram,
    WindowRow,
)
from wattfare_desktop.providers.catalogue import Catalogue
from wattfare_desktop.storage import (
    alerts,
    budgets,
    corrections,
    fundings,
    grants,
    reports,
    seen_programs,
    stuck_windows,
)
from wattfare_desktop.storage.connection import Connection
from wattfare_desktop.storage.database import Database
from wattfare_desktop.storage.owners import owner_of
from wattfare_desktop.wallet.clock import Clock

_HISTORY_MAX: Final = 50


class Reports:
    """What the wallet tells its user."""

    def __init__(self, database: Database, clock: Clock, catalogue: Catalogue) -> None:
        self._database = database
        self._clock = clock
        self._catalogue = catalogue

    async def apps(self) -> tuple[AppRow, ...]:
        """Return every grant ever given, the most recent spender first."""
        return await self._database.read(partial(reports.apps, now=self._clock.now()))

    async def history(self, app: GrantId) -> tuple[GrantNote, ...]:
        """Return what happened to an app's approval, newest first."""
        return await self._database.read(partial(grants.history, grant=app, limit=_HISTORY_MAX))

    async def programs(self, app: GrantId) -> tuple[SeenProgram, ...]:
        """Return the programs that made an app's latest calls, the latest first."""
        return await self._database.read(partial(seen_programs.of_grant, grant=app))

    async def activity(self, query: ActivityQuery) -> tuple[CallRow, ...]:
        """Return the calls that ``query`` asks for, newest first."""
        return await self._database.read(partial(reports.calls, query=query))

    async def fundings(self) -> tuple[FundingRow, ...]:
        """Return the provider credentials and their balances, oldest first."""
        return await self._database.read(self._fundings)

    async def windows(self, app: GrantId) -> tuple[WindowRow, ...]:
        """Return the limits of one app."""
        return await self._database.read(
            partial(reports.windows, owner=owner_of(app), now=self._clock.now())
        )

    async def wallet_windows(self) -> tuple[WindowRow, ...]:
        """Return the limits over all apps together."""
        return await self._database.read(partial(reports.wallet_windows, now=self._clock.now()))

    async def daily_spend(self, days: int, app: GrantId | None) -> tuple[DaySpend, ...]:
        """Return each app's spending on each of the last ``days``, today included."""
        return await self._database.read(
            partial(reports.daily_spend, last=self._clock.today(), days=days, app=app)
        )

    async def overview(self, *, paused: bool) -> Overview:
        """Return the first page, from one consistent view of the file."""
        return await self._database.read(partial(self._overview, paused=paused))

    def _overview(self, connection: Connection, *, paused: bool) -> Overview:
        now, today = self._clock.now(), self._clock.today()
        rows = self._fundings(connection)
        return Overview(
            balance=_sum_balances(rows, practice=False),
            practice_balance=_sum_balances(rows, practice=True),
            held=Nanos(sum(row.held for row in rows)),
            today=reports.spent_between(connection, today, today),
            month=reports.spent_between(connection, today.replace(day=1), today),
            apps=reports.apps(connection, now),
            running=reports.running_calls(connection),
            fundings=rows,
            wallet_windows=reports.wallet_windows(connection, now),
            paused=paused,
            wallet_call_limit=budgets.call_limit(connection, budgets.WALLET),
            unsettled=corrections.unsettled_count(connection),
            stuck=stuck_windows.stuck(connection, now),
            alerts=alerts.fresh(connection),
        )

    def _fundings(self, connection: Connection) -> tuple[FundingRow, ...]:
        figures = reports.funding_figures(connection)
        rows = []
        for record in fundings.live(connection):
            provider = self._catalogue.find(record.provider)
            rows.append(
                FundingRow(
                    id=record.id,
                    provider=record.provider,
                    name=record.provider if provider is None else provider.name,
                    base_url=record.base_url or ("" if provider is None else provider.base_url),
                    practice=provider is not None and provider.practice,
                    key_hint=record.key_hint,
                    balance=figures[record.id].balance,
                    held=figures[record.id].held,
                    spent=figures[record.id].spent,
                    added_at=record.added_at,
                    reserve=figures[record.id].reserve,
                    fee=figures[record.id].fee,
                    overrun=figures[record.id].overrun,
                )
            )
        return tuple(rows)


def _sum_balances(rows: tuple[FundingRow, ...], *, practice: bool) -> Nanos:
    return Nanos(sum(row.balance for row in rows if row.practice is practice))
