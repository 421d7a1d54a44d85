"""The prices the user sets: for what no table knows, or knows wrongly."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import SECOND_MS
from wattfare_desktop.core.metering.own_prices import OwnPrice, PricedByUser
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.providers.catalogue import Catalogue
from wattfare_desktop.storage import own_prices
from wattfare_desktop.storage.database import Database
from wattfare_desktop.wallet.changes import Changes
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.prices import Prices


class OwnPrices:
    """Keeps the user's prices in the file and puts them before the book's."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        catalogue: Catalogue,
        publish: Callable[[Changes], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._catalogue = catalogue
        self._prices: Prices | None = None
        self._found: dict[tuple[str, str], PricedByUser] = {}
        self._publish = publish

    def put_before(self, prices: Prices) -> None:
        """Put what was loaded before the book's prices, and from now on each change of it."""
        self._prices = prices
        prices.use(self._found)

    async def load(self) -> None:
        """Read the prices in the file."""
        kept = await self._database.read(own_prices.listed)
        self._found = {}
        for own in kept:
            provider = self._catalogue.find(own.provider)
            if provider is not None:
                by_user = PricedByUser(own=own, version=self.version(own))
                self._found[provider.price_id, own.model.lower()] = by_user
        if self._prices is not None:
            self._prices.use(self._found)

    def close(self) -> None:
        """Take them away again: what a locked wallet holds is nobody's business."""
        prices, self._prices = self._prices, None
        if prices is not None:
            prices.use({})

    def version(self, own: OwnPrice) -> str:
        """Return the words that name a price on a charge."""
        at = datetime.fromtimestamp(own.set_at / SECOND_MS, UTC).astimezone(self._clock.zone)
        return f"your price of {at.date().isoformat()}"

    async def listed(self) -> tuple[OwnPrice, ...]:
        """Return them all, by provider and model."""
        return tuple(await self._database.read(own_prices.listed))

    async def set(
        self,
        name: str,
        usd: Mapping[UnitKind, Decimal],
        *,
        context_window_tokens: int | None = None,
        max_output_tokens: int | None = None,
    ) -> OwnPrice:
        """Keep a price for ``provider/model``; it holds for calls that begin from now on."""
        provider, model = self._named(name)
        try:
            own = OwnPrice(
                provider=provider,
                model=model,
                usd=usd,
                context_window_tokens=context_window_tokens,
                max_output_tokens=max_output_tokens,
                set_at=self._clock.now(),
            )
        except ValueError as error:
            raise UserFacingError("This price cannot be kept", f"{error}.") from None
        await self._database.write(partial(own_prices.put, price=own))
        await self.load()
        self._publish(Changes(wallet=True))
        return own

    async def remove(self, name: str) -> None:
        """Go back to the book's price of ``provider/model``."""
        provider, model = self._named(name)
        gone = partial(own_prices.remove, provider=provider, model=model)
        if not await self._database.write(gone):
            raise UserFacingError(
                "You set no price for this model", "List yours with `wattfare price list`."
            )
        await self.load()
        self._publish(Changes(wallet=True))

    def _named(self, name: str) -> tuple[str, str]:
        provider, _, model = name.partition("/")
        if not model or not model.isprintable() or model != model.strip():
            raise UserFacingError(
                "This is no model's name", "Name it with its provider, such as openai/gpt-5-mini."
            )
        if self._catalogue.find(provider) is None:
            raise UserFacingError(
                f"There is no provider called {provider!r}",
                "Use the one `wattfare funding list` shows, such as openai.",
            )
        return provider, model
