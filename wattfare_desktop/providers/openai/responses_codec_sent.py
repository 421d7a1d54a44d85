"""Responses requests out of the neutral conversation."""

from collections.abc import Sequence
from typing import Any, Final

from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    AnswerFormat,
    Conversation,
    Document,
    Effort,
    Image,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolChoiceMode,
    ToolResult,
)
from wattfare_desktop.providers.openai import carrying
from wattfare_desktop.providers.openai.carrying import UNNAMED_SCHEMA, no_counterpart

_OUTPUT_TOKENS_LEAST: Final = 16
"""A smaller bound is refused by OpenAI; chat completions take it."""


def write_request(conversation: Conversation, model: str) -> dict[str, Any]:
    """Return a conversation as the body of a responses request. Raises CannotCarry.

    Nothing is stored at the provider: the app never asked for it. So that thoughts can come back in
    a later turn all the same, they are asked for sealed.
    """
    _require_words_for(conversation)
    told = conversation.system
    items = [_message("system", "input_text", told)] if len(told) > 1 else []
    for index, message in enumerate(conversation.messages):
        items += _written_turn(message, f"messages[{index}]")
    tools = [_written_tool(tool) for tool in conversation.tools]
    choice, wanted = conversation.tool_choice, conversation.answer_format
    body: dict[str, Any] = {
        "model": model,
        "input": items,
        "store": False,
        "stream": conversation.stream or None,
        "instructions": told[0].text if len(told) == 1 else None,
        "max_output_tokens": conversation.output_tokens_max,
        "tools": tools or None,
        "tool_choice": None if choice is None else _written_choice(choice),
        "parallel_tool_calls": conversation.parallel_tools,
        "text": None if wanted is None else {"format": _written_format(wanted)},
        "temperature": _unless_default(conversation.sampling.temperature),
        "top_p": _unless_default(conversation.sampling.top_p),
        **_written_reasoning(conversation.reasoning),
    }
    return {name: value for name, value in body.items() if value is not None}


def _unless_default(value: float | None) -> float | None:
    """Return ``value`` unless it says nothing: models that think refuse to be told even that."""
    return None if value == 1 else value


def _require_words_for(conversation: Conversation) -> None:
    sampling, bound = conversation.sampling, conversation.output_tokens_max
    said: dict[str, Any] = {
        "max_tokens": bound is not None and bound < _OUTPUT_TOKENS_LEAST,
        "n": conversation.choices > 1,
        "stop": sampling.stop,
        "top_k": sampling.top_k is not None,
        "seed": sampling.seed is not None,
        "presence_penalty": sampling.presence_penalty,
        "frequency_penalty": sampling.frequency_penalty,
    }
    for name, value in said.items():
        if value:
            raise no_counterpart(name)


def _written_reasoning(wish: Reasoning | None) -> dict[str, Any]:
    if wish is None:
        return {}
    reasoning: dict[str, Any] = {}
    word = carrying.effort_word(wish.effort, wish.budget_tokens)
    if word is not None:
        reasoning["effort"] = word
    if wish.shown:
        reasoning["summary"] = "auto"
    if not reasoning or word == Effort.NONE.value:
        return {"reasoning": reasoning} if reasoning else {}
    return {"reasoning": reasoning, "include": ["reasoning.encrypted_content"]}


def _written_turn(message: Message, where: str) -> list[dict[str, Any]]:
    """Return a turn as items, in its own order; neighbouring texts share one."""
    items: list[dict[str, Any]] = []
    said: list[Part] = []
    for part in message.parts:
        item = _own_item(part)
        if item is None and not isinstance(part, Thinking):
            said.append(part)
            continue
        items += _said(message.role, said, where)
        said = []
        items += [] if item is None else [item]
    return [*items, *_said(message.role, said, where)]


def _said(role: Role, parts: list[Part], where: str) -> list[dict[str, Any]]:
    """Return the message of ``parts``; nothing where there are none."""
    if not parts:
        return []
    if role is not Role.ASSISTANT:
        return [_message(role.value, "input_text", parts)]
    if not all(isinstance(part, Text) for part in parts):
        raise CannotCarry("An answer can only be text at this model's provider.", where)
    return [_message("assistant", "output_text", parts)]


def _own_item(part: Part) -> dict[str, Any] | None:
    match part:
        case Thinking(signature=str(sealed)):
            summary = [{"type": "summary_text", "text": part.text}] if part.text else []
            return {"type": "reasoning", "summary": summary, "encrypted_content": sealed}
        case ToolCall():
            return {
                "type": "function_call",
                "call_id": part.id,
                "name": part.name,
                "arguments": carrying.arguments_text(part),
            }
        case ToolResult():
            return {
                "type": "function_call_output",
                "call_id": part.call_id,
                "output": _written_output(part.parts),
            }
        case _:
            # A thought that is not sealed is for whoever thought it: nobody else misses it.
            return None


def _written_output(parts: Sequence[Text | Image]) -> str | list[dict[str, Any]]:
    match parts:
        case ():
            return ""
        case (Text(text=text),):
            return text
        case several:
            return [_written_part(part, "input_text") for part in several]


def _message(role: str, text_type: str, parts: Sequence[Part]) -> dict[str, Any]:
    content = [_written_part(part, text_type) for part in parts]
    return {"type": "message", "role": role, "content": content}


def _written_part(part: Part, text_type: str) -> dict[str, Any]:
    match part:
        case Text(text=text):
            return {"type": text_type, "text": text}
        case Image():
            url = carrying.image_url(part)
            return {"type": "input_image", "detail": "auto", "image_url": url}
        case Document():
            return {"type": "input_file", **carrying.file_members(part)}
        case Thinking() | ToolCall() | ToolResult():
            raise AssertionError("they are items of their own")


def _written_tool(tool: Tool) -> dict[str, Any]:
    written: dict[str, Any] = {"type": "function", "name": tool.name, "strict": tool.strict}
    if tool.description is not None:
        written["description"] = tool.description
    written["parameters"] = tool.parameters
    return written


def _written_choice(choice: ToolChoice) -> str | dict[str, Any]:
    if choice.mode is ToolChoiceMode.NAMED:
        return {"type": "function", "name": choice.name}
    return choice.mode.value


def _written_format(wanted: AnswerFormat) -> dict[str, Any]:
    if wanted.schema is None:
        return {"type": "json_object"}
    return {
        "type": "json_schema",
        "name": wanted.name or UNNAMED_SCHEMA,
        "schema": wanted.schema,
        "strict": wanted.strict,
    }
