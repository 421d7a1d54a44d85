"""Tests of ``wattfare_desktop.providers.openai.chat``."""

import json
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    JSON_TYPE,
    AnswerRead,
    AppRequest,
    CallRequest,
    Dialect,
    ModelListing,
    OutputLimit,
    OutputLimitField,
    RequestRefusal,
    StreamReader,
    UpstreamAnswer,
    VisibleOutput,
)
from wattfare_desktop.providers.openai.chat import OpenAiChat

DIALECT: Dialect = OpenAiChat()
USAGE = {"prompt_tokens": 10, "completion_tokens": 3, "total_tokens": 13}
DONE = b"data: [DONE]\n\n"


def call(**fields: Any) -> CallRequest:
    body = {
        "model": "openai/gpt-5-mini",
        "messages": [{"role": "user", "content": "hello"}],
        **fields,
    }
    request = DIALECT.read_request(AppRequest(body=body, body_bytes=len(json.dumps(body))))
    assert isinstance(request, CallRequest), request
    return request


def upstream_body(request: CallRequest, limit: OutputLimit = AS_ASKED) -> dict[str, Any]:
    sent = DIALECT.upstream_request(request, "gpt-5-mini", limit)
    assert sent.path == "/chat/completions"
    assert isinstance(sent.body, dict)
    return sent.body


def read_answer(parsed: Any) -> AnswerRead | None:
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed=parsed)
    return DIALECT.read_answer(call(), answer)


def event(**fields: Any) -> bytes:
    return b"data: " + json.dumps(fields, separators=(",", ":")).encode() + b"\n\n"


def said(text: str, **fields: Any) -> bytes:
    return event(id="c", choices=[{"index": 0, "delta": {"content": text}}], **fields)


def reader(*, wants_usage: bool = False) -> StreamReader:
    options = {"stream_options": {"include_usage": True}} if wants_usage else {}
    return DIALECT.stream_reader(call(stream=True, **options))


def test_a_stream_without_asked_usage_loses_only_the_usage() -> None:
    stream = reader()
    passed = stream.feed(
        said("one", usage=None)
        + said(" two", usage=None)
        + event(id="c", choices=[], usage=USAGE)
        + DONE
    )
    assert passed == [said("one"), said(" two"), DONE]
    assert stream.report is not None
    assert stream.report.usage == Usage(input_tokens=10, output_tokens=3)
    assert stream.done
    assert not stream.failed
    assert stream.visible == VisibleOutput(pieces=2, text_bytes=7)


@pytest.mark.parametrize("odd", [{}, {"choices": None}, {"choices": []}])
def test_usage_alone_is_kept_back_however_it_is_dressed(odd: dict[str, Any]) -> None:
    stream = reader()
    assert stream.feed(event(id="c", usage=USAGE, **odd)) == []
    assert stream.report is not None


def test_an_error_with_usage_is_passed_on() -> None:
    stream = reader()
    broken = event(error={"message": "overloaded"}, choices=[], usage=USAGE)
    assert stream.feed(broken) == [broken]
    assert stream.failed
    assert stream.report is not None


def test_a_stream_with_asked_usage_is_untouched() -> None:
    sent = [
        said("one", usage=None),
        event(id="c", choices=[], usage=USAGE, service_tier="flex"),
        DONE,
    ]
    stream = reader(wants_usage=True)
    assert stream.feed(b"".join(sent)) == sent
    assert stream.report is not None
    assert stream.report.service_tier == "flex"


def test_the_last_usage_seen_wins() -> None:
    stream = reader()
    first = said("a", usage={"prompt_tokens": 10, "completion_tokens": 1})
    last = said("b", usage=USAGE)
    assert stream.feed(first + last) == [first, last]
    assert stream.report is not None
    assert stream.report.usage.output_tokens == 3


@pytest.mark.parametrize(
    "odd",
    [
        b": keep-alive\n\n",
        b"event: ping\n\n",
        b"data: not json\n\n",
        b"data: [1,2]\n\n",
        b"data: " + b"[" * 100_000 + b"\n\n",
        event(id="c", choices=[], prompt_filter_results=[]),
        event(id="c", object="x"),
        said('a ,"usage":null inside'),
        b'data: {"usage":null}\r\n\r\n',
    ],
)
def test_what_is_odd_passes_as_it_came(odd: bytes) -> None:
    stream = reader()
    assert stream.feed(odd) == [odd]
    assert stream.report is None
    assert not stream.done


def test_an_error_inside_the_stream_is_noticed_and_passed_on() -> None:
    stream = reader()
    broken = event(error={"message": "overloaded", "type": "server_error"})
    assert stream.feed(broken) == [broken]
    assert stream.failed


def test_a_stream_that_stops_short_gives_what_it_had() -> None:
    stream = reader()
    half = said("one").removesuffix(b"\n\n")
    assert stream.feed(half) == []
    assert stream.finish() == [half]
    assert stream.visible.pieces == 1
    assert not stream.done


def test_openrouters_cost_is_taken_to_the_last_digit() -> None:
    raw = b'{"usage":{"prompt_tokens":1,"completion_tokens":2,"cost":0.00014405000000000000001}}'
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=raw, parsed=json.loads(raw))
    read = DIALECT.read_answer(call(), answer)
    stream = reader()
    stream.feed(b": OPENROUTER PROCESSING\n\ndata: " + raw + b"\n\n")
    for report in (None if read is None else read.report, stream.report):
        assert report is not None
        assert report.stated_usd == Decimal("0.00014405000000000000001")
        assert report.usage.output_tokens == 2


def test_usage_on_the_last_choices_chunk_is_found_and_the_text_passes() -> None:
    stream = reader()
    last = event(
        id="c",
        choices=[{"index": 0, "delta": {"content": "!"}, "finish_reason": "stop"}],
        usage=USAGE,
    )
    assert stream.feed(said("a") + last + DONE) == [said("a"), last, DONE]
    assert stream.report is not None
    assert stream.report.usage.input_tokens == 10


def test_a_search_is_billed_though_no_usage_tells_it() -> None:
    searching = call(web_search_options={}, stream=True)
    stream = DIALECT.stream_reader(searching)
    stream.feed(event(id="c", choices=[], usage=USAGE))
    assert stream.report is not None
    assert stream.report.usage.counted == {UnitKind.WEB_SEARCH: 1}
    answer = UpstreamAnswer(
        status=200, content_type=JSON_TYPE, raw=b"", parsed={"choices": [], "usage": USAGE}
    )
    read = DIALECT.read_answer(searching, answer)
    assert read is not None
    assert read.report is not None
    assert read.report.usage.counted == {UnitKind.WEB_SEARCH: 1}


def test_spoken_output_is_seen() -> None:
    stream = reader()
    spoken = {"transcript": "four", "data": "A" * 640}
    stream.feed(event(id="c", choices=[{"index": 0, "delta": {"audio": spoken}}]))
    assert stream.visible == VisibleOutput(pieces=1, text_bytes=4 + 10)


WHOLE = (
    said("one", usage=None)
    + b": note\r\n\r\n"
    + said("zwölf", usage=None)
    + event(id="c", choices=[], usage=USAGE)
    + DONE
)


@given(st.lists(st.integers(0, len(WHOLE)), max_size=8))
def test_any_cut_passes_the_same_bytes_on(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(WHOLE)]
    stream = reader()
    passed = []
    for start, end in pairwise(edges):
        passed += stream.feed(WHOLE[start:end])
    passed += stream.finish()
    assert b"".join(passed) == said("one") + b": note\r\n\r\n" + said("zwölf") + DONE
    assert stream.report is not None


def test_upstream_gets_what_was_priced() -> None:
    request = call(temperature=0.5, max_tokens=10)
    sent = upstream_body(request)
    assert sent == {**request.body, "model": "gpt-5-mini"}
    assert request.body["model"] == "openai/gpt-5-mini"


def test_usage_is_asked_for_in_every_stream() -> None:
    sent = upstream_body(
        call(stream=True, stream_options={"include_usage": False, "include_obfuscation": False})
    )
    assert sent["stream_options"] == {"include_usage": True, "include_obfuscation": False}
    assert "stream_options" not in upstream_body(call())


@pytest.mark.parametrize(
    ("asked", "field", "fits", "sent"),
    [
        ({}, OutputLimitField.AS_SENT, None, {}),
        ({}, OutputLimitField.AS_SENT, 50, {"max_completion_tokens": 50}),
        ({}, OutputLimitField.MAX_TOKENS, 50, {"max_tokens": 50}),
        ({"max_tokens": 80}, OutputLimitField.AS_SENT, 50, {"max_tokens": 50}),
        ({"max_tokens": 30}, OutputLimitField.AS_SENT, 50, {"max_tokens": 30}),
        (
            {"max_tokens": 30},
            OutputLimitField.MAX_COMPLETION_TOKENS,
            None,
            {"max_completion_tokens": 30},
        ),
        ({"max_completion_tokens": 30}, OutputLimitField.MAX_TOKENS, None, {"max_tokens": 30}),
        (
            {"max_tokens": None, "max_completion_tokens": 9},
            OutputLimitField.AS_SENT,
            None,
            {"max_completion_tokens": 9},
        ),
    ],
)
def test_the_output_bound_goes_where_it_is_obeyed(
    asked: dict[str, Any], field: OutputLimitField, fits: int | None, sent: dict[str, Any]
) -> None:
    body = upstream_body(call(**asked), OutputLimit(field=field, tokens=fits))
    assert {name: body[name] for name in body if name.startswith("max_")} == sent


def test_a_whole_answer_tells_its_usage() -> None:
    answer = {"choices": [{"message": {"content": "four"}}], "usage": USAGE}
    read = read_answer(answer)
    assert read is not None
    assert read.report is not None
    assert read.report.usage == Usage(input_tokens=10, output_tokens=3)
    assert read.visible == VisibleOutput(pieces=1, text_bytes=4)
    assert read.body is None, "it passes as it came"


@pytest.mark.parametrize("answer", [[], "text", {}])
def test_an_answer_without_usage_has_no_report(answer: Any) -> None:
    assert read_answer(answer) == AnswerRead()


def test_what_is_no_json_is_no_answer() -> None:
    assert read_answer(None) is None


def test_an_estimate_takes_the_larger_of_pieces_and_bytes() -> None:
    request = call()
    by_bytes = DIALECT.estimate(request, VisibleOutput(pieces=1, text_bytes=41))
    assert by_bytes.output_tokens == 11
    by_pieces = DIALECT.estimate(request, VisibleOutput(pieces=30, text_bytes=41))
    assert by_pieces.output_tokens == 30
    assert by_pieces.input_tokens == -(-request.text_bytes // 4)


def test_an_estimate_stays_within_the_apps_bound() -> None:
    request = call(n=2, max_tokens=5)
    usage = DIALECT.estimate(request, VisibleOutput(pieces=30, text_bytes=400))
    assert usage.output_tokens == 10
    assert usage.input_tokens <= request.input_bound(400_000)


def test_errors_in_the_dialects_shape() -> None:
    refusal = RequestRefusal(message="No “n”.", code="bad_n", param="n")
    shape = {
        "error": {
            "message": "No “n”.",
            "type": "invalid_request_error",
            "param": "n",
            "code": "bad_n",
        }
    }
    assert json.loads(DIALECT.family.error_body(refusal)) == shape
    raw = b"".join(reader().fail(refusal))
    assert raw.startswith(b"data: ")
    assert raw.endswith(b"\n\n")
    assert json.loads(raw[6:]) == shape


def test_an_error_may_carry_more_for_programs() -> None:
    refusal = RequestRefusal(message="The cap is reached.", details={"resets_at": "tomorrow"})
    assert json.loads(DIALECT.family.error_body(refusal))["error"]["resets_at"] == "tomorrow"


def test_an_error_may_quote_what_is_not_utf_8() -> None:
    assert b"model '?'" in DIALECT.family.error_body(RequestRefusal(message="model '\ud800'"))


def test_a_models_list() -> None:
    body = DIALECT.family.models_body(
        [ModelListing(id="openai/gpt-5", owned_by="openai", created=7)]
    )
    assert json.loads(body) == {
        "object": "list",
        "data": [{"id": "openai/gpt-5", "object": "model", "created": 7, "owned_by": "openai"}],
    }
