"""What one command is given: its options, its terminal, and the running wallet to ask."""

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wattfare_desktop.cli.options import Launch, WalletOptions
from wattfare_desktop.cli.terminal import Terminal
from wattfare_desktop.control import client
from wattfare_desktop.control.messages import JsonValue, WalletAbsent


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One run of the command line, for the wallet at ``home`` that listens at ``address``."""

    options: argparse.Namespace
    terminal: Terminal
    home: Path
    address: str
    launch: Launch
    environment: Mapping[str, str]

    def ask(self, command: str, arguments: Mapping[str, JsonValue] | None = None) -> JsonValue:
        """Return the running wallet's answer; WalletAbsent or UserFacingError where none comes."""
        return client.ask(self.address, command, arguments)

    def ask_object(
        self, command: str, arguments: Mapping[str, JsonValue] | None = None
    ) -> dict[str, Any]:
        """Return an answer that is one object."""
        answer = self.ask(command, arguments)
        assert isinstance(answer, dict)
        return answer

    def ask_list(
        self, command: str, arguments: Mapping[str, JsonValue] | None = None
    ) -> list[dict[str, Any]]:
        """Return an answer that is a list of objects."""
        answer = self.ask(command, arguments)
        assert isinstance(answer, list)
        return answer

    @contextmanager
    def wallet_at_hand(self) -> Iterator[None]:
        """Have a wallet to ask: the running one, else this home's, opened for this command."""
        try:
            self.ask("status")
        except WalletAbsent:
            hosted = self.launch.host(self.wallet_options())
        else:
            hosted = nullcontext()
        with hosted:
            yield

    def wallet_options(self) -> WalletOptions:
        """Return which wallet to start, and how."""
        return WalletOptions(
            home=self.home,
            port=self.options.port,
            passphrase_file=self.options.passphrase_file,
            verbose=self.options.verbose,
        )
