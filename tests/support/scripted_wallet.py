"""A wallet whose books are lists: what the control socket asks of one, written down."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tests.support.report_rows import OVERVIEW
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import FundingId, GrantId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.reports import (
    ActivityQuery,
    AppRow,
    CallRow,
    FundingRow,
    GrantNote,
    Overview,
)
from wattfare_desktop.providers.catalogue import Catalogue
from wattfare_desktop.wallet.lookout import Neighbour


@dataclass(frozen=True, kw_only=True)
class Added:
    row: FundingRow
    warning: str | None


@dataclass(kw_only=True)
class ScriptedDesk:
    """Keeps the URIs it was brought."""

    uris: list[str] = field(default_factory=list)
    fault: UserFacingError | None = None

    async def submit_uri(self, uri: str) -> UserFacingError | None:
        self.uris.append(uri)
        return self.fault


@dataclass(kw_only=True)
class ScriptedWallet:
    """Open unless told otherwise."""

    state: str = "open"
    trouble: UserFacingError | None = None
    desk: ScriptedDesk = field(default_factory=ScriptedDesk)
    catalogue: Catalogue = field(default_factory=lambda: Catalogue([]))
    app_rows: list[AppRow] = field(default_factory=list)
    call_rows: Sequence[CallRow] = ()
    funding_rows: list[FundingRow] = field(default_factory=list)
    notes: Sequence[GrantNote] = ()
    warning: str | None = None
    queries: list[ActivityQuery] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    near: list[Neighbour] = field(default_factory=list)

    async def overview(self) -> Overview:
        return OVERVIEW

    async def apps(self) -> tuple[AppRow, ...]:
        return tuple(self.app_rows)

    async def activity(self, query: ActivityQuery) -> tuple[CallRow, ...]:
        self.queries.append(query)
        return tuple(self.call_rows)

    async def neighbours(self) -> Sequence[Neighbour]:
        return self.near

    async def history(self, grant_id: GrantId) -> tuple[GrantNote, ...]:
        assert grant_id
        return tuple(self.notes)

    async def fundings(self) -> tuple[FundingRow, ...]:
        return tuple(self.funding_rows)

    async def pause(self, grant_id: GrantId) -> None:
        self._move(grant_id, GrantState.PAUSED)

    async def resume(self, grant_id: GrantId) -> None:
        self._move(grant_id, GrantState.ACTIVE)

    async def revoke(self, grant_id: GrantId) -> None:
        self._move(grant_id, GrantState.REVOKED)

    async def add_funding(
        self, provider: str, *, key: str | None, base_url: str | None, balance: Nanos
    ) -> Added:
        self.keys.append(key)
        row = replace(
            OVERVIEW.fundings[0],
            provider=provider,
            base_url=base_url or "",
            balance=balance,
        )
        self.funding_rows.append(row)
        return Added(row=row, warning=self.warning)

    async def top_up(self, funding_id: FundingId, amount: Nanos) -> FundingRow:
        (row,) = [row for row in self.funding_rows if row.id == funding_id]
        return replace(row, balance=Nanos(row.balance + amount))

    async def remove_funding(self, funding_id: FundingId) -> None:
        self.funding_rows = [row for row in self.funding_rows if row.id != funding_id]

    def _move(self, grant_id: GrantId, state: GrantState) -> None:
        self.app_rows = [
            replace(row, state=state) if row.id == grant_id else row for row in self.app_rows
        ]
