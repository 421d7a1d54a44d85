"""Verifying the books and accepting them as they are, as control commands.

A verification takes as long as the books are long: it is begun, asked after, and may be stopped.
"""

from collections.abc import Sequence
from typing import Protocol

from wattfare_desktop.control.arguments import Arguments
from wattfare_desktop.control.messages import JsonValue
from wattfare_desktop.control.operations import Family
from wattfare_desktop.core.errors import UserFacingError


class Done(Protocol):
    """How far it has come."""

    @property
    def done(self) -> int: ...  # noqa: D102 - the wallet's own words
    @property
    def of(self) -> int: ...  # noqa: D102


class Differs(Protocol):
    """One thing that is not as it was written."""

    @property
    def what(self) -> str: ...  # noqa: D102
    @property
    def seq(self) -> int | None: ...  # noqa: D102


class Report(Protocol):
    """How a verification stands; see ``wallet.proof``."""

    @property
    def progress(self) -> Done: ...  # noqa: D102
    @property
    def is_over(self) -> bool: ...  # noqa: D102
    @property
    def differences(self) -> Sequence[Differs]: ...  # noqa: D102
    @property
    def failure(self) -> UserFacingError | None: ...  # noqa: D102


class Guard(Protocol):
    """Who verifies; see ``wallet.proof``."""

    @property
    def verification(self) -> Report: ...  # noqa: D102
    def begin_verification(self) -> None: ...  # noqa: D102
    def cancel_verification(self) -> None: ...  # noqa: D102


class LedgerWallet(Protocol):
    """What these commands ask of the wallet; see ``wallet.wallet`` for their meaning."""

    def proof(self) -> Guard: ...  # noqa: D102
    async def accept_ledger(self) -> None: ...  # noqa: D102


def ledger_family(wallet: LedgerWallet) -> Family:
    """Return the commands ``ledger verify`` and ``ledger accept`` of one wallet."""
    return _LedgerCommands(wallet).family()


class _LedgerCommands:
    def __init__(self, wallet: LedgerWallet) -> None:
        self._wallet = wallet

    def family(self) -> Family:
        return {
            "ledger verify": self._begin,
            "ledger verification": self._look,
            "ledger verify stop": self._stop,
            "ledger accept": self._accept,
        }

    async def _begin(self, _arguments: Arguments) -> JsonValue:
        self._wallet.proof().begin_verification()
        return self._shape()

    async def _look(self, _arguments: Arguments) -> JsonValue:
        return self._shape()

    async def _stop(self, _arguments: Arguments) -> JsonValue:
        self._wallet.proof().cancel_verification()
        return None

    async def _accept(self, _arguments: Arguments) -> JsonValue:
        await self._wallet.accept_ledger()
        return None

    def _shape(self) -> JsonValue:
        report = self._wallet.proof().verification
        failure = report.failure
        told = None if failure is None else {"title": failure.title, "detail": failure.detail}
        return {
            "done": report.progress.done,
            "of": report.progress.of,
            "is_over": report.is_over,
            "differences": [{"entry": each.seq, "what": each.what} for each in report.differences],
            "failure": told,
        }
