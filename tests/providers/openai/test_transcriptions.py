"""Tests of ``wattfare_desktop.providers.openai.transcriptions``."""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.asked import answer, form, read_form
from tests.support.sounds import event, wav
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import (
    CallRequest,
    FormPart,
    RequestRefusal,
    UpstreamAnswer,
    UsageReport,
    VisibleOutput,
)
from wattfare_desktop.providers.openai.transcriptions import OpenAiTranscriptions

DIALECT = OpenAiTranscriptions()
WHISPER, BY_TOKEN = "whisper-1", "gpt-4o-mini-transcribe"
MP3 = b"ID3" + bytes(79_997)
WINDOW = 16_000
TOKENS = {"type": "tokens", "input_tokens": 30, "output_tokens": 4}


def file(content: bytes) -> FormPart:
    return FormPart(name="file", content=content, file_name="a.wav", content_type="audio/wav")


def call(model: str, content: bytes, **fields: str) -> CallRequest:
    request = read_form(DIALECT, form(file(content), model=model, **fields))
    assert isinstance(request, CallRequest), request
    return request


def lasting(milliseconds: int) -> Usage:
    return Usage(counted={UnitKind.AUDIO_MILLISECOND: milliseconds})


def reported(model: str, body: Any) -> UsageReport | None:
    read = DIALECT.read_answer(call(model, MP3), answer(body))
    assert read is not None
    return read.report


@pytest.mark.parametrize(
    ("content", "most_ms", "guess_ms"),
    [(wav(2.5), 3_000, 3_000), (wav(60), 60_000, 60_000), (MP3, 160_000, 10_000)],
)
def test_seconds_are_held_as_many_as_there_may_be(
    content: bytes, most_ms: int, guess_ms: int
) -> None:
    request = call(WHISPER, content)
    assert request.counted_max == {UnitKind.AUDIO_MILLISECOND: most_ms}
    assert (request.output_tokens_max, request.input_bound(WINDOW)) == (0, 0)
    assert DIALECT.estimate(request, VisibleOutput()) == lasting(guess_ms)


def test_tokens_are_held_as_many_as_there_may_be() -> None:
    short = call(BY_TOKEN, wav(10), prompt="names")
    assert short.counted_max == {}
    assert short.output_tokens_max == 2_000
    assert short.input_bound(WINDOW) == 320 + len(BY_TOKEN) + len("names")
    long = call(BY_TOKEN, bytes(20_000_000))
    assert long.input_bound(WINDOW) == WINDOW
    assert long.output_tokens_max == 24_000


def test_the_bounds_follow_the_model_that_an_alias_stands_for() -> None:
    aliased = replace(call("ears", wav(10)), model=f"openai/{BY_TOKEN}")
    assert (dict(aliased.counted_max), aliased.output_tokens_max) == ({}, 2_000)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"usage": {"type": "duration", "seconds": 61.25}}, UsageReport(usage=lasting(61_250))),
        ({"usage": {"seconds": 1.001}}, UsageReport(usage=lasting(1_001))),
        ({"duration": "2.0004"}, UsageReport(usage=lasting(2_001), computed=True)),
        ({"usage": {"seconds": -1}}, None),
        ({"usage": {"seconds": True}}, None),
        ({"duration": "long"}, None),
        ({"text": "Hi"}, None),
        (["Hi"], None),
    ],
)
def test_seconds_as_they_are_told(body: Any, expected: UsageReport | None) -> None:
    assert reported(WHISPER, body) == expected


def test_tokens_as_they_are_told() -> None:
    split = {**TOKENS, "input_token_details": {"text_tokens": 10, "audio_tokens": 20}}
    assert reported(BY_TOKEN, {"usage": split}) == UsageReport(
        usage=Usage(input_tokens=30, input_audio_tokens=20, output_tokens=4)
    )
    assert reported(BY_TOKEN, {"usage": TOKENS}) == UsageReport(
        usage=Usage(input_tokens=30, input_audio_tokens=30, output_tokens=4)
    )
    assert reported(BY_TOKEN, {"duration": 3.0}) is None


@pytest.mark.parametrize("told", ["text", "srt", "vtt"])
def test_an_answer_without_json_passes_without_usage(told: str) -> None:
    request = call(BY_TOKEN, wav(10), response_format=told)
    raw = b"twelve bytes"
    text = UpstreamAnswer(status=200, content_type="text/plain", raw=raw, parsed=None)
    read = DIALECT.read_answer(request, text)
    assert read is not None
    assert read.report is None
    guess = DIALECT.estimate(request, read.visible)
    assert guess == Usage(input_tokens=100, input_audio_tokens=100, output_tokens=3)
    assert DIALECT.read_answer(call(WHISPER, MP3), text) is None


def test_the_last_event_of_a_stream_tells_the_usage() -> None:
    reader = DIALECT.stream_reader(call(BY_TOKEN, wav(1), stream="true"))
    reader.feed(event("transcript.text.delta", delta="Hi"))
    assert (reader.done, reader.report) == (False, None)
    reader.feed(event("transcript.text.done", text="Hi", usage=TOKENS))
    assert reader.done
    assert reader.report is not None


def test_only_the_model_changes() -> None:
    request = call(WHISPER, MP3, language="de", response_format="json")
    sent = DIALECT.upstream_request(request, "other")
    assert sent.path == "/audio/transcriptions"
    changed = [FormPart(name="model", content=b"other"), *request.body[1:]]
    assert list(sent.body) == changed


@pytest.mark.parametrize(
    ("parts", "param"),
    [
        (form((), model=WHISPER), "file"),
        (form((file(b""), file(b"")), model=WHISPER), "file"),
        (form(file(b"")), "model"),
        (form(file(b""), model=WHISPER, stream="yes"), "stream"),
        (
            (
                *form(file(b""), model=WHISPER),
                *2 * (FormPart(name="response_format", content=b""),),
            ),
            "response_format",
        ),
    ],
)
def test_what_cannot_be_bounded_is_refused(parts: Any, param: str) -> None:
    refusal = read_form(DIALECT, parts)
    assert isinstance(refusal, RequestRefusal)
    assert refusal.param == param
