"""OpenAI's moderations: free there by its price, and billed by the input where others have them."""

from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import AppRequest, CallRequest, UsageReport
from wattfare_desktop.providers.fields import model_of, object_of, wrong_type
from wattfare_desktop.providers.openai.chat_usage import count_of, part_of
from wattfare_desktop.providers.openai.operation import Operation

USUAL_MODEL: Final = "omni-moderation-latest"
"""OpenAI's own, where an app names none."""


class OpenAiModerations(Operation):
    """The dialect of ``POST /moderations``."""

    path = "/moderations"

    def read(self, asked: AppRequest) -> CallRequest:
        """Read what an app sent. Raises RefusedError."""
        body = object_of(asked.body)
        if body.get("model") is None:
            body = {**body, "model": USUAL_MODEL}
        pictures = _pictures(body.get("input"))
        return CallRequest(
            model=model_of(body),
            text_tokens_max=asked.body_bytes,
            text_bytes=asked.body_bytes,
            media_parts=pictures,
            image_parts=pictures,
            output_tokens_max=0,
            body=body,
        )

    def report(self, call: CallRequest, body: dict[str, Any], raw: bytes) -> UsageReport | None:  # noqa: ARG002 - the base's
        """Return the usage, which OpenAI does not tell since it does not bill it."""
        taken = count_of(part_of(body, "usage"), "prompt_tokens")
        return None if taken is None else UsageReport(usage=Usage(input_tokens=taken))


def _pictures(given: Any) -> int:
    """Return how many pictures are among what is to be judged."""
    if isinstance(given, str):
        return 0
    parts = given if isinstance(given, list) else []
    kinds = [part.get("type") if isinstance(part, dict) else type(part) for part in parts]
    if not parts or not all(kind in (str, "text", "image_url") for kind in kinds):
        raise wrong_type("input", "a string, an array of strings, or of texts and pictures")
    return kinds.count("image_url")
