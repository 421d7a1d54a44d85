"""A conversation, its reply and the events of a streamed reply, in no provider's words.

Normal form: neighbouring messages never have the same role, and within a user's message the results
of tools stand first. What only hints (where to cache, whom a request is for) has no place here: a
provider that cannot be told answers all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import RequestRefusal


class Role(StrEnum):
    """Who speaks. ``SYSTEM`` is for what stands between turns; what comes first is ``system``."""

    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"


class Effort(StrEnum):
    """How hard a model is to think."""

    NONE = "none"
    MINIMAL = "minimal"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    HIGHEST = "highest"


class StopReason(StrEnum):
    """Why a reply ended."""

    END = "end"
    LENGTH = "length"
    TOOL_CALLS = "tool_calls"
    STOP_SEQUENCE = "stop_sequence"
    REFUSED = "refused"


class ToolChoiceMode(StrEnum):
    """Whether the model may, must or must not call a tool."""

    AUTO = "auto"
    NONE = "none"
    REQUIRED = "required"
    NAMED = "named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Plain text."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture, as base64 ``data`` with its ``media_type``, or behind a ``url``."""

    media_type: str | None = None
    data: str | None = field(default=None, repr=False)
    url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file to read, such as a PDF, as base64 ``data`` with its ``media_type``."""

    media_type: str
    data: str = field(repr=False)
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinking:
    """What a model thought. ``signature`` lets its provider take it back in a later turn.

    A redacted thought has no text, only a signature.
    """

    text: str = field(default="", repr=False)
    signature: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call of one of the app's tools."""

    id: str
    name: str
    arguments: Mapping[str, Any] = field(repr=False)
    signature: str | None = field(default=None, repr=False)
    """Gemini ties the thought behind a call to the call itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """What a tool gave back to the call ``call_id`` of the tool ``name``."""

    call_id: str
    name: str
    parts: tuple[Text | Image, ...]
    is_error: bool = False


Part = Text | Image | Document | Thinking | ToolCall | ToolResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What one side said in one turn."""

    role: Role
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool the app runs. ``parameters`` is a JSON schema; None takes no arguments."""

    name: str
    description: str | None = field(default=None, repr=False)
    parameters: Mapping[str, Any] | None = field(default=None, repr=False)
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolChoice:
    """Which tools may be called; ``name`` goes with ``NAMED`` alone."""

    mode: ToolChoiceMode
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How the next token is chosen; None leaves it to the provider."""

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    seed: int | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    stop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasoning:
    """How much to think, by effort or by tokens, and whether the thoughts are to be shown."""

    effort: Effort | None = None
    budget_tokens: int | None = None
    shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFormat:
    """JSON instead of text: of any shape, or of a ``schema`` with a ``name``."""

    schema: Mapping[str, Any] | None = field(default=None, repr=False)
    name: str | None = None
    strict: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """All that a model is asked.

    ``parallel_tools`` is None where the app left it open. ``output_tokens_max`` bounds each of the
    ``choices``.
    """

    system: tuple[Text, ...] = ()
    messages: tuple[Message, ...]
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tools: bool | None = None
    sampling: Sampling = field(default_factory=Sampling)
    reasoning: Reasoning | None = None
    answer_format: AnswerFormat | None = None
    output_tokens_max: int | None = None
    choices: int = 1
    stream: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One of the answers to a conversation."""

    parts: tuple[Part, ...]
    stop: StopReason
    stop_sequence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A whole answer. ``model`` is the provider's name for it, as the answer has it."""

    id: str
    model: str
    candidates: tuple[Candidate, ...]
    usage: Usage
    created_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """A streamed reply has begun. ``usage`` is what is known of the input by then."""

    id: str
    model: str
    usage: Usage | None = None
    created_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartBegan:
    """A part begins, with what is known of it; its text, thought or arguments follow.

    ``index`` counts the parts of one candidate from 0, in the order in which they begin. A
    ToolCall begins without arguments; an image is whole.
    """

    index: int
    part: Text | Thinking | ToolCall | Image
    candidate: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartGrew:
    """More of a part: text, thought, or the JSON text of its arguments."""

    index: int
    text: str = field(repr=False)
    candidate: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEnded:
    """A part is whole; ``signature`` where one came with it."""

    index: int
    candidate: int = 0
    signature: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateEnded:
    """One of the answers is whole."""

    stop: StopReason
    candidate: int = 0
    stop_sequence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The reply is whole. ``usage`` is all it used; None where the provider did not tell."""

    usage: Usage | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The provider broke the reply off with an error."""

    refusal: RequestRefusal


Event = Began | PartBegan | PartGrew | PartEnded | CandidateEnded | Ended | Failed
"""In order: Began; parts, each begun, grown and ended; CandidateEnded for each; Ended or Failed."""
