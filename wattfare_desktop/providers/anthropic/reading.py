"""Reads a messages request into a neutral conversation.

Hints fall away (where to cache, whom a request is for, what to clear from a long history); what
would change the answer and has no counterpart is refused by name.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from wattfare_desktop.providers.anthropic.blocks import BlockReader
from wattfare_desktop.providers.anthropic.thinking import read_reasoning
from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    AnswerFormat,
    Conversation,
    Message,
    Part,
    Role,
    Sampling,
    Text,
    Tool,
    ToolChoice,
    ToolChoiceMode,
    ToolResult,
)

NO_ARGUMENTS: Final = {"type": "object", "properties": {}}
"""The schema of a tool that takes no arguments; Anthropic wants one for every tool."""

_READ: Final = frozenset(
    {
        "model",
        "max_tokens",
        "messages",
        "output_config",
        "stop_sequences",
        "stream",
        "system",
        "temperature",
        "thinking",
        "tool_choice",
        "tools",
        "top_k",
        "top_p",
    }
)
_HINTS: Final = frozenset(
    {
        "cache_control",
        "context_management",
        "diagnostics",
        "inference_geo",
        "metadata",
        "service_tier",
    }
)
_NOTHING: Final[tuple[object, ...]] = (None, False, [], {})
_CHOICES: Final = {
    "auto": ToolChoiceMode.AUTO,
    "any": ToolChoiceMode.REQUIRED,
    "none": ToolChoiceMode.NONE,
}


def read_conversation(body: dict[str, Any]) -> Conversation:
    """Return what a body asks that ``messages_request`` has judged. Raises CannotCarry."""
    for name, value in body.items():
        if name not in _READ and name not in _HINTS and value not in _NOTHING:
            if name == "speed" and value == "standard":
                continue
            raise CannotCarry(f"'{name}' has no counterpart at other providers.", name)
    choice = body.get("tool_choice")
    return Conversation(
        system=_system(body.get("system")),
        messages=tuple(_merged(_messages(body["messages"]))),
        tools=_tools(body.get("tools")),
        tool_choice=_tool_choice(choice),
        parallel_tools=_parallel_tools(choice),
        sampling=_sampling(body),
        reasoning=read_reasoning(body),
        answer_format=_answer_format(body.get("output_config")),
        output_tokens_max=body["max_tokens"],
        stream=body.get("stream") is True,
    )


def _system(told: Any) -> tuple[Text, ...]:
    return tuple(
        part for part in BlockReader().parts(told, "system") if isinstance(part, Text) and part.text
    )


def _messages(messages: list[Any]) -> Iterator[Message]:
    reader = BlockReader()
    for index, message in enumerate(messages):
        where = f"messages[{index}]"
        try:
            role = Role(message["role"])
        except ValueError:
            raise CannotCarry("This role has no counterpart.", f"{where}.role") from None
        parts = reader.parts(message.get("content"), f"{where}.content")
        if parts:
            yield Message(role=role, parts=tuple(parts))


def _merged(messages: Iterable[Message]) -> list[Message]:
    """Return messages in normal form: no neighbours of one role, results of tools first."""
    kept: list[tuple[Role, list[Part]]] = []
    for message in messages:
        if kept and kept[-1][0] is message.role:
            kept[-1][1].extend(message.parts)
        else:
            kept.append((message.role, list(message.parts)))
    return [
        Message(role=role, parts=tuple(sorted(parts, key=_comes_later))) for role, parts in kept
    ]


def _comes_later(part: Part) -> bool:
    return not isinstance(part, ToolResult)


def _tools(offered: Any) -> tuple[Tool, ...]:
    return tuple(_tool(tool, f"tools[{index}]") for index, tool in enumerate(offered or ()))


def _tool(tool: dict[str, Any], where: str) -> Tool:
    kind = tool.get("type")
    if kind not in {None, "custom"}:
        raise CannotCarry(f"The tool '{kind}' is known to Anthropic's models alone.", where)
    name, schema = tool.get("name"), tool.get("input_schema")
    description = tool.get("description")
    if not isinstance(name, str) or not isinstance(schema, dict):
        raise CannotCarry("A tool has a name and an input_schema.", where)
    return Tool(
        name=name,
        description=description if isinstance(description, str) else None,
        parameters=None if schema == NO_ARGUMENTS else schema,
        strict=tool.get("strict") is True,
    )


def _tool_choice(choice: Any) -> ToolChoice | None:
    match choice:
        case None:
            return None
        case {"type": "tool", "name": str(name)}:
            return ToolChoice(mode=ToolChoiceMode.NAMED, name=name)
        case {"type": str(kind)} if kind in _CHOICES:
            return ToolChoice(mode=_CHOICES[kind])
    raise CannotCarry("This choice of tools has no counterpart.", "tool_choice")


def _parallel_tools(choice: Any) -> bool | None:
    told = choice.get("disable_parallel_tool_use") if isinstance(choice, dict) else None
    return None if told is None else told is not True


def _sampling(body: dict[str, Any]) -> Sampling:
    stop = body.get("stop_sequences") or []
    if not isinstance(stop, list):
        raise CannotCarry("These are no stop sequences.", "stop_sequences")
    return Sampling(
        temperature=body.get("temperature"),
        top_p=body.get("top_p"),
        top_k=body.get("top_k"),
        stop=tuple(stop),
    )


def _answer_format(config: Any) -> AnswerFormat | None:
    told = config.get("format") if isinstance(config, dict) else None
    match told:
        case None:
            return None
        case {"type": "json_schema", "schema": dict(schema)}:
            return AnswerFormat(schema=schema, strict=True)
    raise CannotCarry("This form of answer has no counterpart.", "output_config.format")
