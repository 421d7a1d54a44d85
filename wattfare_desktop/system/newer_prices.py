"""Newer prices than those that came with the program: how they are read, judged and kept.

The file is genai-prices' own and carries no signature. What vouches for it is that it came over
HTTPS, and rules that no honest update breaks: see ``misgivings``.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.metering.prices import ModelPrice, PricedModel
from wattfare_desktop.core.metering.units import TOKEN_KINDS
from wattfare_desktop.system.extra_prices import ExtraPrices
from wattfare_desktop.system.model_limits import LimitsTable
from wattfare_desktop.system.price_reading import UNREADABLE, read_list
from wattfare_desktop.system.prices import GenaiPriceBook, PriceTables, bundled_version
from wattfare_desktop.system.private_file import write_private

BYTES_MAX: Final = 16 * 1024 * 1024
MOST_OF_IT: Final = 10
"""A price that falls to a tenth or less is taken for a mistake."""

_SIZES: Final = (1, 1_000_000)
_NAMED_MAX: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPrices:
    """A file of prices, the day it was fetched (ISO 8601), and beside which bundled version."""

    content: bytes
    fetched_on: str
    beside: str

    @property
    def version(self) -> str:
        """The words that name these prices on a charge."""
        return f"genai-prices of {self.fetched_on} ({sha256(self.content).hexdigest()[:8]})"


class PriceFile:
    """``prices.json`` in the wallet's folder: the newer prices that were taken."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> KeptPrices | None:
        """Return what is kept; None where there is nothing, or nothing that can be read."""
        try:
            content = self._path.read_bytes()
            head, _, prices = content.partition(b"\n")
            said = json.loads(head)
            return KeptPrices(
                content=prices, fetched_on=str(said["fetched_on"]), beside=str(said["beside"])
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, kept: KeptPrices) -> None:
        """Keep these prices in place of earlier ones. Raises OSError."""
        head = json.dumps({"fetched_on": kept.fetched_on, "beside": kept.beside})
        write_private(self._path, head.encode() + b"\n" + kept.content)

    def remove(self) -> None:
        """Go back to the prices that came with the program. Raises OSError."""
        self._path.unlink(missing_ok=True)


def read_prices(kept: KeptPrices, tables: PriceTables) -> GenaiPriceBook:
    """Return ``kept`` as a book. Raises ValueError where it is none; takes a second."""
    if len(kept.content) > BYTES_MAX:
        raise ValueError(f"it is larger than {BYTES_MAX // 1024 // 1024} MB")
    try:
        rows = json.loads(kept.content)
    except (ValueError, RecursionError):
        raise ValueError("it is no JSON") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("it is no list of providers")
    try:
        listed = read_list(rows)
    except UNREADABLE as error:
        raise ValueError(f"its rows are not as they should be: {type(error).__name__}") from None
    return GenaiPriceBook(
        listed, kept.version, LimitsTable(tables.limits), ExtraPrices(tables.extra)
    )


def is_outdated(kept: KeptPrices) -> bool:
    """Return whether the program was updated since, and brought prices of its own along."""
    return kept.beside != bundled_version()


def misgivings(
    newer: GenaiPriceBook,
    current: GenaiPriceBook,
    *,
    price_ids: Collection[str],
    used: Collection[tuple[str, str]],
    now: Instant,
) -> str | None:
    """Return why ``newer`` must not be taken in place of ``current``; None where it may.

    No provider of the catalogue (``price_ids``) is missing, no model in use, which is a price id
    and a name, loses its price, and no price at all falls to a tenth. It takes a second or two.
    """
    lost = sorted(each for each in price_ids if current.knows(each) and not newer.knows(each))
    if lost:
        return f"They lack {_some(lost)} altogether."
    gone = [
        f"{price_id}/{model}"
        for price_id, model in used
        if current.price(price_id, model, now) and not newer.price(price_id, model, now)
    ]
    if gone:
        return f"They have no price for {_some(gone)}, which your apps use."
    # By name, as a call finds its price: a row put before another would take its name away.
    listed = (name.split("/", 1) for name in current.listed(price_ids, now))
    names = dict.fromkeys([*used, *((price_id, model) for price_id, model in listed)])
    fallen = [
        f"{price_id}/{model}"
        for price_id, model in names
        if _falls(current.price(price_id, model, now), newer.price(price_id, model, now))
    ]
    if fallen:
        return f"They would cut the price of {_some(fallen)} by 90 % or more."
    return None


def _falls(before: PricedModel | None, after: PricedModel | None) -> bool:
    if before is None or after is None:
        return False
    old, new = _figures(before.price), _figures(after.price)
    return any(usd and new[name] * MOST_OF_IT <= usd for name, usd in old.items() if name in new)


def _figures(price: ModelPrice) -> Mapping[Any, Decimal]:
    rates: dict[Any, Decimal] = {
        (kind, size): price.rate(kind).at(size) for kind in TOKEN_KINDS for size in _SIZES
    }
    return {**rates, **price.counted, "request": price.usd_per_request}


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_NAMED_MAX])
    return shown if len(names) <= _NAMED_MAX else f"{shown} and {len(names) - _NAMED_MAX} more"
