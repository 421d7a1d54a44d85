"""Tools and the choice among them in neutral words, and back."""

from collections.abc import Sequence
from typing import Any, Final

from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    Conversation,
    Tool,
    ToolChoice,
    ToolChoiceMode,
)
from wattfare_desktop.providers.gemini.reading import an_object, objects
from wattfare_desktop.providers.gemini.schemas import json_schema

_CHOICES: Final = "toolConfig.functionCallingConfig"
_STRICT: Final = "VALIDATED"
_MODES: Final = {
    "AUTO": ToolChoiceMode.AUTO,
    "ANY": ToolChoiceMode.REQUIRED,
    "NONE": ToolChoiceMode.NONE,
    _STRICT: ToolChoiceMode.AUTO,
}
_LET_BE: Final = frozenset({"functionCallingConfig", "retrievalConfig"})


def read_tools(body: dict[str, Any]) -> tuple[Tool, ...]:
    """Return the tools the app runs. Raises CannotCarry for those that Google runs."""
    strict = _config(body).get("mode") == _STRICT
    tools: list[Tool] = []
    for index, offered in enumerate(objects(body, "tools", "tools")):
        for name in offered:
            where = f"tools[{index}].{name}"
            if name != "functionDeclarations":
                raise CannotCarry(f"'{name}' is Google's own tool.", where)
            tools += [_tool(row, strict=strict) for row in objects(offered, name, where)]
    return tuple(tools)


def _tool(declared: dict[str, Any], *, strict: bool) -> Tool:
    schema = declared.get("parametersJsonSchema")
    if not isinstance(schema, dict):
        written = declared.get("parameters")
        schema = json_schema(written) if isinstance(written, dict) else None
    description = declared.get("description")
    return Tool(
        name=str(declared.get("name") or ""),
        description=description if isinstance(description, str) else None,
        parameters=schema,
        strict=strict,
    )


def read_tool_choice(body: dict[str, Any], tools: Sequence[Tool]) -> ToolChoice | None:
    """Return which of ``tools`` may be called; None where nothing is said of it."""
    for name, value in an_object(body, "toolConfig", "toolConfig").items():
        if value is not None and name not in _LET_BE:
            raise CannotCarry(f"'{name}' is about Google's own tools.", f"toolConfig.{name}")
    config = _config(body)
    mode = config.get("mode")
    if mode in {None, "MODE_UNSPECIFIED"}:
        return None
    choice = _MODES.get(str(mode))
    if choice is None:
        raise CannotCarry("This mode has no counterpart at other providers.", f"{_CHOICES}.mode")
    allowed = config.get("allowedFunctionNames") or []
    if choice is ToolChoiceMode.REQUIRED and len(allowed) == 1:
        return ToolChoice(mode=ToolChoiceMode.NAMED, name=str(allowed[0]))
    if not allowed or {tool.name for tool in tools} == set(allowed):
        return ToolChoice(mode=choice)
    raise CannotCarry(
        "Other providers take one function or all of them.", f"{_CHOICES}.allowedFunctionNames"
    )


def _config(body: dict[str, Any]) -> dict[str, Any]:
    chosen = an_object(body, "toolConfig", "toolConfig")
    return an_object(chosen, "functionCallingConfig", _CHOICES)


def write_tools(conversation: Conversation) -> dict[str, Any]:
    """Return the members for tools. Raises CannotCarry where calls are to come one by one."""
    if conversation.parallel_tools is False:
        raise CannotCarry(
            "Gemini cannot be kept from calling several tools at once.", "parallel_tool_calls"
        )
    if not conversation.tools:
        return {}
    declared = [_declared(tool) for tool in conversation.tools]
    config = _written_choice(conversation)
    tools: dict[str, Any] = {"tools": [{"functionDeclarations": declared}]}
    return {**tools, "toolConfig": {"functionCallingConfig": config}} if config else tools


def _declared(tool: Tool) -> dict[str, Any]:
    declared: dict[str, Any] = {"name": tool.name}
    if tool.description is not None:
        declared["description"] = tool.description
    if tool.parameters is not None:
        declared["parametersJsonSchema"] = dict(tool.parameters)
    return declared


def _written_choice(conversation: Conversation) -> dict[str, Any]:
    choice = conversation.tool_choice
    mode = ToolChoiceMode.AUTO if choice is None else choice.mode
    if mode is ToolChoiceMode.AUTO and any(tool.strict for tool in conversation.tools):
        return {"mode": _STRICT}
    match choice:
        case None:
            return {}
        case ToolChoice(mode=ToolChoiceMode.NAMED, name=name):
            return {"mode": "ANY", "allowedFunctionNames": [name]}
        case ToolChoice(mode=ToolChoiceMode.REQUIRED):
            return {"mode": "ANY"}
        case ToolChoice(mode=mode):
            return {"mode": mode.value.upper()}
