"""Chat completion requests out of the neutral conversation."""

from collections.abc import Sequence
from typing import Any

from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    AnswerFormat,
    Conversation,
    Document,
    Image,
    Message,
    Part,
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
from wattfare_desktop.providers.openai import carrying
from wattfare_desktop.providers.openai.carrying import UNNAMED_SCHEMA
from wattfare_desktop.providers.openai.chat_codec_message import said_by_assistant, written_image


def write_request(conversation: Conversation, model: str) -> dict[str, Any]:
    """Return a conversation as the body of a chat completion. Raises CannotCarry."""
    body: dict[str, Any] = {"model": model, "messages": _written_messages(conversation)}
    if conversation.stream:
        body["stream"] = True
    if conversation.choices > 1:
        body["n"] = conversation.choices
    if conversation.output_tokens_max is not None:
        body["max_completion_tokens"] = conversation.output_tokens_max
    if conversation.tools:
        body["tools"] = [_written_tool(tool) for tool in conversation.tools]
    if conversation.tool_choice is not None:
        body["tool_choice"] = _written_choice(conversation.tool_choice)
    if conversation.parallel_tools is not None:
        body["parallel_tool_calls"] = conversation.parallel_tools
    if conversation.answer_format is not None:
        body["response_format"] = _written_format(conversation.answer_format)
    if (wish := conversation.reasoning) is not None:
        word = carrying.effort_word(wish.effort, wish.budget_tokens)
        body.update({} if word is None else {"reasoning_effort": word})
    return {**body, **_written_sampling(conversation.sampling)}


def _written_sampling(sampling: Sampling) -> dict[str, Any]:
    values: dict[str, Any] = {
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "seed": sampling.seed,
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
        "stop": list(sampling.stop) or None,
    }
    return {name: value for name, value in values.items() if value is not None}


def _written_messages(conversation: Conversation) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    if conversation.system:
        messages.append({"role": "system", "content": _written_content(conversation.system)})
    for index, message in enumerate(conversation.messages):
        messages += _written_turn(message, f"messages[{index}]")
    return messages


def _written_turn(message: Message, where: str) -> list[dict[str, Any]]:
    if message.role is Role.ASSISTANT:
        # What was thought is for the model that thought it: nobody else misses it.
        said = [part for part in message.parts if not isinstance(part, Thinking)]
        return [said_by_assistant(said, where)] if said else []
    results = [part for part in message.parts if isinstance(part, ToolResult)]
    written = [_written_result(result, where) for result in results]
    rest = [part for part in message.parts if not isinstance(part, ToolResult)]
    if rest:
        written.append({"role": message.role.value, "content": _written_content(rest)})
    return written


def _written_result(result: ToolResult, where: str) -> dict[str, Any]:
    if any(isinstance(part, Image) for part in result.parts):
        raise CannotCarry("A tool's result can only be text at this model's provider.", where)
    content = _written_content(result.parts) if result.parts else ""
    return {"role": "tool", "tool_call_id": result.call_id, "content": content}


def _written_content(parts: Sequence[Part]) -> str | list[dict[str, Any]]:
    match parts:
        case [Text(text=text)]:
            return text
        case _:
            return [_written_part(part) for part in parts]


def _written_part(part: Part) -> dict[str, Any]:
    match part:
        case Text(text=text):
            return {"type": "text", "text": text}
        case Image():
            return written_image(part)
        case Document():
            return {"type": "file", "file": carrying.file_members(part)}
        case Thinking() | ToolCall() | ToolResult():
            raise AssertionError("normal form: they have messages of their own")


def _written_tool(tool: Tool) -> dict[str, Any]:
    function: dict[str, Any] = {"name": tool.name}
    if tool.description is not None:
        function["description"] = tool.description
    if tool.parameters is not None:
        function["parameters"] = tool.parameters
    if tool.strict:
        function["strict"] = True
    return {"type": "function", "function": function}


def _written_choice(choice: ToolChoice) -> str | dict[str, Any]:
    if choice.mode is ToolChoiceMode.NAMED:
        return {"type": "function", "function": {"name": choice.name}}
    return choice.mode.value


def _written_format(wanted: AnswerFormat) -> dict[str, Any]:
    if wanted.schema is None:
        return {"type": "json_object"}
    schema = {
        "name": wanted.name or UNNAMED_SCHEMA,
        "schema": wanted.schema,
        "strict": wanted.strict,
    }
    return {"type": "json_schema", "json_schema": schema}
