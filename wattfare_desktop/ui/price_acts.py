"""What the window does about prices; each runs on the wallet's loop."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from wattfare_desktop.core.metering.own_prices import OwnPrice
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.wallet.price_updates import PriceState


class PriceActs(Protocol):
    """All of it may raise UserFacingError, which is shown where it was asked for."""

    async def state(self) -> PriceState:
        """Return which prices are in use."""

    async def update(self) -> PriceState:
        """Fetch the newest ones and take them."""

    async def set_daily(self, *, daily: bool) -> PriceState:
        """Fetch them each day, or not."""

    async def own_prices(self) -> tuple[OwnPrice, ...]:
        """Return the prices the user set."""

    async def set_price(self, name: str, usd: Mapping[UnitKind, Decimal]) -> OwnPrice:
        """Set what ``provider/model`` costs."""

    async def remove_price(self, name: str) -> None:
        """Go back to the table's price of ``provider/model``."""
