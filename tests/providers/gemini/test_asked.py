"""Tests of ``wattfare_desktop.providers.gemini.asked`` and what it reads with."""

import json
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
    Sampling,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolChoiceMode,
    ToolResult,
)
from wattfare_desktop.providers.dialect import AppRequest, CallRequest
from wattfare_desktop.providers.gemini.asked import read_conversation
from wattfare_desktop.providers.gemini.request import read_generate_request

HELLO: list[dict[str, Any]] = [{"role": "user", "parts": [{"text": "hello"}]}]
TOOLS = [{"functionDeclarations": [{"name": "add"}, {"name": "look_up"}]}]


def read(**members: Any) -> Conversation:
    body = {"contents": HELLO, **members}
    asked = AppRequest(
        body=body, body_bytes=len(json.dumps(body)), target="gemini-2.5-pro:generateContent"
    )
    call = read_generate_request(asked)
    assert isinstance(call, CallRequest), call
    return read_conversation(call)


def parts(*sent: dict[str, Any]) -> tuple[Any, ...]:
    (message,) = read(contents=[{"parts": list(sent)}]).messages
    return message.parts


def config(**members: Any) -> Conversation:
    return read(generationConfig=members)


def test_turns_alternate_and_a_turn_without_a_role_is_the_users() -> None:
    conversation = read(
        contents=[
            {"parts": {"text": "a"}},
            {"role": "user", "parts": [{"text": "b"}]},
            {"role": "model", "parts": []},
            {"role": "model", "parts": [{"text": "c"}]},
        ],
        system_instruction={"parts": {"text": "be brief"}},
    )
    assert conversation.system == (Text(text="be brief"),)
    assert conversation.messages == (
        Message(role=Role.USER, parts=(Text(text="a"), Text(text="b"))),
        Message(role=Role.ASSISTANT, parts=(Text(text="c"),)),
    )


def test_calls_without_ids_are_matched_by_name_in_order() -> None:
    def call(name: str, **args: Any) -> dict[str, Any]:
        return {"functionCall": {"name": name, "args": args}}

    def result(name: str, output: str) -> dict[str, Any]:
        return {"functionResponse": {"name": name, "response": {"output": output}}}

    conversation = read(
        tools=TOOLS,
        contents=[
            *HELLO,
            {"role": "model", "parts": [call("add", a=1), call("look_up"), call("add", a=2)]},
            {
                "role": "user",
                "parts": [{"text": "so"}, result("look_up", "x"), result("add", "1")],
            },
            {"role": "function", "parts": [result("add", "2")]},
        ],
    )
    asked, answered = conversation.messages[1:]
    ids = [part.id for part in asked.parts if isinstance(part, ToolCall)]
    assert len(set(ids)) == 3
    told = [
        (part.call_id, part.name, part.parts)
        for part in answered.parts
        if isinstance(part, ToolResult)
    ]
    assert told == [
        (ids[1], "look_up", (Text(text="x"),)),
        (ids[0], "add", (Text(text="1"),)),
        (ids[2], "add", (Text(text="2"),)),
    ]
    assert answered.parts[-1] == Text(text="so"), "results come first"


def test_calls_with_ids_are_matched_by_them() -> None:
    calls: list[Any] = [
        {"functionCall": {"id": each, "name": "add", "args": {}}} for each in ("x", "y")
    ]
    results = [
        {"functionResponse": {"id": each, "name": "add", "response": {"output": each}}}
        for each in ("y", "x")
    ]
    contents = [*HELLO, {"role": "model", "parts": calls}, {"parts": results}]
    answered = read(contents=contents, tools=TOOLS).messages[-1].parts
    assert [part.call_id for part in answered if isinstance(part, ToolResult)] == ["y", "x"]


def test_a_result_without_its_call_keeps_what_it_says() -> None:
    (named,) = parts({"functionResponse": {"id": "x", "name": "f", "response": {"output": "1"}}})
    assert named == ToolResult(call_id="x", name="f", parts=(Text(text="1"),))
    (bare,) = parts({"functionResponse": {"name": "f", "response": {"output": "1"}}})
    assert isinstance(bare, ToolResult)
    assert bare.call_id


@pytest.mark.parametrize(
    ("response", "said", "is_error"),
    [
        ({"output": "12 °C"}, ["12 °C"], False),
        ({"result": "12 °C"}, ["12 °C"], False),
        ({"error": "no such place"}, ["no such place"], True),
        ({"output": ["a", "b"]}, ["a", "b"], False),
        ({"temperature": 12}, ['{"temperature": 12}'], False),
        ({"output": 12}, ['{"output": 12}'], False),
        ({}, ["{}"], False),
        (None, [""], False),
    ],
)
def test_what_a_tool_gave_back(response: Any, said: list[str], *, is_error: bool) -> None:
    (result,) = parts({"functionResponse": {"id": "x", "name": "f", "response": response}})
    assert isinstance(result, ToolResult)
    assert [part.text for part in result.parts if isinstance(part, Text)] == said
    assert result.is_error is is_error


def test_pictures_in_a_result_stand_where_they_are_referred_to_or_at_its_end() -> None:
    def blob(data: str, name: str | None) -> dict[str, Any]:
        told = {"mimeType": "image/png", "data": data}
        return {"inlineData": told if name is None else {**told, "displayName": name}}

    (result,) = parts(
        {
            "functionResponse": {
                "id": "x",
                "name": "f",
                "response": {"output": ["see", {"$ref": "b"}, "and more"]},
                "parts": [blob("AAAA", None), blob("BBBB", "b")],
            }
        }
    )
    assert isinstance(result, ToolResult)
    assert result.parts == (
        Text(text="see"),
        Image(media_type="image/png", data="BBBB"),
        Text(text="and more"),
        Image(media_type="image/png", data="AAAA"),
    )


@pytest.mark.parametrize(
    ("sent", "read_part"),
    [
        # Google's SDKs write base64 for addresses, and without its end.
        (
            {"inlineData": {"mimeType": "image/png", "data": "_-8"}},
            Image(media_type="image/png", data="/+8="),
        ),
        (
            {"inlineData": {"mimeType": "application/pdf", "data": "AAAA", "displayName": "a"}},
            Document(media_type="application/pdf", data="AAAA", name="a"),
        ),
        (
            {"inline_data": {"mime_type": "text/csv", "data": "AAAA"}},
            Document(media_type="text/csv", data="AAAA"),
        ),
        (
            {"fileData": {"fileUri": "https://a.example/b.png", "mimeType": "image/png"}},
            Image(url="https://a.example/b.png"),
        ),
        (
            {"fileData": {"fileUri": "https://a.example/b", "mimeType": "image/webp"}},
            Image(url="https://a.example/b", media_type="image/webp"),
        ),
    ],
)
def test_media(sent: dict[str, Any], read_part: Image | Document) -> None:
    assert parts(sent) == (read_part,)


def test_thoughts_and_their_signatures() -> None:
    turns = read(
        contents=[
            *HELLO,
            {
                "role": "model",
                "parts": [
                    {"text": "hm", "thought": True, "thoughtSignature": "AAAA"},
                    {"text": "", "thoughtSignature": "BBBB"},
                    {
                        "functionCall": {"id": "x", "name": "add"},
                        "thoughtSignature": "skip_thought_signature_validator",
                    },
                ],
            },
        ]
    )
    assert turns.messages[1].parts == (
        Thinking(text="hm", signature="AAAA"),
        Thinking(signature="BBBB"),
        ToolCall(id="x", name="add", arguments={}),
    )


def test_tools_in_googles_schema_or_in_json_schema() -> None:
    declared = [
        {"name": "a", "description": "adds", "parameters": {"type": "OBJECT"}},
        {"name": "b", "parametersJsonSchema": {"type": "object"}},
        {"name": "c"},
    ]
    conversation = read(tools=[{"functionDeclarations": declared}])
    assert conversation.tools == (
        Tool(name="a", description="adds", parameters={"type": "object"}),
        Tool(name="b", parameters={"type": "object"}),
        Tool(name="c"),
    )
    assert conversation.tool_choice is None


@pytest.mark.parametrize(
    ("chosen", "choice"),
    [
        ({}, None),
        ({"mode": "MODE_UNSPECIFIED"}, None),
        ({"mode": "AUTO"}, ToolChoice(mode=ToolChoiceMode.AUTO)),
        ({"mode": "NONE"}, ToolChoice(mode=ToolChoiceMode.NONE)),
        ({"mode": "ANY"}, ToolChoice(mode=ToolChoiceMode.REQUIRED)),
        (
            {"mode": "ANY", "allowedFunctionNames": ["add"]},
            ToolChoice(mode=ToolChoiceMode.NAMED, name="add"),
        ),
        (
            {"mode": "ANY", "allowed_function_names": ["look_up", "add"]},
            ToolChoice(mode=ToolChoiceMode.REQUIRED),
        ),
    ],
)
def test_the_choice_of_a_tool(chosen: dict[str, Any], choice: ToolChoice | None) -> None:
    conversation = read(tools=TOOLS, toolConfig={"functionCallingConfig": chosen})
    assert conversation.tool_choice == choice
    assert not any(tool.strict for tool in conversation.tools)


def test_validated_calls_are_strict() -> None:
    conversation = read(tools=TOOLS, toolConfig={"functionCallingConfig": {"mode": "VALIDATED"}})
    assert conversation.tool_choice == ToolChoice(mode=ToolChoiceMode.AUTO)
    assert all(tool.strict for tool in conversation.tools)


def test_sampling_and_bounds() -> None:
    conversation = config(
        temperature=0.5,
        topP=0.9,
        topK=40.0,
        seed=7,
        presencePenalty=0.5,
        frequencyPenalty=-1,
        stopSequences=["END"],
        maxOutputTokens=100,
        candidateCount=2,
        mediaResolution="MEDIA_RESOLUTION_LOW",
        responseModalities=["TEXT"],
    )
    assert conversation.sampling == Sampling(
        temperature=0.5,
        top_p=0.9,
        top_k=40,
        seed=7,
        presence_penalty=0.5,
        frequency_penalty=-1,
        stop=("END",),
    )
    assert (conversation.output_tokens_max, conversation.choices) == (100, 2)


@pytest.mark.parametrize(
    ("told", "reasoning"),
    [
        ({}, None),
        ({"thinkingBudget": -1}, None),
        ({"thinkingBudget": 0}, Reasoning(effort=Effort.NONE)),
        ({"thinkingBudget": 2_000}, Reasoning(budget_tokens=2_000)),
        ({"thinkingLevel": "low"}, Reasoning(effort=Effort.LOW)),
        ({"thinking_level": "XHIGH"}, Reasoning(effort=Effort.HIGHEST)),
        ({"includeThoughts": True}, Reasoning(shown=True)),
    ],
)
def test_thinking(told: dict[str, Any], reasoning: Reasoning | None) -> None:
    assert config(thinkingConfig=told).reasoning == reasoning


@pytest.mark.parametrize(
    ("members", "answer_format"),
    [
        ({}, None),
        ({"responseMimeType": "text/plain"}, None),
        ({"responseMimeType": "application/json"}, AnswerFormat()),
        (
            {"responseMimeType": "application/json", "responseSchema": {"type": "OBJECT"}},
            AnswerFormat(schema={"type": "object"}),
        ),
        (
            {"response_mime_type": "application/json", "response_json_schema": {"a_b": 1}},
            AnswerFormat(schema={"a_b": 1}),
        ),
    ],
)
def test_the_form_of_the_answer(
    members: dict[str, Any], answer_format: AnswerFormat | None
) -> None:
    assert config(**members).answer_format == answer_format


def test_what_is_no_part_of_the_question_is_let_be() -> None:
    off = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]
    assert read(labels={"a": "b"}, safetySettings=off, serviceTier="flex", store=True) == read()


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"cachedContent": "cachedContents/a"}, "cachedContent"),
        ({"continuationToken": "AAAA"}, "continuationToken"),
        ({"somethingNew": 1}, "somethingNew"),
        ({"safetySettings": [{"threshold": "BLOCK_LOW_AND_ABOVE"}]}, "safetySettings[0]"),
        ({"systemInstruction": {"parts": [{"inlineData": {}}]}}, "systemInstruction.parts[0]"),
        ({"tools": [{"googleSearch": {}}]}, "tools[0].googleSearch"),
        ({"tools": [{"codeExecution": {}}]}, "tools[0].codeExecution"),
        (
            {"toolConfig": {"includeServerSideToolInvocations": True}},
            "toolConfig.includeServerSideToolInvocations",
        ),
        (
            {"toolConfig": {"functionCallingConfig": {"mode": "SOME"}}},
            "toolConfig.functionCallingConfig.mode",
        ),
        (
            {
                "tools": [{"functionDeclarations": [{"name": each} for each in "abc"]}],
                "toolConfig": {
                    "functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["a", "b"]}
                },
            },
            "toolConfig.functionCallingConfig.allowedFunctionNames",
        ),
        ({"contents": [{"role": "tool", "parts": []}]}, "contents[0].role"),
        *(
            ({"generationConfig": {name: value}}, f"generationConfig.{name}")
            for name, value in (
                ("responseLogprobs", True),
                ("logprobs", 3),
                ("speechConfig", {}),
                ("imageConfig", {}),
                ("responseModalities", ["TEXT", "IMAGE"]),
                ("responseMimeType", "text/x.enum"),
                ("temperature", "hot"),
                ("topK", 1.5),
                ("seed", True),
                ("stopSequences", "END"),
                ("stopSequences", [5]),
            )
        ),
        *(
            ({"contents": [{"role": "model", "parts": [part]}]}, f"contents[0].parts[0].{name}")
            for name, part in (
                ("inlineData", {"inlineData": {"mimeType": "audio/wav", "data": "AAAA"}}),
                ("fileData", {"fileData": {"fileUri": "https://youtu.be/x", "mimeType": "a/b"}}),
                (
                    "fileData",
                    {"fileData": {"fileUri": "https://generativelanguage.googleapis.com/v1/x"}},
                ),
                ("fileData", {"fileData": {"fileUri": "gs://bucket/x.png"}}),
                ("executableCode", {"executableCode": {"code": "1"}}),
                ("codeExecutionResult", {"codeExecutionResult": {"output": "1"}}),
                ("part", {}),
                (
                    "functionResponse.parts.inlineData",
                    {"functionResponse": {"parts": [{"inlineData": {"mimeType": "a/b"}}]}},
                ),
                (
                    "functionResponse.parts",
                    {"functionResponse": {"parts": [{"inlineData": {"mimeType": "text/csv"}}]}},
                ),
            )
        ),
        (
            {"contents": [{"parts": [{"functionCall": {"name": "f"}}]}]},
            "contents[0].parts[0].functionCall",
        ),
    ],
)
def test_what_has_no_counterpart_is_refused_by_name(members: dict[str, Any], param: str) -> None:
    with pytest.raises(CannotCarry) as refused:
        read(**members)
    assert refused.value.refusal.param == param
