"""A neutral conversation as a request to generate."""

from typing import Any

from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import Conversation, Message, Role, ToolCall
from wattfare_desktop.providers.dialect import AppRequest
from wattfare_desktop.providers.gemini.asked_config import write_config
from wattfare_desktop.providers.gemini.asked_tools import write_tools
from wattfare_desktop.providers.gemini.content import UNSIGNED, written
from wattfare_desktop.providers.gemini.request import GENERATE, STREAM
from wattfare_desktop.providers.gemini.usage import BEFORE_3
from wattfare_desktop.providers.wire import encoded


def write_conversation(conversation: Conversation, model: str) -> AppRequest:
    """Return the request that asks ``model`` the same. Raises CannotCarry."""
    signs = BEFORE_3.fullmatch(model.lower()) is None
    body: dict[str, Any] = {
        "contents": [_content(each, signs=signs) for each in conversation.messages],
        **write_tools(conversation),
    }
    if conversation.system:
        body["systemInstruction"] = {"parts": [written(part) for part in conversation.system]}
    config = write_config(conversation, model)
    if config:
        body["generationConfig"] = config
    return AppRequest(
        body=body,
        body_bytes=len(encoded(body)),
        target=f"{model}:{STREAM if conversation.stream else GENERATE}",
        query={"alt": "sse"} if conversation.stream else {},
    )


def _content(message: Message, *, signs: bool) -> dict[str, Any]:
    if message.role is Role.SYSTEM:
        raise CannotCarry("Gemini takes what the system says before all messages only.", "messages")
    parts = [written(part) for part in message.parts]
    if signs:
        _sign_first_call(message, parts)
    return {"role": "model" if message.role is Role.ASSISTANT else "user", "parts": parts}


def _sign_first_call(message: Message, parts: list[dict[str, Any]]) -> None:
    """Say of another model's call that it is one: from 3 on a turn's first must be signed."""
    for part, its in zip(parts, message.parts, strict=True):
        if isinstance(its, ToolCall):
            part.setdefault("thoughtSignature", UNSIGNED)
            return
