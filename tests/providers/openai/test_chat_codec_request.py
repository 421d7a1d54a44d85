"""Tests of how chat completion requests are read and written as a conversation."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from tests.support.conversations import Features, conversations
from wattfare_desktop.providers.conversation.codec import CannotCarry, Codec
from wattfare_desktop.providers.conversation.model import (
    Conversation,
    Document,
    Effort,
    Image,
    Message,
    Reasoning,
    Role,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from wattfare_desktop.providers.dialect import (
    AppRequest,
    CallRequest,
)
from wattfare_desktop.providers.openai.chat import OpenAiChat
from wattfare_desktop.providers.openai.chat_codec import OpenAiChatCodec

CODEC: Codec = OpenAiChatCodec()
HELLO = [{"role": "user", "content": "hello"}]
PICTURE = Image(media_type="image/png", data="iVBORw0KGgo=")
REQUESTS = Features(
    thinking=False,
    call_signatures=False,
    tool_errors=False,
    tool_result_images=False,
    budget=False,
)


def read(value: dict[str, Any]) -> Conversation:
    body = {"model": "gpt-5-mini", "messages": HELLO, **value}
    call = OpenAiChat().read_request(AppRequest(body=body, body_bytes=len(json.dumps(body))))
    assert isinstance(call, CallRequest), call
    return CODEC.read_request(call)


@given(conversations(REQUESTS))
def test_a_conversation_comes_back_from_the_wire(asked: Conversation) -> None:
    sent = CODEC.write_request(asked, "gpt-5-mini")
    call = OpenAiChat().read_request(replace(sent, body=json.loads(json.dumps(sent.body))))
    assert isinstance(call, CallRequest), call
    wish = asked.reasoning
    if wish is not None:
        # The dialect has no word for it: whoever asks for thought is shown it.
        wish = replace(wish, shown=wish.effort is not Effort.NONE)
    assert CODEC.read_request(call) == replace(asked, reasoning=wish)


@pytest.mark.parametrize(
    ("value", "param"),
    [
        ({"logprobs": True}, "logprobs"),
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"logit_bias": {"50256": -100}}, "logit_bias"),
        ({"audio": {"voice": "a", "format": "mp3"}}, "audio"),
        ({"modalities": ["text", "audio"]}, "modalities"),
        ({"web_search_options": {}}, "web_search_options"),
        ({"service_tier": "flex"}, "service_tier"),
        ({"verbosity": "low"}, "verbosity"),
        ({"functions": [{"name": "look"}]}, "functions"),
        ({"a_parameter_of_tomorrow": 1}, "a_parameter_of_tomorrow"),
        ({"tools": [{"type": "custom", "custom": {"name": "x"}}]}, "tools[0].type"),
        ({"tools": [{"type": "function"}]}, "tools[0].function"),
        ({"tool_choice": {"type": "allowed_tools"}}, "tool_choice"),
        ({"tool_choice": "all"}, "tool_choice"),
        ({"response_format": {"type": "grammar"}}, "response_format"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"name": "n"}}},
            "response_format.json_schema.schema",
        ),
        ({"reasoning_effort": "utmost"}, "reasoning_effort"),
        ({"reasoning": {"effort": "low", "depth": 3}}, "depth"),
        ({"temperature": "hot"}, "temperature"),
        ({"seed": 1.5}, "seed"),
        ({"parallel_tool_calls": "no"}, "parallel_tool_calls"),
        ({"stop": [1]}, "stop"),
    ],
)
def test_what_has_no_counterpart_is_refused_by_name(value: dict[str, Any], param: str) -> None:
    with pytest.raises(CannotCarry) as raised:
        read(value)
    assert raised.value.refusal.param == param
    assert raised.value.refusal.code == "cannot_be_translated"


@pytest.mark.parametrize(
    ("message", "param"),
    [
        ({"role": "function", "name": "f", "content": "1"}, "messages[1].role"),
        ({"role": "tool", "tool_call_id": "none", "content": "1"}, "messages[1].tool_call_id"),
        ({"role": "tool", "content": "1"}, "messages[1].tool_call_id"),
        ({"role": "assistant", "function_call": {"name": "f"}}, "messages[1].function_call"),
        ({"role": "assistant", "audio": {"id": "a"}}, "messages[1].audio"),
        (
            {"role": "assistant", "tool_calls": [{"id": "a", "type": "custom"}]},
            "messages[1].tool_calls[0].type",
        ),
        (
            {
                "role": "assistant",
                "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": {}}}],
            },
            "messages[1].tool_calls[0].function.arguments",
        ),
        (
            {"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]},
            "messages[1].content[0].type",
        ),
        (
            {"role": "user", "content": [{"type": "file", "file": {"file_id": "file-1"}}]},
            "messages[1].content[0].file.file_id",
        ),
        (
            {"role": "user", "content": [{"type": "file", "file": {"file_data": "AAAA"}}]},
            "messages[1].content[0].file.file_data",
        ),
        (
            {"role": "system", "content": [{"type": "image_url", "image_url": {"url": "u"}}]},
            "messages[1].content",
        ),
    ],
)
def test_a_message_without_counterpart_is_refused_by_its_place(
    message: dict[str, Any], param: str
) -> None:
    with pytest.raises(CannotCarry) as raised:
        read({"messages": [*HELLO, message]})
    assert raised.value.refusal.param == param


@pytest.mark.parametrize(
    "value",
    [
        {"user": "u", "metadata": {"a": "b"}, "store": False, "prompt_cache_key": "k"},
        {"service_tier": "auto", "modalities": ["text"], "verbosity": "medium"},
        {"logprobs": False, "logit_bias": {}, "top_logprobs": 0, "functions": []},
        {"response_format": {"type": "text"}, "tool_choice": None, "stop": None},
    ],
)
def test_what_only_hints_is_let_go(value: dict[str, Any]) -> None:
    assert read(value) == read({})


def test_messages_come_into_normal_form() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": ""}}
    asked = read(
        {
            "messages": [
                {"role": "system", "content": "one"},
                {"role": "developer", "content": [{"type": "text", "text": "two"}]},
                {"role": "user", "content": "a", "name": "Ann"},
                {"role": "user", "content": "b"},
                {
                    "role": "assistant",
                    "content": "",
                    "reasoning_content": "hm",
                    "tool_calls": [call],
                },
                {"role": "tool", "tool_call_id": "c1", "content": "42"},
                {"role": "user", "content": [{"type": "text", "text": "c"}]},
                {"role": "system", "content": "three"},
            ]
        }
    )
    assert asked.system == (Text(text="one"), Text(text="two"))
    assert asked.messages == (
        Message(role=Role.USER, parts=(Text(text="a"), Text(text="b"))),
        Message(
            role=Role.ASSISTANT,
            parts=(Thinking(text="hm"), ToolCall(id="c1", name="look", arguments={})),
        ),
        Message(
            role=Role.USER,
            parts=(
                ToolResult(call_id="c1", name="look", parts=(Text(text="42"),)),
                Text(text="c"),
            ),
        ),
        Message(role=Role.SYSTEM, parts=(Text(text="three"),)),
    )


def test_openrouters_word_about_thinking_is_understood() -> None:
    assert read({"reasoning": {"max_tokens": 2000}}).reasoning == Reasoning(
        budget_tokens=2000, shown=True
    )
    assert read({"reasoning": {"effort": "high", "exclude": True}}).reasoning == Reasoning(
        effort=Effort.HIGH
    )
    assert read({"reasoning": {"enabled": False}}).reasoning == Reasoning(effort=Effort.NONE)


@pytest.mark.parametrize(
    ("budget", "word"), [(0, "none"), (1_024, "low"), (4_096, "medium"), (32_000, "high")]
)
def test_a_budget_becomes_the_nearest_effort(budget: int, word: str) -> None:
    asked = replace(read({}), reasoning=Reasoning(budget_tokens=budget))
    assert CODEC.write_request(asked, "m").body["reasoning_effort"] == word


def test_earlier_thoughts_stay_with_who_thought_them() -> None:
    turn = Message(role=Role.ASSISTANT, parts=(Thinking(text="hm", signature="s"), Text(text="a")))
    alone = Message(role=Role.ASSISTANT, parts=(Thinking(text="hm", signature="s"),))
    asked = replace(read({}), messages=(turn, alone))
    assert CODEC.write_request(asked, "m").body["messages"] == [
        {"role": "assistant", "content": "a"}
    ]


def test_what_chat_has_no_words_for_is_refused() -> None:
    result = ToolResult(call_id="c", name="look", parts=(PICTURE,))
    for message in (
        Message(role=Role.USER, parts=(result,)),
        Message(role=Role.ASSISTANT, parts=(PICTURE,)),
        Message(role=Role.ASSISTANT, parts=(Document(media_type="a/b", data="AAAA"),)),
    ):
        with pytest.raises(CannotCarry):
            CODEC.write_request(replace(read({}), messages=(message,)), "m")
