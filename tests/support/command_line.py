"""Run the command line inside a test: its streams are texts, and it starts nothing."""

import asyncio
import io
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wattfare_desktop.cli.entry import main
from wattfare_desktop.cli.options import (
    DemoOptions,
    EraseOptions,
    RestoreOptions,
    ServeOptions,
    TrayOptions,
    WalletOptions,
)
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.system.health import Finding


@dataclass(kw_only=True)
class RecordingLaunch:
    """Starts nothing; keeps with what it was asked to."""

    started: list[TrayOptions | ServeOptions | DemoOptions] = field(default_factory=list)
    findings: Sequence[Finding] = ()
    examined: list[Path] = field(default_factory=list)
    restored: list[RestoreOptions] = field(default_factory=list)
    erased: list[EraseOptions] = field(default_factory=list)
    hosted: list[WalletOptions] = field(default_factory=list)
    refusal: UserFacingError | None = None

    def examine(self, options: WalletOptions) -> Sequence[Finding]:
        self.examined.append(options.home)
        return self.findings

    def host(self, options: WalletOptions) -> AbstractContextManager[None]:
        self.hosted.append(options)
        if self.refusal is not None:
            raise self.refusal
        return nullcontext()

    def restore(self, options: RestoreOptions) -> int:
        self.restored.append(options)
        return 0

    def erase(self, options: EraseOptions) -> int:
        self.erased.append(options)
        return 0

    def tray(self, options: TrayOptions) -> int:
        self.started.append(options)
        return 0

    def serve(self, options: ServeOptions) -> int:
        self.started.append(options)
        return 0

    def demo(self, options: DemoOptions) -> int:
        self.started.append(options)
        return 0


class KeyboardInput(io.StringIO):
    """Standard input that may claim to be a terminal."""

    def __init__(self, text: str, *, is_terminal: bool) -> None:
        super().__init__(text)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


@dataclass(frozen=True, kw_only=True)
class Ran:
    """How one run of the command line ended."""

    code: int
    stdout: str
    stderr: str


@dataclass(kw_only=True)
class CommandLine:
    """The command line of one home, in an environment of its own."""

    home: Path
    environment: dict[str, str]
    launch: RecordingLaunch = field(default_factory=RecordingLaunch)
    typed_secretly: str = ""
    prompts: list[str] = field(default_factory=list)

    def run(self, *argv: str, stdin: str = "", is_terminal: bool = False) -> Ran:
        """Run ``wattfare argv...`` in this thread."""
        stdout, stderr = io.StringIO(), io.StringIO()
        terminal = Terminal(
            stdin=KeyboardInput(stdin, is_terminal=is_terminal),
            stdout=stdout,
            stderr=stderr,
            ask_secretly=self._ask_secretly,
        )
        code = main(
            argv,
            environment={**self.environment, "WATTFARE_HOME": str(self.home)},
            terminal=terminal,
            launch=self.launch,
            version="1.2.3",
        )
        return Ran(code=code, stdout=stdout.getvalue(), stderr=stderr.getvalue())

    async def run_beside(self, *argv: str, stdin: str = "", is_terminal: bool = False) -> Ran:
        """Run it in a thread, so that a wallet on this loop can answer."""
        return await asyncio.to_thread(self.run, *argv, stdin=stdin, is_terminal=is_terminal)

    def _ask_secretly(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return self.typed_secretly


class ScriptedAnswers:
    """A wallet's answers to commands, written down beforehand; keeps what was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, JsonValue]]] = []
        self._answers: dict[str, Callable[[], Any]] = {}

    def answer(self, command: str, value: JsonValue) -> None:
        self._answers[command] = lambda: value

    def refuse(self, command: str, title: str, detail: str) -> None:
        def refused() -> None:
            raise UserFacingError(title, detail)

        self._answers[command] = refused

    async def __call__(self, command: str, arguments: Mapping[str, JsonValue], /) -> JsonValue:
        self.asked.append((command, arguments))
        value: JsonValue = self._answers[command]()
        return value
