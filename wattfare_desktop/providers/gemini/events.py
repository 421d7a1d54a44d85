"""A streamed answer's chunks as neutral events, and back.

Gemini says only what is new: a piece of text, of thought, or a whole call. Where a part begins and
ends is told by the next one's kind.
"""

from dataclasses import dataclass, field, replace
from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.model import (
    Began,
    CandidateEnded,
    Ended,
    Event,
    Failed,
    Image,
    Part,
    PartBegan,
    PartEnded,
    PartGrew,
    StopReason,
    Text,
    Thinking,
    ToolCall,
)
from wattfare_desktop.providers.dialect import RequestRefusal
from wattfare_desktop.providers.gemini.content import CallIds, spoken
from wattfare_desktop.providers.gemini.family import error_object
from wattfare_desktop.providers.gemini.replies import (
    refusal_of,
    stop_reason,
    text_of,
    written_candidate,
)
from wattfare_desktop.providers.gemini.stream import Framing
from wattfare_desktop.providers.gemini.usage import (
    candidates_of,
    is_blocked,
    parts_of,
    report_of,
    usage_metadata,
)
from wattfare_desktop.providers.sse import SseEvent, SseSplitter
from wattfare_desktop.providers.wire import encoded, parsed

_BROKEN: Final = RequestRefusal(
    status=502,
    code="upstream_failed",
    type="server_error",
    message="The provider's answer broke off.",
)
_ERRORS_FROM: Final = 400
_FAILED_STATUS: Final = 502


class GeminiEventReader:
    """Turns Gemini's chunks into neutral events."""

    def __init__(self) -> None:
        self._splitter = SseSplitter()
        self._ids = CallIds("")
        self._has_begun = False
        self._failed = False
        self._candidates: dict[int, _Reading] = {}
        self._told: dict[str, Any] = {}

    def read(self, event: bytes) -> list[Event]:
        """Take one whole event as it came on the wire."""
        return self._read(self._splitter.feed(event))

    def finish(self) -> list[Event]:
        """Take the end of the stream; return what was still open."""
        read = self._read(self._splitter.finish())
        if self._failed:
            return read
        if not self._candidates or any(each.is_open for each in self._candidates.values()):
            return [*read, Failed(refusal=_BROKEN)]
        return [*read, Ended(usage=self._usage())]

    def _read(self, events: list[SseEvent]) -> list[Event]:
        read: list[Event] = []
        for each in events:
            # An error with which Google breaks off is no event.
            chunk = parsed(each.raw if each.data is None else each.data)
            if chunk is not None and not self._failed:
                read += self._chunk(chunk)
        return read

    def _chunk(self, chunk: dict[str, Any]) -> list[Event]:
        error = chunk.get("error")
        if error is not None:
            self._failed = True
            return [Failed(refusal=refusal_of(error, _status_in(error)))]
        if chunk.get("usageMetadata"):
            self._told = chunk
        events = self._begin(chunk)
        for told in candidates_of(chunk):
            index = told.get("index", 0)
            if isinstance(index, int):
                reading = self._candidates.setdefault(index, _Reading(index=index))
                events += reading.read(told, self._ids)
        if is_blocked(chunk) and not self._candidates:
            self._candidates[0] = _Reading(index=0, is_open=False)
            events.append(CandidateEnded(stop=StopReason.REFUSED))
        return events

    def _begin(self, chunk: dict[str, Any]) -> list[Event]:
        if self._has_begun:
            return []
        self._has_begun = True
        answer_id = text_of(chunk, "responseId")
        self._ids = CallIds(answer_id)
        usage = self._usage()
        known = None
        if usage is not None:
            known = replace(
                usage,
                output_tokens=0,
                reasoning_tokens=0,
                output_audio_tokens=0,
                output_image_tokens=0,
            )
        return [Began(id=answer_id, model=text_of(chunk, "modelVersion"), usage=known)]

    def _usage(self) -> Usage | None:
        report = report_of(self._told)
        return None if report is None else report.usage


def _status_in(error: object) -> int:
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, int) and code >= _ERRORS_FROM else _FAILED_STATUS


@dataclass(slots=True, kw_only=True)
class _Reading:
    """One candidate as it is read."""

    index: int
    is_open: bool = True
    _count: int = 0
    _kind: type[Part] | None = None
    _signature: str | None = None
    _called: bool = False

    def read(self, told: dict[str, Any], ids: CallIds) -> list[Event]:
        """Return what a piece of the candidate says."""
        events: list[Event] = []
        for part in parts_of(told):
            said = spoken(part, ids)
            if said is not None and said != Text(text=""):
                events += self._part(said)
        reason = told.get("finishReason")
        if reason is not None and self.is_open:
            self.is_open = False
            events += self._close()
            stop = stop_reason(reason, called=self._called)
            events.append(CandidateEnded(stop=stop, candidate=self.index))
        return events

    def _part(self, said: Part) -> list[Event]:
        events: list[Event] = []
        # What is signed is whole: more of the same kind is another part.
        if type(said) is not self._kind or self._signature is not None:
            events += self._close()
        match said:
            case Text(text=text):
                events += self._grow(Text(text=""), text)
            case Thinking(text=text, signature=signature):
                events += self._grow(Thinking(), text)
                self._signature = signature
            case ToolCall():
                self._called = True
                arguments = encoded(dict(said.arguments)).decode()
                events += self._grow(replace(said, arguments={}, signature=None), arguments)
                self._signature = said.signature
                events += self._close()
            case Image():
                events += self._grow(said, "")
                events += self._close()
        return events

    def _grow(self, begun: Text | Thinking | ToolCall | Image, text: str) -> list[Event]:
        events: list[Event] = []
        if self._kind is None:
            self._kind = type(begun)
            events.append(PartBegan(index=self._count, part=begun, candidate=self.index))
        if text:
            events.append(PartGrew(index=self._count, text=text, candidate=self.index))
        return events

    def _close(self) -> list[Event]:
        if self._kind is None:
            return []
        ended = PartEnded(index=self._count, candidate=self.index, signature=self._signature)
        self._count += 1
        self._kind = self._signature = None
        return [ended]


@dataclass(slots=True, kw_only=True)
class _Writing:
    """One part as it is written."""

    part: Text | Thinking | ToolCall | Image
    arguments: list[str] = field(default_factory=list)


class GeminiEventWriter:
    """Turns neutral events into Gemini's chunks, as events or as one array.

    Why candidates ended is told in the last chunk, together with the usage, as Google does it.
    """

    def __init__(self, *, as_array: bool) -> None:
        self._framing = Framing(as_array=as_array)
        self._same: dict[str, Any] = {}
        self._parts: dict[tuple[int, int], _Writing] = {}
        self._ended: dict[int, StopReason] = {}

    @property
    def content_type(self) -> str:
        """The type of what is written."""
        return self._framing.content_type

    def write(self, event: Event) -> list[bytes]:
        """Return what ``event`` is on the wire; nothing where it does not show there."""
        match event:
            case PartBegan():
                return self._begin(event)
            case PartGrew(candidate=candidate, index=index, text=text):
                return self._grow(candidate, self._parts[candidate, index], text)
            case PartEnded():
                return self._end(event)
            case Ended(usage=usage):
                return self._finish(usage)
            case Failed(refusal=refusal):
                return [self._framing.chunk(encoded(error_object(refusal))), *self._framing.end()]
            case _:
                self._note(event)
                return []

    def _note(self, event: Began | CandidateEnded) -> None:
        if isinstance(event, Began):
            self._same = {"modelVersion": event.model, "responseId": event.id}
        else:
            self._ended[event.candidate] = event.stop

    def _begin(self, event: PartBegan) -> list[bytes]:
        self._parts[event.candidate, event.index] = _Writing(part=event.part)
        match event.part:
            case Image():
                return self._said(event.candidate, event.part)
            case Text(text=text) | Thinking(text=text) if text:
                return self._grow(event.candidate, _Writing(part=event.part), text)
            case _:
                return []

    def _grow(self, candidate: int, writing: _Writing, text: str) -> list[bytes]:
        match writing.part:
            case Text():
                return self._said(candidate, Text(text=text))
            case Thinking():
                return self._said(candidate, Thinking(text=text))
            case _:
                writing.arguments.append(text)
                return []

    def _end(self, event: PartEnded) -> list[bytes]:
        writing = self._parts.pop((event.candidate, event.index))
        part = writing.part
        if not isinstance(part, Thinking | ToolCall):
            return []
        signature = part.signature if event.signature is None else event.signature
        if isinstance(part, ToolCall):
            made = parsed("".join(writing.arguments).encode()) if writing.arguments else None
            arguments = part.arguments if made is None else made
            call = replace(part, arguments=arguments, signature=signature)
            return self._said(event.candidate, call)
        if signature is None:
            return []
        return self._said(event.candidate, Thinking(signature=signature))

    def _finish(self, usage: Usage | None) -> list[bytes]:
        last: dict[str, Any] = {
            "candidates": [
                written_candidate(index, (Text(text=""),), stop)
                for index, stop in sorted(self._ended.items())
            ]
        }
        if usage is not None:
            last["usageMetadata"] = usage_metadata(usage)
        return [self._framing.chunk(encoded({**last, **self._same})), *self._framing.end()]

    def _said(self, candidate: int, part: Part) -> list[bytes]:
        chunk = {"candidates": [written_candidate(candidate, (part,), None)], **self._same}
        return [self._framing.chunk(encoded(chunk))]
