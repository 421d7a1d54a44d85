"""Paths of the APIs that are known and not served: what is asked there has no bound.

An app that tries one is told why by name. A plain "not found" would read like a wrong address.
"""

from collections.abc import Mapping
from typing import Final

from wattfare_desktop.gateway.refusals import CallRefusal
from wattfare_desktop.providers.dialect import RequestRefusal

_LATER: Final = "batches are answered later, when no hold can watch what they cost"
_TRAINING: Final = "training is billed by what it comes to, which its request does not tell"
_SESSION: Final = "a live session goes on for as long as it is open, which no request bounds"
_KEPT: Final = "text and files kept at a provider cannot be counted here when a call uses them"
_BY_ITSELF: Final = "it works on by itself, and nothing bounds how many calls it makes"
_BY_THE_DAY: Final = "what is stored is billed by the day, for as long as it is there"
_FILM: Final = "films are billed by what is made, which is told later"

OPENAI: Final[Mapping[str, str]] = {
    "/v1/batches": _LATER,
    "/v1/fine_tuning": _TRAINING,
    "/v1/fine-tunes": _TRAINING,
    "/v1/evals": _BY_ITSELF,
    "/v1/realtime": _SESSION,
    "/v1/live": _SESSION,
    "/v1/files": _KEPT,
    "/v1/uploads": _KEPT,
    "/v1/conversations": _KEPT,
    "/v1/assistants": _BY_ITSELF,
    "/v1/threads": _BY_ITSELF,
    "/v1/agents": _BY_ITSELF,
    "/v1/vector_stores": _BY_THE_DAY,
    "/v1/containers": _BY_THE_DAY,
    "/v1/videos": _FILM,
}
ANTHROPIC: Final[Mapping[str, str]] = {
    "/v1/messages/batches": _LATER,
    "/v1/files": _KEPT,
    "/v1/agents": _BY_ITSELF,
    "/v1/sessions": _BY_ITSELF,
}
GEMINI: Final[Mapping[str, str]] = {
    f"{version}/{name}": reason
    for version in ("/v1beta", "/v1")
    for name, reason in {
        "cachedContents": _BY_THE_DAY,
        "files": _KEPT,
        "batches": _LATER,
        "tunedModels": _TRAINING,
        "fileSearchStores": _BY_THE_DAY,
    }.items()
} | {
    "/upload/v1beta/files": _KEPT,
    "/upload/v1/files": _KEPT,
    "/ws": _SESSION,
}
"""Its SDKs use either version; a live session is a WebSocket below ``/ws``."""


def unbounded(path: str, reason: str) -> CallRefusal:
    """403: nothing at ``path`` has a bound; ``reason`` goes on from "not allowed:"."""
    return CallRefusal(
        error=RequestRefusal(
            status=403,
            code="unbounded_cost",
            type="permission_error",
            message=f"'{path}' is not allowed by this wallet: {reason}.",
        ),
        headers={"x-should-retry": "false"},
    )
