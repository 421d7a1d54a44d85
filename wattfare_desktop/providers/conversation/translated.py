"""Two dialects put together: an app's on one side, a provider's on the other.

What it costs is read by the provider's own dialect, from the request that provider gets; what the
app sees is written by the app's own.
"""

from dataclasses import dataclass, field, fields
from typing import Any, Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.codec import (
    CannotCarry,
    Codec,
    EventReader,
    EventWriter,
)
from wattfare_desktop.providers.conversation.model import (
    Began,
    CandidateEnded,
    Ended,
    Event,
    Failed,
    PartBegan,
    PartEnded,
    StopReason,
)
from wattfare_desktop.providers.conversation.seals import Seals
from wattfare_desktop.providers.conversation.words import in_words_of
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    AnswerRead,
    CallRequest,
    Dialect,
    DialectName,
    Family,
    OutputLimit,
    RequestRefusal,
    StreamReader,
    UpstreamAnswer,
    UpstreamRequest,
    UsageReport,
    VisibleOutput,
)
from wattfare_desktop.providers.wire import encoded

_STOPPED_ID: Final = "stopped"
_BROKEN_OFF: Final = RequestRefusal(
    status=502,
    code="upstream_failed",
    type="server_error",
    message="The provider's answer broke off.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedCall(CallRequest):
    """A call as its provider gets it, and as its app sent it."""

    app: CallRequest = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a translation; ``name`` is that of its dialect."""

    name: DialectName
    dialect: Dialect
    codec: Codec


class Translated:
    """A dialect whose requests and answers change words on the way."""

    def __init__(self, app: Side, provider: Side) -> None:
        self._app = app
        self._provider = provider
        self._seals = Seals(provider.name)

    @property
    def family(self) -> Family:
        """The app's."""
        return self._app.dialect.family

    def adapt(self, call: CallRequest, model: str) -> TranslatedCall | RequestRefusal:
        """Return ``call`` as a request to ``model`` in the provider's dialect."""
        try:
            conversation = self._seals.own(self._app.codec.read_request(call))
        except CannotCarry as refused:
            return refused.refusal
        try:
            written = self._provider.codec.write_request(conversation, model)
        except CannotCarry as refused:
            return in_words_of(self._app.name, refused.refusal)
        read = self._provider.dialect.read_request(written)
        if isinstance(read, RequestRefusal):
            return read
        kept = {each.name: getattr(read, each.name) for each in fields(CallRequest)}
        return TranslatedCall(**{**kept, "wants_usage": True}, app=call)

    def read_request(self, asked: Any) -> CallRequest | RequestRefusal:
        """Read what an app sent, in its own dialect."""
        return self._app.dialect.read_request(asked)

    def upstream_request(
        self, call: CallRequest, model: str, limit: OutputLimit = AS_ASKED
    ) -> UpstreamRequest:
        """Return the request in the provider's dialect."""
        return self._provider.dialect.upstream_request(call, model, limit)

    def is_stream(self, content_type: str) -> bool:
        """Return whether an answer of this type to a streamed call is the stream itself."""
        return self._provider.dialect.is_stream(content_type)

    def read_answer(self, call: CallRequest, answer: UpstreamAnswer) -> AnswerRead | None:
        """Return what a whole answer tells, and the answer in the app's words."""
        read = self._provider.dialect.read_answer(call, answer)
        if read is None or not isinstance(answer.parsed, dict):
            return None
        told = self.estimate(call, read.visible) if read.report is None else read.report.usage
        reply = self._provider.codec.read_reply(answer.parsed, told)
        if reply is None:
            return None
        marked = self._seals.marked_reply(reply)
        body = encoded(self._app.codec.write_reply(marked, _app_of(call)))
        return AnswerRead(report=read.report, visible=read.visible, body=body)

    def read_error(self, answer: UpstreamAnswer) -> bytes:
        """Return a provider's error in the app's words."""
        return self.family.error_body(self._provider.codec.read_error(answer))

    def stream_reader(self, call: CallRequest) -> StreamReader:
        """Return a reader for the streamed answer to ``call``."""
        return TranslatedStream(
            self._provider.dialect.stream_reader(call),
            self._provider.codec.event_reader(),
            self._seals,
            self._app.codec.event_writer(_app_of(call)),
        )

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:
        """Return a best guess at the usage where the provider reported none."""
        return self._provider.dialect.estimate(call, visible)


class TranslatedStream:
    """Reads a provider's stream and passes on the app's."""

    def __init__(
        self, reader: StreamReader, events: EventReader, seals: Seals, writer: EventWriter
    ) -> None:
        self._reader = reader
        self._events = events
        self._seals = seals
        self._writer = writer
        self._open = _OpenParts()
        self._has_ended = False

    @property
    def content_type(self) -> str:
        """The app's."""
        return self._writer.content_type

    @property
    def report(self) -> UsageReport | None:
        """The usage last seen, or None where none came yet."""
        return self._reader.report

    @property
    def visible(self) -> VisibleOutput:
        """What was seen of the answer so far."""
        return self._reader.visible

    @property
    def done(self) -> bool:
        """Whether the provider's own end of stream was seen."""
        return self._reader.done

    @property
    def failed(self) -> bool:
        """Whether the provider reported an error inside the stream."""
        return self._reader.failed

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take bytes from upstream; return the app's events to pass on at once."""
        return self._translated(self._reader.feed(chunk))

    def finish(self) -> list[bytes]:
        """Take the end of the upstream body; return what is left to pass on.

        An app cannot tell an answer that stops from one that is whole unless it is told.
        """
        told = self._translated(self._reader.finish())
        told += self._written(self._events.finish())
        return told if self._has_ended else [*told, *self.fail(_BROKEN_OFF)]

    def stop(self, usage: Usage) -> list[bytes]:
        """Return the events that end the answer here, as if it had come to the app's own bound."""
        return self._written([*self._open.closing(), Ended(usage=usage)])

    def fail(self, refusal: RequestRefusal) -> list[bytes]:
        """Return the events that end the answer here with an error."""
        return self._written([Failed(refusal=refusal)])

    def _translated(self, raw: list[bytes]) -> list[bytes]:
        return self._written([event for each in raw for event in self._events.read(each)])

    def _written(self, events: list[Event]) -> list[bytes]:
        told: list[bytes] = []
        for event in events:
            if self._has_ended:
                break
            self._open.note(event)
            self._has_ended = isinstance(event, Ended | Failed)
            told += self._writer.write(self._seals.marked_event(event))
        return told


class _OpenParts:
    """What of a reply has begun and not ended, so that it can be ended properly."""

    def __init__(self) -> None:
        self._began = False
        self._parts: dict[tuple[int, int], None] = {}
        self._candidates: dict[int, None] = {0: None}

    def note(self, event: Event) -> None:
        match event:
            case Began():
                self._began = True
            case PartBegan(candidate=candidate, index=index):
                self._candidates.setdefault(candidate)
                self._parts[candidate, index] = None
            case PartEnded(candidate=candidate, index=index):
                self._parts.pop((candidate, index), None)
            case CandidateEnded(candidate=candidate):
                self._candidates.pop(candidate, None)

    def closing(self) -> list[Event]:
        """Return the events that end all that is open, for want of room."""
        began: list[Event] = [] if self._began else [Began(id=_STOPPED_ID, model="")]
        parts = [PartEnded(candidate=candidate, index=index) for candidate, index in self._parts]
        ended = [
            CandidateEnded(candidate=candidate, stop=StopReason.LENGTH)
            for candidate in self._candidates
        ]
        return [*began, *parts, *ended]


def _app_of(call: CallRequest) -> CallRequest:
    assert isinstance(call, TranslatedCall), "adapt made it"
    return call.app
