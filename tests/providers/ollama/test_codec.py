"""Neutral conversations through Ollama's chats and back: the same, for all it can express."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from tests.support.conversations import (
    Features,
    conversations,
    gathered,
    replies,
    streamed,
)
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.conversation.codec import CannotCarry, Codec
from wattfare_desktop.providers.conversation.model import (
    Candidate,
    Conversation,
    Effort,
    Failed,
    Image,
    Message,
    Part,
    Reasoning,
    Reply,
    Role,
    StopReason,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolChoice,
    ToolChoiceMode,
    ToolResult,
)
from wattfare_desktop.providers.dialect import (
    AppRequest,
    CallRequest,
    RequestRefusal,
    UpstreamAnswer,
)
from wattfare_desktop.providers.ollama.codec import OllamaCodec, OllamaGenerateCodec
from wattfare_desktop.providers.ollama.operations import OllamaChat, OllamaGenerate

CODEC: Codec = OllamaCodec()
CAN = Features(
    image_urls=False,
    documents=False,
    thinking_signatures=False,
    redacted_thinking=False,
    call_signatures=False,
    strict_tools=False,
    tool_choice=False,
    parallel_tools=False,
    tool_errors=False,
    tool_result_images=False,
    several_tool_result_parts=False,
    efforts=frozenset({Effort.NONE, Effort.LOW, Effort.MEDIUM, Effort.HIGH}),
    budget=False,
    thoughts_shown=False,
    json_schema_names=False,
    json_strict=False,
    choices=False,
    reply_stops=frozenset({StopReason.END, StopReason.LENGTH}),
)


def call_of(conversation: Conversation) -> CallRequest:
    call = OllamaChat().read_request(CODEC.write_request(conversation, "llama3.2"))
    assert isinstance(call, CallRequest), call
    return call


def as_it_is_read(conversation: Conversation) -> Conversation:
    """Pictures have no type here, and thoughts that are asked for are shown."""
    reasoning = conversation.reasoning
    if reasoning is not None and reasoning.effort not in {None, Effort.NONE}:
        reasoning = replace(reasoning, shown=True)
    return replace(
        conversation,
        reasoning=reasoning,
        messages=tuple(
            replace(each, parts=tuple(map(_typed, each.parts))) for each in conversation.messages
        ),
    )


def _typed(part: Part) -> Part:
    return replace(part, media_type="image/png") if isinstance(part, Image) else part


@given(conversations(CAN))
def test_what_is_written_is_read_as_it_was(conversation: Conversation) -> None:
    if conversation.reasoning is not None and conversation.reasoning.effort is None:
        conversation = replace(conversation, reasoning=None)
    assert CODEC.read_request(call_of(conversation)) == as_it_is_read(conversation)


def comparable(reply: Reply) -> Reply:
    """Without the ids that this API does not have, its calls named by their place."""
    (candidate,) = reply.candidates
    parts = [
        replace(part, id=f"call_{place}") if isinstance(part, ToolCall) else _typed(part)
        for place, part in enumerate(candidate.parts)
    ]
    usage = replace(reply.usage, cached_read_tokens=0, reasoning_tokens=0)
    return replace(reply, id="", usage=usage, candidates=(replace(candidate, parts=tuple(parts)),))


@given(replies(CAN))
def test_a_reply_is_read_as_it_was_written(reply: Reply) -> None:
    body = json.loads(json.dumps(CODEC.write_reply(reply, call_of(HELLO))))
    read = CODEC.read_reply(body, reply.usage)
    assert read is not None
    assert comparable(read) == comparable(reply)


@given(replies(CAN))
def test_a_streamed_reply_is_read_as_it_was_written(reply: Reply) -> None:
    writer, reader = CODEC.event_writer(call_of(HELLO)), CODEC.event_reader()
    lines = [line for event in streamed(reply) for line in writer.write(event)]
    events = [event for line in lines for event in reader.read(line)]
    assert comparable(gathered([*events, *reader.finish()])) == comparable(reply)


HELLO = Conversation(messages=(Message(role=Role.USER, parts=(Text(text="Hello"),)),))
LOOK_UP = Tool(name="look_up")


def asking(**changes: Any) -> Conversation:
    return replace(HELLO, **changes)


def saying(*parts: Part) -> Conversation:
    return asking(messages=(Message(role=Role.USER, parts=parts),))


@pytest.mark.parametrize(
    ("conversation", "param"),
    [
        (asking(choices=2), "n"),
        (asking(tools=(LOOK_UP,), parallel_tools=False), "parallel_tool_calls"),
        (
            asking(tools=(LOOK_UP,), tool_choice=ToolChoice(mode=ToolChoiceMode.REQUIRED)),
            "tool_choice",
        ),
        (saying(Image(url="https://pictures.example/a.png")), "messages"),
    ],
)
def test_what_it_has_no_words_for_is_refused_by_name(
    conversation: Conversation, param: str
) -> None:
    with pytest.raises(CannotCarry) as refused:
        CODEC.write_request(conversation, "llama3.2")
    assert refused.value.refusal.param == param


def test_tools_that_may_not_be_called_are_not_offered() -> None:
    choice = ToolChoice(mode=ToolChoiceMode.NONE)
    written = CODEC.write_request(asking(tools=(LOOK_UP,), tool_choice=choice), "llama3.2")
    assert "tools" not in written.body


def chat(**more: Any) -> CallRequest:
    call = OllamaChat().read_request(
        replace(CODEC.write_request(HELLO, "m"), body={"model": "m", "messages": [], **more})
    )
    assert not isinstance(call, RequestRefusal)
    return call


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"options": {"mirostat": 1}}, "options.mirostat"),
        ({"logprobs": True}, "logprobs"),
        ({"messages": [{"role": "critic", "content": "no"}]}, "messages"),
        ({"messages": [{"role": "tool", "content": "3"}]}, "messages"),
        ({"tools": [{"type": "function"}]}, "tools"),
    ],
)
def test_what_has_no_neutral_words_is_refused_by_name(more: Any, param: str) -> None:
    with pytest.raises(CannotCarry) as refused:
        CODEC.read_request(chat(**more))
    assert refused.value.refusal.param == param


def test_how_the_machine_is_used_is_a_hint_and_dropped() -> None:
    read = CODEC.read_request(chat(options={"num_ctx": 8192, "num_gpu": 1}, keep_alive="5m"))
    assert read == asking(messages=(), stream=True)


def test_results_go_to_the_calls_of_their_tools() -> None:
    call = {"function": {"name": "a", "arguments": {"x": 1}}}
    other = {"function": {"name": "b", "arguments": {}}}
    read = CODEC.read_request(
        chat(
            messages=[
                {"role": "assistant", "content": "", "tool_calls": [call, other]},
                {"role": "tool", "tool_name": "b", "content": "second"},
                {"role": "tool", "tool_name": "a", "content": "first"},
            ]
        )
    )
    results = [part for part in read.messages[1].parts if isinstance(part, ToolResult)]
    assert [(each.call_id, each.name) for each in results] == [("call_0_1", "b"), ("call_0_0", "a")]


def test_thoughts_of_other_providers_that_are_sealed_are_left_out() -> None:
    sealed = Message(role=Role.ASSISTANT, parts=(Thinking(signature="x"), Text(text="Hi")))
    written = CODEC.write_request(asking(messages=(*HELLO.messages, sealed)), "m")
    assert written.body["messages"][1] == {"role": "assistant", "content": "Hi"}


def test_errors_keep_their_words_and_status() -> None:
    answer = UpstreamAnswer(
        status=404, content_type="application/json", raw=b"", parsed={"error": "no such model"}
    )
    refusal = CODEC.read_error(answer)
    assert (refusal.message, refusal.status) == ("no such model", 404)
    (failed,) = CODEC.event_reader().read(b'{"error": "out of memory"}\n')
    assert isinstance(failed, Failed)
    (line,) = CODEC.event_writer(call_of(HELLO)).write(failed)
    assert json.loads(line)["error"] == "out of memory"
    assert CODEC.read_reply({"error": "x"}, HELLO_USAGE) is None


HELLO_USAGE = Usage()


def completion_of(**members: Any) -> Conversation:
    body = {"model": "m", **members}
    call = OllamaGenerate().read_request(AppRequest(body=body, body_bytes=99))
    assert isinstance(call, CallRequest)
    return OllamaGenerateCodec().read_request(call)


def test_a_completion_is_a_chat_of_one_message() -> None:
    data = "iVBORw0KGgo="
    asked = completion_of(
        prompt="What is it?", system="Be brief.", images=[data], think="low", raw=False, context=[]
    )
    picture = Image(media_type="image/png", data=data)
    turn = Message(role=Role.USER, parts=(Text(text="What is it?"), picture))
    assert asked == Conversation(
        system=(Text(text="Be brief."),),
        messages=(turn,),
        reasoning=Reasoning(effort=Effort.LOW, shown=True),
        stream=True,
    )


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"prompt": ""}, "prompt"),
        ({}, "prompt"),
        ({"prompt": "a", "suffix": "b"}, "suffix"),
        ({"prompt": "a", "template": "{{ .Prompt }}"}, "template"),
        ({"prompt": "a", "raw": True}, "raw"),
        ({"prompt": "a", "context": [1, 2]}, "context"),
        ({"prompt": "a", "options": {"mirostat": 1}}, "options.mirostat"),
    ],
)
def test_what_only_its_own_server_can_complete_is_refused_by_name(
    members: dict[str, Any], param: str
) -> None:
    with pytest.raises(CannotCarry) as refused:
        completion_of(**members)
    assert refused.value.refusal.param == param


def test_a_completion_tells_text_and_thoughts() -> None:
    codec = OllamaGenerateCodec()
    call = CallRequest(model="m", body={})
    parts: tuple[Part, ...] = (Thinking(text="Hm."), Text(text="Yes."))
    candidate = Candidate(parts=parts, stop=StopReason.LENGTH)
    reply = Reply(id="1", model="m", candidates=(candidate,), usage=Usage())
    told = codec.write_reply(reply, call)
    assert (told["response"], told["thinking"], told["done_reason"]) == ("Yes.", "Hm.", "length")
    assert "message" not in told
    writer = codec.event_writer(call)
    lines = [json.loads(line) for event in streamed(reply) for line in writer.write(event)]
    assert "".join(line["response"] for line in lines) == "Yes."
    assert "".join(line.get("thinking", "") for line in lines) == "Hm."
    assert [line["done"] for line in lines] == [False] * (len(lines) - 1) + [True]
