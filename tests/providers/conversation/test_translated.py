"""Tests of ``wattfare_desktop.providers.conversation.translated``, by the codecs of OpenAI's API.

A responses app at a chat provider, and a chat app at a responses provider.
"""

import json
from typing import Any

import pytest

from tests.support.scripted_responses import (
    called,
    event,
    message,
    response_body,
    response_usage,
    spoken,
)
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    JSON_TYPE,
    SSE_TYPE,
    AppRequest,
    CallRequest,
    Dialect,
    DialectName,
    OutputLimit,
    OutputLimitField,
    RequestRefusal,
    UpstreamAnswer,
    VisibleOutput,
)
from wattfare_desktop.providers.dialects import Dialects

CHAT = DialectName.OPENAI_CHAT
RESPONSES = DialectName.OPENAI_RESPONSES
DIALECTS = Dialects()
DONE = b"data: [DONE]\n\n"
USAGE = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}


def asked(app: DialectName, **body: Any) -> CallRequest:
    whole = {"model": "some-model", **body}
    call = DIALECTS[app].read_request(AppRequest(body=whole, body_bytes=len(json.dumps(whole))))
    assert isinstance(call, CallRequest), call
    return call


def carried(app: DialectName, *provider: DialectName, **body: Any) -> tuple[Dialect, CallRequest]:
    found = DIALECTS.carry(asked(app, **body), app, provider, "its-model")
    assert not isinstance(found, RequestRefusal), found
    return found.dialect, found.call


def refused(app: DialectName, *provider: DialectName, **body: Any) -> RequestRefusal:
    found = DIALECTS.carry(asked(app, **body), app, provider, "its-model")
    assert isinstance(found, RequestRefusal), found
    return found


def responses_app(**body: Any) -> tuple[Dialect, CallRequest]:
    return carried(RESPONSES, CHAT, **{"input": "hello", **body})


def chat_app(**body: Any) -> tuple[Dialect, CallRequest]:
    return carried(CHAT, RESPONSES, **{"messages": [{"role": "user", "content": "hello"}], **body})


def answer(parsed: Any, status: int = 200) -> UpstreamAnswer:
    return UpstreamAnswer(status=status, content_type=JSON_TYPE, raw=b"", parsed=parsed)


def chunk(**members: Any) -> bytes:
    return b"data: " + json.dumps({"id": "c", "model": "m", **members}).encode() + b"\n\n"


def said(text: str, **choice: Any) -> bytes:
    return chunk(choices=[{"index": 0, "delta": {"content": text}, **choice}])


def kinds(raw: list[bytes]) -> list[str]:
    return [json.loads(each.partition(b"data: ")[2])["type"] for each in raw]


def chunks(raw: list[bytes]) -> list[Any]:
    return [
        text if text == "[DONE]" else json.loads(text)
        for text in (each.decode().removeprefix("data: ").strip() for each in raw)
    ]


def test_the_request_is_priced_as_its_provider_gets_it() -> None:
    dialect, call = responses_app(
        instructions="Be brief.", max_output_tokens=50, reasoning={"effort": "low"}, stream=True
    )
    sent = dialect.upstream_request(
        call, "its-model", OutputLimit(tokens=20, field=OutputLimitField.MAX_TOKENS)
    )
    assert sent.path == "/chat/completions"
    assert sent.body == {
        "model": "its-model",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "hello"},
        ],
        "max_tokens": 20,
        "reasoning_effort": "low",
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    assert (call.output_tokens_max, call.stream, call.wants_usage) == (50, True, True)
    again = dialect.read_request(AppRequest(body={"model": "m", "input": "x"}, body_bytes=9))
    assert isinstance(again, CallRequest), "the app's own dialect reads what the app sends"


def test_what_cannot_be_carried_names_what_the_app_wrote() -> None:
    refusal = refused(RESPONSES, CHAT, input="a", top_logprobs=2)
    assert (refusal.code, refusal.param) == ("cannot_be_translated", "top_logprobs")


def test_what_the_provider_has_no_words_for_is_refused_by_name() -> None:
    """A picture in a tool's result has a place in responses alone, a stop sequence in chat."""
    call = {"type": "function_call", "call_id": "c", "name": "look", "arguments": "{}"}
    picture = {"type": "input_image", "image_url": "data:image/png;base64,AAAA"}
    result = {"type": "function_call_output", "call_id": "c", "output": [picture]}
    assert refused(RESPONSES, CHAT, input=[call, result]).param == "input"
    stopped: dict[str, Any] = {"messages": [{"role": "user", "content": "a"}], "stop": ["x"]}
    assert refused(CHAT, RESPONSES, **stopped).param == "stop"


def test_a_whole_answer_in_the_apps_words() -> None:
    dialect, call = responses_app()
    choice = {"index": 0, "message": {"content": "Hi"}, "finish_reason": "length"}
    read = dialect.read_answer(call, answer({"id": "c", "choices": [choice], "usage": USAGE}))
    assert read is not None
    assert read.report is not None
    assert read.report.usage == Usage(input_tokens=9, output_tokens=2)
    assert read.body is not None
    body = json.loads(read.body)
    assert body["output"][0]["content"][0]["text"] == "Hi"
    assert (body["status"], body["usage"]["total_tokens"]) == ("incomplete", 11)

    dialect, call = chat_app()
    reply = response_body([message("Hi")], usage=response_usage(9, 2))
    read = dialect.read_answer(call, answer(reply))
    assert read is not None
    assert read.body is not None
    body = json.loads(read.body)
    assert body["choices"][0]["message"]["content"] == "Hi"
    assert body["usage"]["total_tokens"] == 11


def test_an_answer_without_usage_is_told_with_an_estimate() -> None:
    dialect, call = responses_app()
    choice = {"index": 0, "message": {"content": "x" * 400}, "finish_reason": "stop"}
    read = dialect.read_answer(call, answer({"choices": [choice]}))
    assert read is not None
    assert read.report is None, "to the wallet an estimate is no report"
    assert read.body is not None
    assert json.loads(read.body)["usage"]["output_tokens"] == 100


@pytest.mark.parametrize("parsed", [None, [], "text", {"choices": []}])
def test_what_is_no_answer_is_not_passed_on(parsed: Any) -> None:
    dialect, call = responses_app()
    assert dialect.read_answer(call, answer(parsed)) is None


def test_errors_in_the_apps_words() -> None:
    dialect, _ = responses_app()
    told = dialect.read_error(answer([{"error": {"message": "slow down", "code": 429}}], 429))
    assert told is not None
    assert json.loads(told)["error"] == {
        "message": "slow down",
        "type": "upstream_error",
        "param": None,
        "code": "429",
    }


def test_a_stream_event_by_event() -> None:
    dialect, call = responses_app(stream=True)
    stream = dialect.stream_reader(call)
    assert dialect.is_stream(SSE_TYPE)
    assert stream.content_type == SSE_TYPE
    assert kinds(stream.feed(said("He"))) == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
    ]
    half = said("llo")
    assert stream.feed(half[:20]) == []
    assert kinds(stream.feed(half[20:])) == ["response.output_text.delta"]
    assert stream.visible == VisibleOutput(pieces=2, text_bytes=5)
    assert kinds(stream.feed(said("", finish_reason="stop")))[-1] == "response.output_item.done"
    assert stream.feed(chunk(choices=[], usage=USAGE)) == []
    assert not stream.done
    assert kinds(stream.feed(DONE)) == ["response.completed"]
    assert stream.done
    assert stream.finish() == []
    assert stream.report is not None
    assert stream.report.usage == Usage(input_tokens=9, output_tokens=2)


def test_a_stream_the_other_way_with_a_tool() -> None:
    dialect, call = chat_app(stream=True, stream_options={"include_usage": True})
    stream = dialect.stream_reader(call)
    told = chunks(stream.feed(b"".join(called("look", '{"a"', ":1}"))))
    assert told[-1] == "[DONE]"
    assert told[-2]["usage"]["prompt_tokens"] == 9
    pieces = [each["choices"][0]["delta"] for each in told[:-2]]
    assert pieces[0]["role"] == "assistant"
    arguments = [each["tool_calls"][0]["function"]["arguments"] for each in pieces[1:-1]]
    assert "".join(arguments) == '{"a":1}'
    assert told[-3]["choices"][0]["finish_reason"] == "tool_calls"
    assert stream.done


def test_a_stop_ends_what_is_open_in_the_apps_words() -> None:
    dialect, call = responses_app(stream=True)
    stream = dialect.stream_reader(call)
    stream.feed(said("Hello"))
    told = stream.stop(dialect.estimate(call, stream.visible))
    assert kinds(told) == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.incomplete",
    ]
    last = json.loads(told[-1].partition(b"data: ")[2])["response"]
    assert last["incomplete_details"] == {"reason": "max_output_tokens"}
    assert last["usage"]["output_tokens"] == 2
    assert stream.feed(said("more")) == [], "it has ended"


@pytest.mark.parametrize("begun", [0, 5])
def test_a_stop_of_a_chat_is_a_length(begun: int) -> None:
    dialect, call = chat_app(stream=True)
    stream = dialect.stream_reader(call)
    stream.feed(b"".join(spoken("He", "llo")[:begun]))
    told = chunks(stream.stop(Usage(input_tokens=1, output_tokens=1)))
    assert told[-1] == "[DONE]"
    assert told[-2]["choices"][0]["finish_reason"] == "length"
    assert not any("usage" in each for each in told[:-1]), "it was not asked for"


def test_a_failure_of_the_wallet_in_the_apps_words() -> None:
    refusal = RequestRefusal(message="Cut.", code="revoked")
    dialect, call = responses_app(stream=True)
    assert kinds(dialect.stream_reader(call).fail(refusal))[-2:] == ["response.failed", "error"]
    dialect, call = chat_app(stream=True)
    (told,) = chunks(dialect.stream_reader(call).fail(refusal))
    assert told["error"]["code"] == "revoked"


def test_a_failure_of_the_provider_in_the_apps_words() -> None:
    dialect, call = responses_app(stream=True)
    stream = dialect.stream_reader(call)
    told = stream.feed(said("He") + chunk(error={"message": "overloaded"}))
    assert kinds(told)[-2:] == ["response.failed", "error"]
    assert stream.failed
    dialect, call = chat_app(stream=True)
    stream = dialect.stream_reader(call)
    (told_chat,) = chunks(stream.feed(event("error", code="x", message="overloaded")))
    assert told_chat["error"]["message"] == "overloaded"
    assert stream.failed


def test_a_stream_that_breaks_off_is_not_told_as_whole() -> None:
    dialect, call = responses_app(stream=True)
    stream = dialect.stream_reader(call)
    stream.feed(said("He"))
    assert kinds(stream.finish())[-2:] == ["response.failed", "error"]
    assert not stream.done


@pytest.mark.parametrize("text", [b"", b"<html>not this</html>", b'data: {"choices":[]}\n\n'])
def test_a_stream_that_ends_without_an_end_is_told_to_have_failed(text: bytes) -> None:
    dialect, call = responses_app(stream=True)
    reader = dialect.stream_reader(call)
    told = b"".join([*reader.feed(text), *reader.finish()])
    assert b"response.failed" in told
    assert b"broke off" in told
