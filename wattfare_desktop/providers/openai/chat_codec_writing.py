"""Neutral events into streamed chat completions."""

from typing import Any, Final

from wattfare_desktop.providers.conversation.model import (
    Began,
    CandidateEnded,
    Ended,
    Event,
    Failed,
    Image,
    PartBegan,
    PartEnded,
    PartGrew,
    Text,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.dialect import SSE_TYPE, CallRequest
from wattfare_desktop.providers.openai.chat_codec_message import (
    signed_call,
    thought_detail,
    written_image,
)
from wattfare_desktop.providers.openai.chat_codec_reply import finish_reason
from wattfare_desktop.providers.openai.chat_usage import usage_object
from wattfare_desktop.providers.openai.family import error_object
from wattfare_desktop.providers.wire import encoded

_DONE: Final = b"data: [DONE]\n\n"


class ChatEventWriter:
    """Writes one streamed answer: a role first, deltas, a finish, and usage where it was asked."""

    content_type = SSE_TYPE

    def __init__(self, call: CallRequest) -> None:
        self._call = call
        self._head: dict[str, Any] = {}
        self._parts: dict[tuple[int, int], Text | Thinking | ToolCall | Image] = {}
        self._told_roles: set[int] = set()
        self._calls: dict[tuple[int, int], int] = {}
        self._shown_thoughts: set[tuple[int, int]] = set()

    def write(self, event: Event) -> list[bytes]:
        """Return what ``event`` is on the wire; nothing where it does not show there."""
        match event:
            case PartGrew(candidate=candidate, index=index, text=text):
                return [self._grown((candidate, index), text)] if text else []
            case PartBegan(candidate=candidate, index=index, part=part):
                self._parts[candidate, index] = part
                return [*self._role(candidate), *self._part(candidate, index, part)]
            case PartEnded(candidate=candidate, index=index, signature=signature):
                return [] if signature is None else self._sign((candidate, index), signature)
            case _:
                return self._around(event)

    def _around(self, event: Began | CandidateEnded | Ended | Failed) -> list[bytes]:
        match event:
            case Began():
                return self._begin(event)
            case CandidateEnded(candidate=candidate, stop=stop):
                finish = self._chunk(candidate, {}, finish_reason(stop))
                return [*self._role(candidate), finish]
            case Ended():
                return self._end(event)
            case Failed(refusal=refusal):
                return [b"data: " + encoded(error_object(refusal)) + b"\n\n"]

    def _begin(self, event: Began) -> list[bytes]:
        self._head = {
            "id": event.id,
            "object": "chat.completion.chunk",
            "created": event.created_s,
            "model": event.model or self._call.model,
        }
        return self._role(0)

    def _role(self, candidate: int) -> list[bytes]:
        if candidate in self._told_roles:
            return []
        self._told_roles.add(candidate)
        return [self._chunk(candidate, {"role": "assistant", "content": ""})]

    def _part(
        self, candidate: int, index: int, part: Text | Thinking | ToolCall | Image
    ) -> list[bytes]:
        match part:
            case ToolCall():
                place = sum(each == candidate for each, _ in self._calls)
                self._calls[candidate, index] = place
                call: dict[str, Any] = {
                    "index": place,
                    "id": part.id,
                    "type": "function",
                    "function": {"name": part.name, "arguments": ""},
                    **({} if part.signature is None else signed_call(part.signature)),
                }
                return [self._chunk(candidate, {"tool_calls": [call]})]
            case Image():
                return [self._chunk(candidate, {"images": [written_image(part)]})]
            case Thinking(signature=str(signature)) if not part.text:
                detail = thought_detail(Thinking(signature=signature))
                return [self._chunk(candidate, {"reasoning_details": [detail]})]
            case Text(text=text) | Thinking(text=text):
                return [self._grown((candidate, index), text)] if text else []

    def _grown(self, at: tuple[int, int], text: str) -> bytes:
        match self._parts[at]:
            case Text():
                delta: dict[str, Any] = {"content": text}
            case Thinking():
                self._shown_thoughts.add(at)
                delta = {"reasoning_content": text}
            case _:
                call = {"index": self._calls[at], "function": {"arguments": text}}
                delta = {"tool_calls": [call]}
        return self._chunk(at[0], delta)

    def _sign(self, at: tuple[int, int], signature: str) -> list[bytes]:
        match self._parts[at]:
            case ToolCall():
                call = {"index": self._calls[at], **signed_call(signature)}
                return [self._chunk(at[0], {"tool_calls": [call]})]
            case Thinking() if at not in self._shown_thoughts:
                detail = thought_detail(Thinking(signature=signature))
                return [self._chunk(at[0], {"reasoning_details": [detail]})]
            case Thinking():
                # Its text was shown before: the detail that signs it adds none.
                detail = {"type": "reasoning.text", "text": "", "signature": signature}
                return [self._chunk(at[0], {"reasoning_details": [detail]})]
            case _:
                return []

    def _end(self, event: Ended) -> list[bytes]:
        if not self._call.wants_usage or event.usage is None:
            return [_DONE]
        told = {**self._head, "choices": [], "usage": usage_object(event.usage)}
        return [b"data: " + encoded(told) + b"\n\n", _DONE]

    def _chunk(self, candidate: int, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": candidate, "delta": delta, "finish_reason": finish}
        chunk = {**self._head, "choices": [choice]}
        if self._call.wants_usage:
            chunk["usage"] = None
        return b"data: " + encoded(chunk) + b"\n\n"
