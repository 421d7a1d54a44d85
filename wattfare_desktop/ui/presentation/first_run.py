"""The steps of setting up a wallet, and what each still lacks."""

from enum import IntEnum
from typing import Final

from wattfare_desktop.core.money import Nanos
from wattfare_desktop.ui.presentation.consent import amount_in

PASSPHRASE_CHARS_MIN: Final = 8
PRACTICE_PROVIDER: Final = "practice"


class Step(IntEnum):
    """In this order; each can be done in some twenty seconds."""

    PROTECT = 0
    FUND = 1
    TRY = 2


def passphrase_objection(passphrase: str, repeated: str) -> str:
    """Return why the typed passphrase will not do; empty where it will."""
    if len(passphrase) < PASSPHRASE_CHARS_MIN:
        return f"Take at least {PASSPHRASE_CHARS_MIN} characters; a few words are easy to keep."
    if passphrase != repeated:
        return "The two are not the same."
    return ""


def funding_objection(*, practice: bool, key: str, balance: str) -> str:
    """Return why no provider can be added like this; empty where it can."""
    if not practice and not key.strip():
        return "Paste the key your provider gave you."
    amount = amount_in(balance)
    return amount if isinstance(amount, str) else ""


def funding_balance(balance: str) -> Nanos:
    """Return the amount of a text without objection."""
    amount = amount_in(balance)
    assert not isinstance(amount, str)
    return amount
