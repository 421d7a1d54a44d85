"""``wattfare receipt``: what a call was charged for, and whether a receipt is what it seems.

Looking at somebody's receipt needs no wallet: a running one is only asked for its own key.
"""

from argparse import ArgumentParser
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from wattfare_desktop.cli.invocation import Invocation
from wattfare_desktop.cli.receipt_lines import receipt_lines
from wattfare_desktop.core.errors import UserFacingError
from wattfare_desktop.core.receipts import (
    FILE_BYTES_MAX,
    ReceiptUnreadable,
    SignedReceipt,
    read_receipt,
    receipt_file,
)
from wattfare_desktop.system.private_file import write_private

_FITS: Final = 0
_DOES_NOT_FIT: Final = 1


class Signatory(StrEnum):
    """Whose key a receipt was signed with."""

    THIS_WALLET = "this_wallet"
    AS_GIVEN = "as_given"
    ANOTHER = "another"
    UNKNOWN = "unknown"


_SIGNED_BY: Final = {
    Signatory.THIS_WALLET: "The signature fits, and it is this wallet's.",
    Signatory.AS_GIVEN: "The signature fits, and the key is the one you gave.",
    Signatory.ANOTHER: "The signature fits the key below, which is not this wallet's.",
    Signatory.UNKNOWN: "The signature fits the key below.",
}


def add_options(parser: ArgumentParser) -> None:
    """Give ``wattfare receipt`` its words."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "call", nargs="?", metavar="CALL", help="the call's id from `activity`, or how it begins"
    )
    which.add_argument(
        "--verify", type=Path, metavar="FILE", help="look whether a signed receipt was altered"
    )
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="write the signed receipt to a file"
    )
    parser.add_argument(
        "--key", metavar="KEY", help="with --verify: the key, or its id, that must have signed"
    )


def run(invocation: Invocation) -> int:
    """Show, write or verify one receipt."""
    options = invocation.options
    if options.verify is None:
        if options.key is not None:
            raise UserFacingError("--key is for looking at a file", "Give it with --verify FILE.")
        return _show(invocation)
    if options.output is not None:
        raise UserFacingError("--output is for a call", "Give it with the id of a call.")
    return _verify(invocation)


def _show(invocation: Invocation) -> int:
    options, terminal = invocation.options, invocation.terminal
    signed = invocation.ask_object("receipt", {"call": options.call})
    if options.output is not None:
        _write(options.output, receipt_file(signed))
    if options.json:
        terminal.write_json(signed)
    elif options.output is not None:
        terminal.write([f"The signed receipt of {signed['receipt']['call']} is written."])
    else:
        terminal.write(_lines(signed["receipt"]))
    return 0


def _verify(invocation: Invocation) -> int:
    found = read_receipt(_content(invocation.options.verify))
    # No other command needs the cryptography, which takes its time to load.
    from wattfare_desktop.wallet.receipts import is_genuine  # noqa: PLC0415

    fits = is_genuine(found)
    signatory = _signatory(invocation, found)
    if invocation.options.json:
        invocation.terminal.write_json(
            {
                "signature_fits": fits,
                "signed_by": str(signatory) if fits else None,
                "key": {"id": found.key.id, "public": found.key.public},
                "receipt": found.told if fits else None,
            }
        )
    elif not fits:
        raise UserFacingError(
            "The signature does not fit",
            "The receipt was altered since, or the key it names never signed it. Believe none of "
            "it.",
        )
    else:
        invocation.terminal.write([_SIGNED_BY[signatory], "", *_lines(found.told)])
    if fits and signatory in {Signatory.ANOTHER, Signatory.UNKNOWN}:
        _warn(invocation, found)
    return _FITS if fits else _DOES_NOT_FIT


def _signatory(invocation: Invocation, found: SignedReceipt) -> Signatory:
    given = invocation.options.key
    if given is not None:
        if given not in {found.key.id, found.key.public}:
            raise UserFacingError(
                "The receipt names another key", f"It is {found.key.id}, not the one you gave."
            )
        return Signatory.AS_GIVEN
    try:
        own = invocation.ask_object("receipt key")
    except UserFacingError:
        # No wallet, or a locked one: nobody to compare with.
        return Signatory.UNKNOWN
    return Signatory.THIS_WALLET if own["public"] == found.key.public else Signatory.ANOTHER


def _warn(invocation: Invocation, found: SignedReceipt) -> None:
    invocation.terminal.complain(
        UserFacingError(
            "Anybody can sign with a key of their own",
            f"This proves nothing unless you know that {found.key.id} is the right wallet's: "
            "have its owner tell you, then give --key.",
        )
    )


def _lines(told: Mapping[str, Any]) -> list[str]:
    try:
        return receipt_lines(told)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ReceiptUnreadable(
            "This receipt cannot be shown", "Its signer left out what a receipt tells."
        ) from None


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise UserFacingError("The file cannot be read", f"{path}: {error.strerror}.") from error


def _write(path: Path, content: bytes) -> None:
    try:
        write_private(path, content)
    except OSError as error:
        raise UserFacingError(
            "The file cannot be written", f"{path}: {error.strerror}. Nothing was changed."
        ) from error
