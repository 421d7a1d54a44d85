"""Tests of ``wattfare_desktop.gateway.practice.answering``."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from tests.support.conversations import Features, conversations, gathered
from wattfare_desktop.gateway.practice.answering import Answer, answer_to, prompt_tokens
from wattfare_desktop.gateway.practice.surfaces import surfaces
from wattfare_desktop.providers.conversation.codec import CannotCarry
from wattfare_desktop.providers.conversation.model import (
    AnswerFormat,
    Conversation,
    Image,
    Message,
    Part,
    Role,
    StopReason,
    Text,
    Tool,
    ToolCall,
    ToolChoice,
    ToolChoiceMode,
    ToolResult,
)
from wattfare_desktop.providers.dialect import CallRequest

WEATHER = Tool(
    name="get_weather",
    parameters={
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
        "required": ["city"],
    },
)
ADD = Tool(name="add")


def said(*parts: Part) -> Message:
    return Message(role=Role.USER, parts=parts)


def asked(text: str, **members: Any) -> Conversation:
    return Conversation(messages=(said(Text(text=text)),), **members)


def answered(conversation: Conversation) -> Answer:
    return answer_to(conversation, answer_id="a", model="gpt-5")


def only_part(conversation: Conversation) -> Part:
    (candidate,) = answered(conversation).reply.candidates
    (part,) = candidate.parts
    return part


def test_a_prompt_counts_every_message() -> None:
    hello = Text(text="Hello there")
    assert prompt_tokens(Conversation(messages=(said(hello),))) == 3 + 4 + 2
    assert prompt_tokens(Conversation(system=(hello,), messages=(said(hello),))) == 3 + 12
    assert prompt_tokens(Conversation(messages=(said(hello, Image(url="x")),))) == 3 + 4 + 2 + 85
    assert prompt_tokens(Conversation(messages=(), tools=(ADD,))) == 3 + 1 + 2


@settings(max_examples=40)
@given(conversations(Features(efforts=frozenset(), budget=False)))
def test_a_prompt_never_counts_more_than_its_bound(conversation: Conversation) -> None:
    """Whichever dialect has words for it."""
    for surface in surfaces():
        if surface.counting is not None:
            continue
        try:
            written = surface.codec.write_request(conversation, "gpt-5")
        except CannotCarry:
            continue
        call = surface.dialect.read_request(written)
        assert isinstance(call, CallRequest), call
        counted = prompt_tokens(surface.codec.read_request(call))
        assert counted <= call.input_bound(10**9)


def test_a_tool_is_called_by_its_name_with_what_its_schema_requires() -> None:
    conversation = asked("Use GET_WEATHER for Paris", tools=(ADD, WEATHER))
    answer = answered(conversation)
    (candidate,) = answer.reply.candidates
    assert candidate.stop is StopReason.TOOL_CALLS
    (call,) = candidate.parts
    assert isinstance(call, ToolCall)
    assert (call.name, call.arguments) == ("get_weather", {"city": "practice"})
    name, arguments = ["get_we", "ather"], [*'{"', "city", *'":"', "practi", "ce", *'"}']
    assert answer.usage.output_tokens == len(name + arguments)


def test_a_tool_nobody_asks_for_is_not_called() -> None:
    assert isinstance(only_part(asked("Hello", tools=(ADD, WEATHER))), Text)


@pytest.mark.parametrize(
    ("mode", "name", "called"),
    [
        (ToolChoiceMode.AUTO, None, None),
        (ToolChoiceMode.NONE, None, None),
        (ToolChoiceMode.REQUIRED, None, "add"),
        (ToolChoiceMode.NAMED, "get_weather", "get_weather"),
    ],
)
def test_the_choice_of_tools_is_obeyed(
    mode: ToolChoiceMode, name: str | None, called: str | None
) -> None:
    choice = ToolChoice(mode=mode, name=name)
    part = only_part(asked("Hello", tools=(ADD, WEATHER), tool_choice=choice))
    assert (part.name if isinstance(part, ToolCall) else None) == called


def test_no_tool_is_called_where_none_may_be() -> None:
    choice = ToolChoice(mode=ToolChoiceMode.NONE)
    assert isinstance(only_part(asked("add", tools=(ADD,), tool_choice=choice)), Text)


def test_after_a_result_there_is_text() -> None:
    result = ToolResult(call_id="c", name="add", parts=(Text(text="3"),))
    turns = (
        said(Text(text="add")),
        Message(role=Role.ASSISTANT, parts=(ToolCall(id="c", name="add", arguments={}),)),
        said(result),
    )
    part = only_part(Conversation(messages=turns, tools=(ADD,)))
    assert isinstance(part, Text)
    assert 'The tool add gave back: "3".' in part.text


def test_a_call_that_does_not_fit_is_text_that_is_cut() -> None:
    answer = answered(asked("get_weather", tools=(WEATHER,), output_tokens_max=4))
    (candidate,) = answer.reply.candidates
    assert candidate.stop is StopReason.LENGTH
    assert answer.usage.output_tokens == 4


def test_a_structured_answer_fits_its_schema() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    part = only_part(asked("Hello", answer_format=AnswerFormat(schema=schema)))
    assert part == Text(text='{"n":1}')


@settings(max_examples=40)
@given(conversations(Features()))
def test_a_streamed_answer_is_the_whole_one(conversation: Conversation) -> None:
    answer = answered(replace(conversation, choices=2))
    events = [*answer.beginning(), *(one for row in answer.growth() for one in row), *answer.end()]
    assert gathered(events) == answer.reply
