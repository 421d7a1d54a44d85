"""Conversations and replies of every shape, and what is between them and a stream of events.

A dialect has no words for some of what the neutral form can say. ``Features`` names what is drawn,
so that a test asks of a dialect what it can express, and all of that.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.model import (
    AnswerFormat,
    Began,
    Candidate,
    CandidateEnded,
    Conversation,
    Document,
    Effort,
    Ended,
    Event,
    Image,
    Message,
    Part,
    PartBegan,
    PartEnded,
    PartGrew,
    Reasoning,
    Reply,
    Role,
    Sampling,
    StopReason,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolChoiceMode,
    ToolResult,
)

ALL_EFFORTS = frozenset(Effort)
ALL_STOPS = frozenset(StopReason)


@dataclass(frozen=True, kw_only=True)
class Features:
    """What is drawn; everything, unless it is switched off."""

    images: bool = True
    image_urls: bool = True
    documents: bool = True
    document_names: bool = True
    thinking: bool = True
    thinking_signatures: bool = True
    redacted_thinking: bool = True
    call_signatures: bool = True
    tools: bool = True
    strict_tools: bool = True
    tool_choice: bool = True
    parallel_tools: bool = True
    tool_errors: bool = True
    tool_result_images: bool = True
    several_tool_result_parts: bool = True
    system: bool = True
    several_systems: bool = True
    system_between: bool = True
    text_after_tool_results: bool = True
    temperature_max: float = 2.0
    top_k: bool = True
    seed: bool = True
    penalties: bool = True
    stop: bool = True
    efforts: frozenset[Effort] = ALL_EFFORTS
    budget: bool = True
    thoughts_shown: bool = True
    json_of_any_shape: bool = True
    json_schema: bool = True
    json_schema_names: bool = True
    json_strict: bool = True
    choices: bool = True
    bound: bool = True
    bound_required: bool = False
    reply_images: bool = True
    reply_stops: frozenset[StopReason] = field(default=ALL_STOPS)
    told_stop_sequence: bool = True
    created: bool = True


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,12}", fullmatch=True)
BASE64 = st.sampled_from(["aGFsbG8=", "iVBORw0KGgo=", "AAAA"])
SCALARS = st.none() | st.booleans() | st.integers(-1000, 1000) | TEXTS
ARGUMENTS = st.dictionaries(NAMES, SCALARS | st.lists(SCALARS, max_size=2), max_size=3)
SCHEMAS = st.dictionaries(NAMES, st.sampled_from(["string", "integer", "boolean"]), max_size=3).map(
    lambda members: {
        "type": "object",
        "properties": {name: {"type": kind} for name, kind in members.items()},
        "required": sorted(members),
    }
)
MAYBE = st.booleans()


@st.composite
def conversations(draw: st.DrawFn, can: Features) -> Conversation:
    """Draw a conversation in normal form that says nothing ``can`` has switched off."""
    tools = draw(_tools(can)) if can.tools else ()
    return Conversation(
        system=draw(_systems(can)),
        messages=draw(_messages(can, [tool.name for tool in tools])),
        tools=tools,
        tool_choice=draw(st.none() | _choices(tools)) if tools and can.tool_choice else None,
        parallel_tools=draw(st.none() | MAYBE) if tools and can.parallel_tools else None,
        sampling=draw(_sampling(can)),
        reasoning=draw(st.none() | _reasoning(can)),
        answer_format=draw(st.none() | _answer_formats(can)),
        output_tokens_max=draw(_bounds(can)),
        choices=draw(st.integers(1, 3)) if can.choices else 1,
        stream=draw(MAYBE),
    )


def _bounds(can: Features) -> st.SearchStrategy[int | None]:
    # Above any budget of thoughts, which some count as part of it.
    some = st.integers(5_000, 30_000)
    if can.bound_required:
        return some
    return (st.none() | some) if can.bound else st.none()


def _systems(can: Features) -> st.SearchStrategy[tuple[Text, ...]]:
    if not can.system:
        return st.just(())
    most = 2 if can.several_systems else 1
    return st.lists(TEXTS.map(lambda text: Text(text=text)), max_size=most).map(tuple)


@st.composite
def _tools(draw: st.DrawFn, can: Features) -> tuple[Tool, ...]:
    names = draw(st.lists(NAMES, max_size=3, unique=True))
    return tuple(
        Tool(
            name=name,
            description=draw(st.none() | TEXTS),
            parameters=draw(st.none() | SCHEMAS),
            strict=can.strict_tools and draw(MAYBE),
        )
        for name in names
    )


def _choices(tools: tuple[Tool, ...]) -> st.SearchStrategy[ToolChoice]:
    free = [ToolChoiceMode.AUTO, ToolChoiceMode.NONE, ToolChoiceMode.REQUIRED]
    named = [ToolChoice(mode=ToolChoiceMode.NAMED, name=tool.name) for tool in tools]
    return st.sampled_from([*(ToolChoice(mode=mode) for mode in free), *named])


@st.composite
def _messages(draw: st.DrawFn, can: Features, tools: list[str]) -> tuple[Message, ...]:
    """Draw turns: a user, then an assistant, whose calls the next user's results answer."""
    turns = [draw(_user(can, ()))]
    for number in range(draw(st.integers(0, 2))):
        answer = draw(_assistant(can, tools, number))
        turns.append(answer)
        calls = tuple(part for part in answer.parts if isinstance(part, ToolCall))
        if can.system_between and not calls and draw(MAYBE):
            turns.append(Message(role=Role.SYSTEM, parts=(Text(text=draw(TEXTS)),)))
        turns.append(draw(_user(can, calls)))
    return tuple(turns)


@st.composite
def _user(draw: st.DrawFn, can: Features, calls: tuple[ToolCall, ...]) -> Message:
    results = [draw(_result(can, call)) for call in calls]
    said: list[Part] = []
    if not results or (can.text_after_tool_results and draw(MAYBE)):
        said = draw(st.lists(_said(can), min_size=1, max_size=3))
    return Message(role=Role.USER, parts=(*results, *said))


@st.composite
def _result(draw: st.DrawFn, can: Features, call: ToolCall) -> ToolResult:
    kinds: st.SearchStrategy[Text | Image] = _texts()
    if can.tool_result_images:
        kinds = kinds | _images(can)
    most = 2 if can.several_tool_result_parts else 1
    return ToolResult(
        call_id=call.id,
        name=call.name,
        parts=tuple(draw(st.lists(kinds, min_size=1, max_size=most))),
        is_error=can.tool_errors and draw(MAYBE),
    )


def _texts() -> st.SearchStrategy[Text]:
    return TEXTS.map(lambda text: Text(text=text))


def _images(can: Features) -> st.SearchStrategy[Image]:
    kept = st.builds(
        Image, media_type=st.sampled_from(["image/png", "image/jpeg"]), data=BASE64, url=st.none()
    )
    if not can.image_urls:
        return kept
    return kept | st.just(Image(url="https://pictures.example/a.png"))


def _said(can: Features) -> st.SearchStrategy[Part]:
    kinds: list[st.SearchStrategy[Part]] = [_texts()]
    if can.images:
        kinds.append(_images(can))
    if can.documents:
        names = st.none() | NAMES if can.document_names else st.none()
        kinds.append(
            st.builds(Document, media_type=st.just("application/pdf"), data=BASE64, name=names)
        )
    return st.one_of(kinds)


@st.composite
def _assistant(draw: st.DrawFn, can: Features, tools: list[str], number: int) -> Message:
    parts: list[Part] = []
    if can.thinking and draw(MAYBE):
        parts.append(draw(_thoughts(can)))
    if draw(MAYBE):
        parts.append(draw(_texts()))
    if len(tools) > 0 and draw(MAYBE):
        parts += draw(_calls(can, tools, str(number)))
    if not parts:
        parts.append(draw(_texts()))
    return Message(role=Role.ASSISTANT, parts=tuple(parts))


def _thoughts(can: Features) -> st.SearchStrategy[Thinking]:
    signatures = BASE64 if can.thinking_signatures else st.none()
    open_thoughts = st.builds(Thinking, text=TEXTS, signature=signatures)
    if can.redacted_thinking and can.thinking_signatures:
        return open_thoughts | BASE64.map(lambda sealed: Thinking(signature=sealed))
    return open_thoughts


@st.composite
def _calls(draw: st.DrawFn, can: Features, tools: list[str], turn: str) -> list[ToolCall]:
    return [
        ToolCall(
            id=f"call_{turn}_{index}",
            name=draw(st.sampled_from(tools)),
            arguments=draw(ARGUMENTS),
            signature=draw(st.none() | BASE64) if can.call_signatures else None,
        )
        for index in range(draw(st.integers(1, 2)))
    ]


@st.composite
def _sampling(draw: st.DrawFn, can: Features) -> Sampling:
    def maybe(values: st.SearchStrategy[Any], *, drawn: bool = True) -> Any:
        return draw(st.none() | values) if drawn else None

    penalties = st.sampled_from([-1.5, 0.0, 0.5])
    return Sampling(
        temperature=maybe(st.sampled_from([0.0, 0.5, can.temperature_max])),
        top_p=maybe(st.sampled_from([0.1, 0.9])),
        top_k=maybe(st.integers(1, 100), drawn=can.top_k),
        seed=maybe(st.integers(0, 1000), drawn=can.seed),
        presence_penalty=maybe(penalties, drawn=can.penalties),
        frequency_penalty=maybe(penalties, drawn=can.penalties),
        stop=tuple(draw(st.lists(NAMES, max_size=2, unique=True))) if can.stop else (),
    )


@st.composite
def _reasoning(draw: st.DrawFn, can: Features) -> Reasoning:
    """Draw a wish about thinking: by effort or by tokens, not both."""
    efforts = sorted(can.efforts)
    budget = (
        draw(st.integers(1_024, 4_000)) if can.budget and (not efforts or draw(MAYBE)) else None
    )
    effort = draw(st.sampled_from(efforts)) if efforts and budget is None else None
    thinks = budget is not None or effort not in {None, Effort.NONE}
    return Reasoning(
        effort=effort, budget_tokens=budget, shown=can.thoughts_shown and thinks and draw(MAYBE)
    )


def _answer_formats(can: Features) -> st.SearchStrategy[AnswerFormat | None]:
    kinds: list[st.SearchStrategy[AnswerFormat | None]] = [st.none()]
    if can.json_of_any_shape:
        kinds.append(st.just(AnswerFormat()))
    if can.json_schema:
        kinds.append(
            st.builds(
                AnswerFormat,
                schema=SCHEMAS,
                name=NAMES if can.json_schema_names else st.none(),
                strict=MAYBE if can.json_strict else st.just(False),  # noqa: FBT003 - a strategy's value
            )
        )
    return st.one_of(kinds)


USAGES = st.builds(
    lambda plain, cached, shown, thought: Usage(
        input_tokens=plain + cached,
        cached_read_tokens=cached,
        output_tokens=shown + thought,
        reasoning_tokens=thought,
    ),
    *(st.integers(0, 5_000),) * 4,
)


@st.composite
def replies(draw: st.DrawFn, can: Features) -> Reply:
    """Draw a reply that says nothing ``can`` has switched off."""
    count = draw(st.integers(1, 2)) if can.choices else 1
    return Reply(
        id=f"reply-{draw(NAMES)}",
        model=draw(st.sampled_from(["a-model", "some/model-2026"])),
        candidates=tuple(draw(_candidates(can, number)) for number in range(count)),
        usage=draw(USAGES),
        created_s=draw(st.integers(1_700_000_000, 1_900_000_000)) if can.created else 0,
    )


@st.composite
def _candidates(draw: st.DrawFn, can: Features, number: int) -> Candidate:
    parts: list[Part] = []
    if can.thinking and draw(MAYBE):
        parts.append(draw(_thoughts(can)))
    if draw(MAYBE):
        parts.append(draw(_texts()))
    if can.reply_images and draw(MAYBE):
        parts.append(draw(_images(replace(can, image_urls=False))))
    if can.tools and draw(MAYBE):
        parts += draw(_calls(can, ["look_up", "add"], f"reply{number}"))
    has_calls = any(isinstance(part, ToolCall) for part in parts)
    stop = StopReason.TOOL_CALLS
    if not has_calls:
        stop = draw(st.sampled_from(sorted(can.reply_stops - {StopReason.TOOL_CALLS})))
    sequence = stop is StopReason.STOP_SEQUENCE and can.told_stop_sequence
    return Candidate(parts=tuple(parts), stop=stop, stop_sequence=draw(NAMES) if sequence else None)


def streamed(reply: Reply, *, piece_chars: int = 3) -> Iterator[Event]:
    """Return the events as which ``reply`` would stream, its texts ``piece_chars`` at a time."""
    yield Began(id=reply.id, model=reply.model, created_s=reply.created_s)
    for number, candidate in enumerate(reply.candidates):
        for index, part in enumerate(candidate.parts):
            yield from _part_events(part, index, number, piece_chars)
        yield CandidateEnded(
            stop=candidate.stop, candidate=number, stop_sequence=candidate.stop_sequence
        )
    yield Ended(usage=reply.usage)


def _part_events(part: Part, index: int, candidate: int, piece_chars: int) -> Iterator[Event]:
    signature: str | None = None
    match part:
        case Text(text=text):
            begun: Text | Thinking | ToolCall | Image = Text(text="")
        case Thinking(text=text):
            begun, signature = Thinking(), part.signature
        case ToolCall():
            text, signature = _arguments_text(part), part.signature
            begun = replace(part, arguments={}, signature=None)
        case Image():
            text, begun = "", part
        case _:
            raise AssertionError("a reply has no such part")
    yield PartBegan(index=index, part=begun, candidate=candidate)
    for start in range(0, len(text), piece_chars):
        piece = text[start : start + piece_chars]
        yield PartGrew(index=index, text=piece, candidate=candidate)
    yield PartEnded(index=index, candidate=candidate, signature=signature)


def _arguments_text(call: ToolCall) -> str:

    return json.dumps(dict(call.arguments), ensure_ascii=False)


def gathered(events: Iterable[Event]) -> Reply:
    """Return the reply that ``events`` told, as the app that reads them has it in the end."""
    gathering = _Gathering()
    for event in events:
        gathering.take(event)
    return gathering.reply()


class _Gathering:
    """A reply as it grows."""

    def __init__(self) -> None:
        self._began: Began | None = None
        self._parts: dict[tuple[int, int], Part] = {}
        self._texts: dict[tuple[int, int], str] = {}
        self._ended: dict[int, CandidateEnded] = {}
        self._usage: Usage | None = None

    def take(self, event: Event) -> None:
        match event:
            case Began():
                assert self._began is None, "a stream begins once"
                self._began = event
            case PartBegan(candidate=candidate, index=index, part=part):
                assert (candidate, index) not in self._parts, "a part begins once"
                self._parts[candidate, index] = part
                self._texts[candidate, index] = ""
            case PartGrew(candidate=candidate, index=index, text=text):
                self._texts[candidate, index] += text
            case PartEnded(candidate=candidate, index=index, signature=signature):
                self._end_part((candidate, index), signature)
            case CandidateEnded(candidate=candidate):
                self._ended[candidate] = event
            case Ended(usage=usage):
                self._usage = usage
            case _:
                raise AssertionError(f"the stream failed: {event}")

    def _end_part(self, at: tuple[int, int], signature: str | None) -> None:

        begun, text = self._parts[at], self._texts.pop(at)
        match begun:
            case Text(text=first):
                self._parts[at] = Text(text=first + text)
            case Thinking(text=first):
                sealed = signature if signature is not None else begun.signature
                self._parts[at] = Thinking(text=first + text, signature=sealed)
            case ToolCall():
                arguments = json.loads(text) if text else begun.arguments
                sealed = signature if signature is not None else begun.signature
                self._parts[at] = replace(begun, arguments=arguments, signature=sealed)

    def reply(self) -> Reply:
        assert self._began is not None, "the stream never began"
        assert not self._texts, "a part never ended"
        assert self._usage is not None, "the stream told no usage"
        return Reply(
            id=self._began.id,
            model=self._began.model,
            created_s=self._began.created_s,
            usage=self._usage,
            candidates=tuple(
                Candidate(
                    parts=tuple(
                        part
                        for (candidate, _), part in sorted(self._parts.items(), key=_place)
                        if candidate == number
                    ),
                    stop=ended.stop,
                    stop_sequence=ended.stop_sequence,
                )
                for number, ended in sorted(self._ended.items())
            ),
        )


def _place(item: tuple[tuple[int, int], Part]) -> tuple[int, int]:
    return item[0]
