"""How Ollama's API tells errors and lists models."""

from collections.abc import Sequence

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
        rows = [{"name": row.id, "model": row.id, "details": {}} for row in models]
        return encoded({"models": rows})
