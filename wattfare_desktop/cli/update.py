"""``wattfare update``: is there a newer Wattfare, and where; it downloads and replaces nothing."""

from argparse import ArgumentParser
from typing import Any

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.plain import visible


def add_daily_options(parser: ArgumentParser) -> None:
    """Give ``wattfare update daily`` its words."""
    parser.add_argument("daily", choices=("on", "off"), help="from now on, or not any more")


def look(invocation: Invocation) -> int:
    """Look now and print what is newer, and where it is."""
    row = invocation.ask_object("update look")
    newer = row["newer"]
    if newer is None:
        return _print(invocation, row, [f"Wattfare {row['running']} is the newest there is."])
    lines = [
        f"Wattfare {newer['version']} of {newer['published']} is out; this is {row['running']}.",
        visible(newer["summary"]),
        visible(newer["page"]),
    ]
    return _print(invocation, row, lines)


def set_daily(invocation: Invocation) -> int:
    """Look once a day from now on, or not any more."""
    row = invocation.ask_object("update daily", {"daily": invocation.options.daily})
    line = (
        "It is looked for a newer Wattfare once a day; you are told."
        if row["daily"]
        else "It is looked for a newer Wattfare only when you ask."
    )
    return _print(invocation, row, [line])


def _print(invocation: Invocation, row: dict[str, Any], lines: list[str]) -> int:
    if invocation.options.json:
        invocation.terminal.write_json(row)
    else:
        invocation.terminal.write(lines)
    return 0
