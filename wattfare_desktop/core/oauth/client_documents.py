"""Clients that describe themselves in a document at their ``client_id``.

draft-ietf-oauth-client-id-metadata-document, with the members of RFC 7591. Whoever writes the
document holds its host: that is what is verified. The name in it stays a claim.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from wattfare_desktop.core.identifiers import HOUR_MS, MINUTE_MS, SECOND_MS, ClientId
from wattfare_desktop.core.oauth.clients import (
    DocumentedClient,
    Redirect,
    judge_redirect,
)
from wattfare_desktop.core.oauth.display import plain
from wattfare_desktop.core.oauth.document_urls import DocumentUrl
from wattfare_desktop.core.oauth.errors import Unredirectable
from wattfare_desktop.core.oauth.registration import DEVICE_GRANT, loads_members

DOCUMENT_BYTES_MAX: Final = 5 * 1024
KEPT_MS_MAX: Final = 24 * HOUR_MS
KEPT_MS_USUAL: Final = 10 * MINUTE_MS
"""How long a document is taken for true whose server does not say."""

KEPT_MS_MIN: Final = 10 * SECOND_MS
"""How long at least: a browser's tab asks every few seconds while the wallet is locked."""

_CODE_GRANT: Final = "authorization_code"
_JSON: Final = re.compile(r"application/(?:[a-z0-9.\-_]+\+)?json", re.IGNORECASE)
_DIRECTIVE: Final = re.compile(r"\s*([A-Za-z\-]+)\s*(?:=\s*\"?([^\"]*?)\"?\s*)?")
_AGE: Final = re.compile(r"[0-9]{1,10}", re.ASCII)
# A program listens where it can: RFC 8252 section 7.3 has documents leave the port out.
_PORTLESS: Final = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(?=[/?]|\Z)")


def read_document(url: DocumentUrl, body: bytes) -> DocumentedClient | Unredirectable:
    """Return the client that the document ``body``, fetched from ``url``, describes.

    A document is written for all servers there are, so redirects that are not offered here are
    passed over, and so are members that are not understood.
    """
    told = loads_members(body)
    if told is None:
        return no_document(url, "It is no JSON object in UTF-8, or repeats a member.")
    fault = _fault(told, url)
    if fault is not None:
        return no_document(url, fault)
    grant_types = told.get("grant_types", [_CODE_GRANT])
    return DocumentedClient(
        client_id=ClientId(url.text),
        host=url.host,
        name=plain(told.get("client_name", "")),
        redirects=_redirects(told.get("redirect_uris", [])) if _CODE_GRANT in grant_types else (),
        for_devices=DEVICE_GRANT in grant_types,
        dpop_bound=told.get("dpop_bound_access_tokens", False),
    )


def no_document(url: DocumentUrl, why: str) -> Unredirectable:
    """Return that a client could not be known by its document, which only the user is told."""
    return Unredirectable(
        title="That app could not be looked up",
        detail=f"It says that {url.host} describes it. {why}",
    )


def is_json(content_type: str) -> bool:
    """Return whether ``content_type`` is ``application/json`` or ``application/...+json``."""
    return _JSON.fullmatch(content_type.partition(";")[0].strip()) is not None


def kept_ms(cache_control: str) -> int:
    """Return for how long a document may be taken for true (RFC 9111 section 5.2.2), bounded."""
    told = {
        match[1].lower(): match[2] or ""
        for match in map(_DIRECTIVE.fullmatch, cache_control.split(","))
        if match is not None
    }
    if "no-store" in told or "no-cache" in told:
        return KEPT_MS_MIN
    age = told.get("max-age")
    if age is None or _AGE.fullmatch(age) is None:
        return KEPT_MS_USUAL
    return min(max(int(age) * SECOND_MS, KEPT_MS_MIN), KEPT_MS_MAX)


def _fault(told: Mapping[str, Any], url: DocumentUrl) -> str | None:
    # By simple comparison (RFC 3986 section 6.2.1): two spellings are two clients.
    if told.get("client_id") != url.text:
        return "The document there is of another client_id."
    return _fault_of_secrets(told) or _fault_of_kinds(told) or _fault_of_flows(told)


def _fault_of_secrets(told: Mapping[str, Any]) -> str | None:
    if "client_secret" in told or "client_secret_expires_at" in told:
        return "The document has a client_secret, which nothing public can hold."
    if told.get("token_endpoint_auth_method", "none") != "none":
        return "Only public clients can ask: its token_endpoint_auth_method must be none."
    return None


def _fault_of_kinds(told: Mapping[str, Any]) -> str | None:
    if not isinstance(told.get("client_name", ""), str):
        return "Its client_name is no text."
    if not isinstance(told.get("dpop_bound_access_tokens", False), bool):
        return "Its dpop_bound_access_tokens is neither true nor false."
    for member in ("redirect_uris", "grant_types", "response_types"):
        listed = told.get(member, [])
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            return f"Its {member} are no list of texts."
    return None


def _fault_of_flows(told: Mapping[str, Any]) -> str | None:
    if "code" not in told.get("response_types", ["code"]):
        return "Its response_types lack code."
    if {_CODE_GRANT, DEVICE_GRANT}.isdisjoint(told.get("grant_types", [_CODE_GRANT])):
        return "Its grant_types have none by which a user is asked."
    return None


def _redirects(uris: list[str]) -> tuple[Redirect, ...]:
    """Return those that may be answered; of a loopback one only the port does not count."""
    judged = (judge_redirect(_PORTLESS.sub(r"\1:80", uri), ()) for uri in dict.fromkeys(uris))
    return tuple(each for each in judged if isinstance(each, Redirect))
