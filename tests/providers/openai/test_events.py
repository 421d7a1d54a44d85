"""Tests of ``wattfare_desktop.providers.openai.events``."""

import json
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.metering.usage import Usage
from wattfare_desktop.providers.dialect import RequestRefusal, UsageReport, VisibleOutput
from wattfare_desktop.providers.openai.events import EventStream

EVENTS: Any = [
    {"type": "transcript.text.delta", "delta": "Hé"},
    {"type": "transcript.text.segment.done", "text": "Hé"},
    {"type": "transcript.text.delta", "delta": "llo"},
    {"type": "transcript.text.done", "text": "Héllo", "usage": {"tokens": 7}},
]
STREAM = b": comment\n\n" + b"".join(
    f"event: {each['type']}\ndata: {json.dumps(each)}\n\n".encode() for each in EVENTS
)


def report(body: dict[str, Any], _raw: bytes) -> UsageReport | None:
    usage = body.get("usage")
    return UsageReport(usage=Usage(output_tokens=usage["tokens"])) if usage else None


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_however_it_is_cut_the_same_passes_and_is_learned(cuts: list[int]) -> None:
    reader = EventStream(report)
    places = [0, *sorted(cuts), len(STREAM)]
    passed = [event for start, end in pairwise(places) for event in reader.feed(STREAM[start:end])]
    assert b"".join([*passed, *reader.finish()]) == STREAM
    assert reader.report == UsageReport(usage=Usage(output_tokens=7))
    assert reader.visible == VisibleOutput(pieces=4, text_bytes=6)
    assert (reader.done, reader.failed) == (True, False)


def test_one_part_of_it_is_no_end() -> None:
    reader = EventStream(report)
    reader.feed(b"".join(STREAM.partition(b"segment.done")[:2]))
    assert not reader.done


def test_an_error_is_a_failure_theirs_or_ours() -> None:
    theirs, ours = EventStream(report), EventStream(report)
    theirs.feed(b'data: {"type":"error","message":"no"}\n\n')
    assert theirs.failed
    (event,) = ours.fail(RequestRefusal(message="Gone.", code="upstream_failed"))
    assert b'"message":"Gone."' in event
    ours.feed(event)
    assert ours.failed


def test_what_is_held_whole_is_never_stopped() -> None:
    assert EventStream(report).stop(Usage()) == []
