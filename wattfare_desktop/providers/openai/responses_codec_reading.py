"""Streamed responses into neutral events."""

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
from wattfare_desktop.providers.openai.chat_codec_message import call_signature
from wattfare_desktop.providers.openai.family import read_error_object
from wattfare_desktop.providers.openai.responses_codec_reply import (
    call_of,
    picture_of,
    stop_of,
    texts_of,
)
from wattfare_desktop.providers.openai.responses_stream import DELTAS, LAST_EVENTS
from wattfare_desktop.providers.openai.responses_underway import (
    ARGUMENTS,
    OUTPUT_TEXT,
    REASONING_TEXT,
    REFUSAL,
    SUMMARY_TEXT,
)
from wattfare_desktop.providers.openai.responses_usage import report_of_response
from wattfare_desktop.providers.sse import SseSplitter
from wattfare_desktop.providers.wire import parsed

_BETWEEN_SUMMARIES: Final = "\n\n"
_UPSTREAM_FAILED: Final = 502


class ResponsesEventReader:
    """Reads one streamed response. Its items come one after the other."""

    def __init__(self) -> None:
        self._splitter = SseSplitter()
        self._next = 0
        self._open: dict[tuple[Any, int], _OpenPart] = {}
        self._told_texts: set[tuple[Any, int]] = set()
        self._has_calls = False
        self._has_refused = False

    def read(self, event: bytes) -> list[Event]:
        """Take one whole event as it came on the wire."""
        told: list[Event] = []
        for each in self._splitter.feed(event):
            if each.data is not None and (members := parsed(each.data)) is not None:
                told += self._event(members, each.data)
        return told

    def finish(self) -> list[Event]:
        """Take the end of the stream: a response says itself when it is whole."""
        return []

    def _event(self, event: dict[str, Any], data: bytes) -> list[Event]:
        kind = event.get("type")
        if kind in DELTAS:
            return self._delta(event, *DELTAS[kind])
        response = event.get("response")
        if isinstance(response, dict):
            return self._about(kind, response, data)
        if kind == "error" or event.get("error") is not None:
            return [Failed(refusal=read_error_object(event, _UPSTREAM_FAILED))]
        return self._inside(kind, event)

    def _inside(self, kind: Any, event: dict[str, Any]) -> list[Event]:
        item, index = event.get("item"), event.get("output_index")
        if kind == "response.output_item.added" and isinstance(item, dict):
            return self._begin_item(index, item)
        if kind == "response.output_item.done" and isinstance(item, dict):
            return self._end_item(index, item)
        if kind == "response.content_part.done":
            return self._end(index, event.get("content_index", 0))
        return []

    def _about(self, kind: Any, response: dict[str, Any], data: bytes) -> list[Event]:
        if kind == "response.created":
            return [_began(response)]
        if kind not in LAST_EVENTS:
            return []
        if kind == "response.failed":
            return [Failed(refusal=read_error_object(response, _UPSTREAM_FAILED))]
        report = report_of_response(response, data)
        stop = stop_of(response, has_calls=self._has_calls, has_refused=self._has_refused)
        return [
            *(event for index in list(self._open) for event in self._end(*index)),
            CandidateEnded(stop=stop),
            Ended(usage=None if report is None else report.usage),
        ]

    def _begin_item(self, index: Any, item: dict[str, Any]) -> list[Event]:
        match item.get("type"):
            case "function_call":
                self._has_calls = True
                return self._begin(index, 0, call_of(item))
            case "reasoning":
                return self._begin(index, 0, Thinking())
            case _:
                return []

    def _end_item(self, index: Any, item: dict[str, Any]) -> list[Event]:
        """End an item; where it came without events of its own, tell what is in it."""
        opened = self._open.get((index, 0))
        match item.get("type"):
            case "function_call":
                arguments = "" if opened is None or opened.has_grown else item.get("arguments")
                grown = self._grow(index, 0, arguments) if isinstance(arguments, str) else []
                return [*grown, *self._end(index, 0, call_signature(item))]
            case "reasoning":
                sealed = item.get("encrypted_content")
                return self._end(index, 0, sealed if isinstance(sealed, str) and sealed else None)
            case "image_generation_call":
                picture = picture_of(item)
                begun = [] if picture is None else self._begin(index, 0, picture)
                return [*begun, *self._end(index, 0)]
            case "message":
                return self._end_message(index, item)
            case _:
                return self._end(index, 0)

    def _end_message(self, index: Any, item: dict[str, Any]) -> list[Event]:
        told: list[Event] = []
        for place, (kind, text) in enumerate(texts_of(item)):
            self._has_refused = self._has_refused or kind == REFUSAL
            if (index, place) in self._open:
                told += self._end(index, place)
            elif text and (index, place) not in self._told_texts:
                told += [*self._said(index, place, text), *self._end(index, place)]
        return told

    def _delta(self, event: dict[str, Any], kind: str, place: str) -> list[Event]:
        text, index = event.get("delta"), event.get("output_index")
        if not isinstance(text, str) or not text:
            return []
        at = event.get(place, 0) if place else 0
        if kind in {SUMMARY_TEXT, REASONING_TEXT}:
            return self._think(index, at, text)
        if kind in {OUTPUT_TEXT, REFUSAL}:
            self._has_refused = self._has_refused or kind == REFUSAL
            return self._said(index, at, text)
        return self._grow(index, 0, text) if kind == ARGUMENTS else []

    def _said(self, index: Any, place: int, text: str) -> list[Event]:
        self._told_texts.add((index, place))
        began = [] if (index, place) in self._open else self._begin(index, place, Text(text=""))
        return [*began, *self._grow(index, place, text)]

    def _think(self, index: Any, place: int, text: str) -> list[Event]:
        began = [] if (index, 0) in self._open else self._begin(index, 0, Thinking())
        opened = self._open[index, 0]
        if place != opened.place and opened.has_grown:
            text = _BETWEEN_SUMMARIES + text
        opened.place = place
        return [*began, *self._grow(index, 0, text)]

    def _begin(
        self, index: Any, place: int, part: Text | Thinking | ToolCall | Image
    ) -> list[Event]:
        self._open[index, place] = _OpenPart(self._next)
        self._next += 1
        return [PartBegan(index=self._next - 1, part=part)]

    def _grow(self, index: Any, place: int, text: str) -> list[Event]:
        opened = self._open.get((index, place))
        if opened is None or not text:
            return []
        opened.has_grown = True
        return [PartGrew(index=opened.number, text=text)]

    def _end(self, index: Any, place: int, signature: str | None = None) -> list[Event]:
        opened = self._open.pop((index, place), None)
        return [] if opened is None else [PartEnded(index=opened.number, signature=signature)]


class _OpenPart:
    """A part that has begun and not ended; ``place`` is that of the summary it last grew by."""

    __slots__ = ("has_grown", "number", "place")

    def __init__(self, number: int) -> None:
        self.number = number
        self.has_grown = False
        self.place = 0


def _began(response: dict[str, Any]) -> Began:
    created = response.get("created_at")
    return Began(
        id=str(response.get("id") or ""),
        model=str(response.get("model") or ""),
        created_s=int(created) if isinstance(created, int | float) else 0,
    )
