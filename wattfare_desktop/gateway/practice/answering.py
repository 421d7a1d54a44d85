"""What the practice provider answers to a conversation, decided before its first byte leaves."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Final

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.gateway.practice.made_up import made_up
from wattfare_desktop.gateway.practice.text import pieces_of, reply_pieces, result_pieces
from wattfare_desktop.providers.conversation.model import (
    Began,
    Candidate,
    CandidateEnded,
    Conversation,
    Document,
    Ended,
    Event,
    Image,
    Message,
    Part,
    PartBegan,
    PartEnded,
    PartGrew,
    Reply,
    Role,
    StopReason,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoiceMode,
    ToolResult,
)
from wattfare_desktop.providers.wire import encoded

PROMPT_START_TOKENS: Final = 3
MESSAGE_TOKENS: Final = 4
MEDIA_PART_TOKENS: Final = 85


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One of the answers: text or a call of a tool, and the tokens that its text is streamed in."""

    part: Text | ToolCall
    pieces: list[str]
    stop: StopReason

    @property
    def tokens(self) -> int:
        """What is counted for it: the name of a tool too."""
        named = pieces_of(self.part.name) if isinstance(self.part, ToolCall) else ()
        return len(self.pieces) + len(named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer; ``created_s`` is in seconds since the epoch."""

    id: str
    model: str
    created_s: int
    spoken: tuple[Spoken, ...]
    usage: Usage

    @property
    def reply(self) -> Reply:
        """The answer at once."""
        return Reply(
            id=self.id,
            model=self.model,
            candidates=tuple(Candidate(parts=(each.part,), stop=each.stop) for each in self.spoken),
            usage=self.usage,
            created_s=self.created_s,
        )

    def beginning(self) -> list[Event]:
        """Return the events before the first token."""
        told = Usage(input_tokens=self.usage.input_tokens)
        began = Began(id=self.id, model=self.model, usage=told, created_s=self.created_s)
        return [began, *(_part_began(number, each) for number, each in enumerate(self.spoken))]

    def growth(self) -> Iterator[list[Event]]:
        """Yield the events of each moment: one token of every answer that has not ended."""
        for row in zip_longest(*(each.pieces for each in self.spoken)):
            yield [
                PartGrew(index=0, text=piece, candidate=number)
                for number, piece in enumerate(row)
                if piece is not None
            ]

    def end(self) -> list[Event]:
        """Return the events after the last token."""
        told: list[Event] = []
        for number, each in enumerate(self.spoken):
            told += [
                PartEnded(index=0, candidate=number),
                CandidateEnded(stop=each.stop, candidate=number),
            ]
        return [*told, Ended(usage=self.usage)]


def answer_to(
    conversation: Conversation, *, answer_id: str, model: str, created_s: int = 0
) -> Answer:
    """Return the answer to ``conversation``; the same one has the same answer."""
    spoken = tuple(_spoken(conversation, number) for number in range(conversation.choices))
    usage = Usage(
        input_tokens=prompt_tokens(conversation),
        output_tokens=sum(each.tokens for each in spoken),
    )
    return Answer(id=answer_id, model=model, created_s=created_s, spoken=spoken, usage=usage)


def prompt_tokens(conversation: Conversation) -> int:
    """Return the tokens of a prompt: the pieces of all its texts, a few for each message around."""
    total = PROMPT_START_TOKENS
    if conversation.system:
        total += MESSAGE_TOKENS + sum(_tokens_of(part) for part in conversation.system)
    for message in conversation.messages:
        total += MESSAGE_TOKENS + sum(_tokens_of(part) for part in message.parts)
    return total + sum(_tool_tokens(tool) for tool in conversation.tools)


def _spoken(conversation: Conversation, number: int) -> Spoken:
    limit = conversation.output_tokens_max
    tool = _tool_to_call(conversation)
    if tool is not None:
        call = _call(tool, len(conversation.messages), number)
        # A call that is cut off helps nobody: where it does not fit, text is cut instead.
        if limit is None or call.tokens <= limit:
            return call
    pieces = _pieces(conversation, number)
    cut = limit is not None and len(pieces) > limit
    kept = pieces[:limit] if cut else pieces
    stop = StopReason.LENGTH if cut else StopReason.END
    return Spoken(part=Text(text="".join(kept)), pieces=kept, stop=stop)


def _pieces(conversation: Conversation, number: int) -> list[str]:
    results = _results(conversation)
    if conversation.answer_format is not None:
        return pieces_of(encoded(made_up(conversation.answer_format.schema)).decode())
    if results:
        return result_pieces(results[-1].name, _text_of(results[-1].parts))
    return reply_pieces(_asked(conversation), number)


def _tool_to_call(conversation: Conversation) -> Tool | None:
    """Return the tool that is asked for, by name or by order; none right after a tool's result."""
    choice = conversation.tool_choice
    mode = ToolChoiceMode.AUTO if choice is None else choice.mode
    if mode is ToolChoiceMode.NONE or _results(conversation):
        return None
    asked = _asked(conversation).lower()
    if choice is not None and mode is ToolChoiceMode.NAMED:
        wanted = [tool for tool in conversation.tools if tool.name == choice.name]
    else:
        wanted = [tool for tool in conversation.tools if tool.name.lower() in asked]
    if not wanted and mode is ToolChoiceMode.REQUIRED:
        wanted = list(conversation.tools)
    return wanted[0] if wanted else None


def _call(tool: Tool, turn: int, number: int) -> Spoken:
    made = made_up(tool.parameters)
    arguments = made if isinstance(made, dict) else {}
    return Spoken(
        part=ToolCall(id=f"call_practice_{turn}_{number}", name=tool.name, arguments=arguments),
        pieces=pieces_of(encoded(arguments).decode()),
        stop=StopReason.TOOL_CALLS,
    )


def _last(conversation: Conversation) -> Message | None:
    said = [message for message in conversation.messages if message.role is Role.USER]
    return said[-1] if said else None


def _asked(conversation: Conversation) -> str:
    last = _last(conversation)
    return "" if last is None else _text_of(last.parts)


def _results(conversation: Conversation) -> list[ToolResult]:
    last = _last(conversation)
    return [part for part in last.parts if isinstance(part, ToolResult)] if last else []


def _text_of(parts: tuple[Part, ...]) -> str:
    return " ".join(part.text for part in parts if isinstance(part, Text))


def _tokens_of(part: Part) -> int:
    match part:
        case Text(text=text) | Thinking(text=text):
            return len(pieces_of(text))
        case ToolCall(name=name, arguments=arguments):
            return len(pieces_of(name)) + len(pieces_of(encoded(dict(arguments)).decode()))
        case ToolResult(parts=parts):
            return sum(_tokens_of(each) for each in parts)
        case Image() | Document():
            return MEDIA_PART_TOKENS


def _tool_tokens(tool: Tool) -> int:
    schema = encoded(dict(tool.parameters or {})).decode()
    return sum(len(pieces_of(text)) for text in (tool.name, tool.description or "", schema))


def _part_began(number: int, spoken: Spoken) -> PartBegan:
    part = spoken.part
    begun = Text(text="") if isinstance(part, Text) else replace(part, arguments={})
    return PartBegan(index=0, part=begun, candidate=number)
