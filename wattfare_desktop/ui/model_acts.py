"""What the window does about models and their prices; each runs on the wallet's loop."""

from collections.abc import Sequence
from typing import Protocol

from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.ui.presentation.pricing import PriceWish
from wattfare_desktop.wallet.aliases import Aliases
from wattfare_desktop.wallet.price_updates import PriceState


class ModelActs(Protocol):
    """All of it may raise UserFacingError, which is shown where it was asked for."""

    async def aliases(self) -> Aliases:
        """Return the names of the user's own, and what answers at the cap."""

    async def set_alias(self, name: str, models: Sequence[str]) -> None:
        """Have a name stand for ``models``, in their order; for none, it is forgotten."""

    async def set_at_cap(self, model: str | None) -> None:
        """Have ``model`` answer what a cap has no room for, or nothing."""

    async def known_models(self, *, only_free: bool = False) -> tuple[str, ...]:
        """Return the models that the configured providers list, as ``provider/model``.

        ``only_free``: those of servers that bill nothing.
        """

    async def own_prices(self) -> tuple[OwnPrice, ...]:
        """Return the prices the user set."""

    async def set_price(self, wish: PriceWish) -> None:
        """Keep one, in place of an earlier one of the same model."""

    async def remove_price(self, name: str) -> None:
        """Go back to the table's price of ``provider/model``."""

    async def price_state(self) -> PriceState:
        """Return which price table is in use."""

    async def update_prices(self) -> PriceState:
        """Fetch the newest one, check it, and take it."""

    async def fetch_daily(self, *, daily: bool) -> PriceState:
        """Fetch it each day from now on, or not any more."""

    async def forget_prices(self) -> PriceState:
        """Go back to the table that came with the program."""
