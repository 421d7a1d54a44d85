"""A request to generate as a neutral conversation; what has no counterpart is refused by name."""

from collections.abc import Iterator
from typing import Any, Final

from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    Conversation,
    Message,
    Part,
    Role,
    Text,
    ToolCall,
    ToolResult,
)
from wattfare_desktop.providers.dialect import CallRequest
from wattfare_desktop.providers.gemini.asked_config import (
    read_answer_format,
    read_reasoning,
    read_sampling,
    refuse_config,
    whole,
)
from wattfare_desktop.providers.gemini.asked_tools import read_tool_choice, read_tools
from wattfare_desktop.providers.gemini.content import CallIds, media, read_result, spoken
from wattfare_desktop.providers.gemini.reading import an_object, objects

_ROLES: Final = {"user": Role.USER, "function": Role.USER, "model": Role.ASSISTANT}
_CARRIED: Final = frozenset(
    {"contents", "generationConfig", "systemInstruction", "toolConfig", "tools"}
)
# Where it is logged, how the bill calls it, how soon it is served: no part of what is asked.
_LET_BE: Final = frozenset({"labels", "safetySettings", "serviceTier", "store"})
_FILTERS_NOTHING: Final = frozenset({"BLOCK_NONE", "HARM_BLOCK_THRESHOLD_UNSPECIFIED", "OFF"})


def read_conversation(call: CallRequest) -> Conversation:
    """Return what is asked. Raises CannotCarry."""
    body: dict[str, Any] = call.body
    for name, value in body.items():
        if value is not None and name not in _CARRIED and name not in _LET_BE:
            raise CannotCarry(f"'{name}' has no counterpart at other providers.", name)
    _refuse_filters(body)
    config = an_object(body, "generationConfig", "generationConfig")
    refuse_config(config)
    tools = read_tools(body)
    return Conversation(
        system=_system(body),
        messages=_Turns().read(body),
        tools=tools,
        tool_choice=read_tool_choice(body, tools),
        sampling=read_sampling(config),
        reasoning=read_reasoning(config),
        answer_format=read_answer_format(config),
        output_tokens_max=whole(config, "maxOutputTokens"),
        choices=call.choices,
        stream=call.stream,
    )


def _refuse_filters(body: dict[str, Any]) -> None:
    for index, setting in enumerate(objects(body, "safetySettings", "safetySettings")):
        if str(setting.get("threshold")) not in _FILTERS_NOTHING:
            raise CannotCarry(
                "Other providers cannot be told how strictly to filter.", f"safetySettings[{index}]"
            )


def _system(body: dict[str, Any]) -> tuple[Text, ...]:
    instruction = an_object(body, "systemInstruction", "systemInstruction")
    said = []
    for index, part in enumerate(objects(instruction, "parts", "systemInstruction.parts")):
        if not isinstance(part.get("text"), str):
            where = f"systemInstruction.parts[{index}]"
            raise CannotCarry("A system's instruction is text alone.", where)
        said.append(Text(text=part["text"]))
    return tuple(said)


class _Turns:
    """Reads the turns of a conversation, and which call each result answers."""

    def __init__(self) -> None:
        self._ids = CallIds("")
        self._open_calls: list[ToolCall] = []

    def read(self, body: dict[str, Any]) -> tuple[Message, ...]:
        """Return the messages in normal form: roles alternate, results come first."""
        turns: list[tuple[Role, list[Part]]] = []
        for index, content in enumerate(objects(body, "contents", "contents")):
            where = f"contents[{index}]"
            role = _ROLES.get(str(content.get("role") or "user"))
            if role is None:
                raise CannotCarry("A content is the user's or the model's.", f"{where}.role")
            parts = list(self._parts(content, role, where))
            if turns and turns[-1][0] is role:
                turns[-1][1].extend(parts)
            elif parts:
                turns.append((role, parts))
        return tuple(Message(role=role, parts=_results_first(parts)) for role, parts in turns)

    def _parts(self, content: dict[str, Any], role: Role, where: str) -> Iterator[Part]:
        for index, part in enumerate(objects(content, "parts", f"{where}.parts")):
            at = f"{where}.parts[{index}]"
            answered = part.get("functionResponse")
            if isinstance(answered, dict):
                yield read_result(answered, self._answered(answered), f"{at}.functionResponse")
                continue
            said = spoken(part, self._ids)
            if isinstance(said, ToolCall):
                self._open_calls.append(said)
            is_said = said is not None and (role is Role.ASSISTANT or isinstance(said, Text))
            yield said if said is not None and is_said else media(part, at)

    def _answered(self, answered: dict[str, Any]) -> str:
        """Return the id of the call that is answered: as told, or the first open of its name."""
        told, name = answered.get("id"), answered.get("name")
        for call in self._open_calls:
            if call.id == told or (not told and call.name == name):
                self._open_calls.remove(call)
                return call.id
        if isinstance(told, str) and told:
            return told
        return self._ids.of({})


def _results_first(parts: list[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: not isinstance(part, ToolResult)))
