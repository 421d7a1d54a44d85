"""Writes a neutral conversation as a messages request.

Anthropic wants a bound of the answer. Where the app named none it is 16,384 tokens (4,096 up to
Claude 3.5), and as many more as are to be thought.
"""

from typing import Any, Final

from wattfare_desktop.providers.anthropic.blocks import request_blocks
from wattfare_desktop.providers.anthropic.generations import Abilities, abilities_of
from wattfare_desktop.providers.anthropic.reading import NO_ARGUMENTS
from wattfare_desktop.providers.anthropic.thinking import bound_thinking, write_reasoning
from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    Conversation,
    Image,
    Message,
    Role,
    Sampling,
    Tool,
    ToolChoiceMode,
)

_TEMPERATURE_MAX: Final = 1.0
_USUAL_TEMPERATURE: Final = 1.0
_USUAL_TOP_P: Final = 1.0
_MODES: Final = {
    ToolChoiceMode.AUTO: "auto",
    ToolChoiceMode.NONE: "none",
    ToolChoiceMode.REQUIRED: "any",
    ToolChoiceMode.NAMED: "tool",
}


def write_conversation(conversation: Conversation, model: str) -> dict[str, Any]:
    """Return ``conversation`` as the body of a request to ``model``. Raises CannotCarry."""
    able = abilities_of(model)
    if conversation.choices != 1:
        raise CannotCarry("Anthropic's models give one answer to a request.", "choices")
    body: dict[str, Any] = {
        "model": model,
        "messages": [told for each in conversation.messages if (told := _message(each, able))],
        **_sampling(conversation.sampling, able),
        **_tools(conversation),
    }
    if conversation.system:
        body["system"] = request_blocks(conversation.system)
    if conversation.stream:
        body["stream"] = True
    _write_thinking(body, conversation, able)
    _write_bound(body, conversation.output_tokens_max, able)
    return body


def _message(message: Message, able: Abilities) -> dict[str, Any] | None:
    """Return a message; None where nothing of it can be told, such as thoughts nobody signed."""
    if message.role is Role.SYSTEM and not able.system_between:
        raise CannotCarry("This model takes no system messages between turns.", "messages")
    if message.role is Role.ASSISTANT and any(isinstance(part, Image) for part in message.parts):
        raise CannotCarry("Anthropic takes no pictures in the model's own turns.", "messages")
    content = request_blocks(message.parts)
    return {"role": message.role.value, "content": content} if content else None


def _sampling(sampling: Sampling, able: Abilities) -> dict[str, Any]:
    if sampling.seed is not None:
        raise CannotCarry("Anthropic's models take no seed.", "seed")
    for name in ("presence_penalty", "frequency_penalty"):
        if getattr(sampling, name):
            raise CannotCarry(f"Anthropic's models take no {name}.", name)
    told = _randomness(sampling, able)
    return {**told, **({"stop_sequences": list(sampling.stop)} if sampling.stop else {})}


def _randomness(sampling: Sampling, able: Abilities) -> dict[str, Any]:
    """Return what decides the next token; later models take none of it but what is usual."""
    if sampling.temperature is not None and sampling.temperature > _TEMPERATURE_MAX:
        raise CannotCarry("Anthropic's temperatures end at 1.", "temperature")
    told = {
        name: value
        for name in ("temperature", "top_p", "top_k")
        if (value := getattr(sampling, name)) is not None
    }
    if able.sampling:
        return told
    usual = {"temperature": _USUAL_TEMPERATURE, "top_p": _USUAL_TOP_P}
    for name, value in told.items():
        if value != usual.get(name):
            raise CannotCarry(f"This model takes no {name}.", name)
    return {}


def _tools(conversation: Conversation) -> dict[str, Any]:
    if not conversation.tools:
        return {}
    told: dict[str, Any] = {"tools": [_tool(tool) for tool in conversation.tools]}
    choice = _tool_choice(conversation)
    return told if choice is None else {**told, "tool_choice": choice}


def _tool(tool: Tool) -> dict[str, Any]:
    schema = NO_ARGUMENTS if tool.parameters is None else {"type": "object", **tool.parameters}
    told: dict[str, Any] = {"name": tool.name, "input_schema": schema}
    if tool.description is not None:
        told["description"] = tool.description
    if tool.strict:
        told["strict"] = True
    return told


def _tool_choice(conversation: Conversation) -> dict[str, Any] | None:
    choice, parallel = conversation.tool_choice, conversation.parallel_tools
    if choice is None and parallel is None:
        return None
    mode = ToolChoiceMode.AUTO if choice is None else choice.mode
    told: dict[str, Any] = {"type": _MODES[mode]}
    if choice is not None and mode is ToolChoiceMode.NAMED:
        told["name"] = choice.name
    if parallel is not None and mode is not ToolChoiceMode.NONE:
        told["disable_parallel_tool_use"] = not parallel
    return told


def _write_thinking(body: dict[str, Any], conversation: Conversation, able: Abilities) -> None:
    config: dict[str, Any] = {}
    if conversation.answer_format is not None:
        schema = conversation.answer_format.schema
        if schema is None:
            raise CannotCarry("Anthropic's models give JSON by a schema only.", "answer_format")
        config["format"] = {"type": "json_schema", "schema": dict(schema)}
    if conversation.reasoning is not None:
        thinking, effort = write_reasoning(conversation.reasoning, able)
        if thinking is not None:
            body["thinking"] = thinking
        if effort is not None:
            config["effort"] = effort
    if config:
        body["output_config"] = config


def _write_bound(body: dict[str, Any], output_tokens_max: int | None, able: Abilities) -> None:
    if output_tokens_max is not None:
        body["max_tokens"] = output_tokens_max
        bound_thinking(body, output_tokens_max)
        return
    thought = body.get("thinking", {}).get("budget_tokens", 0)
    body["max_tokens"] = able.answer_tokens + thought
