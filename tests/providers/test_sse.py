"""Tests of ``wattfare_desktop.providers.sse``."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.providers.sse import EventTooLargeError, SseEvent, SseSplitter


def events_of(stream: bytes, cuts: list[int] | None = None) -> list[SseEvent]:
    splitter = SseSplitter()
    edges = [0, *sorted(cut % (len(stream) + 1) for cut in cuts or []), len(stream)]
    found = []
    for start, end in pairwise(edges):
        found += splitter.feed(stream[start:end])
    return found + splitter.finish()


@pytest.mark.parametrize(
    ("stream", "data"),
    [
        (b"data: a\n\n", [b"a"]),
        (b"data:a\n\n", [b"a"]),
        (b"data:  a\n\n", [b" a"]),
        (b"data: a\r\n\r\n", [b"a"]),
        (b"data: a\r\r", [b"a"]),
        (b"data: a\n\r\ndata: b\r\n\n", [b"a", b"b"]),
        (b"data: a\ndata: b\n\n", [b"a\nb"]),
        (b"data\n\n", [b""]),
        (b"data: \n\n", [b""]),
        (b": hello\n\n", [None]),
        (b": hello\ndata: a\n\n", [b"a"]),
        (b"event: x\nid: 1\ndata: a\n\n", [b"a"]),
        (b"database: a\n\n", [None]),
        (b"data: a", [b"a"]),
        (b"data: a\n", [b"a"]),
        (b"data: a\n\n\n\n", [b"a", None]),
        (b"\ndata: a\n\n", [b"a"]),
        (b"\xef\xbb\xbfdata: a\n\n", [b"a"]),
        (b"data: \xc3\xa4\n\n", [b"\xc3\xa4"]),
        (b"data: a\x0bb\x85c\n\n", [b"a\x0bb\x85c"]),
        (b"", []),
    ],
)
def test_events_and_their_data(stream: bytes, data: list[bytes | None]) -> None:
    events = events_of(stream)
    assert [event.data for event in events] == data
    assert b"".join(event.raw for event in events) == stream


LINES = st.sampled_from(
    [b"data: a", b"data:b", b"data", b": note", b"event: x", b"", b"data: \xff\xc3", b"id"]
)
ENDS = st.sampled_from([b"\n", b"\r", b"\r\n"])
STREAMS = st.lists(st.tuples(LINES, ENDS), max_size=12).map(
    lambda rows: b"".join(line + end for line, end in rows)
)
CUTS = st.lists(st.integers(0, 400), max_size=20)


@given(stream=STREAMS, cuts=CUTS)
def test_any_cut_gives_the_same_events(stream: bytes, cuts: list[int]) -> None:
    assert events_of(stream, cuts) == events_of(stream)


@given(stream=STREAMS)
def test_byte_by_byte_gives_the_same_events(stream: bytes) -> None:
    assert events_of(stream, list(range(len(stream)))) == events_of(stream)


@given(stream=st.binary(max_size=80) | STREAMS, cuts=CUTS)
def test_no_byte_is_lost_or_added(stream: bytes, cuts: list[int]) -> None:
    assert b"".join(event.raw for event in events_of(stream, cuts)) == stream


def test_an_event_leaves_with_its_last_byte() -> None:
    splitter = SseSplitter()
    assert splitter.feed(b"data: a\n") == []
    assert splitter.feed(b"\n") == [SseEvent(b"data: a\n\n", b"a")]


def test_half_a_line_end_waits_for_the_other_half() -> None:
    splitter = SseSplitter()
    assert splitter.feed(b"data: a\r\n\r") == []
    assert splitter.feed(b"\ndata: b") == [SseEvent(b"data: a\r\n\r\n", b"a")]


@pytest.mark.parametrize("last", [b"x" * 101, b"x" * 60, b"x" * 200 + b"\n\n"])
def test_an_endless_event_is_an_error(last: bytes) -> None:
    splitter = SseSplitter(event_bytes_max=100)
    splitter.feed(b"data: " + b"x" * 40)
    with pytest.raises(EventTooLargeError, match="100 bytes"):
        splitter.feed(last)


def test_many_events_together_may_exceed_the_limit_of_one() -> None:
    assert len(SseSplitter(event_bytes_max=100).feed(b"data: a\n\n" * 50)) == 50
