"""Tests of ``wattfare_desktop.providers.openai.speech`` and ``speech_stream``."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.asked import answer, call_of, refusal_of
from tests.support.sounds import event, speech_events
from wattfare_desktop.core.metering.units import UnitKind
from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import RequestRefusal, UsageReport, VisibleOutput
from wattfare_desktop.providers.openai import speech_stream
from wattfare_desktop.providers.openai.speech import OpenAiSpeech
from wattfare_desktop.providers.openai.speech_stream import SpokenSound
from wattfare_desktop.providers.sse import EventTooLargeError

DIALECT = OpenAiSpeech()
SOUND = b"ID3\x04data: not an event\n\n" + bytes(range(256))
EVENTS = b"".join(speech_events(SOUND[:50], SOUND[50:], input_tokens=14, output_tokens=101))
SPOKEN = UsageReport(usage=Usage(input_tokens=14, output_tokens=101, output_audio_tokens=101))


def body(model: str = "tts-1", **members: Any) -> dict[str, Any]:
    return {"model": model, "voice": "alloy", "input": "Grüß dich", **members}


def pieces(whole: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    return [whole[start:end] for start, end in pairwise(places)]


def test_characters_are_counted_before_the_call() -> None:
    call = call_of(DIALECT, body())
    assert call.counted_max == {UnitKind.CHARACTER: 9}
    assert (call.output_tokens_max, call.stream, call.takes_bound) == (0, True, False)
    assert DIALECT.estimate(call, VisibleOutput()) == Usage(counted={UnitKind.CHARACTER: 9})
    assert DIALECT.upstream_request(call, "tts-1-hd").body == body("tts-1-hd")


def test_tokens_are_bounded_by_the_characters() -> None:
    call = call_of(DIALECT, body("openai/gpt-4o-mini-tts"))
    assert call.counted_max == {}
    assert call.output_tokens_max == 1_024 + 9 * 64
    assert call_of(DIALECT, body("gpt-4o-mini-tts", input="a" * 9_999)).output_tokens_max == 65_536
    sent = DIALECT.upstream_request(call, "gpt-4o-mini-tts")
    assert sent.body == body("gpt-4o-mini-tts", stream_format="sse")
    guess = DIALECT.estimate(call, VisibleOutput())
    assert (guess.input_tokens, guess.output_audio_tokens) == (3, 18)


def test_the_bounds_follow_the_model_that_an_alias_stands_for() -> None:
    call = replace(call_of(DIALECT, body("voice")), model="openai/gpt-4o-mini-tts")
    assert (dict(call.counted_max), call.output_tokens_max) == ({}, 1_024 + 9 * 64)


@given(st.lists(st.integers(0, 700), max_size=8))
def test_a_sound_passes_as_it_comes_however_it_is_cut(cuts: list[int]) -> None:
    reader = DIALECT.stream_reader(call_of(DIALECT, body()))
    passed = [each for piece in pieces(SOUND, cuts) for each in reader.feed(piece)]
    assert not reader.done
    assert b"".join([*passed, *reader.finish()]) == SOUND
    assert reader.done
    assert reader.content_type is None
    assert reader.visible == VisibleOutput(pieces=1, text_bytes=len(SOUND))
    assert reader.report == UsageReport(usage=Usage(counted={UnitKind.CHARACTER: 9}), computed=True)


@pytest.mark.parametrize("stream", [EVENTS, b"event: speech\n" + EVENTS])
@given(cuts=st.lists(st.integers(0, 900), max_size=8))
def test_a_sound_is_taken_out_of_events_however_they_are_cut(
    stream: bytes, cuts: list[int]
) -> None:
    reader = DIALECT.stream_reader(call_of(DIALECT, body("gpt-4o-mini-tts", response_format="wav")))
    passed = [each for piece in pieces(stream, cuts) for each in reader.feed(piece)]
    assert b"".join([*passed, *reader.finish()]) == SOUND
    assert (reader.content_type, reader.done, reader.failed) == ("audio/wav", True, False)
    assert reader.report == SPOKEN


@given(cuts=st.lists(st.integers(0, 700), max_size=8))
def test_a_server_that_knows_no_events_may_answer_with_the_sound(cuts: list[int]) -> None:
    reader = DIALECT.stream_reader(call_of(DIALECT, body("gpt-4o-mini-tts")))
    passed = [each for piece in pieces(SOUND, cuts) for each in reader.feed(piece)]
    assert b"".join([*passed, *reader.finish()]) == SOUND
    assert (reader.content_type, reader.done, reader.report) == ("audio/mpeg", True, None)


def test_what_is_shorter_than_the_mark_of_an_event_is_a_sound() -> None:
    reader = DIALECT.stream_reader(call_of(DIALECT, body("gpt-4o-mini-tts")))
    assert reader.feed(b"dat") == []
    assert reader.finish() == [b"dat"]


@pytest.mark.parametrize(
    "broken",
    [event("speech.audio.delta", audio="?"), event("error", message="no")],
)
def test_events_that_fail(broken: bytes) -> None:
    reader = DIALECT.stream_reader(call_of(DIALECT, body("gpt-4o-mini-tts")))
    assert reader.feed(b"data: \n\n" + broken) == []
    assert (reader.failed, reader.done) == (True, False)
    assert reader.fail(RequestRefusal(message="It broke off.")) == []
    assert reader.stop(Usage()) == []


def test_a_sound_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech_stream, "SOUND_BYTES_MAX", 10)
    reader = SpokenSound(lambda _body, _raw: None, None)
    reader.feed(bytes(10))
    with pytest.raises(EventTooLargeError):
        reader.feed(b"x")


def test_an_app_that_asks_for_events_gets_them() -> None:
    reader = DIALECT.stream_reader(call_of(DIALECT, body("gpt-4o-mini-tts", stream_format="sse")))
    assert b"".join(reader.feed(EVENTS)) == EVENTS
    assert (reader.report, reader.done) == (SPOKEN, True)


def test_a_sound_may_be_wrapped_in_json() -> None:
    call = call_of(DIALECT, body("voxtral-mini-tts-2603"))
    read = DIALECT.read_answer(call, answer({"audio_data": "AAAA"}))
    assert read is not None
    assert read.report is not None
    assert read.report.usage.counted == {UnitKind.CHARACTER: 9}
    assert DIALECT.read_answer(call, answer([])) is None


@pytest.mark.parametrize(
    ("content_type", "is_stream"),
    [
        ("audio/mpeg", True),
        ("application/octet-stream", True),
        ("text/event-stream", True),
        ("application/json", False),
        ("text/html", False),
    ],
)
def test_what_is_a_sound(content_type: str, is_stream: bool) -> None:  # noqa: FBT001 - a parameter
    assert DIALECT.is_stream(content_type) is is_stream


@pytest.mark.parametrize(
    ("members", "param"),
    [
        ({"input": ["a"]}, "input"),
        ({"stream_format": "both"}, "stream_format"),
        ({"model": 1}, "model"),
    ],
)
def test_what_cannot_be_bounded_is_refused(members: dict[str, Any], param: str) -> None:
    assert refusal_of(DIALECT, body(**members)).param == param
