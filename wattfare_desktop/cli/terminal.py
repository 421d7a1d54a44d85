"""The three streams a command talks through."""

import getpass
import io
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TextIO

from wattfare_desktop.cli.plain import one_line
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.core.errors import UserFacingError


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where a command reads and writes. ``ask_secretly`` shows a prompt and echoes nothing."""

    stdin: TextIO
    stdout: TextIO
    stderr: TextIO
    ask_secretly: Callable[[str], str] = getpass.getpass

    def prepare(self) -> None:
        """Let no character of a foreign name fail on a terminal that cannot show it."""
        for stream in (self.stdout, self.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")

    def write(self, lines: Iterable[str]) -> None:
        """Print lines on standard output."""
        for line in lines:
            print(line, file=self.stdout)

    def say(self, line: str) -> None:
        """Print one line on standard output at once: a reader of the pipe waits for it."""
        print(line, file=self.stdout, flush=True)

    def write_json(self, value: JsonValue) -> None:
        """Print ``value`` as JSON."""
        print(json.dumps(value, indent=2, ensure_ascii=False), file=self.stdout)

    def complain(self, error: UserFacingError) -> None:
        """Print on standard error, on one line, what went wrong and what to do."""
        print(f"wattfare: {one_line(error)}", file=self.stderr, flush=True)
