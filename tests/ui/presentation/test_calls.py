"""What is said of a call."""

from dataclasses import replace
from datetime import UTC

import pytest

from tests.support.sample_rows import NOW, RUNNING, call
from wattfare_desktop.core.identifiers import later
from wattfare_desktop.core.metering.usage import Basis
from wattfare_desktop.core.money import Nanos
from wattfare_desktop.core.reports import CallEnd, CallStatus
from wattfare_desktop.ui.presentation.calls import (
    cost_text,
    is_problem,
    model_text,
    receipt,
    receipt_text,
    running_line,
    status_text,
    units_text,
    unsettled_notice,
    when_text,
)

DONE = call(9)


@pytest.mark.parametrize(
    ("status", "end", "words", "problem"),
    [
        (CallStatus.RUNNING, None, "Running", False),
        (CallStatus.SETTLED, CallEnd.COMPLETE, "Complete", False),
        (CallStatus.SETTLED, None, "Complete", True),
        (CallStatus.SETTLED, CallEnd.CLIENT_LEFT, "App left early", True),
        (CallStatus.SETTLED, CallEnd.REVOKED, "Cut: revoked", True),
        (CallStatus.VOIDED, CallEnd.FAILED, "Failed, no cost", True),
        (CallStatus.UNSETTLED, CallEnd.CRASHED, "Not settled yet", True),
    ],
)
def test_how_it_stands(status: CallStatus, end: CallEnd | None, words: str, problem: bool) -> None:  # noqa: FBT001 - an expected value
    row = replace(DONE, status=status, end=end)
    assert status_text(row) == words
    assert is_problem(row) is problem


def test_a_running_call_shows_its_meter_and_no_figures_it_has_not() -> None:
    row = RUNNING[0]
    assert running_line(row, later(NOW, 5_000)) == "12 s · $0.01 held"
    assert cost_text(row) == "$0.01 held"
    assert units_text(row) == "–"  # noqa: RUF001 - as shown
    labels = {line.label for line in receipt(row, UTC)}
    assert "Charged" not in labels
    assert "Text units (tokens)" not in labels


def test_what_is_not_paid_by_text_units_shows_none() -> None:
    row = replace(DONE, input_tokens=0, output_tokens=0)
    assert units_text(row) == "–"  # noqa: RUF001 - as shown


def test_a_line_of_a_finished_call() -> None:
    row = replace(DONE, input_tokens=1_023, output_tokens=190, cost=Nanos(1_930_000))
    assert units_text(row) == "1,023 → 190"
    assert cost_text(row) == "$0.0019"
    assert model_text(row) == "openai/gpt-5-mini"
    assert when_text(row, NOW, UTC) == "1 h ago"


def test_a_receipt_tells_everything() -> None:
    row = replace(DONE, cached_tokens=12, reasoning_tokens=7, basis=Basis.ESTIMATED)
    lines = {line.label: line.text for line in receipt(row, UTC)}
    assert lines["of these cached"] == "12"
    assert lines["of these thinking"] == "7"
    assert lines["Usage"] == "estimated: the provider told no usage"
    assert lines["Price table"] == "2026-11"
    assert lines["First answer after"] == "580 ms"
    assert lines["Took"] == "5.8 s"


def test_a_receipt_leaves_out_what_is_not_known() -> None:
    row = replace(
        DONE, cached_tokens=0, reasoning_tokens=0, basis=None, price_version="", streamed=False
    )
    row = replace(row, first_byte_at=None, finished_at=None)
    labels = [line.label for line in receipt(row, UTC)]
    assert not {"of these cached", "of these thinking", "Usage", "Price table"} & set(labels)
    assert not {"First answer after", "Took"} & set(labels)


def test_tokens_are_never_named_alone() -> None:
    words = receipt_text(DONE, UTC).lower()
    assert words.count("token") == words.count("text units (tokens)") == 1
    assert words.startswith("app: code companion\nmodel: openai/gpt-5-mini\nstatus: complete\n")


@pytest.mark.parametrize(
    ("count", "title", "begins"),
    [
        (1, "1 call was under way when Wattfare stopped", "It was charged in full:"),
        (3, "3 calls were under way when Wattfare stopped", "They were charged in full:"),
    ],
)
def test_what_a_crash_left_is_told(count: int, title: str, begins: str) -> None:
    told, words = unsettled_notice(count)
    assert told == title
    assert words.startswith(begins)
