"""A neutral conversation written as the body of ``/api/chat``."""

from typing import Any

from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    AnswerFormat,
    Conversation,
    Effort,
    Image,
    Message,
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
    ToolResult,
)

_LEVELS = {
    Effort.MINIMAL: "low",
    Effort.LOW: "low",
    Effort.MEDIUM: "medium",
    Effort.HIGH: "high",
    Effort.HIGHEST: "high",
}


def written_request(asked: Conversation, model: str) -> dict[str, Any]:
    """Return the body. Raises CannotCarry, naming what has no word here."""
    if asked.choices != 1:
        raise CannotCarry("Several choices cannot be asked of this model server.", "n")
    if asked.parallel_tools is False and asked.tools:
        raise CannotCarry(
            "One tool call at a time cannot be asked of this model server.", "parallel_tool_calls"
        )
    body: dict[str, Any] = {
        "model": model,
        "messages": [
            *({"role": "system", "content": each.text} for each in asked.system),
            *(row for message in asked.messages for row in _rows(message)),
        ],
        "stream": asked.stream,
    }
    tools = _tools(asked.tools, asked.tool_choice)
    if tools:
        body["tools"] = tools
    options = _options(asked.sampling, asked.output_tokens_max)
    if options:
        body["options"] = options
    if asked.reasoning is not None:
        body["think"] = _think(asked.reasoning)
    if asked.answer_format is not None:
        body["format"] = _format(asked.answer_format)
    return body


def _rows(message: Message) -> list[dict[str, Any]]:
    match message.role:
        case Role.SYSTEM:
            return [{"role": "system", "content": _plain(each)} for each in message.parts]
        case Role.ASSISTANT:
            return [_assistant(message.parts)]
        case Role.USER:
            results = [each for each in message.parts if isinstance(each, ToolResult)]
            said = message.parts[len(results) :]
            return [*map(_result, results), *_said(said)]


def _plain(part: Part) -> str:
    if isinstance(part, Text):
        return part.text
    raise CannotCarry("This model server takes text alone here.", "messages")


def _said(parts: tuple[Part, ...]) -> list[dict[str, Any]]:
    """Return a row for each text with the pictures after it; a row has its text first."""
    rows: list[dict[str, Any]] = []
    for part in parts:
        match part:
            case Text(text=text):
                rows.append({"role": "user", "content": text})
            case Image(data=str(data)):
                if not rows:
                    rows.append({"role": "user", "content": ""})
                rows[-1].setdefault("images", []).append(data)
            case Image():
                raise CannotCarry(
                    "A picture behind an address cannot be carried to this model server: send its"
                    " data.",
                    "messages",
                )
            case _:
                raise CannotCarry("Files cannot be carried to this model server.", "messages")
    return rows


def _assistant(parts: tuple[Part, ...]) -> dict[str, Any]:
    texts = [each.text for each in parts if isinstance(each, Text)]
    thoughts = [each.text for each in parts if isinstance(each, Thinking) and each.text]
    calls = [each for each in parts if isinstance(each, ToolCall)]
    row: dict[str, Any] = {"role": "assistant", "content": "".join(texts)}
    if thoughts:
        row["thinking"] = "".join(thoughts)
    if calls:
        row["tool_calls"] = [
            {"function": {"name": each.name, "arguments": dict(each.arguments)}} for each in calls
        ]
    return row


def _result(result: ToolResult) -> dict[str, Any]:
    content = "\n".join(_plain(each) for each in result.parts)
    return {"role": "tool", "tool_name": result.name, "content": content}


def _tools(tools: tuple[Tool, ...], choice: ToolChoice | None) -> list[dict[str, Any]]:
    if choice is not None and choice.mode in {ToolChoiceMode.REQUIRED, ToolChoiceMode.NAMED}:
        raise CannotCarry("This model server cannot be made to call a tool.", "tool_choice")
    if choice is not None and choice.mode is ToolChoiceMode.NONE:
        return []
    return [{"type": "function", "function": _function(tool)} for tool in tools]


def _function(tool: Tool) -> dict[str, Any]:
    told: dict[str, Any] = {"name": tool.name}
    if tool.description is not None:
        told["description"] = tool.description
    if tool.parameters is not None:
        told["parameters"] = dict(tool.parameters)
    return told


def _options(sampling: Sampling, output_tokens_max: int | None) -> dict[str, Any]:
    options = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "seed": sampling.seed,
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
        "stop": list(sampling.stop) or None,
        "num_predict": output_tokens_max,
    }
    return {name: value for name, value in options.items() if value is not None}


def _think(reasoning: Reasoning) -> bool | str:
    if reasoning.effort is None:
        return reasoning.shown or reasoning.budget_tokens is not None
    return _LEVELS.get(reasoning.effort, False)


def _format(wanted: AnswerFormat) -> Any:
    return "json" if wanted.schema is None else dict(wanted.schema)
