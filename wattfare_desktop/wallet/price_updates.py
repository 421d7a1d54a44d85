"""Newer prices than the program's own: on the user's word, once or day by day.

Nothing is fetched unless the user asks for it. What is fetched is judged before it is taken
(``system.newer_prices.misgivings``) and kept in the wallet's folder; a file that cannot be read, or
is older than the program, is passed over for the prices that came with it.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Protocol

from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.identifiers import DAY_MS, Instant
from wattfare_desktop.core.metering.prices import ModelPrice, PriceBook
from wattfare_desktop.providers.catalogue import Catalogue
from wattfare_desktop.storage import preferences, used_models
from wattfare_desktop.system.newer_prices import (
    KeptPrices,
    PriceFile,
    is_outdated,
    misgivings,
    read_prices,
)
from wattfare_desktop.system.prices import (
    GenaiPriceBook,
    PriceTables,
    bundled_version,
    load_price_book,
)
from wattfare_desktop.wallet.books import Books
from wattfare_desktop.wallet.clock import Clock
from wattfare_desktop.wallet.prices import Prices

_LOG: Final = logging.getLogger(__name__)
_DAILY_NAME: Final = "newer_prices_daily"
_IN_USE_MS: Final = 90 * DAY_MS
_LOOK_S: Final = 3_600.0


class PriceSource(Protocol):
    """Where newer prices come from; the gateway, where HTTP lives, fulfils it."""

    async def fetch(self) -> bytes:
        """Return the file as it is published. Raises UserFacingError where it is not to be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceNews:
    """What newer prices are against those before: how many models cost another sum, or are new."""

    changed: int
    added: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceState:
    """Which prices are in use, and whether newer ones are fetched each day.

    ``fetched_on`` is the day they were fetched (ISO 8601), None where they came with the program;
    ``news`` what an update brought.
    """

    version: str
    daily: bool
    fetched_on: str | None = None
    news: PriceNews | None = None


class PriceUpdates:
    """Fetches, judges and keeps newer prices."""

    def __init__(
        self,
        *,
        file: PriceFile,
        tables: PriceTables,
        source: PriceSource,
        prices: Prices,
        clock: Clock,
        catalogue: Catalogue,
        open_books: Callable[[], Books | None],
    ) -> None:
        self._file = file
        self._tables = tables
        self._source = source
        self._prices = prices
        self._clock = clock
        self._catalogue = catalogue
        self._open_books = open_books
        self._one_at_a_time = asyncio.Lock()

    async def state(self) -> PriceState:
        """Return which prices are in use. Raises UserFacingError while the wallet is locked."""
        daily = await self._is_daily(self._books())
        version = (await self._prices.book()).version
        kept = await asyncio.to_thread(self._file.load)
        # What is kept may be older than the program, and is not in use then.
        in_use = kept is not None and kept.version == version
        return PriceState(
            version=version, daily=daily, fetched_on=kept.fetched_on if kept and in_use else None
        )

    async def update(self) -> PriceState:
        """Fetch the newest prices and take them. Raises UserFacingError where they are not fit."""
        books = self._books()
        async with self._one_at_a_time:
            start = Instant(self._clock.now() - _IN_USE_MS)
            used = await books.database.read(partial(used_models.since, start=start))
            content = await self._source.fetch()
            book, news = await asyncio.to_thread(self._judged, content, used)
        self._prices.replace(book)
        return replace(await self.state(), news=news)

    async def set_daily(self, *, daily: bool) -> PriceState:
        """Fetch them each day from now on, or not any more."""
        keep = partial(preferences.put, name=_DAILY_NAME, content="yes" if daily else "no")
        await self._books().database.write(keep)
        return await self.state()

    async def forget(self) -> PriceState:
        """Go back to the prices that came with the program."""
        self._books()
        async with self._one_at_a_time:
            self._prices.replace(await asyncio.to_thread(self._bundled_again))
        return await self.state()

    async def watch(self) -> None:
        """Fetch newer prices each day, where the user wants that; never returns."""
        while True:
            await self._update_if_due()
            await asyncio.sleep(_LOOK_S)

    async def _update_if_due(self) -> None:
        books = self._open_books()
        if books is None or not await self._is_daily(books):
            return
        kept = await asyncio.to_thread(self._file.load)
        if kept is not None and kept.fetched_on == self._clock.today().isoformat():
            return
        try:
            await self.update()
        except UserFacingError as error:
            _LOG.warning("newer prices were not taken: %s", error)

    def _judged(self, content: bytes, used: list[tuple[str, str]]) -> tuple[PriceBook, PriceNews]:
        kept = KeptPrices(
            content=content,
            fetched_on=self._clock.today().isoformat(),
            beside=bundled_version(),
        )
        try:
            newer = read_prices(kept, self._tables)
        except ValueError as error:
            raise _not_taken(f"The file cannot be read: {error}.") from None
        ids = {provider.id: provider.price_id for provider in self._catalogue}
        in_use = [(ids[provider], model) for provider, model in used if provider in ids]
        now, current, price_ids = self._clock.now(), self._current(), sorted(set(ids.values()))
        why = misgivings(newer, current, price_ids=price_ids, used=in_use, now=now)
        if why is not None:
            raise _not_taken(why)
        try:
            self._file.save(kept)
        except OSError as error:
            raise _not_taken(f"They cannot be kept: {error.strerror}.") from None
        return newer, _news(current.listed(price_ids, now), newer.listed(price_ids, now))

    def _current(self) -> GenaiPriceBook:
        """Return the book in use, without the user's prices, to compare with."""
        return load_prices(self._file, self._tables)

    def _bundled_again(self) -> PriceBook:
        try:
            self._file.remove()
        except OSError as error:
            raise UserFacingError(
                "The newer prices cannot be removed", f"{error.strerror}."
            ) from None
        return load_price_book(self._tables)

    def _books(self) -> Books:
        books = self._open_books()
        if books is None:
            raise UserFacingError("The wallet is locked", "Unlock Wattfare, then try again.")
        return books

    async def _is_daily(self, books: Books) -> bool:
        return await books.database.read(partial(preferences.get, name=_DAILY_NAME)) == "yes"


def load_prices(file: PriceFile, tables: PriceTables) -> GenaiPriceBook:
    """Return the prices to begin with: those kept, where they are sound and newer; takes a second.

    Else those that came with the program.
    """
    kept = file.load()
    if kept is not None and not is_outdated(kept):
        try:
            return read_prices(kept, tables)
        except ValueError as error:
            _LOG.warning("the kept prices cannot be read: %s", error)
    return load_price_book(tables)


def _news(before: Mapping[str, ModelPrice], after: Mapping[str, ModelPrice]) -> PriceNews:
    changed = sum(name in before and before[name] != price for name, price in after.items())
    return PriceNews(changed=changed, added=len(after.keys() - before.keys()))


def _not_taken(why: str) -> UserFacingError:
    return UserFacingError(
        "The newer prices were not taken", f"{why} Those in use stay as they are."
    )
