"""Chat completion requests into the neutral conversation."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    AnswerFormat,
    Conversation,
    Effort,
    Image,
    Part,
    Reasoning,
    Role,
    Sampling,
    Text,
    Tool,
    ToolChoice,
    ToolChoiceMode,
)
from wattfare_desktop.providers.dialect import CallRequest
from wattfare_desktop.providers.openai import carrying
from wattfare_desktop.providers.openai.carrying import UNNAMED_SCHEMA, no_counterpart
from wattfare_desktop.providers.openai.chat_codec_message import (
    thoughts_in,
    tool_calls_of,
)
from wattfare_desktop.providers.openai.turns import Turns

_CARRIED: Final = frozenset(
    {
        "model",
        "messages",
        "stream",
        "stream_options",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "response_format",
        "reasoning_effort",
        "reasoning",
        "stop",
        "temperature",
        "top_p",
        "top_k",
        "seed",
        "presence_penalty",
        "frequency_penalty",
        "n",
        "max_tokens",
        "max_completion_tokens",
    }
)
# What a provider that cannot be told does without.
_HINTS: Final = frozenset(
    {
        "user",
        "metadata",
        "safety_identifier",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "include_reasoning",
        "usage",
    }
)
# Members that say nothing more than leaving them out does.
_AS_DEFAULT: Final[Mapping[str, tuple[Any, ...]]] = {
    "service_tier": ("auto", "default"),
    "modalities": (["text"],),
    "verbosity": ("medium",),
    "best_of": (1,),
    "repetition_penalty": (1,),
}
_MODES: Final = {
    "auto": ToolChoiceMode.AUTO,
    "none": ToolChoiceMode.NONE,
    "required": ToolChoiceMode.REQUIRED,
}


def read_request(call: CallRequest) -> Conversation:
    """Return what a chat completion asks. Raises CannotCarry."""
    body: dict[str, Any] = call.body
    said = {name: value for name, value in body.items() if value not in _AS_DEFAULT.get(name, ())}
    carrying.require_known(said, _CARRIED, _HINTS)
    if UnitKind.WEB_SEARCH in call.counted_max:
        raise no_counterpart("web_search_options")
    turns = Turns()
    for where, message in carrying.rows(body["messages"], "messages"):
        _read_message(turns, message, where)
    return Conversation(
        system=turns.system,
        messages=turns.messages,
        tools=tuple(
            _tool(tool, where) for where, tool in carrying.rows(body.get("tools"), "tools")
        ),
        tool_choice=_tool_choice(body.get("tool_choice")),
        parallel_tools=carrying.flag(body, "parallel_tool_calls"),
        sampling=_sampling(body),
        reasoning=_reasoning(body),
        answer_format=_answer_format(body.get("response_format")),
        output_tokens_max=call.output_tokens_max,
        choices=call.choices,
        stream=call.stream,
    )


def _read_message(turns: Turns, message: dict[str, Any], where: str) -> None:
    for name in ("function_call", "audio"):
        if message.get(name) is not None:
            raise no_counterpart(f"{where}.{name}")
    parts = _content(message.get("content"), f"{where}.content")
    match message["role"]:
        case "system" | "developer":
            turns.tell(_only_texts(parts, f"{where}.content"))
        case "user":
            turns.say(Role.USER, parts)
        case "assistant":
            refusal = carrying.text_or_none(message, "refusal", where)
            refused = [Text(text=refusal)] if refusal else []
            calls = tool_calls_of(message, where)
            turns.say(Role.ASSISTANT, [*thoughts_in(message), *parts, *refused, *calls])
        case "tool":
            call_id = carrying.text(message, "tool_call_id", where)
            given = [part for part in parts if isinstance(part, Text | Image)]
            if len(given) != len(parts):
                raise no_counterpart(f"{where}.content")
            turns.give_back(call_id, given, f"{where}.tool_call_id")
        case _:
            raise no_counterpart(f"{where}.role")


def _content(content: Any, where: str) -> list[Part]:
    if isinstance(content, str):
        return [Text(text=content)] if content else []
    return [_part(part, place) for place, part in carrying.rows(content, where)]


def _part(part: dict[str, Any], where: str) -> Part:
    match part["type"]:
        case "text":
            return Text(text=carrying.text(part, "text", where))
        case "refusal":
            return Text(text=carrying.text(part, "refusal", where))
        case "image_url":
            held = carrying.member(part, "image_url", where)
            return carrying.image(carrying.text(held, "url", f"{where}.image_url"))
        case "file":
            return carrying.document(carrying.member(part, "file", where), f"{where}.file")
        case _:
            raise no_counterpart(f"{where}.type")


def _only_texts(parts: Sequence[Part], where: str) -> list[Text]:
    texts = [part for part in parts if isinstance(part, Text)]
    if len(texts) != len(parts):
        raise no_counterpart(where)
    return texts


def _tool(tool: dict[str, Any], where: str) -> Tool:
    if tool.get("type") != "function":
        raise no_counterpart(f"{where}.type")
    function = carrying.member(tool, "function", where)
    inside = f"{where}.function"
    schema = function.get("parameters")
    return Tool(
        name=carrying.text(function, "name", inside),
        description=carrying.text_or_none(function, "description", inside),
        parameters=None if schema is None else carrying.member(function, "parameters", inside),
        strict=carrying.flag(function, "strict") is True,
    )


def _tool_choice(choice: Any) -> ToolChoice | None:
    if choice is None:
        return None
    if isinstance(choice, str) and choice in _MODES:
        return ToolChoice(mode=_MODES[choice])
    if isinstance(choice, dict) and choice.get("type") == "function":
        function = carrying.member(choice, "function", "tool_choice")
        name = carrying.text(function, "name", "tool_choice.function")
        return ToolChoice(mode=ToolChoiceMode.NAMED, name=name)
    raise no_counterpart("tool_choice")


def _sampling(body: dict[str, Any]) -> Sampling:
    return Sampling(
        temperature=carrying.number(body, "temperature"),
        top_p=carrying.number(body, "top_p"),
        top_k=carrying.whole(body, "top_k"),
        seed=carrying.whole(body, "seed"),
        presence_penalty=carrying.number(body, "presence_penalty"),
        frequency_penalty=carrying.number(body, "frequency_penalty"),
        stop=_stop(body.get("stop")),
    )


def _stop(stop: Any) -> tuple[str, ...]:
    if stop is None:
        return ()
    found = [stop] if isinstance(stop, str) else stop
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise CannotCarry("'stop' must be a string or an array of strings.", "stop")
    return tuple(found)


def _reasoning(body: dict[str, Any]) -> Reasoning | None:
    """Return OpenAI's word about thinking, or OpenRouter's object.

    An app that asks for thought in either sees it where it is shown, so it is asked to be.
    """
    own = body.get("reasoning")
    if own is None:
        effort = carrying.effort(body.get("reasoning_effort"), "reasoning_effort")
        return None if effort is None else Reasoning(effort=effort, shown=effort is not Effort.NONE)
    wish = carrying.member(body, "reasoning", "body")
    carrying.require_known(wish, ("effort", "max_tokens", "exclude", "enabled"), ())
    effort = carrying.effort(wish.get("effort"), "reasoning.effort")
    if carrying.flag(wish, "enabled") is False:
        effort = Effort.NONE
    return Reasoning(
        effort=effort,
        budget_tokens=carrying.whole(wish, "max_tokens"),
        shown=effort is not Effort.NONE and carrying.flag(wish, "exclude") is not True,
    )


def _answer_format(wanted: Any) -> AnswerFormat | None:
    kind = wanted.get("type") if isinstance(wanted, dict) else wanted
    match kind:
        case None | "text":
            return None
        case "json_object":
            return AnswerFormat()
        case "json_schema":
            held = carrying.member(wanted, "json_schema", "response_format")
            name = carrying.text(held, "name", "response_format.json_schema")
            return AnswerFormat(
                schema=carrying.member(held, "schema", "response_format.json_schema"),
                name=None if name == UNNAMED_SCHEMA else name,
                strict=carrying.flag(held, "strict") is True,
            )
        case _:
            raise no_counterpart("response_format")
