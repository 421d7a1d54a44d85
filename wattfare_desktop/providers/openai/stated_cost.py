"""What a provider says a call costs, in dollars and to the last digit."""

import json
from decimal import Decimal
from typing import Any, Final

_BELIEVABLE_USD: Final = Decimal(1_000_000)
_TICK_EXPONENT: Final = -10


def exactly(raw: bytes) -> dict[str, Any]:
    """Return the object that ``raw`` is, its fractions as Decimal; an empty one where it is none.

    Reading a text once more is slow, so it is only done where a cost was found in it: once a call.
    """
    try:
        value = json.loads(raw, parse_float=Decimal)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def states_cost(reported: dict[str, Any]) -> bool:
    """Return whether a ``usage`` object says what is billed."""
    return "cost" in reported or "cost_in_usd_ticks" in reported


def told_usd(reported: dict[str, Any], raw: bytes) -> Decimal | None:
    """Return ``stated_usd`` of the ``usage`` at the top of ``raw``, to the last digit.

    ``reported`` is that object as it was parsed before.
    """
    exact = exactly(raw).get("usage")
    return stated_usd(exact if isinstance(exact, dict) else reported)


def stated_usd(reported: dict[str, Any]) -> Decimal | None:
    """Return the dollars in a ``usage`` object that states a cost, or None where they are unclear.

    OpenRouter's ``cost`` is what it takes from the account; for a call made with the user's own key
    at the provider behind it (``is_byok``) that provider's bill comes on top. Perplexity's ``cost``
    is an object with a ``total_cost``; xAI counts ticks, ten thousand million to the dollar.
    """
    ticks = reported.get("cost_in_usd_ticks")
    if isinstance(ticks, int):
        return _believable(Decimal(ticks).scaleb(_TICK_EXPONENT))
    cost = reported.get("cost")
    total = _dollars(cost.get("total_cost") if isinstance(cost, dict) else cost)
    if total is None or reported.get("is_byok") is not True:
        return total
    details = reported.get("cost_details")
    behind = details.get("upstream_inference_cost") if isinstance(details, dict) else None
    return total + (_dollars(behind) or Decimal(0))


def _dollars(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    # Of a float, the shortest text that is it: what was written, if that had up to 15 digits.
    dollars = value if isinstance(value, Decimal) else Decimal(repr(value))
    return _believable(dollars)


def _believable(dollars: Decimal) -> Decimal | None:
    return dollars if dollars.is_finite() and 0 <= dollars <= _BELIEVABLE_USD else None
