"""The dialects of the practice provider: one surface for each operation of each API."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from wattfare_desktop.providers.anthropic.codec import AnthropicMessagesCodec
from wattfare_desktop.providers.anthropic.count_tokens import AnthropicCountTokens
from wattfare_desktop.providers.anthropic.messages import AnthropicMessages
from wattfare_desktop.providers.conversation.codec import Codec
from wattfare_desktop.providers.dialect import Dialect
from wattfare_desktop.providers.gemini.codec import GeminiCodec
from wattfare_desktop.providers.gemini.count_tokens import GeminiCountTokens
from wattfare_desktop.providers.gemini.generate import GeminiGenerate
from wattfare_desktop.providers.openai.chat import OpenAiChat
from wattfare_desktop.providers.openai.chat_codec import OpenAiChatCodec
from wattfare_desktop.providers.openai.responses import OpenAiResponses
from wattfare_desktop.providers.openai.responses_codec import OpenAiResponsesCodec


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """An operation that only counts: how its body is a request, and how the count is told."""

    request: Callable[[dict[str, Any]], dict[str, Any]]
    told: Callable[[int], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Surface:
    """One operation. ``path`` is an aiohttp pattern; its ``target`` is what the path names."""

    path: str
    dialect: Dialect
    codec: Codec
    id_prefix: str = ""
    counting: Counting | None = None


def surfaces() -> tuple[Surface, ...]:
    """Return every surface; of two paths that fit, the first counts."""
    return (
        Surface(
            path="/v1/chat/completions",
            dialect=OpenAiChat(),
            codec=OpenAiChatCodec(),
            id_prefix="chatcmpl-",
        ),
        Surface(
            path="/v1/responses",
            dialect=OpenAiResponses(),
            codec=OpenAiResponsesCodec(),
            id_prefix="resp_",
        ),
        Surface(
            path="/v1/messages/count_tokens",
            dialect=AnthropicCountTokens(),
            codec=AnthropicMessagesCodec(),
            counting=Counting(request=_with_bound, told=lambda count: {"input_tokens": count}),
        ),
        Surface(
            path="/v1/messages",
            dialect=AnthropicMessages(),
            codec=AnthropicMessagesCodec(),
            id_prefix="msg_",
        ),
        Surface(
            path="/v1beta/models/{target:[^/]+:countTokens}",
            dialect=GeminiCountTokens(),
            codec=GeminiCodec(),
            counting=Counting(request=_whole_request, told=_total_tokens),
        ),
        Surface(
            path="/v1beta/models/{target:[^/]+}", dialect=GeminiGenerate(), codec=GeminiCodec()
        ),
    )


def _with_bound(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body with the bound that Anthropic wants of every request but a count."""
    return {**body, "max_tokens": 1}


def _whole_request(body: dict[str, Any]) -> dict[str, Any]:
    """Return the request to generate that a body holds; contents alone are one."""
    whole = body.get("generateContentRequest")
    if not isinstance(whole, dict):
        return body
    return {name: value for name, value in whole.items() if name != "model"}


def _total_tokens(count: int) -> dict[str, Any]:
    details = [{"modality": "TEXT", "tokenCount": count}]
    return {"totalTokens": count, "promptTokensDetails": details}
