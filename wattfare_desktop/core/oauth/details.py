"""``authorization_details`` (RFC 9396): what is asked and what is granted, as JSON.

One array of exactly one object of type ``wattfare_spend``. Everything unknown is refused: a member
this wallet does not understand may be the very one its client relies on.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, Never

from wattfare_desktop.core.identifiers import DAY_MS, Instant
from wattfare_desktop.core.money import NANOS_PER_USD, Nanos, parse_usd, plain_usd
from wattfare_desktop.core.oauth.display import plain
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected
from wattfare_desktop.core.oauth.grants import (
    LIFETIME_DAYS_MAX,
    MODELS_MAX,
    SpendProposal,
    SpendTerms,
    is_model_pattern,
)
from wattfare_desktop.core.periods import Period

DETAILS_TYPE: Final = "wattfare_spend"
JUSTIFICATION_CHARS_MAX: Final = 200
PROPOSED_LIMIT_MAX: Final = Nanos(10_000 * NANOS_PER_USD)

_REQUIRED: Final = frozenset({"type", "cap", "period"})
_OPTIONAL: Final = frozenset(
    {
        *("models", "justification", "adjustable", "expires_in_days", "raise_allowed"),
        "dpop_bound_access_tokens",  # the word of RFC 9449 section 5.2
    }
)
_CAP: Final = frozenset({"amount", "currency"})


class _BadDetailsError(ValueError):
    """Says in the client's developer's words what is wrong; never what was sent."""


def read_details(text: str) -> SpendProposal | Rejected:
    """Return what the ``authorization_details`` parameter asks for, or the refusal of it.

    Floats, NaN and repeated members are refused, like everything the type does not define.
    """
    try:
        return _read_array(_loads(text))
    except _BadDetailsError as error:
        return Rejected.because(OAuthError.INVALID_AUTHORIZATION_DETAILS, str(error))


def granted_details(
    terms: SpendTerms, now: Instant, *, proof_required: bool = False
) -> list[dict[str, Any]]:
    """Return what a token response says was granted, in the form it was asked in.

    Days left are rounded up, so that a grant traded at once shows the days it was given.
    """
    granted: dict[str, Any] = {
        "type": DETAILS_TYPE,
        "cap": {"amount": plain_usd(terms.limit), "currency": "USD"},
        "period": terms.period.value,
    }
    if terms.models:
        granted["models"] = list(terms.models)
    if terms.expires_at is not None:
        granted["expires_in_days"] = -(-max(0, terms.expires_at - now) // DAY_MS)
    if terms.raise_allowed:
        granted["raise_allowed"] = True
    if proof_required:
        granted["dpop_bound_access_tokens"] = True
    return [granted]


def _loads(text: str) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_refuse_number,
            parse_float=_refuse_number,
        )
    except _BadDetailsError:
        raise
    except (ValueError, RecursionError) as error:
        raise _BadDetailsError("authorization_details is not JSON") from error


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _BadDetailsError("authorization_details repeats a member")
    return members


def _refuse_number(_: str) -> Never:
    raise _BadDetailsError("authorization_details holds a number that is not whole")


def _read_array(value: Any) -> SpendProposal:
    if not isinstance(value, list) or len(value) != 1:
        raise _BadDetailsError("authorization_details must be an array of exactly one object")
    details = _object(value[0], "the object of authorization_details")
    if details.get("type") != DETAILS_TYPE:
        raise _BadDetailsError(f"the only type is {DETAILS_TYPE}")
    if not _REQUIRED <= details.keys() <= _REQUIRED | _OPTIONAL:
        raise _BadDetailsError(
            "the members are type, cap and period, and where wanted models, justification,"
            " adjustable, expires_in_days, raise_allowed and dpop_bound_access_tokens"
        )
    return SpendProposal(
        limit=_read_cap(details["cap"]),
        period=_read_period(details["period"]),
        models=_read_models(details.get("models", [])),
        justification=_read_justification(details.get("justification", "")),
        adjustable=_read_flag("adjustable", details.get("adjustable", True)),
        expires_in_days=_read_days(details),
        raise_allowed=_read_flag("raise_allowed", details.get("raise_allowed", False)),
        proof_required=_read_flag(
            "dpop_bound_access_tokens", details.get("dpop_bound_access_tokens", False)
        ),
    )


def _object(value: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _BadDetailsError(f"{name} must be an object")
    return value


def _read_cap(value: Any) -> Nanos:
    cap = _object(value, "cap")
    if cap.keys() != _CAP or cap["currency"] != "USD":
        raise _BadDetailsError("cap must have an amount and the currency USD, and no more")
    if not isinstance(cap["amount"], str):
        raise _BadDetailsError("an amount is a decimal string, never a number")
    try:
        amount = parse_usd(cap["amount"])
    except ValueError as error:
        raise _BadDetailsError("an amount is a decimal string such as 5.00") from error
    if not 0 < amount <= PROPOSED_LIMIT_MAX:
        raise _BadDetailsError("an amount is above zero and at most 10000.00")
    return amount


def _read_period(value: Any) -> Period:
    # A list is not even hashable, so the type comes first.
    if not isinstance(value, str) or value not in set(Period):
        raise _BadDetailsError(f"period is one of {', '.join(Period)}")
    return Period(value)


def _read_models(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MODELS_MAX:
        raise _BadDetailsError(f"models must be an array of at most {MODELS_MAX} patterns")
    if not all(isinstance(each, str) and is_model_pattern(each) for each in value):
        raise _BadDetailsError("each of models must be a pattern such as openai/gpt-*")
    return tuple(dict.fromkeys(value))


def _read_justification(value: Any) -> str:
    if not isinstance(value, str) or len(value) > JUSTIFICATION_CHARS_MAX:
        raise _BadDetailsError(
            f"justification must be a text of at most {JUSTIFICATION_CHARS_MAX} characters"
        )
    return plain(value, JUSTIFICATION_CHARS_MAX)


def _read_flag(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _BadDetailsError(f"{name} must be true or false")
    return value


def _read_days(details: Mapping[str, Any]) -> int | None:
    if "expires_in_days" not in details:
        return None
    days = details["expires_in_days"]
    # type(), since True is an int to isinstance.
    if type(days) is not int or not 1 <= days <= LIFETIME_DAYS_MAX:
        raise _BadDetailsError(f"expires_in_days must be a whole number, 1 to {LIFETIME_DAYS_MAX}")
    return days
