"""Responses requests into the neutral conversation."""

from collections.abc import Sequence
from typing import Any, Final

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
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolChoiceMode,
)
from wattfare_desktop.providers.dialect import CallRequest
from wattfare_desktop.providers.openai import carrying
from wattfare_desktop.providers.openai.carrying import UNNAMED_SCHEMA, no_counterpart
from wattfare_desktop.providers.openai.chat_codec_message import call_signature
from wattfare_desktop.providers.openai.turns import Turns

_CARRIED: Final = frozenset(
    {
        "model",
        "input",
        "instructions",
        "stream",
        "stream_options",
        "tools",
        "tool_choice",
        "parallel_tool_calls",
        "max_output_tokens",
        "reasoning",
        "text",
        "temperature",
        "top_p",
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
        "truncation",
        "max_tool_calls",
        "include",
    }
)
_MODES: Final = {
    "auto": ToolChoiceMode.AUTO,
    "none": ToolChoiceMode.NONE,
    "required": ToolChoiceMode.REQUIRED,
}
_TEXT_PARTS: Final = frozenset({"input_text", "output_text", "text"})


def read_request(call: CallRequest) -> Conversation:
    """Return what a responses request asks. Raises CannotCarry."""
    body: dict[str, Any] = call.body
    _require_carried(body)
    turns = Turns()
    if told := carrying.text_or_none(body, "instructions", "body"):
        turns.tell([Text(text=told)])
    if isinstance(asked := body["input"], str):
        turns.say(Role.USER, [Text(text=asked)])
    else:
        for where, item in carrying.rows(asked, "input"):
            _read_item(turns, item, where)
    return Conversation(
        system=turns.system,
        messages=turns.messages,
        tools=tuple(
            _tool(tool, where) for where, tool in carrying.rows(body.get("tools"), "tools")
        ),
        tool_choice=_tool_choice(body.get("tool_choice")),
        parallel_tools=carrying.flag(body, "parallel_tool_calls"),
        sampling=Sampling(
            temperature=carrying.number(body, "temperature"), top_p=carrying.number(body, "top_p")
        ),
        reasoning=_reasoning(body),
        answer_format=_answer_format(body),
        output_tokens_max=call.output_tokens_max,
        stream=call.stream,
    )


def _require_carried(body: dict[str, Any]) -> None:
    said = {
        name: value
        for name, value in body.items()
        if name != "service_tier" or value not in {"auto", "default"}
    }
    carrying.require_known(said, _CARRIED, _HINTS)
    if "message.output_text.logprobs" in (body.get("include") or ()):
        raise no_counterpart("include")


def _read_item(turns: Turns, item: dict[str, Any], where: str) -> None:
    match item.get("type") or "message":
        case "message":
            _read_message(turns, item, where)
        case "reasoning":
            turns.say(Role.ASSISTANT, [thought_of(item)])
        case "function_call":
            call = ToolCall(
                id=carrying.text(item, "call_id", where),
                name=carrying.text(item, "name", where),
                arguments=carrying.arguments(carrying.text(item, "arguments", where)),
                signature=call_signature(item),
            )
            turns.say(Role.ASSISTANT, [call])
        case "function_call_output":
            parts = _content(item.get("output"), f"{where}.output")
            given = [part for part in parts if isinstance(part, Text | Image)]
            if len(given) != len(parts):
                raise no_counterpart(f"{where}.output")
            call_id = carrying.text(item, "call_id", where)
            turns.give_back(call_id, given, f"{where}.call_id")
        case _:
            raise no_counterpart(f"{where}.type")


def thought_of(item: dict[str, Any]) -> Thinking:
    """Return a reasoning item as a thought, sealed where it is."""
    texts = _texts(item.get("summary")) or _texts(item.get("content"))
    sealed = item.get("encrypted_content")
    return Thinking(
        text="\n\n".join(texts), signature=sealed if isinstance(sealed, str) and sealed else None
    )


def _texts(parts: Any) -> list[str]:
    found = [part.get("text") for part in parts if isinstance(part, dict)] if parts else []
    return [text for text in found if isinstance(text, str)]


def _read_message(turns: Turns, item: dict[str, Any], where: str) -> None:
    parts = _content(item.get("content"), f"{where}.content")
    match item.get("role"):
        case "system" | "developer":
            turns.tell(_only_texts(parts, f"{where}.content"))
        case "user":
            turns.say(Role.USER, parts)
        case "assistant":
            turns.say(Role.ASSISTANT, _only_texts(parts, f"{where}.content"))
        case _:
            raise no_counterpart(f"{where}.role")


def _only_texts(parts: Sequence[Part], where: str) -> list[Text]:
    texts = [part for part in parts if isinstance(part, Text)]
    if len(texts) != len(parts):
        raise no_counterpart(where)
    return texts


def _content(content: Any, where: str) -> list[Part]:
    if isinstance(content, str):
        return [Text(text=content)] if content else []
    return [_part(part, place) for place, part in carrying.rows(content, where)]


def _part(part: dict[str, Any], where: str) -> Part:
    kind = part.get("type")
    if kind in _TEXT_PARTS:
        return Text(text=carrying.text(part, "text", where))
    if kind == "refusal":
        return Text(text=carrying.text(part, "refusal", where))
    if kind == "input_image":
        if part.get("file_id") is not None:
            raise no_counterpart(f"{where}.file_id")
        return carrying.image(carrying.text(part, "image_url", where))
    if kind == "input_file":
        return carrying.document(part, where)
    raise no_counterpart(f"{where}.type")


def _tool(tool: dict[str, Any], where: str) -> Tool:
    if tool.get("type") != "function":
        raise no_counterpart(f"{where}.type")
    schema = tool.get("parameters")
    return Tool(
        name=carrying.text(tool, "name", where),
        description=carrying.text_or_none(tool, "description", where),
        parameters=None if schema is None else carrying.member(tool, "parameters", where),
        strict=carrying.flag(tool, "strict") is True,
    )


def _tool_choice(choice: Any) -> ToolChoice | None:
    if choice is None:
        return None
    if isinstance(choice, str) and choice in _MODES:
        return ToolChoice(mode=_MODES[choice])
    if isinstance(choice, dict) and choice.get("type") == "function":
        name = carrying.text(choice, "name", "tool_choice")
        return ToolChoice(mode=ToolChoiceMode.NAMED, name=name)
    raise no_counterpart("tool_choice")


def _reasoning(body: dict[str, Any]) -> Reasoning | None:
    if body.get("reasoning") is None:
        return None
    wish = carrying.member(body, "reasoning", "body")
    carrying.require_known(wish, ("effort", "summary", "generate_summary", "mode"), ("context",))
    effort = carrying.effort(wish.get("effort"), "reasoning.effort")
    shown = wish.get("summary") is not None or wish.get("generate_summary") is not None
    if effort is None and not shown:
        return None
    return Reasoning(effort=effort, shown=shown and effort is not Effort.NONE)


def _answer_format(body: dict[str, Any]) -> AnswerFormat | None:
    if body.get("text") is None:
        return None
    told = carrying.member(body, "text", "body")
    if told.get("verbosity") not in {None, "medium"}:
        raise no_counterpart("text.verbosity")
    if told.get("format") is None:
        return None
    wanted = carrying.member(told, "format", "text")
    match wanted.get("type"):
        case "text":
            return None
        case "json_object":
            return AnswerFormat()
        case "json_schema":
            name = carrying.text(wanted, "name", "text.format")
            return AnswerFormat(
                schema=carrying.member(wanted, "schema", "text.format"),
                name=None if name == UNNAMED_SCHEMA else name,
                strict=carrying.flag(wanted, "strict") is True,
            )
        case _:
            raise no_counterpart("text.format")
