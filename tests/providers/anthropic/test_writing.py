"""Tests of ``wattfare_desktop.providers.anthropic.writing``, ``thinking`` and ``generations``."""

from dataclasses import replace
from typing import Any

import pytest

from wattfare_desktop.providers.anthropic.generations import abilities_of
from wattfare_desktop.providers.anthropic.writing import write_conversation
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
    Sampling,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolChoiceMode,
    ToolResult,
)

OLD, BETWEEN, NEW = "claude-sonnet-4-5", "claude-sonnet-4-6", "claude-opus-5"


def said(*parts: Part, role: Role = Role.USER) -> Message:
    return Message(role=role, parts=parts)


HELLO = Conversation(messages=(said(Text(text="hello")),))


def write(model: str = BETWEEN, **members: Any) -> dict[str, Any]:
    return write_conversation(replace(HELLO, **members), model)


def blocks(*parts: Part, role: Role = Role.USER) -> list[dict[str, Any]]:
    (message,) = write(messages=(said(*parts, role=role),))["messages"]
    found: list[dict[str, Any]] = message["content"]
    return found


def test_plain_words() -> None:
    assert write(system=(Text(text="Be brief."),), output_tokens_max=50, stream=True) == {
        "model": BETWEEN,
        "max_tokens": 50,
        "messages": [{"role": "user", "content": [{"type": "text", "text": "hello"}]}],
        "system": [{"type": "text", "text": "Be brief."}],
        "stream": True,
    }


@pytest.mark.parametrize(
    ("model", "most"),
    [
        ("claude-3-haiku-20240307", 4_096),
        ("claude-3-5-sonnet-20241022", 4_096),
        ("claude-3-7-sonnet-20250219", 16_384),
        (OLD, 16_384),
        (NEW, 16_384),
        ("some-other-make", 16_384),
    ],
)
def test_an_app_without_a_bound_gets_one(model: str, most: int) -> None:
    assert write(model)["max_tokens"] == most


def test_what_is_thought_comes_on_top_of_a_bound_nobody_named() -> None:
    body = write(OLD, reasoning=Reasoning(budget_tokens=5_000))
    assert body["max_tokens"] == 16_384 + 5_000


@pytest.mark.parametrize(
    ("model", "reasoning", "thinking", "effort"),
    [
        (BETWEEN, Reasoning(effort=Effort.NONE), {"type": "disabled"}, None),
        (BETWEEN, Reasoning(budget_tokens=0), {"type": "disabled"}, None),
        (BETWEEN, Reasoning(), {"type": "adaptive", "display": "omitted"}, None),
        (
            BETWEEN,
            Reasoning(effort=Effort.HIGHEST, shown=True),
            {"type": "adaptive", "display": "summarized"},
            "max",
        ),
        (
            BETWEEN,
            Reasoning(effort=Effort.MINIMAL),
            {"type": "adaptive", "display": "omitted"},
            "low",
        ),
        (
            BETWEEN,
            Reasoning(budget_tokens=2_000, effort=Effort.LOW),
            {"type": "enabled", "budget_tokens": 2_000, "display": "omitted"},
            "low",
        ),
        (
            BETWEEN,
            Reasoning(budget_tokens=5),
            {"type": "enabled", "budget_tokens": 1_024, "display": "omitted"},
            None,
        ),
        (
            OLD,
            Reasoning(effort=Effort.MEDIUM),
            {"type": "enabled", "budget_tokens": 8_192, "display": "omitted"},
            None,
        ),
        (
            OLD,
            Reasoning(),
            {"type": "enabled", "budget_tokens": 8_192, "display": "omitted"},
            None,
        ),
        (NEW, Reasoning(budget_tokens=15_000), {"type": "adaptive", "display": "omitted"}, "high"),
        (NEW, Reasoning(budget_tokens=1), {"type": "adaptive", "display": "omitted"}, "low"),
    ],
)
def test_how_much_to_think(
    model: str, reasoning: Reasoning, thinking: dict[str, Any], effort: str | None
) -> None:
    body = write(model, reasoning=reasoning)
    assert body["thinking"] == thinking
    assert body.get("output_config", {}).get("effort") == effort


def test_thinking_leaves_room_for_the_answer() -> None:
    body = write(OLD, reasoning=Reasoning(effort=Effort.HIGH), output_tokens_max=4_000)
    assert body["thinking"]["budget_tokens"] == 2_000
    body = write(OLD, reasoning=Reasoning(effort=Effort.HIGH), output_tokens_max=300)
    assert body["thinking"] == {"type": "disabled"}


def test_ids_are_of_plain_letters_on_both_sides() -> None:
    call = ToolCall(id="call.1/é", name="look", arguments={"at": "sky"}, signature="theirs")
    assert blocks(call, role=Role.ASSISTANT) == [
        {"type": "tool_use", "id": "call_1__", "name": "look", "input": {"at": "sky"}}
    ]
    result = ToolResult(call_id="call.1/é", name="look", parts=(), is_error=True)
    assert blocks(result) == [
        {"type": "tool_result", "tool_use_id": "call_1__", "content": [], "is_error": True}
    ]


def test_thoughts_go_back_signed_or_not_at_all() -> None:
    thoughts = (
        Thinking(text="mine", signature="s"),
        Thinking(text="another's"),
        Thinking(signature="redacted_thinking:sealed"),
        Text(text=""),
    )
    assert blocks(*thoughts, role=Role.ASSISTANT) == [
        {"type": "thinking", "thinking": "mine", "signature": "s"},
        {"type": "redacted_thinking", "data": "sealed"},
    ]
    unsigned = said(Thinking(text="another's"), role=Role.ASSISTANT)
    assert len(write(messages=(*HELLO.messages, unsigned))["messages"]) == 1


def test_documents() -> None:
    assert blocks(Document(media_type="text/markdown", data="aGFsbG8=", name="Plan")) == [
        {
            "type": "document",
            "source": {"type": "text", "media_type": "text/plain", "data": "hallo"},
            "title": "Plan",
        }
    ]


def test_tools() -> None:
    body = write(
        tools=(Tool(name="a", parameters={"properties": {}}), Tool(name="b", strict=True)),
        parallel_tools=False,
    )
    assert body["tools"] == [
        {"name": "a", "input_schema": {"type": "object", "properties": {}}},
        {"name": "b", "input_schema": {"type": "object", "properties": {}}, "strict": True},
    ]
    assert body["tool_choice"] == {"type": "auto", "disable_parallel_tool_use": True}


def test_a_choice_without_tools_is_none() -> None:
    body = write(tool_choice=ToolChoice(mode=ToolChoiceMode.AUTO), parallel_tools=True)
    assert "tool_choice" not in body


@pytest.mark.parametrize(
    ("sampling", "sent"),
    [
        (Sampling(), {}),
        (Sampling(presence_penalty=0.0), {}),
        (Sampling(temperature=1.0, top_p=1.0), {}),
        (Sampling(stop=("x",)), {"stop_sequences": ["x"]}),
    ],
)
def test_a_later_model_takes_what_is_usual(sampling: Sampling, sent: dict[str, Any]) -> None:
    body = write(NEW, sampling=sampling)
    assert {name: body[name] for name in body if name not in write(NEW)} == sent


def test_an_earlier_model_takes_temperatures() -> None:
    assert write(OLD, sampling=Sampling(temperature=0.5))["temperature"] == 0.5


BROKEN = Document(media_type="text/plain", data="/w==")


@pytest.mark.parametrize(
    ("model", "members", "param"),
    [
        (BETWEEN, {"choices": 2}, "choices"),
        (BETWEEN, {"sampling": Sampling(seed=1)}, "seed"),
        (BETWEEN, {"sampling": Sampling(presence_penalty=0.5)}, "presence_penalty"),
        (BETWEEN, {"sampling": Sampling(frequency_penalty=-0.5)}, "frequency_penalty"),
        (BETWEEN, {"sampling": Sampling(temperature=1.5)}, "temperature"),
        (NEW, {"sampling": Sampling(temperature=0.5)}, "temperature"),
        (NEW, {"sampling": Sampling(top_p=0.5)}, "top_p"),
        (NEW, {"sampling": Sampling(top_k=5)}, "top_k"),
        (BETWEEN, {"answer_format": AnswerFormat()}, "answer_format"),
        ("claude-fable-5", {"reasoning": Reasoning(effort=Effort.NONE)}, "reasoning"),
        (OLD, {"messages": (said(Text(text="a"), role=Role.SYSTEM),)}, "messages"),
        ("claude-sonnet-5", {"messages": (said(Text(text="a"), role=Role.SYSTEM),)}, "messages"),
        (BETWEEN, {"messages": (said(Image(url="u"), role=Role.ASSISTANT),)}, "messages"),
        (BETWEEN, {"messages": (said(Document(media_type="a/b", data="")),)}, "document"),
        (BETWEEN, {"messages": (said(BROKEN),)}, "document"),
    ],
)
def test_what_there_are_no_words_for_is_refused_by_name(
    model: str, members: dict[str, Any], param: str
) -> None:
    with pytest.raises(CannotCarry) as refused:
        write(model, **members)
    assert refused.value.refusal.param == param


@pytest.mark.parametrize(
    ("model", "takes"),
    [
        ("claude-3-7-sonnet-20250219", {"sampling", "budgets", "rest"}),
        ("claude-sonnet-4-20250514", {"sampling", "budgets", "rest"}),
        ("claude-opus-4-5-20251101", {"sampling", "budgets", "rest"}),
        ("claude-opus-4-6", {"sampling", "budgets", "efforts", "rest"}),
        ("claude-opus-4-7", {"efforts", "rest"}),
        ("anthropic/claude-opus-4-8", {"efforts", "system_between", "rest"}),
        ("claude-sonnet-5", {"efforts", "rest"}),
        ("claude-sonnet-5-5", {"efforts", "system_between", "rest"}),
        ("claude-opus-5", {"efforts", "system_between", "rest"}),
        ("claude-mythos-5-2", {"efforts", "system_between"}),
        ("kimi-k2-0905", {"sampling", "budgets", "efforts", "rest"}),
    ],
)
def test_what_a_generation_takes(model: str, takes: set[str]) -> None:
    able = abilities_of(model)
    names = ("sampling", "budgets", "efforts", "system_between", "rest")
    assert {name for name in names if getattr(able, name)} == takes
