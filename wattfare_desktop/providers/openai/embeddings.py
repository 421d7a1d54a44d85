"""OpenAI's embeddings, which many providers speak: input alone is billed."""

from dataclasses import dataclass
from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import AppRequest, CallRequest, UsageReport
from wattfare_desktop.providers.estimates import ESTIMATED_BYTES_PER_TOKEN
from wattfare_desktop.providers.fields import RefusedError, model_of, object_of, wrong_type
from wattfare_desktop.providers.openai.chat_usage import count_of, part_of, text_bytes
from wattfare_desktop.providers.openai.operation import Operation
from wattfare_desktop.providers.openai.stated_cost import states_cost, told_usd

INPUTS_MAX: Final = 100_000
MARKS_PER_INPUT: Final = 16
"""What a tokenizer may put around each input."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingCall(CallRequest):
    """A call whose ``inputs`` are read one by one, each into a window of its own."""

    inputs: int = 1

    def input_bound(
        self,
        context_window_tokens: int,
        image_tokens_max: int | None = None,  # noqa: ARG002 - there are no pictures
    ) -> int:
        """Return the most input tokens this call can be billed for."""
        return min(self.text_tokens_max, context_window_tokens * self.inputs)


class OpenAiEmbeddings(Operation):
    """The dialect of ``POST /embeddings``."""

    path = "/embeddings"

    def read(self, asked: AppRequest) -> CallRequest:
        """Read what an app sent. Raises RefusedError."""
        body = object_of(asked.body)
        model = model_of(body)
        inputs = _inputs(body.get("input"))
        return EmbeddingCall(
            model=model,
            inputs=len(inputs),
            # Tokens that are sent as numbers take two bytes each at least.
            text_tokens_max=asked.body_bytes + MARKS_PER_INPUT * len(inputs),
            text_bytes=sum(map(_estimated_bytes, inputs)),
            output_tokens_max=0,
            body=body,
        )

    def report(self, call: CallRequest, body: dict[str, Any], raw: bytes) -> UsageReport | None:  # noqa: ARG002 - the base's
        """Return the usage, which some providers tell as a total alone."""
        reported = part_of(body, "usage")
        taken = count_of(reported, "prompt_tokens")
        taken = count_of(reported, "total_tokens") if taken is None else taken
        if taken is None:
            return None
        stated = told_usd(reported, raw) if states_cost(reported) else None
        return UsageReport(usage=Usage(input_tokens=taken), stated_usd=stated)


def _inputs(given: Any) -> list[str | list[int]]:
    """Return the inputs: one text or many, as text or as tokens."""
    if isinstance(given, str) or (isinstance(given, list) and given and _are_tokens(given)):
        return [given]
    if not isinstance(given, list) or not given or not all(map(_is_input, given)):
        raise wrong_type("input", "a string, an array of strings, or arrays of tokens")
    if len(given) > INPUTS_MAX:
        raise RefusedError(f"'input' must hold at most {INPUTS_MAX} inputs.", "input")
    return given


def _is_input(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and _are_tokens(value))


def _are_tokens(values: list[Any]) -> bool:
    return all(type(value) is int for value in values)


def _estimated_bytes(each: str | list[int]) -> int:
    if isinstance(each, str):
        return text_bytes(each)
    return ESTIMATED_BYTES_PER_TOKEN * len(each)
