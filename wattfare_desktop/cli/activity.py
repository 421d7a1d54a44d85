"""``wattfare activity``: every call, newest first."""

import re
from argparse import ArgumentTypeError
from typing import Any, Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.tables import moment, money, table

_HEADS: Final = (
    "STARTED",
    "APP",
    "PROVIDER",
    "MODEL",
    "STATUS",
    "IN",
    "OUT",
    "COST",
    "BASIS",
    "CALL",
)
_FIGURES: Final = frozenset({5, 6, 7})
_AGO: Final = re.compile(r"(?P<count>[0-9]{1,6})(?P<unit>[smhdw])", re.ASCII)
_UNIT_S: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}


def seconds_ago(text: str) -> int:
    """Return the seconds of ``90s``, ``30m``, ``12h``, ``7d`` or ``2w``."""
    match = _AGO.fullmatch(text)
    if match is None:
        raise ArgumentTypeError("write a time back from now like 30m, 12h, 7d or 2w")
    return int(match["count"]) * _UNIT_S[match["unit"]]


def show_activity(invocation: Invocation) -> int:
    """Print the calls that the options choose."""
    options = invocation.options
    calls = invocation.ask_list(
        "activity", {"app": options.app, "since_s": options.since, "failed": options.failed}
    )
    if options.json:
        invocation.terminal.write_json(calls)
    elif calls:
        rows = [_row(call) for call in calls]
        invocation.terminal.write(table(_HEADS, rows, right=_FIGURES))
    else:
        invocation.terminal.write(["No such calls."])
    return 0


def _row(call: dict[str, Any]) -> tuple[str, ...]:
    end = call["end"]
    status = call["status"] if end in {None, "complete"} else f"{call['status']} ({end})"
    return (
        moment(call["started_at"]),
        call["app_name"],
        call["provider"],
        call["model"],
        status,
        str(call["input_tokens"]),
        str(call["output_tokens"]),
        money(call["cost"]),
        call["basis"] or "-",
        call["call"],
    )
