"""The control socket's lines: one JSON object each way, UTF-8, ended by a newline.

A request is ``{"command": "apps", "arguments": {...}}``. Its answer is ``{"ok": ...}``, or
``{"error": {"title": ..., "detail": ...}, "exit": 1}``. Both ends live in this module, so that they
cannot drift apart. Standard library only: the hand-over of a URI imports it.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from wattfare_desktop.core.errors import UserFacingError


class WalletAbsent(UserFacingError):  # noqa: N818 - a state, and one with its own exit code
    """No wallet of this home is running."""

    def __init__(self) -> None:
        super().__init__(
            "No wallet is running",
            "Start it with `wattfare`, or `wattfare serve` without a screen.",
        )


JsonValue: TypeAlias = "bool | int | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
"""What crosses the socket. No float: money and times are texts or integers."""

REQUEST_BYTES_MAX: Final = 64 * 1024
"""A URI may have 8 kB; nothing a command sends comes near this."""

ANSWER_BYTES_MAX: Final = 512 * 1024 * 1024
"""Lists come whole; a wallet with a million calls still fits."""

EXIT_REFUSED: Final = 1


def request_line(command: str, arguments: Mapping[str, JsonValue]) -> bytes:
    """Return the line that asks for ``command``."""
    return _line({"command": command, "arguments": arguments})


def answer_line(value: JsonValue) -> bytes:
    """Return the line that answers with ``value``."""
    return _line({"ok": value})


def error_line(error: UserFacingError) -> bytes:
    """Return the line that says why not."""
    told: JsonValue = {"title": error.title, "detail": error.detail}
    return _line({"error": told, "exit": EXIT_REFUSED})


def read_request(line: bytes) -> tuple[str, Mapping[str, JsonValue]]:
    """Return command and arguments of a request line; UserFacingError where it is none."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        request = None
    if not isinstance(request, dict):
        raise UserFacingError("Not a control request", "Each line is one JSON object.")
    command, arguments = request.get("command"), request.get("arguments", {})
    if not isinstance(command, str) or not isinstance(arguments, dict):
        raise UserFacingError(
            "Not a control request", 'Send {"command": "status", "arguments": {}}.'
        )
    return command, arguments


def read_answer(line: bytes) -> JsonValue:
    """Return the value of an answer line; raise the UserFacingError that it carries.

    A line cut short by a wallet that went away is such an error too.
    """
    try:
        answer = json.loads(line)
    except ValueError:
        answer = None
    if isinstance(answer, dict) and "ok" in answer:
        value: JsonValue = answer["ok"]
        return value
    error = answer.get("error") if isinstance(answer, dict) else None
    if isinstance(error, dict):
        raise UserFacingError(str(error.get("title")), str(error.get("detail")))
    raise UserFacingError(
        "The wallet went away before it answered", "Look with `wattfare status`, then try again."
    )


def _line(value: Mapping[str, JsonValue]) -> bytes:
    # ASCII escapes keep every foreign character, line separators included, inside its own line.
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"
