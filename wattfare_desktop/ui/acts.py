"""What the window reads of the wallet and does to it; each runs on the wallet's loop."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from wattfare_desktop.core.disputes import Dispute, DisputeEvent, DisputeReason
from wattfare_desktop.core.fees import Fee
from wattfare_desktop.core.identifiers import CallId, ClientId, FundingId, GrantId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.oauth.bindings import Allowed
from wattfare_desktop.core.policy import Cap
from wattfare_desktop.core.receipts import Receipt
from wattfare_desktop.core.reports import (
    ActivityQuery,
    BlockedRow,
    CallRow,
    DaySpend,
    GrantNote,
    Overview,
    SeenProgram,
)
from wattfare_desktop.core.watching.alerts import Alert
from wattfare_desktop.ui.presentation.books import Doubted
from wattfare_desktop.ui.presentation.closed import Closed
from wattfare_desktop.wallet.lookout import Neighbour
from wattfare_desktop.wallet.preferences import Preferences


class Added(Protocol):
    """What came of adding a provider."""

    @property
    def warning(self) -> str | None:
        """What could not be made sure of."""


class PageActs(Protocol):
    """All of it may raise UserFacingError, which is shown where it was asked for."""

    async def overview(self) -> Overview | None:
        """Return how the wallet stands; None unless it is open."""

    async def closed(self) -> Closed:
        """Return why it is not open."""

    async def activity(self, query: ActivityQuery) -> tuple[CallRow, ...]:
        """Return calls, newest first."""

    async def daily_spend(self, days: int, app: GrantId | None = None) -> tuple[DaySpend, ...]:
        """Return what was spent on each of the last days."""

    async def alerts(self) -> tuple[Alert, ...]:
        """Return what apps did that is unusual, newest first."""

    async def see_alerts(self) -> None:
        """Note that all of them were looked at."""

    async def say_mine(self, alert: int) -> Any:
        """Say that it was the user's own doing; its app goes on."""

    async def pause(self, app: GrantId) -> None:
        """Refuse an app's new calls."""

    async def resume(self, app: GrantId) -> None:
        """Let it spend again."""

    async def revoke(self, app: GrantId) -> None:
        """Cut it off."""

    async def pause_all(self) -> None:
        """Refuse all new calls."""

    async def resume_all(self) -> None:
        """Let apps spend again."""

    async def blocked_apps(self) -> Sequence[BlockedRow]:
        """Return the apps that may not ask, latest last."""

    async def unblock(self, client: ClientId) -> None:
        """Let one of them ask again."""

    async def set_caps(self, app: GrantId, caps: Sequence[Cap]) -> None:
        """Limit an app, by one cap or more."""

    async def allow_raise(self, app: GrantId, *, allowed: bool) -> None:
        """Be asked, or not, when the app's cap is reached."""

    async def programs(self, app: GrantId) -> Sequence[SeenProgram]:
        """Return the programs that made an app's latest calls, the latest first."""

    async def program_in(self, chosen: Path) -> str:
        """Return the path that the program in a chosen file runs by."""

    async def allow(self, app: GrantId, allowed: Allowed) -> None:
        """Let an app's access be used just so."""

    async def set_call_limit(self, app: GrantId, limit: Nanos | None) -> None:
        """Limit what one call of an app may cost, or not."""

    async def set_wallet_call_limit(self, limit: Nanos | None) -> None:
        """Limit what one call of any app may cost, or not."""

    async def history(self, app: GrantId) -> tuple[GrantNote, ...]:
        """Return what happened to an app's approval, newest first."""

    async def set_wallet_caps(self, caps: Sequence[Cap]) -> None:
        """Limit all apps together, or not."""

    async def neighbours(self) -> Sequence[Neighbour]:
        """Return the model servers that answer on this computer."""

    async def told_balance(self, funding: FundingId) -> Nanos:
        """Return what the provider itself says is left."""

    async def add_funding(
        self, provider: str, *, key: str | None, base_url: str | None, balance: Nanos
    ) -> Added:
        """Check a credential and keep it."""

    async def top_up(self, funding: FundingId, amount: Nanos) -> Any:
        """Add to a balance."""

    async def remove_funding(self, funding: FundingId) -> None:
        """Forget a credential."""

    async def add_to_reserve(self, funding: FundingId, amount: Nanos) -> Any:
        """Set a part of a balance aside."""

    async def take_from_reserve(self, funding: FundingId, amount: Nanos) -> Any:
        """Give it back to the balance."""

    async def reconcile(self, funding: FundingId, told: Nanos) -> Any:
        """Book the difference to what the provider's page shows."""

    async def receipt(self, call: CallId) -> Receipt:
        """Return the receipt of a call that has ended."""

    async def save_receipt(self, call: CallId, path: Path) -> None:
        """Write the receipt of a call, signed, to a file."""

    async def settle_call(self, call: CallId, billed: Nanos) -> Any:
        """Say what was billed for a call that a crash left unsettled."""

    async def reset_windows(self) -> Any:
        """Let limits renew again whose window a wrong clock opened in the future."""

    async def dispute_of(self, call: CallId) -> Dispute | None:
        """Return the dispute over a call, if there is one."""

    async def dispute(self, call: CallId, reason: DisputeReason) -> Dispute:
        """Say that a charge is wrong."""

    async def decide_dispute(self, call: CallId, event: DisputeEvent) -> Dispute:
        """Accept the charge, withdraw the dispute, or reverse its credit."""

    async def preferences(self) -> Preferences:
        """Return what the user decided about the wallet as a whole."""

    async def set_preferences(self, chosen: Preferences) -> None:
        """Keep it."""

    async def doubt(self) -> Doubted | None:
        """Return why nothing is spent; None where the books are as they were left."""

    async def fee(self) -> Fee:
        """Return the service fee."""

    async def set_fee(self, fee: Fee) -> None:
        """Take another one from each call that begins from now on."""
