"""A file of prices as genai-prices publishes it, read into ``listed_models``.

It comes over the network, so everything that is used of it is checked; what is not used, such as
descriptions, is passed over. Whatever is not as it should be makes the whole file none.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from wattfare_desktop.core.metering.prices import Tier
from wattfare_desktop.system.listed_models import (
    Constraint,
    Daily,
    FromDate,
    Listed,
    ListedModel,
    ListedPrice,
    ListedProvider,
    ListedVariant,
    NameRule,
    NameTest,
    PriceList,
    Stepped,
    in_utc,
)

_ORDERS_MIN: Final = -30
_ORDERS_MAX: Final = 9
"""Powers of ten: with others our arithmetic would overflow, or take for ever."""

UNREADABLE: Final = (
    ValueError,
    TypeError,
    KeyError,
    AttributeError,
    RecursionError,
    InvalidOperation,
    re.error,
)
"""What ``read_list`` raises."""


def read_list(rows: Any) -> PriceList:
    """Return the providers in ``rows``, which is parsed JSON. Raises one of ``UNREADABLE``."""
    return PriceList(_provider(row) for row in _rows(rows))


def _provider(row: Mapping[str, Any]) -> ListedProvider:
    return ListedProvider(
        id=_text(row["id"]),
        resold=tuple(_text(each) for each in _list(row.get("fallback_model_providers") or [])),
        models=tuple(_model(each) for each in _rows(row["models"])),
    )


def _model(row: Mapping[str, Any]) -> ListedModel:
    stated = row.get("prices", [])
    return ListedModel(
        id=_text(row["id"]),
        names=_names(row["match"]),
        context_window=_count_or_none(row.get("context_window")),
        prices=tuple(
            ListedPrice(constraint=_constraint(each), prices=_prices(each["prices"]))
            for each in ([{"prices": stated}] if isinstance(stated, dict) else _rows(stated))
        ),
        variants=tuple(_variant(each) for each in _rows(row.get("price_variants") or [])),
    )


def _variant(row: Mapping[str, Any]) -> ListedVariant:
    when = {_text(key): _text(value) for key, value in row["when"].items()}
    if not when:
        raise ValueError("a variant is never chosen")
    return ListedVariant(constraint=_constraint(row), prices=_prices(row["prices"]), when=when)


def _names(row: Mapping[str, Any]) -> NameTest:
    ((word, content),) = row.items()
    rule = NameRule(word)
    match rule:
        case NameRule.OR | NameRule.AND:
            return NameTest(rule=rule, parts=tuple(_names(each) for each in _rows(content)))
        case NameRule.REGEX:
            return NameTest(rule=rule, text=re.compile(_text(content)).pattern)
        case _:
            return NameTest(rule=rule, text=_text(content).lower())


def _constraint(row: Mapping[str, Any]) -> Constraint:
    stated = row.get("constraint")
    if stated is None:
        return None
    if "start_date" in stated:
        return FromDate(start=date.fromisoformat(stated["start_date"]))
    start, end = (time.fromisoformat(stated[name]) for name in ("start_time", "end_time"))
    return Daily(start=in_utc(start), end=in_utc(end))


def _prices(row: Mapping[str, Any]) -> Listed:
    return {
        _text(name): _price(price)
        for name, price in row.items()
        if price is not None and not name.startswith("_")
    }


def _price(stated: Any) -> Decimal | Stepped:
    if not isinstance(stated, dict):
        return _usd(stated)
    tiers = [
        Tier(start=_count(each["start"]), usd_per_mtok=_usd(each["price"]))
        for each in _rows(stated["tiers"])
    ]
    tiers.sort(key=lambda tier: tier.start)
    return Stepped(base=_usd(stated["base"]), tiers=tuple(tiers))


def _usd(stated: Any) -> Decimal:
    """Return dollars as they are written; a number of JSON has the digits of a float."""
    if isinstance(stated, bool) or not isinstance(stated, int | float | str):
        raise TypeError("a price is a number")
    usd = Decimal(str(stated))
    if not usd.is_finite() or not _ORDERS_MIN <= usd.adjusted() <= _ORDERS_MAX:
        raise ValueError("a price is a number that somebody could mean")
    return usd


def _count_or_none(stated: Any) -> int | None:
    return None if stated is None else _count(stated)


def _count(stated: Any) -> int:
    if isinstance(stated, bool) or not isinstance(stated, int):
        raise TypeError("tokens are counted in whole numbers")
    return stated


def _text(stated: Any) -> str:
    if not isinstance(stated, str):
        raise TypeError("a name is a text")
    return stated


def _rows(stated: Any) -> Iterable[Mapping[str, Any]]:
    rows = _list(stated)
    if not all(isinstance(each, dict) for each in rows):
        raise TypeError("a list of objects is expected")
    return rows


def _list(stated: Any) -> list[Any]:
    if not isinstance(stated, list):
        raise TypeError("a list is expected")
    return stated
