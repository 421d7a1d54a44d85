"""What tray, questions and first run need of the wallet and the machine.

What the pages of the window need besides is in ``acts``.
"""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wattfare_desktop.core.identifiers import GrantId, TicketId
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.raises import RaiseAnswer
from wattfare_desktop.core.reports import Overview
from wattfare_desktop.system.autostart import Autostart
from wattfare_desktop.system.scheme import SchemeStatus
from wattfare_desktop.ui.presentation.closed import Closed
from wattfare_desktop.ui.presentation.consent import ConsentAnswer, Typical


class WalletActs(Protocol):
    """What the user can do to the wallet from here; each runs on the wallet's loop."""

    async def overview(self) -> Overview | None:
        """Return how the wallet stands; None unless it is open."""

    async def closed(self) -> Closed:
        """Return why it is not open."""

    async def create(self, passphrase: str | None) -> None:
        """Make the wallet."""

    async def unlock(self, passphrase: str | None) -> None:
        """Open it."""

    async def lock(self) -> None:
        """Close it to all apps."""

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

    async def add_funding(
        self, provider: str, *, key: str | None, base_url: str | None, balance: Nanos
    ) -> Any:
        """Add a provider."""

    async def approve(self, ticket: TicketId, answer: ConsentAnswer) -> None:
        """Grant what was answered."""

    async def deny(self, ticket: TicketId, *, block: bool) -> None:
        """Grant nothing."""

    async def answer_raise(self, question: str, answer: RaiseAnswer) -> None:
        """Raise a cap, or do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the first run and unlocking depend on, and what the composition root does for them."""

    is_absent: bool
    is_broken: bool
    by_passphrase: bool
    keyring_trouble: str | None
    providers: Sequence[tuple[str, str]]
    typical: Typical
    links: Callable[[], Coroutine[Any, Any, SchemeStatus]]
    try_sample: Callable[[], None]
    register_links: Callable[[], None]
    autostart: Autostart
