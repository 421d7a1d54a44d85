"""What every provider dialect can do: bytes and objects in, values out, no I/O.

A dialect is one operation of one API, such as OpenAI's chat completions. It reads an app's request
into a ``CallRequest`` that says how much it can cost at most, writes the request that goes
upstream, and learns from the answer what was really used. The gateway owns the sockets, the wallet
owns the money; neither knows what a chunk looks like.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, Protocol

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage

JSON_TYPE: Final = "application/json"
SSE_TYPE: Final = "text/event-stream"
NDJSON_TYPE: Final = "application/x-ndjson"


class DialectName(StrEnum):
    """Every dialect there is; a provider's row names those it speaks, the preferred one first."""

    OPENAI_CHAT = "openai_chat"
    OPENAI_RESPONSES = "openai_responses"
    OPENAI_EMBEDDINGS = "openai_embeddings"
    OPENAI_IMAGES = "openai_images"
    OPENAI_IMAGE_EDITS = "openai_image_edits"
    OPENAI_TRANSCRIPTIONS = "openai_transcriptions"
    OPENAI_SPEECH = "openai_speech"
    OPENAI_MODERATIONS = "openai_moderations"
    ANTHROPIC_MESSAGES = "anthropic_messages"
    ANTHROPIC_COUNT_TOKENS = "anthropic_count_tokens"
    GEMINI_GENERATE = "gemini_generate"
    GEMINI_COUNT_TOKENS = "gemini_count_tokens"
    GEMINI_EMBED = "gemini_embed"
    OLLAMA_CHAT = "ollama_chat"
    OLLAMA_GENERATE = "ollama_generate"
    OLLAMA_EMBED = "ollama_embed"
    REPLICATE_RUNS = "replicate_runs"
    FAL_RUNS = "fal_runs"


FORM_DIALECTS: Final = frozenset(
    {DialectName.OPENAI_IMAGE_EDITS, DialectName.OPENAI_TRANSCRIPTIONS}
)
"""Those whose requests are multipart forms; all others are JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRefusal:
    """Why a request cannot be sent on, to be put into the words of a family's own error body.

    ``code`` and ``type`` are OpenAI's; other families go by ``status``. ``details`` are further
    members of the error for programs to read, beside the family's own.
    """

    message: str
    code: str | None = None
    param: str | None = None
    status: int = 400
    type: str = "invalid_request_error"
    details: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPart:
    """One part of a multipart form (RFC 7578). ``file_name`` is None for a plain field."""

    name: str
    content: bytes = field(repr=False)
    file_name: str | None = None
    content_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppRequest:
    """What an app sent. ``body`` is the parsed JSON, or the parts of a form.

    ``body_bytes`` is the length of the UTF-8 text as received. ``target`` is what the path names
    after the operation's constant part (Gemini's ``gemini-2.5-pro:generateContent``), decoded.
    """

    body: Any = field(repr=False)
    body_bytes: int
    target: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """One call an app asks for, and the bounds of what it may use.

    ``text_tokens_max`` bounds the input when it is all text: a byte-level tokenizer never makes
    more tokens than bytes. With any ``media_parts`` (images, audio, files, parts of unknown kinds)
    only the model's context window bounds it, unless all of them are ``image_parts`` and the model
    bounds what a picture is billed as; the data of these may be left out of ``text_tokens_max``.
    ``text_bytes`` is the text's length for estimates.
    ``output_tokens_max`` is the app's own bound for each of its ``choices``; None leaves it to
    the model, and 0 is a call that is never answered in tokens, such as an embedding.
    ``price_variant`` is what else in it chooses the price (``PriceBook.price``). ``counted_max`` is
    the most it can use of what is billed beside the tokens (searches, pictures, seconds); a model
    without a price for one of these refuses the call. A kind of token stands there with none of its
    own: it is bounded as its side is, and needs a price.
    ``input_passes`` is how often its provider may read the input: once more after each search.
    ``body`` is the parsed object itself, kept out of every printed form. ``headers`` are
    those of the app's that mean something to the provider, in lower case. A call that is not
    ``billed`` costs nothing at any provider that has it, such as counting tokens. One that
    ``takes_bound`` can be told how long its answer may be; any other is held in full.
    """

    model: str
    stream: bool = False
    wants_usage: bool = False
    choices: int = 1
    text_tokens_max: int = 0
    text_bytes: int = 0
    media_parts: int = 0
    image_parts: int = 0
    input_passes: int = 1
    output_tokens_max: int | None = None
    service_tier: str | None = None
    price_variant: str | None = None
    counted_max: Mapping[UnitKind, int] = field(default_factory=dict)
    billed: bool = True
    takes_bound: bool = True
    body: Any = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def input_bound(self, context_window_tokens: int, image_tokens_max: int | None = None) -> int:
        """Return the most input tokens this call can be billed for.

        ``image_tokens_max`` is what the model bills for a picture at most.
        """
        if self.input_passes > 1:
            return self.input_passes * context_window_tokens
        tokens = self.text_tokens_max
        if self.media_parts:
            if image_tokens_max is None or self.has_other_media:
                return context_window_tokens
            tokens += self.image_parts * image_tokens_max
        return min(tokens, context_window_tokens)

    @property
    def has_other_media(self) -> bool:
        """Whether it holds anything that is neither text nor a picture."""
        return self.media_parts > self.image_parts

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
class OutputLimit:
    """The bound to send for each choice, None where the app's own stands, and where to put it."""

    tokens: int | None = None
    field: OutputLimitField = OutputLimitField.AS_SENT


AS_ASKED: Final = OutputLimit()
"""The app's own bound, in its own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamRequest:
    """What goes to the provider: a POST of ``body`` to ``path`` below the credential's base.

    ``path`` begins with a slash and is ready for the wire, a query included. ``body`` is an object
    to be written as JSON, or the parts of a form. ``headers`` never carry a key.
    """

    path: str
    body: dict[str, Any] | Sequence[FormPart] = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamAnswer:
    """A provider's answer that is no stream. ``parsed`` is None where ``raw`` is not JSON."""

    status: int
    content_type: str
    raw: bytes = field(repr=False)
    parsed: Any = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """Usage as a provider reported it, and the service tier it says it answered in.

    ``stated_usd`` is what the provider says it bills, in dollars; it wins over any price. A usage
    that is ``computed`` is our own exact count of what the answer shows, such as its pictures. One
    that is ``estimated`` is the provider's word in part only: the rest had not come yet.
    """

    usage: Usage
    service_tier: str | None = None
    stated_usd: Decimal | None = None
    computed: bool = False
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleOutput:
    """How much of an answer was seen, for an estimate where no usage comes."""

    pieces: int = 0
    text_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRead:
    """What was learned from a whole answer.

    ``body`` is what the app is given where that is not the very bytes that came; its type is then
    ``JSON_TYPE``.
    """

    report: UsageReport | None = None
    visible: VisibleOutput = field(default_factory=VisibleOutput)
    body: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelListing:
    """One row of a models list. ``created`` is in seconds, as the wire has it."""

    id: str
    owned_by: str
    created: int = 0


class StreamReader(Protocol):
    """Reads one streamed answer as it passes, and says what to pass on.

    Raises ``sse.EventTooLargeError`` where an event exceeds its limit.
    """

    @property
    def content_type(self) -> str | None:
        """The type of what is passed on; None where it is the provider's own."""

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

    def fail(self, refusal: RequestRefusal) -> list[bytes]:
        """Return the events that end the answer here with an error."""


class Family(Protocol):
    """How one API, whatever the operation, speaks of errors and of its models."""

    def error_body(self, refusal: RequestRefusal) -> bytes:
        """Return an error as a response body."""

    def models_body(self, models: Sequence[ModelListing]) -> bytes:
        """Return the body of a models list."""


class Dialect(Protocol):
    """The protocol one operation of one API fulfils."""

    @property
    def family(self) -> Family:
        """How its errors are told."""

    def read_request(self, asked: AppRequest) -> CallRequest | RequestRefusal:
        """Read what an app sent, and refuse by name what cannot be bounded."""

    def upstream_request(
        self, call: CallRequest, model: str, limit: OutputLimit = AS_ASKED
    ) -> UpstreamRequest:
        """Return the object that was priced with the mandated changes and no others.

        ``limit`` bounds each choice where the app gave no bound or a larger one.
        """

    def is_stream(self, content_type: str) -> bool:
        """Return whether an answer of this type to a streamed call is the stream itself."""

    def read_answer(self, call: CallRequest, answer: UpstreamAnswer) -> AnswerRead | None:
        """Return what a whole answer tells; None where it is none, and cannot be passed on."""

    def read_error(self, answer: UpstreamAnswer) -> bytes | None:
        """Return a provider's error for the app; None where it passes as it came."""

    def stream_reader(self, call: CallRequest) -> StreamReader:
        """Return a reader for the streamed answer to ``call``."""

    def estimate(self, call: CallRequest, visible: VisibleOutput) -> Usage:
        """Return a best guess at the usage where the provider reported none."""
