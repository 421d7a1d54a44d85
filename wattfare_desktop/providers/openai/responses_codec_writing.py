"""Neutral events into streamed responses."""

from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
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
    StopReason,
    Text,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.dialect import SSE_TYPE, CallRequest, RequestRefusal
from wattfare_desktop.providers.openai.chat_codec_message import signed_call
from wattfare_desktop.providers.openai.responses_codec_reply import begun_item, ending
from wattfare_desktop.providers.openai.responses_object import begun, failed, response_object
from wattfare_desktop.providers.openai.responses_underway import (
    ARGUMENTS,
    COMPLETED,
    IN_PROGRESS,
    OUTPUT_TEXT,
    SUMMARY_TEXT,
    OpenItem,
    Underway,
    text_part,
)
from wattfare_desktop.providers.openai.responses_usage import response_usage

_UNTOLD: Final = "untold"


class ResponsesEventWriter:
    """Writes one streamed response: each part is an output item of its own."""

    content_type = SSE_TYPE

    def __init__(self, call: CallRequest) -> None:
        self._call = call
        self._underway = Underway()
        self._kinds: dict[int, str] = {}
        self._items: dict[int, int] = {}
        self._stop = StopReason.END

    def write(self, event: Event) -> list[bytes]:
        """Return what ``event`` is on the wire; a second answer shows nowhere."""
        match event:
            case PartGrew(candidate=0, index=index, text=text):
                return self._grow(index, text)
            case PartBegan(candidate=0, index=index, part=part):
                return self._begin_part(index, part)
            case PartEnded(candidate=0, index=index, signature=signature):
                return self._end_part(index, signature)
            case CandidateEnded(candidate=0, stop=stop):
                self._stop = stop
                return []
            case Began() | Ended() | Failed():
                return self._around(event)
            case _:
                return []

    def _around(self, event: Began | Ended | Failed) -> list[bytes]:
        match event:
            case Began():
                return self._begin(event.id, event.model, event.created_s)
            case Ended(usage=usage):
                return self._end(usage)
            case Failed(refusal=refusal):
                return self._fail(refusal)

    def _begin(self, response_id: str, model: str, created_s: int) -> list[bytes]:
        response = response_object(
            self._call,
            response_id=response_id or _UNTOLD,
            model=model or self._call.model,
            created_s=created_s,
        )
        return begun(self._underway, response)

    def _begin_part(self, index: int, part: Text | Thinking | ToolCall | Image) -> list[bytes]:
        item = begun_item(part, f"{self._underway.response['id']}_{index}")
        if item is None:
            return []
        place = self._items[index] = len(self._items)
        self._kinds[index] = _kind_of(part)
        self._underway.begin(OpenItem(place, item))
        told = [self._event("response.output_item.added", index, item=_in_progress(item))]
        if isinstance(part, Text):
            told.append(self._part_added("content_part", index, OUTPUT_TEXT))
            return [*told, *self._grow(index, part.text)]
        return [*told, *self._grow(index, part.text)] if isinstance(part, Thinking) else told

    def _grow(self, index: int, text: str) -> list[bytes]:
        opened = self._underway.open_item(self._items.get(index))
        if opened is None or not text:
            return []
        kind, told = self._kinds[index], []
        if kind == SUMMARY_TEXT and not opened.has_grown:
            told.append(self._part_added("reasoning_summary_part", index, SUMMARY_TEXT))
        opened.grow(kind, 0, text)
        members: dict[str, Any] = {"type": f"response.{kind}.delta", **opened.at(kind, 0)}
        members["delta"] = text
        if kind == OUTPUT_TEXT:
            members["logprobs"] = []
        return [*told, self._underway.event(members)]

    def _end_part(self, index: int, signature: str | None) -> list[bytes]:
        opened = self._underway.open_item(self._items.get(index))
        if opened is None:
            return []
        if signature is not None and self._kinds[index] == SUMMARY_TEXT:
            opened.item["encrypted_content"] = signature
        elif signature is not None and self._kinds[index] == ARGUMENTS:
            opened.item.update(signed_call(signature))
        return self._underway.end_item(opened.index, COMPLETED)

    def _end(self, usage: Usage | None) -> list[bytes]:
        told = ending(self._stop)
        status = told.pop("status")
        counted = None if usage is None else response_usage(usage)
        return [
            *self._underway.end_items(COMPLETED),
            self._underway.ended(status, usage=counted, **told),
        ]

    def _fail(self, refusal: RequestRefusal) -> list[bytes]:
        began = [] if self._underway.has_begun else self._begin("", "", 0)
        return [*began, *failed(self._underway, refusal)]

    def _part_added(self, name: str, index: int, kind: str) -> bytes:
        opened = self._underway.open_item(self._items[index])
        assert opened is not None, "it has just begun"
        if kind == OUTPUT_TEXT:
            opened.grow(kind, 0, "")
        return self._underway.event(
            {"type": f"response.{name}.added", **opened.at(kind, 0), "part": text_part(kind, "")}
        )

    def _event(self, kind: str, index: int, **members: Any) -> bytes:
        return self._underway.event({"type": kind, "output_index": self._items[index], **members})


def _kind_of(part: Text | Thinking | ToolCall | Image) -> str:
    match part:
        case Thinking():
            return SUMMARY_TEXT
        case ToolCall():
            return ARGUMENTS
        case _:
            return OUTPUT_TEXT


def _in_progress(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "status": IN_PROGRESS}
