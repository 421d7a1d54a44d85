"""How providers tell what is left: the shape of each one's answer (dollars alone)."""

from decimal import Decimal, InvalidOperation
from typing import Any, Final, assert_never

from wattfare_desktop.core.money import NANOS_PER_USD, Nanos
from wattfare_desktop.providers.catalogue import BalanceShape

_USD: Final = "USD"
_LARGEST_USD: Final = Decimal(1_000_000_000)


def read_balance(shape: BalanceShape, answer: Any) -> Nanos | None:
    """Return the dollars that ``answer`` tells, rounded down; None where it tells none.

    A balance below zero is none: nothing is left there.
    """
    if not isinstance(answer, dict):
        return None
    match shape:
        case BalanceShape.DEEPSEEK:
            usd = _deepseek(answer)
        case BalanceShape.MOONSHOT:
            usd = _decimal(_member(answer, "data").get("available_balance"))
        case BalanceShape.OPENROUTER:
            usd = _openrouter(_member(answer, "data"))
        case _:
            assert_never(shape)
    if usd is None or not usd.is_finite() or usd > _LARGEST_USD:
        return None
    return Nanos(max(0, int(usd * NANOS_PER_USD)))


def _deepseek(answer: dict[str, Any]) -> Decimal | None:
    rows = answer.get("balance_infos")
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and row.get("currency") == _USD:
            return _decimal(row.get("total_balance"))
    return None


def _openrouter(told: dict[str, Any]) -> Decimal | None:
    bought, used = _decimal(told.get("total_credits")), _decimal(told.get("total_usage"))
    return None if bought is None or used is None else bought - used


def _member(answer: dict[str, Any], name: str) -> dict[str, Any]:
    member = answer.get(name)
    return member if isinstance(member, dict) else {}


def _decimal(value: Any) -> Decimal | None:
    """Return a number, or the text of one, as it was written."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
