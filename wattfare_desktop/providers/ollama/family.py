"""How Ollama's API tells errors and lists models."""

from collections.abc import Sequence
from typing import Any

from wattfare_desktop.providers.dialect import ModelListing, RequestRefusal
from wattfare_desktop.providers.wire import encoded


class OllamaFamily:
    """Errors and model lists of every Ollama operation."""

    def error_body(self, refusal: RequestRefusal) -> bytes:
        """Return an error as a response body, and as a line of a stream.

        Ollama has a sentence and no more; what programs look at stands beside it.
        """
        beside = {"code": refusal.code, "param": refusal.param, **refusal.details}
        told = {name: value for name, value in beside.items() if value is not None}
        return encoded({"error": refusal.message, **told})

    def models_body(self, models: Sequence[ModelListing]) -> bytes:
        """Return the body of ``GET /api/tags``."""
        return encoded({"models": [_model_object(row) for row in models]})

    def model_body(self, model: ModelListing) -> bytes:
        """Return one model as it is in the list."""
        return encoded(_model_object(model))


def _model_object(row: ModelListing) -> dict[str, Any]:
    return {"name": row.id, "model": row.id, "details": {}}
