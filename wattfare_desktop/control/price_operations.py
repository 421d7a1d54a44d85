"""The user's own prices, and newer ones of the table, as control commands."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Family
from wattfare_desktop.control.shapes import time_text
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.metering.own_prices import SETTABLE_KINDS, OwnPrice, read_dollars
from wattfare_desktop.core.metering.units import UnitKind


class OwnPriceShelf(Protocol):
    """Where the user's prices are kept; see ``wallet.own_prices``."""

    def version(self, own: OwnPrice) -> str: ...  # noqa: D102 - the wallet's own words
    async def listed(self) -> tuple[OwnPrice, ...]: ...  # noqa: D102
    async def set(  # noqa: D102
        self,
        name: str,
        usd: Mapping[UnitKind, Decimal],
        *,
        context_window_tokens: int | None = None,
        max_output_tokens: int | None = None,
    ) -> OwnPrice: ...
    async def remove(self, name: str) -> None: ...  # noqa: D102


class PriceWallet(Protocol):
    """What these commands ask of the wallet."""

    def own_prices(self) -> OwnPriceShelf: ...  # noqa: D102 - the wallet's own words


class PriceState(Protocol):
    """Which prices are in use."""

    @property
    def version(self) -> str: ...  # noqa: D102 - the wallet's own words
    @property
    def daily(self) -> bool: ...  # noqa: D102


class PriceUpdating(Protocol):
    """Who fetches newer prices; see ``wallet.price_updates``."""

    async def update(self) -> PriceState: ...  # noqa: D102 - the wallet's own words
    async def set_daily(self, *, daily: bool) -> PriceState: ...  # noqa: D102
    async def forget(self) -> PriceState: ...  # noqa: D102


def price_family(wallet: PriceWallet, updates: PriceUpdating) -> Family:
    """Return the commands, by name."""
    operations = _Pricing(wallet, updates)
    return {
        "price list": operations.listed,
        "price set": operations.set,
        "price remove": operations.remove,
        "price update": operations.update,
        "price forget": operations.forget,
    }


class _Pricing:
    """Answers them."""

    def __init__(self, wallet: PriceWallet, updates: PriceUpdating) -> None:
        self._wallet = wallet
        self._updates = updates

    async def listed(self, _arguments: Arguments) -> JsonValue:
        shelf = self._wallet.own_prices()
        return [_shape(shelf, own) for own in await shelf.listed()]

    async def set(self, arguments: Arguments) -> JsonValue:
        shelf = self._wallet.own_prices()
        own = await shelf.set(
            arguments.text("model"),
            _dollars(arguments),
            context_window_tokens=arguments.count("context_window"),
            max_output_tokens=arguments.count("max_output"),
        )
        return _shape(shelf, own)

    async def remove(self, arguments: Arguments) -> JsonValue:
        name = arguments.text("model")
        await self._wallet.own_prices().remove(name)
        return {"model": name}

    async def update(self, arguments: Arguments) -> JsonValue:
        daily = arguments.optional_text("daily")
        if daily is not None:
            # To stop fetching must not fetch.
            state = await self._updates.set_daily(daily=daily == "on")
            if not state.daily:
                return _state_shape(state)
        return _state_shape(await self._updates.update())

    async def forget(self, _arguments: Arguments) -> JsonValue:
        return _state_shape(await self._updates.forget())


def _state_shape(state: PriceState) -> dict[str, JsonValue]:
    return {"version": state.version, "daily": state.daily}


def _dollars(arguments: Arguments) -> dict[UnitKind, Decimal]:
    found: dict[UnitKind, Decimal] = {}
    for kind in SETTABLE_KINDS:
        text = arguments.optional_text(kind.value)
        if text is not None:
            try:
                found[kind] = read_dollars(text)
            except ValueError as error:
                raise UserFacingError("This price cannot be kept", f"{error}.") from None
    return found


def _shape(shelf: OwnPriceShelf, own: OwnPrice) -> dict[str, JsonValue]:
    return {
        "model": f"{own.provider}/{own.model}",
        "usd": {kind.value: format(usd, "f") for kind, usd in own.usd.items()},
        "context_window": own.context_window_tokens,
        "max_output": own.max_output_tokens,
        "set_at": time_text(own.set_at),
        "version": shelf.version(own),
    }
