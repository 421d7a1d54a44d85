"""Tests of ``wattfare_desktop.providers.dialects``: who speaks with whom, and that it arrives."""

import json
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings

from tests.support.conversations import Features, gathered, replies, streamed
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.anthropic.codec import AnthropicMessagesCodec
from wattfare_desktop.providers.conversation.codec import Codec
from wattfare_desktop.providers.conversation.model import (
    Candidate,
    Conversation,
    Ended,
    Image,
    Message,
    Reply,
    Role,
    Sampling,
    StopReason,
    Text,
    Thinking,
    Tool,
    ToolCall,
    ToolResult,
)
from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    CallRequest,
    DialectName,
    RequestRefusal,
    UpstreamAnswer,
)
from wattfare_desktop.providers.dialects import Carried, Dialects
from wattfare_desktop.providers.gemini.codec import GeminiCodec
from wattfare_desktop.providers.ollama.codec import OllamaCodec
from wattfare_desktop.providers.openai.chat_codec import OpenAiChatCodec
from wattfare_desktop.providers.openai.responses_codec import OpenAiResponsesCodec

CHAT = DialectName.OPENAI_CHAT
RESPONSES = DialectName.OPENAI_RESPONSES
MESSAGES = DialectName.ANTHROPIC_MESSAGES
OLLAMA = DialectName.OLLAMA_CHAT
GEMINI = DialectName.GEMINI_GENERATE
DIALECTS = Dialects()
CODECS: dict[DialectName, Codec] = {
    CHAT: OpenAiChatCodec(),
    RESPONSES: OpenAiResponsesCodec(),
    MESSAGES: AnthropicMessagesCodec(),
    OLLAMA: OllamaCodec(),
    GEMINI: GeminiCodec(),
}
PAIRS = list(permutations(CODECS, 2))
HELLO = Message(role=Role.USER, parts=(Text(text="hello"),))
PICTURE = Image(media_type="image/png", data="iVBORw0KGgo=")
SHARED = Features(
    thinking=False,
    call_signatures=False,
    choices=False,
    reply_images=False,
    told_stop_sequence=False,
    reply_stops=frozenset({StopReason.END, StopReason.LENGTH, StopReason.TOOL_CALLS}),
)


def asked(app: DialectName, conversation: Conversation) -> CallRequest:
    call = DIALECTS[app].read_request(CODECS[app].write_request(conversation, "some-model"))
    assert isinstance(call, CallRequest), call
    return call


def carried(app: DialectName, conversation: Conversation, *provider: DialectName) -> Carried:
    found = DIALECTS.carry(asked(app, conversation), app, provider, "its-model")
    assert not isinstance(found, RequestRefusal), found
    return found


def bounded(**fields: object) -> Conversation:
    return Conversation(messages=(HELLO,), output_tokens_max=1_000, **fields)  # type: ignore[arg-type]


def shown(candidate: Candidate) -> tuple[object, ...]:
    """Return what an app sees of an answer."""
    calls = [
        (part.name, dict(part.arguments)) for part in candidate.parts if isinstance(part, ToolCall)
    ]
    text = "".join(part.text for part in candidate.parts if isinstance(part, Text))
    return text, calls, candidate.stop


@pytest.mark.parametrize(("app", "provider"), PAIRS)
@settings(max_examples=8, suppress_health_check=[HealthCheck.differing_executors])
@given(reply=replies(SHARED))
def test_a_reply_arrives_whole_and_streamed(
    app: DialectName, provider: DialectName, reply: Reply
) -> None:
    way = carried(app, bounded(), provider)
    body = json.loads(json.dumps(CODECS[provider].write_reply(reply, way.call)))
    raw = json.dumps(body).encode()
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=raw, parsed=body)
    read = way.dialect.read_answer(way.call, answer)
    assert read is not None
    assert read.body is not None
    assert read.report is not None
    whole = CODECS[app].read_reply(json.loads(read.body), read.report.usage)
    assert whole is not None

    way = carried(app, bounded(stream=True), provider)
    writer = CODECS[provider].event_writer(
        CallRequest(model="its-model", body={}, stream=True, wants_usage=True)
    )
    stream, reader = way.dialect.stream_reader(way.call), CODECS[app].event_reader()
    sent = [piece for event in streamed(reply) for piece in writer.write(event)]
    told = [each for piece in sent for each in stream.feed(piece)] + stream.finish()
    events = [event for each in told for event in reader.read(each)] + reader.finish()
    assert stream.done
    assert stream.report is not None
    for usage in (read.report.usage, stream.report.usage):
        assert (usage.input_tokens, usage.output_tokens) == (
            reply.usage.input_tokens,
            reply.usage.output_tokens,
        )
    (expected,) = map(shown, reply.candidates)
    assert shown(whole.candidates[0]) == expected
    # A chat tells its usage in a stream only where it is asked to.
    events = [event for event in events if not isinstance(event, Ended)]
    assert shown(gathered([*events, Ended(usage=reply.usage)]).candidates[0]) == expected


@pytest.mark.parametrize(
    ("conversation", "spoken"),
    [
        (bounded(), RESPONSES),
        (bounded(sampling=Sampling(stop=("END",))), CHAT),
        (Conversation(messages=(HELLO,), output_tokens_max=1), CHAT),
    ],
)
def test_a_call_goes_in_the_first_dialect_that_has_words_for_all_of_it(
    conversation: Conversation, spoken: DialectName
) -> None:
    assert carried(MESSAGES, conversation, RESPONSES, CHAT).spoken is spoken


def test_a_picture_that_a_tool_gave_back_finds_its_way() -> None:
    call = ToolCall(id="c1", name="look", arguments={})
    result = ToolResult(call_id="c1", name="look", parts=(PICTURE,))
    conversation = Conversation(
        messages=(
            HELLO,
            Message(role=Role.ASSISTANT, parts=(call,)),
            Message(role=Role.USER, parts=(result,)),
        ),
        tools=(Tool(name="look", parameters={"type": "object"}),),
        output_tokens_max=1_000,
    )
    assert carried(MESSAGES, conversation, CHAT, RESPONSES).spoken is RESPONSES


def test_a_thought_goes_back_to_who_signed_it_and_to_nobody_else() -> None:
    thought = Thinking(text="hm", signature="aGFsbG8=")
    reply = Reply(
        id="r",
        model="m",
        candidates=(Candidate(parts=(thought, Text(text="a")), stop=StopReason.END),),
        usage=Usage(),
    )
    way = carried(MESSAGES, bounded(), RESPONSES)
    body = CODECS[RESPONSES].write_reply(reply, way.call)
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed=body)
    read = way.dialect.read_answer(way.call, answer)
    assert read is not None
    assert read.body is not None
    seen = CODECS[MESSAGES].read_reply(json.loads(read.body), Usage())
    assert seen is not None
    earlier = Message(role=Role.ASSISTANT, parts=seen.candidates[0].parts)
    going_on = replace(bounded(), messages=(HELLO, earlier, HELLO))
    assert "aGFsbG8=" in str(carried(MESSAGES, going_on, RESPONSES).call.body)
    elsewhere = str(carried(MESSAGES, going_on, GEMINI).call.body)
    assert "aGFsbG8=" not in elsewhere


def test_where_none_has_the_words_the_preferred_ones_say_what_is_missing() -> None:
    conversation = bounded(sampling=Sampling(stop=("END",), top_k=4))
    call = asked(MESSAGES, conversation)
    refusal = DIALECTS.carry(call, MESSAGES, [RESPONSES], "its-model")
    assert isinstance(refusal, RequestRefusal)
    assert (refusal.code, refusal.param) == ("cannot_be_translated", "stop_sequences")


def test_nothing_is_translated_where_both_speak_the_same() -> None:
    for app in CODECS:
        call = asked(app, bounded())
        way = DIALECTS.carry(call, app, list(CODECS), "its-model")
        assert way == Carried(call=call, dialect=DIALECTS[app], spoken=app)


def test_a_provider_that_takes_no_such_calls_is_named_so() -> None:
    refusal = DIALECTS.carry(asked(CHAT, bounded()), CHAT, [DialectName.OLLAMA_EMBED], "m")
    assert isinstance(refusal, RequestRefusal)
    assert (refusal.code, refusal.param) == ("operation_not_supported", "model")
