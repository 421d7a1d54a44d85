"""CSV that any reader gives back as it was, and no spreadsheet runs."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wattfare_desktop.core.ledger.sheets import COLUMNS, Sheet, csv_head, csv_line, inert

EVENT = dict.fromkeys(COLUMNS[Sheet.EVENTS], "")


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("sheet", Sheet)
def test_a_row_has_what_the_head_names(sheet: Sheet) -> None:
    row = {column: f"<{column}>" for column in COLUMNS[sheet]}
    assert read(csv_head(sheet) + csv_line(sheet, row)) == [row]


@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40),
    st.text(st.sampled_from("=+-@'\t\r\n\",;\\ ax"), max_size=8),
)
def test_what_a_stranger_wrote_is_given_back_and_never_begins_a_formula(
    some: str, nasty: str
) -> None:
    row = EVENT | {"app_name": nasty + some, "detail": some}
    (back,) = read(csv_head(Sheet.EVENTS) + csv_line(Sheet.EVENTS, row))
    assert not back["app_name"].startswith(tuple("=+-@\t\r\n＝＋－＠"))  # noqa: RUF001
    assert {name: text.removeprefix("'") for name, text in back.items()} == row


def test_amounts_stay_numbers_also_below_zero() -> None:
    row = dict.fromkeys(COLUMNS[Sheet.ACCOUNTS], "") | {"balance": "-1.000000001", "name": "-1"}
    (back,) = read(csv_head(Sheet.ACCOUNTS) + csv_line(Sheet.ACCOUNTS, row))
    assert (back["balance"], back["name"]) == ("-1.000000001", "'-1")


def test_what_is_not_there_is_empty_and_a_flag_is_a_word() -> None:
    row = {**EVENT, "detail": None, "event": True, "entry": 7}
    assert csv_line(Sheet.EVENTS, row) == "7,,,,true,,\r\n"


def test_plain_text_stays_as_it_is() -> None:
    assert inert("Notes AI = good") == "Notes AI = good"
