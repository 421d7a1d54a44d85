"""What the windows do about prices; all of it on the wallet's loop."""

from collections.abc import Mapping
from decimal import Decimal

from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.wallet.price_updates import PriceState, PriceUpdates
from wattfare_desktop.wallet.wallet import Wallet


class PriceWork:
    """Fulfils what the card of prices asks for."""

    def __init__(self, wallet: Wallet, updates: PriceUpdates) -> None:
        self._wallet = wallet
        self._updates = updates

    async def state(self) -> PriceState:
        """Return which prices are in use."""
        return await self._updates.state()

    async def update(self) -> PriceState:
        """Fetch the newest ones and take them."""
        return await self._updates.update()

    async def set_daily(self, *, daily: bool) -> PriceState:
        """Fetch them each day, or not."""
        return await self._updates.set_daily(daily=daily)

    async def own_prices(self) -> tuple[OwnPrice, ...]:
        """Return the prices the user set."""
        return await self._wallet.own_prices().listed()

    async def set_price(self, name: str, usd: Mapping[UnitKind, Decimal]) -> OwnPrice:
        """Set what ``provider/model`` costs."""
        return await self._wallet.own_prices().set(name, usd)

    async def remove_price(self, name: str) -> None:
        """Go back to the table's price of ``provider/model``."""
        await self._wallet.own_prices().remove(name)
