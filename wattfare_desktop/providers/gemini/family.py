"""How Google's APIs tell errors (AIP-193) and how Gemini lists models."""

from collections.abc import Sequence
from typing import Any, Final

from wattfare_desktop.providers.dialect import ModelListing, RequestRefusal
from wattfare_desktop.providers.wire import encoded

_DOMAIN: Final = "wattfare"
_SERVER_ERRORS_FROM: Final = 500

# google.rpc.Code by HTTP status. There is none for 402: a missing precondition is what Google
# itself answers where nobody pays.
_STATUSES: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    504: "DEADLINE_EXCEEDED",
}


class GeminiFamily:
    """Errors and model lists of every Gemini operation."""

    def error_body(self, refusal: RequestRefusal) -> bytes:
        """Return an error as a response body."""
        return encoded(error_object(refusal))

    def models_body(self, models: Sequence[ModelListing]) -> bytes:
        """Return the body of ``GET /models``."""
        return encoded({"models": [_model_object(row) for row in models]})

    def model_body(self, model: ModelListing) -> bytes:
        """Return the body of ``GET /models/{model}``."""
        return encoded(_model_object(model))


def _model_object(row: ModelListing) -> dict[str, Any]:
    return {"name": f"models/{row.id}", "displayName": row.id}


def error_object(refusal: RequestRefusal) -> dict[str, Any]:
    """Return an error as the object it is in a body and in a stream.

    What is for programs stands in an ErrorInfo, whose ``reason`` is the refusal's code. The SDK
    knows an error in a stream by its first member, so nothing comes before ``error``.
    """
    error: dict[str, Any] = {
        "code": refusal.status,
        "message": refusal.message,
        "status": status_name(refusal.status),
    }
    metadata = {"param": refusal.param, "type": refusal.type, **refusal.details}
    if refusal.code is not None:
        error["details"] = [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": refusal.code.upper(),
                "domain": _DOMAIN,
                "metadata": {name: text for name, text in metadata.items() if text is not None},
            }
        ]
    return {"error": error}


def status_name(status: int) -> str:
    """Return the google.rpc.Code that goes with an HTTP status."""
    usual = "UNAVAILABLE" if status >= _SERVER_ERRORS_FROM else "INVALID_ARGUMENT"
    return _STATUSES.get(status, usual)
