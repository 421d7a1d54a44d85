"""Tests of ``wattfare_desktop.core.oauth.pushed``."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.identifiers import Instant
from wattfare_desktop.core.oauth.pushed import (
    PUSHED_LIFETIME_MS,
    REFERENCE_PREFIX,
    PushedReference,
    is_over,
    reference_in,
)
from wattfare_desktop.core.oauth.requests import read_query, read_uri

REFERENCE = REFERENCE_PREFIX + "x" * 43
GOOD = [("client_id", "Notes AI"), ("request_uri", REFERENCE)]
EXPECTED = PushedReference(client_id="Notes AI", request_uri=REFERENCE)


def test_a_link_may_refer_to_what_was_pushed() -> None:
    assert reference_in(GOOD) == EXPECTED
    query = urlencode(GOOD)
    assert read_query(query, ()) == EXPECTED
    assert read_uri(f"wattfare://authorize?{query}", ()) == EXPECTED


@given(st.lists(st.tuples(st.sampled_from(["redirect_uri", "state", "scope", "x"]), st.text())))
def test_everything_beside_a_reference_is_passed_over(others: list[tuple[str, str]]) -> None:
    assert reference_in(others + GOOD) == reference_in(GOOD + others) == EXPECTED


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        GOOD[:1],
        GOOD[1:],
        GOOD * 2,
        [*GOOD, ("client_id", "Other AI")],
        [*GOOD, ("request_uri", "")],
        [GOOD[0], ("request_uri", "https://notes.example/request")],
        [GOOD[0], ("request_uri", REFERENCE.upper())],
        [GOOD[0], ("request_uri", f" {REFERENCE}")],
    ],
)
def test_anything_else_is_no_reference(pairs: list[tuple[str, str]]) -> None:
    assert reference_in(pairs) is None


@pytest.mark.parametrize(
    ("at", "over"),
    [(0, False), (PUSHED_LIFETIME_MS - 1, False), (PUSHED_LIFETIME_MS, True), (-1, True)],
)
def test_it_waits_for_a_minute(at: int, over: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_over(Instant(10**12), Instant(10**12 + at)) is over


NAMES = st.sampled_from(["client_id", "request_uri", "redirect_uri", "x"])
VALUES = st.text() | st.sampled_from([REFERENCE, "Notes AI", "https://notes.example/request"])


@given(st.lists(st.tuples(NAMES, VALUES), max_size=6))
def test_no_pairs_raise_and_a_reference_is_one_of_our_own(pairs: list[tuple[str, str]]) -> None:
    found = reference_in(pairs)
    if found is not None:
        assert [text for name, text in pairs if name == "client_id"] == [found.client_id]
        assert [text for name, text in pairs if name == "request_uri"] == [found.request_uri]
        assert found.request_uri.startswith(REFERENCE_PREFIX)


@given(st.integers(), st.integers())
def test_nothing_waits_longer_than_a_minute_or_before_it_came(pushed_at: int, now: int) -> None:
    if not is_over(Instant(pushed_at), Instant(now)):
        assert 0 <= now - pushed_at < PUSHED_LIFETIME_MS
