"""Streamed chat completions into neutral events."""

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
from wattfare_desktop.providers.dialect import RequestRefusal
from wattfare_desktop.providers.openai.chat_codec_message import call_signature, images_in
from wattfare_desktop.providers.openai.chat_codec_reply import stop_reason
from wattfare_desktop.providers.openai.chat_usage import choices_of, report_of
from wattfare_desktop.providers.openai.family import read_error_object
from wattfare_desktop.providers.sse import SseSplitter
from wattfare_desktop.providers.wire import parsed

_DONE: Final = b"[DONE]"
_OUT_OF_ORDER: Final = RequestRefusal(
    status=502,
    code="upstream_failed",
    type="server_error",
    message="The provider's answer could not be read.",
)


class OutOfOrder(Exception):  # noqa: N818 - it says what it is
    """More of a call came after the next had begun."""


class ChatEventReader:
    """Reads one streamed answer. Parts of a choice come one after the other."""

    def __init__(self) -> None:
        self._splitter = SseSplitter()
        self._has_begun = False
        self._has_ended = False
        self._choices: dict[int, _Choice] = {}
        self._usage: Usage | None = None

    def read(self, event: bytes) -> list[Event]:
        """Take one whole event as it came on the wire."""
        told: list[Event] = []
        for each in self._splitter.feed(event):
            if each.data == _DONE:
                told += self._end()
            elif each.data is not None and (chunk := parsed(each.data)) is not None:
                told += self._chunk(chunk)
        return told

    def finish(self) -> list[Event]:
        """Take the end of the stream; return what was still open.

        Where the answer is whole but for the ``[DONE]`` some leave out, it has ended.
        """
        if self._has_ended or not self._choices:
            return []
        return self._end() if all(choice.has_ended for choice in self._choices.values()) else []

    def _end(self) -> list[Event]:
        if self._has_ended:
            return []
        self._has_ended = True
        told: list[Event] = [] if self._has_begun else [Began(id="", model="")]
        for choice in self._choices.values():
            told += choice.end(None)
        return [*told, Ended(usage=self._usage)]

    def _chunk(self, chunk: dict[str, Any]) -> list[Event]:
        if chunk.get("error") is not None:
            self._has_ended = True
            return [Failed(refusal=read_error_object(chunk, 502))]
        told: list[Event] = []
        if not self._has_begun:
            self._has_begun = True
            told.append(_began(chunk))
        if (report := report_of(chunk)) is not None:
            self._usage = report.usage
        try:
            for row in choices_of(chunk):
                told += self._choice(row)
        except OutOfOrder:
            self._has_ended = True
            told.append(Failed(refusal=_OUT_OF_ORDER))
        return told

    def _choice(self, row: dict[str, Any]) -> list[Event]:
        index = row.get("index", 0)
        if not isinstance(index, int):
            return []
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = _Choice(index)
        if choice.has_ended:
            return []
        delta = row.get("delta")
        told = choice.grow(delta) if isinstance(delta, dict) else []
        finish = row.get("finish_reason")
        return told if finish is None else [*told, *choice.end(finish)]


class _Choice:
    """One answer of a stream, of which one part at a time is open."""

    def __init__(self, candidate: int) -> None:
        self._candidate = candidate
        self._next = 0
        self._open: object = None
        self._calls: dict[int, str] = {}
        self._signature: str | None = None
        self._has_refused = False
        self.has_ended = False

    def grow(self, delta: dict[str, Any]) -> list[Event]:
        """Take the next piece."""
        told = self._think(delta)
        for name in ("content", "refusal"):
            if isinstance(text := delta.get(name), str) and text:
                self._has_refused = self._has_refused or name == "refusal"
                told += self._text("text", Text(text=""), text)
        if "images" in delta:
            for picture in images_in(delta):
                assert isinstance(picture, Image)
                told += [*self._close(), *self._begin("image", picture), *self._close()]
        calls = delta.get("tool_calls")
        for call in calls if isinstance(calls, list) else ():
            if isinstance(call, dict):
                told += self._call(call)
        return told

    def end(self, finish: Any) -> list[Event]:
        """Take the end; ``finish`` is None where the provider did not give a reason."""
        if self.has_ended:
            return []
        self.has_ended = True
        stop = stop_reason(finish, has_calls=bool(self._calls), has_refused=self._has_refused)
        if finish is None and self._calls:
            stop = StopReason.TOOL_CALLS
        return [*self._close(), CandidateEnded(stop=stop, candidate=self._candidate)]

    def _think(self, delta: dict[str, Any]) -> list[Event]:
        told: list[Event] = []
        thought = delta.get("reasoning_content")
        if thought is None:
            thought = delta.get("reasoning")
        if isinstance(thought, str) and thought:
            told += self._text("thought", Thinking(), thought)
        details = delta.get("reasoning_details")
        for detail in details if isinstance(details, list) else ():
            if isinstance(detail, dict):
                told += self._sign(detail)
        return told

    def _sign(self, detail: dict[str, Any]) -> list[Event]:
        sealed = detail.get("data")
        if isinstance(sealed, str):
            return [*self._close(), *self._begin("sealed", Thinking(signature=sealed))]
        signature = detail.get("signature")
        if isinstance(signature, str) and self._open == "thought":
            self._signature = signature
        return []

    def _call(self, call: dict[str, Any]) -> list[Event]:
        function = call.get("function")
        function = function if isinstance(function, dict) else {}
        place, told = call.get("index", 0), []
        call_id, name = call.get("id"), function.get("name")
        is_new = place not in self._calls
        # Some put every call at place 0 and tell them apart by their ids alone.
        if isinstance(call_id, str) and call_id and name and self._calls.get(place) != call_id:
            is_new = True
        if is_new:
            call_id = call_id if isinstance(call_id, str) and call_id else f"call_{self._next}"
            self._calls[place] = call_id
            made = ToolCall(
                id=call_id,
                name=name if isinstance(name, str) else "",
                arguments={},
                signature=call_signature(call),
            )
            told = [*self._close(), *self._begin(("call", place), made)]
        elif self._open != ("call", place):
            raise OutOfOrder
        if (signature := call_signature(call)) is not None and not is_new:
            self._signature = signature
        arguments = function.get("arguments")
        if isinstance(arguments, str) and arguments:
            told.append(self._grew(arguments))
        return told

    def _text(self, kind: str, part: Text | Thinking, text: str) -> list[Event]:
        if self._open == kind:
            return [self._grew(text)]
        return [*self._close(), *self._begin(kind, part), self._grew(text)]

    def _grew(self, text: str) -> PartGrew:
        return PartGrew(index=self._next - 1, text=text, candidate=self._candidate)

    def _begin(self, kind: object, part: Text | Thinking | ToolCall | Image) -> list[Event]:
        self._open = kind
        self._next += 1
        return [PartBegan(index=self._next - 1, part=part, candidate=self._candidate)]

    def _close(self) -> list[Event]:
        if self._open is None:
            return []
        ended = PartEnded(
            index=self._next - 1, candidate=self._candidate, signature=self._signature
        )
        self._open = self._signature = None
        return [ended]


def _began(chunk: dict[str, Any]) -> Began:
    told, model, created = chunk.get("id"), chunk.get("model"), chunk.get("created")
    return Began(
        id=told if isinstance(told, str) else "",
        model=model if isinstance(model, str) else "",
        created_s=created if isinstance(created, int) else 0,
    )
