"""Tests of ``wattfare_desktop.providers.gemini.asking`` and what it writes with."""

from dataclasses import replace
from typing import Any

import pytest

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
    Tool,
    ToolCall,
    ToolChoice,
    ToolChoiceMode,
    ToolResult,
)
from wattfare_desktop.providers.gemini.asking import write_conversation

USER = Message(role=Role.USER, parts=(Text(text="hello"),))
HELLO = Conversation(messages=(USER,))
NEWER, OLDER = "gemini-3-pro-preview", "gemini-2.5-flash"


def body(model: str = NEWER, **members: Any) -> dict[str, Any]:
    asked = write_conversation(replace(HELLO, **members), model)
    assert isinstance(asked.body, dict)
    return asked.body


def test_the_least_there_is() -> None:
    asked = write_conversation(HELLO, NEWER)
    assert asked.body == {"contents": [{"role": "user", "parts": [{"text": "hello"}]}]}
    assert (asked.target, asked.query) == (f"{NEWER}:generateContent", {})


def test_a_stream_is_asked_for_as_events() -> None:
    asked = write_conversation(replace(HELLO, stream=True), NEWER)
    assert (asked.target, asked.query) == (f"{NEWER}:streamGenerateContent", {"alt": "sse"})


@pytest.mark.parametrize(
    ("model", "reasoning", "told"),
    [
        (NEWER, Reasoning(effort=Effort.LOW), {"thinkingLevel": "LOW"}),
        (NEWER, Reasoning(effort=Effort.HIGHEST), {"thinkingLevel": "XHIGH"}),
        (NEWER, Reasoning(effort=Effort.NONE), {"thinkingBudget": 0}),
        (OLDER, Reasoning(effort=Effort.LOW), {"thinkingBudget": 1_024}),
        (
            OLDER,
            Reasoning(effort=Effort.HIGH, shown=True),
            {
                "thinkingBudget": 24_576,
                "includeThoughts": True,
            },
        ),
        (OLDER, Reasoning(budget_tokens=3_000), {"thinkingBudget": 3_000}),
    ],
)
def test_thinking_is_asked_for_as_the_model_knows_it(
    model: str, reasoning: Reasoning, told: dict[str, Any]
) -> None:
    assert body(model, reasoning=reasoning)["generationConfig"] == {"thinkingConfig": told}


def test_another_models_call_is_said_to_be_one_where_signatures_are_asked_for() -> None:
    calls = tuple(ToolCall(id=each, name="f", arguments={}) for each in "ab")
    messages = (USER, Message(role=Role.ASSISTANT, parts=(Text(text="so"), *calls)))
    first, second = body(messages=messages)["contents"][1]["parts"][1:]
    assert first["thoughtSignature"] == "skip_thought_signature_validator"
    assert "thoughtSignature" not in second
    assert "thoughtSignature" not in str(body(OLDER, messages=messages))
    own = replace(calls[0], signature="AAAA")
    signed = (USER, Message(role=Role.ASSISTANT, parts=(own,)))
    assert body(messages=signed)["contents"][1]["parts"][0]["thoughtSignature"] == "AAAA"


def test_strict_tools_are_validated_unless_the_choice_says_more() -> None:
    tools = (Tool(name="f", strict=True),)
    assert body(tools=tools)["toolConfig"] == {"functionCallingConfig": {"mode": "VALIDATED"}}
    required = body(tools=tools, tool_choice=ToolChoice(mode=ToolChoiceMode.REQUIRED))
    assert required["toolConfig"] == {"functionCallingConfig": {"mode": "ANY"}}


def test_names_of_documents_and_schemas_have_no_place() -> None:
    document = Document(media_type="application/pdf", data="AAAA", name="secret.pdf")
    told = body(
        messages=(Message(role=Role.USER, parts=(document,)),),
        answer_format=AnswerFormat(schema={"type": "object"}, name="answer", strict=True),
    )
    assert told == {
        "contents": [
            {
                "role": "user",
                "parts": [{"inlineData": {"mimeType": "application/pdf", "data": "AAAA"}}],
            }
        ],
        "generationConfig": {
            "responseMimeType": "application/json",
            "responseJsonSchema": {"type": "object"},
        },
    }


def test_a_picture_behind_an_address_is_told_with_its_type_where_the_address_shows_it() -> None:
    urls = ("https://a.example/b.JPG?x=1", "https://a.example/b")
    pictures = tuple(Image(url=url) for url in urls)
    (content,) = body(messages=(Message(role=Role.USER, parts=pictures),))["contents"]
    assert [part["fileData"] for part in content["parts"]] == [
        {"fileUri": urls[0], "mimeType": "image/jpeg"},
        {"fileUri": urls[1]},
    ]


def test_pictures_in_a_result_are_referred_to_by_its_text() -> None:
    result = ToolResult(
        call_id="x",
        name="f",
        parts=(Text(text="see"), Image(media_type="image/png", data="AAAA")),
    )
    (content,) = body(messages=(Message(role=Role.USER, parts=(result,)),))["contents"]
    blob = {"mimeType": "image/png", "data": "AAAA", "displayName": "picture-0"}
    assert content["parts"] == [
        {
            "functionResponse": {
                "id": "x",
                "name": "f",
                "response": {"output": ["see", {"$ref": "picture-0"}]},
                "parts": [{"inlineData": blob}],
            }
        }
    ]


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"parallel_tools": False, "tools": (Tool(name="f"),)}, "parallel_tool_calls"),
        (
            {"messages": (USER, Message(role=Role.SYSTEM, parts=(Text(text="psst"),)))},
            "messages",
        ),
    ],
)
def test_what_gemini_has_no_words_for_is_refused_by_name(
    members: dict[str, Any], param: str
) -> None:
    with pytest.raises(CannotCarry) as refused:
        body(**members)
    assert refused.value.refusal.param == param
