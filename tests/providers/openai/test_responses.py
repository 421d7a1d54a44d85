"""Tests of ``wattfare_desktop.providers.openai.responses`` and of its streams."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.scripted_responses import (
    called,
    event,
    message,
    numbered,
    response_body,
    response_usage,
    spoken,
)
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    AS_ASKED,
    JSON_TYPE,
    AnswerRead,
    AppRequest,
    CallRequest,
    Dialect,
    OutputLimit,
    OutputLimitField,
    RequestRefusal,
    StreamReader,
    UpstreamAnswer,
    VisibleOutput,
)
from wattfare_desktop.providers.openai.responses import OpenAiResponses

DIALECT: Dialect = OpenAiResponses()


def call(**fields: Any) -> CallRequest:
    body = {"model": "openai/gpt-5-mini", "input": "hello", **fields}
    request = DIALECT.read_request(AppRequest(body=body, body_bytes=len(json.dumps(body))))
    assert isinstance(request, CallRequest), request
    return request


def upstream_body(request: CallRequest, limit: OutputLimit = AS_ASKED) -> dict[str, Any]:
    sent = DIALECT.upstream_request(request, "gpt-5-mini", limit)
    assert sent.path == "/responses"
    assert isinstance(sent.body, dict)
    return sent.body


def read_answer(parsed: Any) -> AnswerRead | None:
    answer = UpstreamAnswer(status=200, content_type=JSON_TYPE, raw=b"", parsed=parsed)
    return DIALECT.read_answer(call(), answer)


def reader() -> StreamReader:
    return DIALECT.stream_reader(call(stream=True))


def data_of(raw: list[bytes]) -> list[dict[str, Any]]:
    return [json.loads(each.partition(b"data: ")[2]) for each in raw]


def kinds(raw: list[bytes]) -> list[str]:
    return [each["type"].removeprefix("response.") for each in data_of(raw)]


def test_a_stream_passes_untouched_and_tells_its_usage() -> None:
    stream = reader()
    raw = spoken("He", "llo", input_tokens=10, output_tokens=2)
    assert stream.feed(b"".join(raw)) == raw
    assert stream.report is not None
    assert stream.report.usage == Usage(input_tokens=10, output_tokens=2)
    assert stream.visible == VisibleOutput(pieces=2, text_bytes=5)
    assert (stream.done, stream.failed) == (True, False)


@pytest.mark.parametrize(
    ("last", "failed"), [("completed", False), ("incomplete", False), ("failed", True)]
)
def test_each_end_carries_usage(last: str, *, failed: bool) -> None:
    stream = reader()
    response = response_body([], status=last, usage=response_usage(7, 1))
    stream.feed(event(f"response.{last}", response=response))
    assert stream.report is not None
    assert stream.report.usage.input_tokens == 7
    assert (stream.done, stream.failed) == (True, failed)


def test_a_response_under_way_is_no_end_and_no_usage() -> None:
    stream = reader()
    stream.feed(b"".join(spoken("a")[:-1]))
    assert (stream.done, stream.report) == (False, None)


@pytest.mark.parametrize(
    "odd",
    [
        b": keep-alive\n\n",
        b"data: not json\n\n",
        b"data: [1,2]\n\n",
        event("response.of.tomorrow", output_index=0),
        event("response.output_text.delta", output_index=9, content_index=0, delta="x"),
        event("response.output_text.delta", delta=3),
        event("response.content_part.added", output_index=9, part={"type": "output_text"}),
        b"data: [DONE]\n\n",
    ],
)
def test_what_is_odd_passes_as_it_came(odd: bytes) -> None:
    stream = reader()
    assert stream.feed(odd) == [odd]
    assert (stream.report, stream.done, stream.failed) == (None, False, False)


@pytest.mark.parametrize(
    "raw",
    [event("error", code="overloaded", message="busy"), b'data: {"error":{"message":"x"}}\n\n'],
)
def test_an_error_inside_the_stream_is_noticed_and_passed_on(raw: bytes) -> None:
    stream = reader()
    assert stream.feed(raw) == [raw]
    assert stream.failed


WHOLE = b"".join([*spoken("one", " zwölf"), b": note\r\n\r\n"])


@given(st.lists(st.integers(0, len(WHOLE)), max_size=8))
def test_any_cut_passes_the_same_bytes_on(cuts: list[int]) -> None:
    stream = reader()
    passed = []
    for start, end in pairwise([0, *sorted(cuts), len(WHOLE)]):
        passed += stream.feed(WHOLE[start:end])
    passed += stream.finish()
    assert b"".join(passed) == WHOLE
    assert stream.visible == VisibleOutput(pieces=2, text_bytes=10)
    assert stream.report is not None


def test_a_stop_ends_what_is_open_and_tells_usage() -> None:
    stream = reader()
    stream.feed(b"".join(spoken("Well", " met")[:6]))
    told = stream.stop(Usage(input_tokens=9, output_tokens=2))
    assert kinds(told) == [
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "incomplete",
    ]
    text, _, item, last = data_of(told)
    assert text["text"] == "Well met"
    assert item["item"]["status"] == "incomplete"
    assert item["item"]["content"][0]["text"] == "Well met"
    response = last["response"]
    assert response["id"] == "resp_1"
    assert response["status"] == "incomplete"
    assert response["incomplete_details"] == {"reason": "max_output_tokens"}
    assert response["output"] == [item["item"]]
    assert response["usage"]["total_tokens"] == 11
    assert [each["sequence_number"] for each in data_of(told)] == [6, 7, 8, 9]


def test_a_stop_inside_a_call_ends_its_arguments() -> None:
    stream = reader()
    stream.feed(b"".join(called("look", '{"ci', 'ty"')[:5]))
    told = stream.stop(Usage())
    assert kinds(told) == ["function_call_arguments.done", "output_item.done", "incomplete"]
    assert data_of(told)[1]["item"]["arguments"] == '{"city"'


def test_a_stop_between_items_has_nothing_to_end() -> None:
    stream = reader()
    stream.feed(b"".join(spoken("a")[:-1]))
    told = stream.stop(Usage())
    assert kinds(told) == ["incomplete"]
    assert data_of(told)[0]["response"]["output"] == [message("a")]


@pytest.mark.parametrize(
    ("begun", "more", "ended"),
    [
        (
            {"type": "reasoning", "id": "rs", "summary": []},
            [
                (
                    "reasoning_summary_part.added",
                    {"summary_index": 0, "part": {"type": "summary_text"}},
                ),
                ("reasoning_summary_text.delta", {"summary_index": 0, "delta": "a"}),
                ("reasoning_summary_part.done", {"summary_index": 0}),
                (
                    "reasoning_summary_part.added",
                    {"summary_index": 1, "part": {"type": "summary_text"}},
                ),
            ],
            {
                "summary": [
                    {"type": "summary_text", "text": "a"},
                    {"type": "summary_text", "text": ""},
                ]
            },
        ),
        (
            {"type": "reasoning", "id": "rs", "summary": []},
            [("reasoning_text.delta", {"content_index": 0, "delta": "a"})],
            {"content": [{"type": "reasoning_text", "text": "a"}]},
        ),
        (
            {"type": "message", "id": "m", "content": []},
            [("refusal.delta", {"content_index": 0, "delta": "No"})],
            {"content": [{"type": "refusal", "refusal": "No"}]},
        ),
        (
            {"type": "custom_tool_call", "id": "ct", "input": ""},
            [("custom_tool_call_input.delta", {"delta": "ls"})],
            {"input": "ls"},
        ),
    ],
)
def test_whatever_is_open_is_ended_as_its_kind(
    begun: dict[str, Any], more: list[tuple[str, dict[str, Any]]], ended: dict[str, Any]
) -> None:
    stream = reader()
    inside = [(kind, {"output_index": 0, "item_id": begun["id"], **each}) for kind, each in more]
    created = {"response": response_body([], status="in_progress")}
    added = ("output_item.added", {"output_index": 0, "item": begun})
    stream.feed(b"".join(numbered([("created", created), added, *inside])))
    told = stream.stop(Usage())
    item = data_of(told)[-2]["item"]
    assert item == {**begun, **ended, "status": "incomplete"}
    assert len(kinds(told)) == len(set(kinds(told))), "what was told as ended is not told again"


@pytest.mark.parametrize("began", [False, True])
def test_a_failure_is_told_twice_and_never_before_the_beginning(*, began: bool) -> None:
    stream = reader()
    if began:
        stream.feed(b"".join(spoken("a")[:5]))
    told = stream.fail(RequestRefusal(message="Cut.", code="revoked"))
    assert ("created" in kinds(told)) != began
    assert kinds(told)[-2:] == ["failed", "error"]
    failed, error = data_of(told)[-2:]
    assert failed["response"]["error"] == {"code": "revoked", "message": "Cut."}
    assert error["error"]["message"] == error["message"] == "Cut."


def test_upstream_gets_what_was_priced_and_nothing_about_storing() -> None:
    request = call(temperature=0.5, stream=True)
    assert upstream_body(request) == {**request.body, "model": "gpt-5-mini"}
    assert upstream_body(call(store=True))["store"] is True


@pytest.mark.parametrize(
    ("asked", "fits", "sent"), [(None, None, None), (None, 50, 50), (80, 50, 50), (30, 50, 30)]
)
def test_the_output_is_bounded(asked: int | None, fits: int | None, sent: int | None) -> None:
    limit = OutputLimit(tokens=fits, field=OutputLimitField.MAX_TOKENS)
    body = upstream_body(call(max_output_tokens=asked), limit)
    assert body.get("max_output_tokens") == sent
    assert "max_tokens" not in body


def test_a_whole_answer_tells_its_usage_and_what_it_shows() -> None:
    thought = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "hm"}]}
    made = {"type": "function_call", "arguments": "{}"}
    body = response_body([message("four"), thought, made, {}], usage=response_usage(10, 3))
    read = read_answer(body)
    assert read is not None
    assert read.report is not None
    assert read.report.usage == Usage(input_tokens=10, output_tokens=3)
    assert read.visible == VisibleOutput(pieces=3, text_bytes=8)
    assert read.body is None, "it passes as it came"


@pytest.mark.parametrize("answer", [[], "text", {}, {"output": None}])
def test_an_answer_without_usage_has_no_report(answer: Any) -> None:
    assert read_answer(answer) == AnswerRead()


def test_what_is_no_json_is_no_answer() -> None:
    assert read_answer(None) is None


def test_an_estimate_stays_within_the_apps_bound() -> None:
    seen = VisibleOutput(pieces=30, text_bytes=400)
    assert DIALECT.estimate(call(max_output_tokens=5), seen).output_tokens == 5
