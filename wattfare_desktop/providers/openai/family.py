"""How OpenAI's API, and whatever is compatible with it, tells errors and lists models."""

from collections.abc import Sequence
from typing import Any

from wattfare_desktop.providers.dialect import ModelListing, RequestRefusal
from wattfare_desktop.providers.wire import encoded


class OpenAiFamily:
    """Errors and model lists of every OpenAI operation."""

    def error_body(self, refusal: RequestRefusal) -> bytes:
        """Return an error as a response body."""
        return encoded(error_object(refusal))

    def models_body(self, models: Sequence[ModelListing]) -> bytes:
        """Return the body of ``GET /models``."""
        rows = [
            {"id": row.id, "object": "model", "created": row.created, "owned_by": row.owned_by}
            for row in models
        ]
        return encoded({"object": "list", "data": rows})


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
