"""How OpenAI's API, and whatever is compatible with it, tells errors and lists models."""

from collections.abc import Sequence
from typing import Any

from wattfare_desktop.providers.dialect import (
    AppRequest,
    ModelListing,
    RequestRefusal,
    UpstreamAnswer,
)
from wattfare_desktop.providers.wire import encoded


class OpenAiFamily:
    """Errors and model lists of every OpenAI operation."""

    def error_body(self, refusal: RequestRefusal) -> bytes:
        """Return an error as a response body."""
        return encoded(error_object(refusal))

    def models_body(self, models: Sequence[ModelListing]) -> bytes:
        """Return the body of ``GET /models``."""
        return encoded({"object": "list", "data": [_model_object(row) for row in models]})

    def model_body(self, model: ModelListing) -> bytes:
        """Return the body of ``GET /models/{model}``."""
        return encoded(_model_object(model))


def _model_object(row: ModelListing) -> dict[str, Any]:
    return {"id": row.id, "object": "model", "created": row.created, "owned_by": row.owned_by}


def error_object(refusal: RequestRefusal) -> dict[str, Any]:
    """Return an error as the object it is in a body and in an event."""
    return {
        "error": {
            "message": refusal.message,
            "type": refusal.type,
            "param": refusal.param,
            "code": refusal.code,
            **refusal.details,
        }
    }


def read_error(answer: UpstreamAnswer) -> RequestRefusal:
    """Return the error a provider answered with, its message and status kept."""
    body = answer.parsed
    # Google's compatible path puts its error into a list.
    if isinstance(body, list) and body:
        body = body[0]
    return read_error_object(body if isinstance(body, dict) else {}, answer.status)


def read_error_object(body: dict[str, Any], status: int) -> RequestRefusal:
    """Return the error inside a body or an event; compatible servers leave much of it out."""
    error = body.get("error", body)
    told = error if isinstance(error, dict) else {"message": error}
    message, kind, param = told.get("message"), told.get("type"), told.get("param")
    code = told.get("code")
    return RequestRefusal(
        status=status,
        message=message if isinstance(message, str) and message else "The provider refused.",
        type=kind if isinstance(kind, str) and kind else "upstream_error",
        code=None if code is None or isinstance(code, dict | list) else str(code),
        param=param if isinstance(param, str) else None,
    )


def as_sent(body: dict[str, Any]) -> AppRequest:
    """Return ``body`` as a request that an app sent."""
    return AppRequest(body=body, body_bytes=len(encoded(body)))
