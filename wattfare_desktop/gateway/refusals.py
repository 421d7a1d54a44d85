"""Every refusal of a call as a response in OpenAI's error shape, with what helps.

A budget refusal is never 429: that makes SDKs send the doomed call again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.money import display_usd
from wattfare_desktop.core.oauth.dpop import ALGORITHMS
from wattfare_desktop.core.oauth.lifecycle import GrantState
from wattfare_desktop.core.periods import Period
from wattfare_desktop.core.policy import BudgetRefusal, LimitKind, Reason
from wattfare_desktop.providers.dialect import RequestRefusal
from wattfare_desktop.wallet.spending import BooksDoubted, FundingGone, GrantClosed, Refused

OVER_BUDGET: Final = 402
"""The status of a call that does not fit a cap or a balance (RFC 9110 section 15.5.3)."""

_HELD_RETRY_S: Final = 5
_LOCKED_RETRY_S: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRefusal:
    """A refusal ready to be written: the error, and the headers that go with it."""

    error: RequestRefusal
    headers: Mapping[str, str] = field(default_factory=dict)


def no_access(issuer: str) -> CallRefusal:
    """401: the request carries no access (RFC 6750 section 3.1: no error code then)."""
    return CallRefusal(
        error=RequestRefusal(
            status=401,
            code="missing_access",
            type="authentication_error",
            message="Send the access that Wattfare gave this app, as the API key.",
        ),
        headers=_challenge(issuer, None),
    )


def bad_access(issuer: str, state: GrantState | None) -> CallRefusal:
    """401: the access is unknown, revoked or expired; never echoed."""
    words = {
        GrantState.REVOKED: "The user revoked this app's access.",
        GrantState.EXPIRED: "This app's access has expired.",
    }
    told = "Wattfare does not know this access." if state is None else words[state]
    return CallRefusal(
        error=RequestRefusal(
            status=401,
            code="invalid_api_key",
            type="authentication_error",
            message=f"{told} Ask the user for a new approval.",
        ),
        headers=_challenge(issuer, "invalid_token"),
    )


def bad_proof(issuer: str, error: str, message: str) -> CallRefusal:
    """401: the access is bound to a key, and the call does not show that it holds it.

    RFC 9449 section 7.1; ``error`` is its code for that. SDKs would send the same again.
    """
    algorithms = " ".join(ALGORITHMS)
    challenge = _challenge(issuer, error, scheme="DPoP")["WWW-Authenticate"]
    return CallRefusal(
        error=RequestRefusal(status=401, code=error, type="authentication_error", message=message),
        headers={"WWW-Authenticate": f'{challenge}, algs="{algorithms}"'},
    )


def outside_bindings(message: str) -> CallRefusal:
    """403: the access may not be used from here: another page, program, address or user."""
    return CallRefusal(
        error=RequestRefusal(
            status=403, code="access_denied", type="permission_error", message=message
        ),
        headers={"x-should-retry": "false"},
    )


def paused(*, everything: bool) -> CallRefusal:
    """403: the user paused this app, or all spending."""
    what = "all spending" if everything else "this app"
    return CallRefusal(
        error=RequestRefusal(
            status=403,
            code="paused",
            type="permission_error",
            message=f"The user paused {what} in Wattfare. It works again once resumed there.",
        ),
        headers={"x-should-retry": "false"},
    )


def model_not_granted(model: str) -> CallRefusal:
    """403: the grant does not cover this model (RFC 6750 section 3.1, insufficient_scope)."""
    return CallRefusal(
        error=RequestRefusal(
            status=403,
            code="insufficient_scope",
            type="permission_error",
            param="model",
            message=f"The user's approval does not cover the model '{model}'.",
        ),
        headers={"x-should-retry": "false"},
    )


def part_not_priced(model: str, parts: Iterable[str]) -> CallRefusal:
    """404: some of what the call may use has no price at this model."""
    return CallRefusal(
        error=RequestRefusal(
            status=404,
            code="model_not_priced",
            param="model",
            message=f"Wattfare knows no price for this use of '{model}' ({', '.join(parts)})"
            " and cannot keep it under a cap. Set one in Wattfare under Models.",
        )
    )


def locked() -> CallRefusal:
    """503: the wallet is locked or not ready."""
    return CallRefusal(
        error=RequestRefusal(
            status=503,
            code="wallet_locked",
            type="server_error",
            message="The wallet is locked. Unlock Wattfare, then try again.",
        ),
        headers={"Retry-After": str(_LOCKED_RETRY_S), "x-should-retry": "false"},
    )


def doubted() -> CallRefusal:
    """503: the wallet's file is not what it was left as; only its user can go on from there."""
    return CallRefusal(
        error=RequestRefusal(
            status=503,
            code="ledger_doubted",
            type="server_error",
            message="The wallet's books are not as they were left, so nothing is spent. The user "
            "can look with `wattfare status` and go on with `wattfare ledger accept`.",
        ),
        headers={"Retry-After": str(_LOCKED_RETRY_S), "x-should-retry": "false"},
    )


def upstream_failed(reason: str) -> CallRefusal:
    """502: the provider could not be reached or broke off."""
    return CallRefusal(
        error=RequestRefusal(
            status=502, code="upstream_failed", type="server_error", message=reason
        )
    )


def refused(refusal: Refused, issuer: str) -> CallRefusal:
    """Return what a refused hold says to the app."""
    match refusal:
        case BudgetRefusal():
            return _over_budget(refusal)
        case GrantClosed(state=GrantState.PAUSED):
            return paused(everything=False)
        case GrantClosed(state=state):
            return bad_access(issuer, state)
        case BooksDoubted():
            return doubted()
        case FundingGone():
            return upstream_failed("The provider behind this model was removed from the wallet.")


def _over_budget(refusal: BudgetRefusal) -> CallRefusal:
    budget = refusal.budget
    whose = {
        LimitKind.APP: "this app's cap",
        LimitKind.WALLET: "the wallet's own limit",
        LimitKind.CALL: "the limit of a single call",
        LimitKind.FUNDING: "the prepaid balance",
    }[budget.kind]
    headers = {"x-should-retry": "false"}
    if refusal.reason is Reason.HELD:
        headers["Retry-After"] = str(_HELD_RETRY_S)
    details = {
        "reason": refusal.reason.value,
        "limit": budget.kind.value,
        "period": None if budget.period is None else budget.period.value,
        "resets_at": iso_time(budget.resets_at),
        "remedy": _remedy(refusal),
    }
    return CallRefusal(
        error=RequestRefusal(
            status=OVER_BUDGET,
            code="insufficient_quota",
            type="insufficient_quota",
            message=f"This call could cost {display_usd(refusal.amount)} and does not fit"
            f" {whose}{_per(budget.period)} of {display_usd(budget.limit)}. {_remedy(refusal)}",
            details=details,
        ),
        headers=headers,
    )


def _per(period: Period | None) -> str:
    return "" if period in {None, Period.ONCE} else f" for the {period}"


def _remedy(refusal: BudgetRefusal) -> str:
    if refusal.reason is Reason.HELD:
        return "Running calls hold the rest: it may fit once they end."
    if refusal.budget.kind is LimitKind.FUNDING:
        return "Top up the balance in Wattfare, or ask for a shorter answer."
    return "Ask for a shorter answer, or raise the cap in Wattfare."


def _challenge(issuer: str, error: str | None, *, scheme: str = "Bearer") -> dict[str, str]:
    """Return the WWW-Authenticate header of RFC 6750 with RFC 9728's pointer to the metadata."""
    parts = [f'resource_metadata="{issuer}/.well-known/oauth-protected-resource"']
    if error is not None:
        parts.insert(0, f'error="{error}"')
    return {"WWW-Authenticate": f"{scheme} {', '.join(parts)}"}


def iso_time(instant: Instant | None) -> str | None:
    """Return ``instant`` as an app reads it: ISO 8601 in UTC, to the second."""
    if instant is None:
        return None
    return datetime.fromtimestamp(instant / 1000, UTC).isoformat(timespec="seconds")
