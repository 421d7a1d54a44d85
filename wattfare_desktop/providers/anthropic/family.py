"""How Anthropic's API tells errors and lists models."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from wattfare_desktop.providers.dialect import ModelListing, RequestRefusal
from wattfare_desktop.providers.wire import encoded

_TYPES: Final = {
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
_SERVER_ERRORS_FROM: Final = 500
STATUS_OF_TYPE: Final = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "conflict_error": 409,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "api_error": 500,
    "timeout_error": 504,
    "overloaded_error": 529,
}
"""What status an error has that is told inside a stream."""


class AnthropicFamily:
    """Errors and model lists of every Anthropic operation."""

    def error_body(self, refusal: RequestRefusal) -> bytes:
        """Return an error as a response body."""
        return encoded(error_object(refusal))

    def models_body(self, models: Sequence[ModelListing]) -> bytes:
        """Return the body of ``GET /v1/models``: all on one page."""
        rows = [_model_object(row) for row in models]
        first, last = (rows[0]["id"], rows[-1]["id"]) if rows else (None, None)
        return encoded({"data": rows, "has_more": False, "first_id": first, "last_id": last})

    def model_body(self, model: ModelListing) -> bytes:
        """Return the body of ``GET /v1/models/{model_id}``."""
        return encoded(_model_object(model))


def error_object(refusal: RequestRefusal) -> dict[str, Any]:
    """Return an error as the object it is in a body and in an event.

    ``code``, ``param`` and the refusal's details are members beside Anthropic's own.
    """
    return {
        "type": "error",
        "error": {
            "type": _type_of(refusal.status),
            "message": refusal.message,
            "code": refusal.code,
            "param": refusal.param,
            **refusal.details,
        },
    }


def _type_of(status: int) -> str:
    usual = "api_error" if status >= _SERVER_ERRORS_FROM else "invalid_request_error"
    return _TYPES.get(status, usual)


def _model_object(row: ModelListing) -> dict[str, Any]:
    created = datetime.fromtimestamp(row.created, UTC).isoformat(timespec="seconds")
    return {
        "type": "model",
        "id": row.id,
        "display_name": row.id,
        "created_at": created,
        "lifecycle": "active",
    }
