"""What shells complete after `wattfare`, written from the command line's own parser.

By shtab, when the package is made: a file that is only read costs nothing at each Tab, where
argcomplete would start the whole program.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import shtab

from wattfare_desktop.cli.parser import command_line_parser

PLACES = {
    "bash": "bash-completion/completions/wattfare",
    "zsh": "zsh/vendor-completions/_wattfare",
    "fish": "fish/vendor_completions.d/wattfare.fish",
}
"""Each shell's file, below a share/ folder."""


def completions(shell: str, version: str) -> str:
    """Return the script for one of the shells in PLACES."""
    parser = command_line_parser(version)
    _tell_files(parser)
    script: str = shtab.complete(parser, shell=shell)
    return script


def _tell_files(parser: argparse.ArgumentParser) -> None:
    """Say of each argument that is a path that file names complete it."""
    for action in parser._actions:  # noqa: SLF001 - argparse tells its actions nowhere else
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for command in action.choices.values():
                _tell_files(command)
        elif action.type is Path:
            kind = shtab.DIRECTORY if action.metavar == "DIR" else shtab.FILE
            action.complete = kind  # type: ignore[attr-defined]  # where shtab looks
