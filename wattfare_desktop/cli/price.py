"""``wattfare price``: what a model costs, on the user's word."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any, Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.tables import moment, table
from wattfare_desktop.core.metering.own_prices import read_dollars
from wattfare_desktop.core.metering.units import UnitKind

_HEADS: Final = ("MODEL", "DOLLARS", "CONTEXT", "MAX OUTPUT", "SET")
_FIGURES: Final = frozenset({2, 3})

_PER_MILLION_TOKENS: Final = {
    UnitKind.INPUT: "what is sent",
    UnitKind.OUTPUT: "what is answered",
    UnitKind.CACHED_READ: "what is sent and found in the provider's cache",
    UnitKind.CACHE_WRITE: "what is sent and put into it",
    UnitKind.CACHE_WRITE_LONG: "what is put into it for an hour",
    UnitKind.REASONING: "what is thought",
    UnitKind.INPUT_AUDIO: "sound that is sent",
    UnitKind.OUTPUT_AUDIO: "sound that is answered",
    UnitKind.INPUT_IMAGE: "pictures that are sent",
    UnitKind.OUTPUT_IMAGE: "pictures that are answered",
}
_OTHERWISE: Final = {
    UnitKind.REQUEST: ("--per-request", "each call"),
    UnitKind.IMAGE: ("--per-image", "each picture made"),
    UnitKind.WEB_SEARCH: ("--per-search", "each search of the web"),
    UnitKind.FILE_SEARCH: ("--per-file-search", "each search of files kept there"),
    UnitKind.CODE_EXECUTION: ("--per-code-run", "each run of code there"),
    UnitKind.AUDIO_MILLISECOND: ("--per-second", "a second of sound"),
    UnitKind.CHARACTER: ("--per-million-characters", "a million characters spoken"),
    UnitKind.PAGE: ("--per-page", "each page read"),
    UnitKind.RUN: ("--per-run", "each run of a model that is paid by the run"),
}


def add_options(parser: ArgumentParser) -> None:
    """Give ``wattfare price set`` its words."""
    parser.add_argument("model", metavar="PROVIDER/MODEL")
    tokens = parser.add_argument_group("dollars per million tokens")
    for kind, told in _PER_MILLION_TOKENS.items():
        _add_price(tokens, f"--{kind.value.replace('_', '-')}", kind, told)
    others = parser.add_argument_group("dollars for anything else")
    for kind, (option, told) in _OTHERWISE.items():
        _add_price(others, option, kind, told)
    limits = parser.add_argument_group("limits, where they are not known")
    limits.add_argument(
        "--context", type=_tokens, metavar="N", help="how many tokens it reads at most"
    )
    limits.add_argument(
        "--max-output", type=_tokens, metavar="N", help="how many it answers at most"
    )


def set_price(invocation: Invocation) -> int:
    """Set what a model costs."""
    options = invocation.options
    named = {
        kind.value: price
        for kind in (*_PER_MILLION_TOKENS, *_OTHERWISE)
        if (price := getattr(options, _dest(kind))) is not None
    }
    row = invocation.ask_object(
        "price set",
        {
            "model": options.model,
            "context_window": options.context,
            "max_output": options.max_output,
            **named,
        },
    )
    line = f'{row["model"]} costs {_dollars(row)} from now on; charges say "{row["version"]}".'
    return _print(invocation, row, line)


def list_prices(invocation: Invocation) -> int:
    """Print the prices the user set."""
    rows = invocation.ask_list("price list")
    if invocation.options.json:
        invocation.terminal.write_json(rows)
    elif rows:
        lines = [
            (
                row["model"],
                _dollars(row),
                _figure(row["context_window"]),
                _figure(row["max_output"]),
                moment(row["set_at"]),
            )
            for row in rows
        ]
        invocation.terminal.write(table(_HEADS, lines, right=_FIGURES))
    else:
        invocation.terminal.write(
            ["You set no price. Known models need none; for another: `wattfare price set --help`."]
        )
    return 0


def remove_price(invocation: Invocation) -> int:
    """Go back to the price in the table."""
    row = invocation.ask_object("price remove", {"model": invocation.options.model})
    return _print(invocation, row, f"Your price of {row['model']} is forgotten.")


def update_prices(invocation: Invocation) -> int:
    """Fetch the newest prices, once or each day."""
    return _print_state(
        invocation, invocation.ask_object("price update", {"daily": invocation.options.daily})
    )


def forget_prices(invocation: Invocation) -> int:
    """Go back to the prices that came with the program."""
    return _print_state(invocation, invocation.ask_object("price forget"))


def _print_state(invocation: Invocation, row: dict[str, Any]) -> int:
    each_day = "newer ones are fetched each day" if row["daily"] else "none are fetched by itself"
    return _print(invocation, row, f"Prices in use: {row['version']}; {each_day}.")


def _add_price(group: Any, option: str, kind: UnitKind, told: str) -> None:
    group.add_argument(option, dest=_dest(kind), type=_price, metavar="0.50", help=told)


def _dest(kind: UnitKind) -> str:
    return f"price_{kind.value}"


def _dollars(row: dict[str, Any]) -> str:
    return ", ".join(f"{kind.replace('_', ' ')} {usd}" for kind, usd in row["usd"].items())


def _figure(number: int | None) -> str:
    return "-" if number is None else f"{number:,}"


def _print(invocation: Invocation, row: dict[str, Any], line: str) -> int:
    if invocation.options.json:
        invocation.terminal.write_json(row)
    else:
        invocation.terminal.write(table((line,), ()))
    return 0


def _price(text: str) -> str:
    try:
        return format(read_dollars(text), "f")
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def _tokens(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ArgumentTypeError("a limit is a whole number of tokens")
    return int(text)
