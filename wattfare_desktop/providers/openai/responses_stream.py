"""Reads one streamed response as it passes."""

from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    CallRequest,
    RequestRefusal,
)
from wattfare_desktop.providers.openai.chat_usage import text_bytes
from wattfare_desktop.providers.openai.responses_object import begun, failed, response_object
from wattfare_desktop.providers.openai.responses_underway import (
    ARGUMENTS,
    CUSTOM_INPUT,
    INCOMPLETE,
    OUTPUT_TEXT,
    REASONING_TEXT,
    REFUSAL,
    SUMMARY_TEXT,
    OpenItem,
    Underway,
)
from wattfare_desktop.providers.openai.responses_usage import report_of_response, response_usage
from wattfare_desktop.providers.passing import PassingEvents
from wattfare_desktop.providers.sse import SseEvent
from wattfare_desktop.providers.wire import parsed

# Which text an event makes longer, and the member that says which of its kind.
DELTAS: Final = {
    f"response.{kind}.delta": (kind, place)
    for kind, place in (
        (OUTPUT_TEXT, "content_index"),
        (REFUSAL, "content_index"),
        (REASONING_TEXT, "content_index"),
        (SUMMARY_TEXT, "summary_index"),
        (ARGUMENTS, ""),
        (CUSTOM_INPUT, ""),
    )
}
_TEXT_ENDS: Final = {
    "response.content_part.done": ((OUTPUT_TEXT, REFUSAL, REASONING_TEXT), "content_index"),
    "response.reasoning_summary_part.done": ((SUMMARY_TEXT,), "summary_index"),
    f"response.{ARGUMENTS}.done": ((ARGUMENTS,), ""),
    f"response.{CUSTOM_INPUT}.done": ((CUSTOM_INPUT,), ""),
}
_PART_BEGINNINGS: Final = {
    "response.content_part.added": "content_index",
    "response.reasoning_summary_part.added": "summary_index",
}
LAST_EVENTS: Final = frozenset({"response.completed", "response.incomplete", "response.failed"})


class OpenAiResponsesStream(PassingEvents):
    """Reads one streamed response, and keeps what it takes to end it in good order."""

    def __init__(self, call: CallRequest) -> None:
        super().__init__()
        self._call = call
        self._underway = Underway()

    def stop(self, usage: Usage) -> list[bytes]:
        """Return the events that end the answer here, as if it had come to the app's own bound."""
        return [
            *self._beginning(),
            *self._underway.end_items(INCOMPLETE),
            self._underway.ended(
                INCOMPLETE,
                incomplete_details={"reason": "max_output_tokens"},
                usage=response_usage(usage),
            ),
        ]

    def fail(self, refusal: RequestRefusal) -> list[bytes]:
        """Return the events that end the answer here with an error."""
        return [*self._beginning(), *failed(self._underway, refusal)]

    def _beginning(self) -> list[bytes]:
        """Return the events without which no other may come, where they did not come yet."""
        if self._underway.has_begun:
            return []
        response = response_object(
            self._call, response_id="resp_stopped", model=self._call.model, created_s=0
        )
        return begun(self._underway, response)

    def _passed(self, events: list[SseEvent]) -> list[bytes]:
        for event in events:
            if event.data is not None:
                self._read(event.data)
        return [event.raw for event in events]

    def _read(self, data: bytes) -> None:
        event = parsed(data)
        if event is None:
            self._pieces += 1
            self._text_bytes += len(data)
            return
        number = event.get("sequence_number")
        if isinstance(number, int):
            self._underway.next_number = number + 1
        kind = event.get("type")
        if kind in DELTAS:
            self._grow(event, *DELTAS[kind])
        elif kind == "error" or event.get("error") is not None:
            self._failed = True
        elif isinstance(event.get("response"), dict):
            self._see(kind, event["response"], data)
        else:
            self._note(kind, event)

    def _grow(self, event: dict[str, Any], kind: str, place: str) -> None:
        text = event.get("delta")
        if not isinstance(text, str):
            return
        self._pieces += 1
        self._text_bytes += text_bytes(text)
        item = self._underway.open_item(event.get("output_index"))
        if item is not None:
            item.grow(kind, event.get(place, 0) if place else 0, text)

    def _see(self, kind: Any, response: dict[str, Any], data: bytes) -> None:
        self._underway.response = response
        report = report_of_response(response, data)
        if report is not None:
            self._report = report
        if kind in LAST_EVENTS:
            self._done = True
            self._failed = self._failed or kind == "response.failed"

    def _note(self, kind: Any, event: dict[str, Any]) -> None:
        """Take note of what begins and ends inside the response."""
        index, item = event.get("output_index"), event.get("item")
        if not isinstance(index, int):
            return
        if kind == "response.output_item.added" and isinstance(item, dict):
            self._underway.begin(OpenItem(index, item))
        elif kind == "response.output_item.done" and isinstance(item, dict):
            self._underway.has_told_item(index, item)
        elif (opened := self._underway.open_item(index)) is not None:
            if kind in _PART_BEGINNINGS:
                self._begin_part(opened, event, event.get(_PART_BEGINNINGS[kind], 0))
            elif kind in _TEXT_ENDS:
                texts, place = _TEXT_ENDS[kind]
                for text in texts:
                    opened.has_told_end(text, event.get(place, 0) if place else 0)

    def _begin_part(self, item: OpenItem, event: dict[str, Any], place: int) -> None:
        part = event.get("part")
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "summary_text":
            kind = SUMMARY_TEXT
        if kind in {OUTPUT_TEXT, REFUSAL, REASONING_TEXT, SUMMARY_TEXT}:
            item.grow(kind, place, "")
