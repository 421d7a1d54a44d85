"""Tests of how responses requests are read and written as a conversation."""

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
    Message,
    Reasoning,
    Role,
    Sampling,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from wattfare_desktop.providers.dialect import AppRequest, CallRequest
from wattfare_desktop.providers.openai.responses import OpenAiResponses
from wattfare_desktop.providers.openai.responses_codec import OpenAiResponsesCodec

CODEC: Codec = OpenAiResponsesCodec()
REQUESTS = Features(
    call_signatures=False,
    tool_errors=False,
    budget=False,
    top_k=False,
    seed=False,
    penalties=False,
    stop=False,
    choices=False,
)


def read(**fields: Any) -> Conversation:
    body = {"model": "gpt-5-mini", "input": "hello", **fields}
    call = OpenAiResponses().read_request(AppRequest(body=body, body_bytes=len(json.dumps(body))))
    assert isinstance(call, CallRequest), call
    return CODEC.read_request(call)


def without_unsealed(asked: Conversation) -> Conversation:
    """Drop what only whoever thought it can take back."""
    messages = [
        replace(
            message,
            parts=tuple(
                part
                for part in message.parts
                if not isinstance(part, Thinking) or part.signature is not None
            ),
        )
        for message in asked.messages
    ]
    return replace(asked, messages=tuple(messages))


@given(conversations(REQUESTS))
def test_a_conversation_comes_back_from_the_wire(asked: Conversation) -> None:
    sent = CODEC.write_request(asked, "gpt-5-mini")
    call = OpenAiResponses().read_request(replace(sent, body=json.loads(json.dumps(sent.body))))
    assert isinstance(call, CallRequest), call
    assert CODEC.read_request(call) == without_unsealed(asked)
    assert sent.body["store"] is False, "the app never asked for its text to be kept"


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"top_logprobs": 3}, "top_logprobs"),
        ({"include": ["message.output_text.logprobs"]}, "include"),
        ({"service_tier": "flex"}, "service_tier"),
        ({"store": True}, "store"),
        ({"text": {"verbosity": "low"}}, "text.verbosity"),
        ({"text": {"format": {"type": "grammar"}}}, "text.format"),
        ({"text": "short"}, "body.text"),
        ({"a_parameter_of_tomorrow": 1}, "a_parameter_of_tomorrow"),
        ({"tools": [{"type": "custom", "name": "x"}]}, "tools[0].type"),
        ({"tools": [{"type": "web_search"}], "max_tool_calls": 1}, "tools[0].type"),
        ({"tools": [{"type": "function"}]}, "tools[0].name"),
        ({"tool_choice": {"type": "allowed_tools"}}, "tool_choice"),
        ({"reasoning": {"effort": "utmost"}}, "reasoning.effort"),
        ({"temperature": "hot"}, "temperature"),
        ({"input": [{"type": "local_shell_call", "id": "a"}]}, "input[0].type"),
        ({"input": [{"role": "tool", "content": "a"}]}, "input[0].role"),
        (
            {"input": [{"role": "user", "content": [{"type": "input_audio"}]}]},
            "input[0].content[0].type",
        ),
        (
            {"input": [{"role": "user", "content": [{"type": "input_image", "file_id": "f"}]}]},
            "input[0].content[0].file_id",
        ),
        (
            {"input": [{"role": "user", "content": [{"type": "input_file", "file_url": "u"}]}]},
            "input[0].content[0].file_url",
        ),
        (
            {"input": [{"role": "system", "content": [{"type": "input_image", "image_url": "u"}]}]},
            "input[0].content",
        ),
        (
            {"input": [{"type": "function_call_output", "call_id": "none", "output": "1"}]},
            "input[0].call_id",
        ),
        (
            {"input": [{"type": "function_call", "call_id": "c", "name": "f", "arguments": 7}]},
            "input[0].arguments",
        ),
    ],
)
def test_what_has_no_counterpart_is_refused_by_name(fields: dict[str, Any], param: str) -> None:
    with pytest.raises(CannotCarry) as raised:
        read(**fields)
    assert raised.value.refusal.param == param
    assert raised.value.refusal.code == "cannot_be_translated"


@pytest.mark.parametrize(
    "fields",
    [
        {"user": "u", "metadata": {"a": "b"}, "store": False, "prompt_cache_key": "k"},
        {"service_tier": "auto", "truncation": "auto", "include": ["reasoning.encrypted_content"]},
        {"background": False, "previous_response_id": None, "text": {"verbosity": "medium"}},
        {"text": {"format": {"type": "text"}}, "reasoning": {"effort": None}, "max_tool_calls": 2},
    ],
)
def test_what_only_hints_is_let_go(fields: dict[str, Any]) -> None:
    assert read(**fields) == read()


def test_items_come_into_normal_form() -> None:
    call = {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}"}
    asked = read(
        instructions="one",
        input=[
            {"role": "developer", "content": "two"},
            {"role": "user", "content": "a"},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "b"}]},
            {
                "type": "reasoning",
                "id": "rs",
                "summary": [
                    {"type": "summary_text", "text": "first"},
                    {"type": "summary_text", "text": "then"},
                ],
                "encrypted_content": "sealed",
            },
            {
                "type": "message",
                "id": "m",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": "c", "annotations": []}],
            },
            call,
            {"type": "function_call_output", "call_id": "c1", "output": "42"},
        ],
    )
    assert asked.system == (Text(text="one"), Text(text="two"))
    assert asked.messages == (
        Message(role=Role.USER, parts=(Text(text="a"), Text(text="b"))),
        Message(
            role=Role.ASSISTANT,
            parts=(
                Thinking(text="first\n\nthen", signature="sealed"),
                Text(text="c"),
                ToolCall(id="c1", name="look", arguments={}),
            ),
        ),
        Message(
            role=Role.USER,
            parts=(ToolResult(call_id="c1", name="look", parts=(Text(text="42"),)),),
        ),
    )


@pytest.mark.parametrize(
    ("asked", "param"),
    [
        ({"choices": 2}, "n"),
        ({"output_tokens_max": 15}, "max_tokens"),
        ({"sampling": Sampling(stop=("x",))}, "stop"),
        ({"sampling": Sampling(seed=0)}, "seed"),
        ({"sampling": Sampling(top_k=4)}, "top_k"),
        ({"sampling": Sampling(presence_penalty=0.5)}, "presence_penalty"),
        (
            {
                "messages": (
                    Message(role=Role.ASSISTANT, parts=(Document(media_type="a/b", data="AAAA"),)),
                )
            },
            "messages[0]",
        ),
    ],
)
def test_what_responses_have_no_words_for_is_refused(asked: dict[str, Any], param: str) -> None:
    with pytest.raises(CannotCarry) as raised:
        CODEC.write_request(replace(read(), **asked), "m")
    assert raised.value.refusal.param == param


def test_a_default_is_left_unsaid_since_some_models_refuse_it() -> None:
    asked = replace(read(), sampling=Sampling(temperature=1.0, top_p=1.0), output_tokens_max=16)
    assert not {"temperature", "top_p"} & set(CODEC.write_request(asked, "m").body)


def test_thoughts_are_asked_for_sealed_where_there_will_be_some() -> None:
    def sent(wish: Reasoning | None) -> dict[str, Any]:
        body: dict[str, Any] = CODEC.write_request(replace(read(), reasoning=wish), "m").body
        return body

    assert sent(Reasoning(effort=Effort.HIGHEST, shown=True))["reasoning"] == {
        "effort": "xhigh",
        "summary": "auto",
    }
    assert sent(Reasoning(budget_tokens=1_024))["include"] == ["reasoning.encrypted_content"]
    assert "include" not in sent(Reasoning(effort=Effort.NONE))
    assert not {"include", "reasoning"} & set(sent(None))
