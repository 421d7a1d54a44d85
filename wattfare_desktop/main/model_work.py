"""What the window does about models and their prices, on the wallet's loop."""

from collections.abc import Sequence

from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.core.metering.prices import FREE_PRICE_ID
from wattfare_desktop.gateway.listings import Listings
from wattfare_desktop.ui.presentation.pricing import PriceWish
from wattfare_desktop.wallet.aliases import Aliases
from wattfare_desktop.wallet.price_updates import PriceState, PriceUpdates
from wattfare_desktop.wallet.wallet import Wallet


class ModelWork:
    """Fulfils ``ui.model_acts``."""

    def __init__(self, *, wallet: Wallet, updates: PriceUpdates, listings: Listings) -> None:
        self._wallet = wallet
        self._updates = updates
        self._listings = listings

    async def aliases(self) -> Aliases:
        """Return the names of the user's own, and what answers at the cap."""
        return self._wallet.aliases().now

    async def set_alias(self, name: str, models: Sequence[str]) -> None:
        """Have a name stand for ``models``; for none, it is forgotten."""
        await self._wallet.aliases().set(name, models)

    async def set_at_cap(self, model: str | None) -> None:
        """Have ``model`` answer what a cap has no room for, or nothing."""
        await self._wallet.aliases().set_at_cap(model)

    async def known_models(self, *, only_free: bool = False) -> tuple[str, ...]:
        """Return what the configured providers list; one that does not answer is left out."""
        books = self._wallet.books
        live = () if books is None else books.fundings.live
        asked = [
            funding
            for funding in live
            if funding.provider.price_id == FREE_PRICE_ID or not only_free
        ]
        return tuple(sorted({row.id for row in await self._listings.models(asked)}))

    async def own_prices(self) -> tuple[OwnPrice, ...]:
        """Return the prices the user set."""
        return await self._wallet.own_prices().listed()

    async def set_price(self, wish: PriceWish) -> None:
        """Keep one, in place of an earlier one of the same model."""
        await self._wallet.own_prices().set(
            wish.model,
            wish.usd,
            context_window_tokens=wish.context_window_tokens,
            max_output_tokens=wish.max_output_tokens,
        )

    async def remove_price(self, name: str) -> None:
        """Go back to the table's price of ``provider/model``."""
        await self._wallet.own_prices().remove(name)

    async def price_state(self) -> PriceState:
        """Return which price table is in use."""
        return await self._updates.state()

    async def update_prices(self) -> PriceState:
        """Fetch the newest one, check it, and take it."""
        return await self._updates.update()

    async def fetch_daily(self, *, daily: bool) -> PriceState:
        """Fetch it each day from now on, or not any more."""
        return await self._updates.set_daily(daily=daily)

    async def forget_prices(self) -> PriceState:
        """Go back to the table that came with the program."""
        return await self._updates.forget()
