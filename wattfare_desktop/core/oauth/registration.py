"""Clients that register themselves (RFC 7591): public ones, with exact redirects.

What a client says of itself here is a claim like any other. What registering gains it is a
``client_id`` that is tied to its redirects, so that nobody can have an answer sent elsewhere.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from wattfare_desktop.core.identifiers import HOUR_MS, MINUTE_MS, Instant
from wattfare_desktop.core.oauth.clients import Redirect, RegisteredClient, judge_redirect
from wattfare_desktop.core.oauth.display import plain
from wattfare_desktop.core.oauth.errors import OAuthError, Rejected, Unredirectable

UNUSED_LIFETIME_MS: Final = HOUR_MS
REGISTRATIONS_MAX: Final = 10
REGISTRATIONS_SPAN_MS: Final = 10 * MINUTE_MS
"""How many may register in how long: any program here may try."""

DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
GRANT_TYPES: Final = ("authorization_code", "refresh_token", DEVICE_GRANT)
_DPOP_BOUND: Final = "dpop_bound_access_tokens"
_RESPONSE_TYPES: Final = ("code",)
_REDIRECTS_MAX: Final = 10
_NAME_CHARS_MAX: Final = 200
_UNNAMED: Final = "Unnamed app"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMetadata:
    """What a client registers, as far as it is understood; ``name`` is fit to be shown."""

    name: str
    redirects: tuple[Redirect, ...]
    grant_types: tuple[str, ...]
    dpop_bound: bool = False


def read_metadata(body: bytes, own_ports: Collection[int]) -> ClientMetadata | Rejected:
    """Read a registration request's body (RFC 7591 section 2, RFC 9449 section 5.2).

    Members that are not understood are passed over, as section 2 has it; one that is, and asks
    for what is not offered, refuses the whole.
    """
    told = loads_members(body)
    if told is None:
        return _invalid("The body must be a JSON object in UTF-8 that repeats no member.")
    grant_types = _choice(told, "grant_types", GRANT_TYPES, GRANT_TYPES[:1])
    if isinstance(grant_types, Rejected):
        return grant_types
    refusal = _judge_rest(told)
    if refusal is not None:
        return refusal
    redirects = _redirects(told.get("redirect_uris", []), own_ports)
    if isinstance(redirects, Rejected):
        return redirects
    if GRANT_TYPES[0] in grant_types and not redirects:
        return _bad_redirect("redirect_uris must name where the answer goes.")
    name = plain(told.get("client_name", "")) or _UNNAMED
    return ClientMetadata(
        name=name,
        redirects=redirects,
        grant_types=grant_types,
        dpop_bound=told.get(_DPOP_BOUND, False),
    )


def registration_answer(client: RegisteredClient, grant_types: Collection[str]) -> dict[str, Any]:
    """Return what a client is told it is registered with (RFC 7591 section 3.2.1)."""
    return {
        "client_id": client.client_id,
        "client_id_issued_at": client.registered_at // 1000,
        "client_name": client.name,
        "redirect_uris": [redirect.uri for redirect in client.redirects],
        "grant_types": list(grant_types),
        "response_types": list(_RESPONSE_TYPES) if GRANT_TYPES[0] in grant_types else [],
        "token_endpoint_auth_method": "none",
        _DPOP_BOUND: client.dpop_bound,
    }


def is_forgotten(client: RegisteredClient, now: Instant) -> bool:
    """Return whether ``client`` was never approved in the time it had for that."""
    used = client.approved_at is not None
    return not used and not client.registered_at <= now < client.registered_at + UNUSED_LIFETIME_MS


def loads_members(body: bytes) -> dict[str, Any] | None:
    """Return the members of a JSON object that repeats none, or None where ``body`` is no such."""
    try:
        told = json.loads(body, object_pairs_hook=_members)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _judge_rest(told: Mapping[str, Any]) -> Rejected | None:
    response_types = _choice(told, "response_types", _RESPONSE_TYPES, _RESPONSE_TYPES)
    if isinstance(response_types, Rejected):
        return response_types
    if told.get("token_endpoint_auth_method", "none") != "none":
        return _invalid("Only public clients: token_endpoint_auth_method must be none.")
    if not isinstance(told.get(_DPOP_BOUND, False), bool):
        return _invalid(f"{_DPOP_BOUND} must be true or false.")
    return _judge_name(told.get("client_name", ""))


def _judge_name(name: object) -> Rejected | None:
    if not isinstance(name, str) or len(name) > _NAME_CHARS_MAX:
        return _invalid(f"client_name must be a text of at most {_NAME_CHARS_MAX} characters.")
    # Where the wallet says who asks, an address would look like one that was verified.
    if "://" in plain(name, _NAME_CHARS_MAX):
        return _invalid("client_name must not read like an address.")
    return None


def _choice(
    told: Mapping[str, Any], member: str, offered: tuple[str, ...], usual: tuple[str, ...]
) -> tuple[str, ...] | Rejected:
    asked = told.get(member, list(usual))
    if not isinstance(asked, list) or not all(each in offered for each in asked):
        return _invalid(f"{member} may hold {', '.join(offered)}.")
    return tuple(dict.fromkeys(asked))


def _redirects(value: Any, own_ports: Collection[int]) -> tuple[Redirect, ...] | Rejected:
    if not isinstance(value, list) or len(value) > _REDIRECTS_MAX:
        return _bad_redirect(f"redirect_uris must be an array of at most {_REDIRECTS_MAX} URIs.")
    redirects = []
    for uri in value:
        judged = judge_redirect(uri, own_ports) if isinstance(uri, str) else None
        if judged is None:
            return _bad_redirect("Each of redirect_uris must be a text.")
        if isinstance(judged, Unredirectable):
            return _bad_redirect(judged.detail)
        redirects.append(judged)
    return tuple(redirects)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is there twice")
    return members


def _invalid(description: str) -> Rejected:
    return Rejected.because(OAuthError.INVALID_CLIENT_METADATA, description)


def _bad_redirect(description: str) -> Rejected:
    return Rejected.because(OAuthError.INVALID_REDIRECT_URI, description)
