"""Tests of ``wattfare_desktop.providers.anthropic.reading``, ``blocks`` and ``thinking``."""

from typing import Any

import pytest

from wattfare_desktop.providers.anthropic.reading import read_conversation
from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    AnswerFormat,
    Conversation,
    Document,
    Effort,
    Image,
    Message,
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

LOOK = {"type": "tool_use", "id": "t1", "name": "look", "input": {"at": "sky"}}
CALLED = {"role": "assistant", "content": [LOOK]}


def read(**members: Any) -> Conversation:
    body = {
        "model": "claude",
        "max_tokens": 50,
        "messages": [{"role": "user", "content": "hello"}],
        **members,
    }
    return read_conversation(body)


def read_messages(*messages: dict[str, Any]) -> tuple[Message, ...]:
    return read(messages=list(messages)).messages


def user(*blocks: dict[str, Any]) -> dict[str, Any]:
    return {"role": "user", "content": list(blocks)}


def test_plain_words() -> None:
    assert read(system="Be brief.", stop_sequences=["x"], stream=True) == Conversation(
        system=(Text(text="Be brief."),),
        messages=(Message(role=Role.USER, parts=(Text(text="hello"),)),),
        sampling=read(stop_sequences=["x"]).sampling,
        output_tokens_max=50,
        stream=True,
    )


def test_neighbours_of_one_role_are_one_and_results_come_first() -> None:
    result = {"type": "tool_result", "tool_use_id": "t1", "content": "blue"}
    messages = read_messages(
        user({"type": "text", "text": "a"}),
        user({"type": "text", "text": "b"}),
        CALLED,
        {"role": "user", "content": "and"},
        user({"type": "text", "text": "then"}, result),
    )
    assert messages == (
        Message(role=Role.USER, parts=(Text(text="a"), Text(text="b"))),
        Message(
            role=Role.ASSISTANT,
            parts=(ToolCall(id="t1", name="look", arguments={"at": "sky"}),),
        ),
        Message(
            role=Role.USER,
            parts=(
                ToolResult(call_id="t1", name="look", parts=(Text(text="blue"),)),
                Text(text="and"),
                Text(text="then"),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("block", "part"),
    [
        (
            {
                "type": "image",
                "source": {"type": "base64", "media_type": "image/png", "data": "AA"},
            },
            Image(media_type="image/png", data="AA"),
        ),
        (
            {"type": "image", "source": {"type": "url", "url": "https://a.example"}},
            Image(url="https://a.example"),
        ),
        (
            {
                "type": "document",
                "title": "Plan",
                "citations": {"enabled": False},
                "source": {"type": "base64", "media_type": "application/pdf", "data": "AA"},
            },
            Document(media_type="application/pdf", data="AA", name="Plan"),
        ),
        (
            {
                "type": "document",
                "source": {"type": "text", "media_type": "text/plain", "data": "hallo"},
            },
            Document(media_type="text/plain", data="aGFsbG8="),
        ),
        (
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            Thinking(text="hm", signature="s"),
        ),
        ({"type": "thinking", "thinking": "hm", "signature": ""}, Thinking(text="hm")),
        (
            {"type": "redacted_thinking", "data": "sealed"},
            Thinking(signature="redacted_thinking:sealed"),
        ),
        (
            {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}},
            Text(text="a"),
        ),
    ],
)
def test_blocks(block: dict[str, Any], part: Any) -> None:
    (message,) = read_messages(user(block))
    assert message.parts == (part,)


def test_a_signature_kept_beside_a_call_finds_it_again() -> None:
    kept = {"type": "redacted_thinking", "data": "signature_of_call:t1:c2ln:bmF0dXJl"}
    (message,) = read_messages({"role": "assistant", "content": [LOOK, kept]})
    assert message.parts == (
        ToolCall(id="t1", name="look", arguments={"at": "sky"}, signature="c2ln:bmF0dXJl"),
    )


def test_what_says_nothing_is_left_out() -> None:
    messages = read_messages(
        user({"type": "text", "text": ""}), {"role": "user", "content": ""}, user()
    )
    assert messages == ()


@pytest.mark.parametrize(
    ("members", "reasoning"),
    [
        ({}, None),
        ({"thinking": {"type": "disabled"}}, Reasoning(effort=Effort.NONE)),
        ({"thinking": {"type": "adaptive"}}, Reasoning(shown=True)),
        ({"thinking": {"type": "adaptive", "display": "omitted"}}, Reasoning()),
        (
            {"thinking": {"type": "enabled", "budget_tokens": 2_000}},
            Reasoning(budget_tokens=2_000, shown=True),
        ),
        ({"output_config": {"effort": "xhigh"}}, Reasoning(effort=Effort.HIGHEST)),
        (
            {"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}},
            Reasoning(effort=Effort.LOW, shown=True),
        ),
    ],
)
def test_how_much_to_think(members: dict[str, Any], reasoning: Reasoning | None) -> None:
    assert read(**members).reasoning == reasoning


@pytest.mark.parametrize(
    ("choice", "read_choice", "parallel"),
    [
        (None, None, None),
        ({"type": "auto"}, ToolChoice(mode=ToolChoiceMode.AUTO), None),
        (
            {"type": "any", "disable_parallel_tool_use": True},
            ToolChoice(mode=ToolChoiceMode.REQUIRED),
            False,
        ),
        ({"type": "none"}, ToolChoice(mode=ToolChoiceMode.NONE), None),
        (
            {"type": "tool", "name": "look", "disable_parallel_tool_use": False},
            ToolChoice(mode=ToolChoiceMode.NAMED, name="look"),
            True,
        ),
    ],
)
def test_which_tools_to_call(
    choice: Any, read_choice: ToolChoice | None, *, parallel: bool | None
) -> None:
    conversation = read(tools=[{"name": "look", "input_schema": {}}], tool_choice=choice)
    assert conversation.tool_choice == read_choice
    assert conversation.parallel_tools is parallel


def test_tools_and_formats() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    tools = [
        {"name": "a", "input_schema": schema, "description": "d", "strict": True, "type": "custom"},
        {"name": "b", "input_schema": {"type": "object", "properties": {}}},
    ]
    form = {"format": {"type": "json_schema", "schema": schema}}
    conversation = read(tools=tools, output_config=form)
    assert conversation.tools == (
        Tool(name="a", parameters=schema, description="d", strict=True),
        Tool(name="b"),
    )
    assert conversation.answer_format == AnswerFormat(schema=schema, strict=True)


def test_hints_fall_away() -> None:
    hints = {
        "cache_control": {"type": "ephemeral"},
        "context_management": {"edits": [{"type": "clear_thinking_20251015"}]},
        "metadata": {"user_id": "u"},
        "service_tier": "auto",
        "speed": "standard",
        "something_new": None,
    }
    assert read(**hints) == read()


WEB_RESULT = {"type": "web_search_tool_result", "tool_use_id": "s", "content": []}


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"speed": "fast"}, "speed"),
        ({"something_new": 1}, "something_new"),
        ({"tools": [{"type": "bash_20250124", "name": "bash"}]}, "tools[0]"),
        ({"tools": [{"name": "a"}]}, "tools[0]"),
        ({"tool_choice": {"type": "some"}}, "tool_choice"),
        ({"tool_choice": {"type": "tool"}}, "tool_choice"),
        ({"thinking": {"type": "between_tools"}}, "thinking"),
        ({"thinking": {"type": "enabled"}}, "thinking"),
        ({"thinking": 7}, "thinking"),
        ({"output_config": {"effort": "huge"}}, "output_config.effort"),
        ({"output_config": {"format": {"type": "grammar"}}}, "output_config.format"),
        ({"stop_sequences": "stop"}, "stop_sequences"),
        ({"messages": [{"role": "tool", "content": "a"}]}, "messages[0].role"),
        ({"messages": [user({"type": "text", "text": 7})]}, "messages[0].content[0].text"),
        ({"messages": [user(WEB_RESULT)]}, "messages[0].content[0].type"),
        (
            {"messages": [user({"type": "image", "source": {"type": "file", "file_id": "f"}})]},
            "messages[0].content[0].source",
        ),
        (
            {"messages": [user({"type": "document", "source": {"type": "url", "url": "u"}})]},
            "messages[0].content[0].source",
        ),
        (
            {"messages": [user({"type": "document", "context": "c", "source": {}})]},
            "messages[0].content[0].context",
        ),
        (
            {"messages": [user({"type": "document", "citations": {"enabled": True}})]},
            "messages[0].content[0].citations",
        ),
        (
            {"messages": [user({"type": "tool_result", "tool_use_id": "t1"})]},
            "messages[0].content[0].tool_use_id",
        ),
        (
            {
                "messages": [
                    CALLED,
                    user(
                        {
                            "type": "tool_result",
                            "tool_use_id": "t1",
                            "content": [
                                {
                                    "type": "document",
                                    "source": {"type": "text", "data": "a"},
                                }
                            ],
                        }
                    ),
                ]
            },
            "messages[1].content[0].content",
        ),
    ],
)
def test_what_has_no_counterpart_is_refused_by_name(members: dict[str, Any], param: str) -> None:
    with pytest.raises(CannotCarry) as refused:
        read(**members)
    assert refused.value.refusal.param == param
