"""What every provider dialect can do: bytes and objects in, values out, no I/O.

A dialect reads an app's request into a ``CallRequest`` that says how much it can cost at most,
writes the body that goes upstream, and learns from the answer what was really used. The gateway
owns the sockets, the wallet owns the money; neither knows what a chunk looks like.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from wattfare_desktop.core.metering.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRefusal:
    """Why a request cannot be sent on, in the words of the dialect's own error body.

    ``details`` are further members of the error for programs to read, beside the dialect's own.
    """

    message: str
    code: str | None = None
    param: str | None = None
    status: int = 400
    type: str = "invalid_request_error"
    details: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """One call an app asks for, and the bounds of what it may use.

    ``text_tokens_max`` bounds the input when it is all text: a byte-level tokenizer never makes
    more tokens than bytes. With any ``media_parts`` (images, audio, files, parts of unknown kinds)
    only the model's context window bounds it. ``text_bytes`` is the text's length for estimates.
    ``output_tokens_max`` is the app's own bound for each of its ``choices``; None leaves it to
    the model. ``body`` is the parsed object itself, kept out of every printed form.
    """

    model: str
    stream: bool
    wants_usage: bool
    choices: int
    text_tokens_max: int
    text_bytes: int
    media_parts: int
    output_tokens_max: int | None
    service_tier: str | None
    body: dict[str, Any] = field(repr=False)

    def input_bound(self, context_window_tokens: int) -> int:
        """Return the most input tokens this call can be billed for."""
        if self.media_parts:
            return context_window_tokens
        return min(self.text_tokens_max, context_window_tokens)

    def output_bound(self, model_max_tokens: int) -> int:
        """Return the most output tokens this call can be billed for, all choices together."""
        each = self.output_tokens_max
        return self.choices * (model_max_tokens if each is None else each)


class OutputLimitField(StrEnum):
    """Which request field a provider obeys as the bound of its output.

    A field the provider ignores would leave the bill unbounded, so the bound is sent under the
    name it is known to obey.
    """

    AS_SENT = "as_sent"
    MAX_TOKENS = "max_tokens"
    MAX_COMPLETION_TOKENS = "max_completion_tokens"


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """Usage as a provider reported it, and the service tier it says it answered in."""

    usage: Usage
    service_tier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleOutput:
    """How much of an answer was seen, for an estimate where no usage comes."""

    pieces: int = 0
    text_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelListing:
    """One row of a models list. ``created`` is in seconds, as the wire has it."""

    id: str
    owned_by: str
    created: int = 0


class StreamReader(Protocol):
    """Reads one streamed answer as it passes.

    Raises ``sse.EventTooLargeError`` where an event exceeds its limit.
    """

    @property
    def report(self) -> UsageReport | None:
        """The usage last seen, or None where none came yet."""

    @property
    def visible(self) -> VisibleOutput:
        """What was seen of the answer so far."""

    @property
    def done(self) -> bool:
        """Whether the dialect's own end of stream was seen."""

    @property
    def failed(self) -> bool:
        """Whether the provider reported an error inside the stream."""

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take bytes from upstream; return the events to pass on at once."""

    def finish(self) -> list[bytes]:
        """Take the end of the upstream body; return what is left to pass on."""

    def stop(self, usage: Usage) -> list[bytes]:
        """Return the events that end the answer here, as if it had come to the app's own bound.

        ``usage`` is told where the app asked for usage.
        """


class Dialect(Protocol):
    """The protocol one kind of API fulfils."""

    def read_request(self, body: Any, body_bytes: int) -> CallRequest | RequestRefusal:
        """Read a parsed body; ``body_bytes`` is the length of its UTF-8 text as received."""

    def upstream_body(
        self,
        request: CallRequest,
        upstream_model: str,
        *,
        limit_field: OutputLimitField = OutputLimitField.AS_SENT,
        output_tokens_max: int | None = None,
    ) -> dict[str, Any]:
        """Return the object that was priced with the mandated changes and no others.

        ``output_tokens_max`` bounds each choice where the app gave no bound or a larger one.
        """

    def read_report(self, body: Any) -> UsageReport | None:
        """Return the usage of a parsed, non-streamed answer, or None where it has none."""

    def read_visible(self, body: Any) -> VisibleOutput:
        """Return how much output a parsed, non-streamed answer shows."""

    def stream_reader(self, request: CallRequest) -> StreamReader:
        """Return a reader for the streamed answer to ``request``."""

    def estimate(self, request: CallRequest, visible: VisibleOutput) -> Usage:
        """Return a best guess at the usage where the provider reported none."""

    def error_body(self, refusal: RequestRefusal) -> bytes:
        """Return an error as a response body."""

    def error_event(self, refusal: RequestRefusal) -> bytes:
        """Return an error as an event inside a running stream."""

    def models_body(self, models: Sequence[ModelListing]) -> bytes:
        """Return the body of a models list."""
