"""The manual page wattfare(1), written from the command line's own parser so that it stays true."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from wattfare_desktop.cli.parser import command_line_parser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

Parsers = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public name for it

FILES = (
    ("~/.local/share/wattfare", "the wallet: encrypted books, settings, log (also --home DIR)"),
    ("~/.config/autostart/wattfare.desktop", "there while the wallet is to start at log-in"),
)
ENVIRONMENT = (
    ("WATTFARE_HOME", "the wallet's folder, where --home is not given"),
    ("SSL_CERT_FILE", "a file of the authorities to know providers by, instead of the system's"),
)


def manual_page(version: str, made_at: datetime) -> str:
    """Return the page as roff with the macros of man(7)."""
    parser = command_line_parser(version)
    heading = f'.TH WATTFARE 1 "{made_at:%Y-%m-%d}" "wattfare {_escaped(version)}" "User Commands"'
    about, _, outcome = (parser.epilog or "").partition(": ")
    lines = [
        heading,
        ".SH NAME",
        r"wattfare \- a wallet from which apps use AI with your money, under your caps",
        ".SH SYNOPSIS",
        *_usage(parser),
        ".SH DESCRIPTION",
        _escaped(parser.description or ""),
        ".SH OPTIONS",
        *_options(parser),
        ".SH COMMANDS",
        *_commands(parser),
        ".SH FILES",
        *_table(FILES),
        ".SH ENVIRONMENT",
        *_table(ENVIRONMENT),
        ".SH EXIT STATUS",
        _escaped(outcome or about),
    ]
    return "\n".join([*lines, ""])


def _children(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Yield what each command below is for, and its parser; one without a help is not to type."""
    for action in parser._actions:  # noqa: SLF001 - argparse tells its actions nowhere else
        if isinstance(action, Parsers):
            for choice in action._choices_actions:  # noqa: SLF001 - those with a help text
                yield choice.help or "", action.choices[choice.dest]


def _commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    for told, command in _children(parser):
        # A word such as `ledger` only begins a command.
        if command.get_default("run") is not None:
            yield from _command(command, told)
        yield from _commands(command)


def _command(parser: argparse.ArgumentParser, told: str) -> Iterator[str]:
    yield ".TP"
    words = parser.prog.removeprefix("wattfare ").split()
    arguments = " ".join(_argument(action) for action in _positionals(parser))
    yield f".B {_escaped(' '.join(words))} {arguments}".rstrip()
    yield _escaped(_sentence(parser.description or told))
    own = [action for action in _optionals(parser) if not _is_shared(action)]
    if own:
        yield ".RS"
        for action in own:
            yield from _option(action)
        yield ".RE"


def _usage(parser: argparse.ArgumentParser) -> Iterator[str]:
    for line in ("[OPTION]...", "[OPTION]... wattfare://URI", "[OPTION]... COMMAND [ARGUMENT]..."):
        yield f".B {parser.prog}"
        yield _escaped(line)
        yield ".br"


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in _optionals(parser):
        yield from _option(action)


def _option(action: argparse.Action) -> Iterator[str]:
    yield ".TP"
    value = "" if action.nargs == 0 else f" {_metavar(action)}"
    yield ".B " + _escaped(", ".join(action.option_strings) + value)
    yield _escaped(action.help or "")


def _optionals(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [action for action in parser._actions if action.option_strings]  # noqa: SLF001


def _positionals(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    return [
        action
        for action in parser._actions  # noqa: SLF001
        if not action.option_strings and not isinstance(action, Parsers)
    ]


def _is_shared(action: argparse.Action) -> bool:
    """Return whether every command knows this option: it is told once, at the top."""
    return bool(
        {"-h", "--home", "--port", "--passphrase-file", "--json", "-v"} & {*action.option_strings}
    )


def _argument(action: argparse.Action) -> str:
    name = _escaped(_metavar(action))
    match action.nargs:
        case "?" | "*":
            return f"[{name}]"
        case "+":
            return f"{name}..."
        case _:
            return name


def _metavar(action: argparse.Action) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    if action.choices is not None:
        return "|".join(str(choice) for choice in action.choices)
    return action.dest.upper()


def _sentence(text: str) -> str:
    full = text[:1].upper() + text[1:]
    return full if full.endswith(".") else f"{full}."


def _table(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, told in rows:
        yield ".TP"
        yield f".I {_escaped(name)}"
        yield _escaped(told)


def _escaped(text: str) -> str:
    """Return text in which roff sees no command: hyphens to be copied, no leading dot or quote."""
    # argparse writes a per cent sign twice.
    plain = " ".join(text.split()).replace("%%", "%").replace("\\", r"\e").replace("-", r"\-")
    plain = plain.replace("~", r"\(ti").replace('"', r"\(dq").replace("`", r"\(ga")
    return rf"\&{plain}" if plain.startswith((".", "'")) else plain
