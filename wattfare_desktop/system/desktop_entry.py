"""The text of ``.desktop`` files, by freedesktop's Desktop Entry Specification 1.5."""

import re
from collections.abc import Sequence
from typing import Final

from wattfare_desktop.core.errors import UserFacingError

_RESERVED: Final = frozenset(" \t\n\"'\\><~|&;$*?#()`")
_ESCAPED: Final = re.compile(r"\\(.)")
_ESCAPES: Final = {"s": " ", "n": "\n", "t": "\t", "r": "\r"}
_ESCAPED_IN_QUOTES: Final = frozenset('"`$\\')


def desktop_entry(fields: Sequence[tuple[str, str]]) -> str:
    """Return an application's entry with ``fields`` in their order; values as in memory."""
    lines = ["[Desktop Entry]", "Type=Application"]
    return "\n".join([*lines, *(f"{name}={_value(text)}" for name, text in fields), ""])


def exec_value(command: Sequence[str], *codes: str) -> str:
    """Return ``command`` as the Exec key's value, followed by field codes such as ``%u``.

    Raises UserFacingError where the format cannot express it.
    """
    program = command[0]
    # GLib looks for the program before it reads %% as %, so it would never find such a one.
    if {"=", "%"}.intersection(program) or any(not argument.isprintable() for argument in command):
        raise UserFacingError(
            "The desktop cannot start Wattfare from here",
            "Move it to a folder whose name has no '=', '%' or control characters.",
        )
    return " ".join([*(_argument(each) for each in command), *codes])


def field_of(entry: str, name: str) -> str | None:
    """Return a key's raw value in the entry's main group; None where it is not there."""
    group = ""
    for line in entry.splitlines():
        if line.startswith("["):
            group = line.strip()
        key, found, text = line.partition("=")
        if found and group == "[Desktop Entry]" and key.strip() == name:
            return text.strip()
    return None


def read_value(raw: str) -> str:
    """Return what ``field_of`` found as it was before it was written."""
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), raw)


def written_exec(command: Sequence[str], *codes: str) -> str:
    """Return the Exec value as ``desktop_entry`` writes it, to compare with ``field_of``."""
    return _value(exec_value(command, *codes))


def _argument(text: str) -> str:
    literal = text.replace("%", "%%")
    if literal and not _RESERVED.intersection(literal):
        return literal
    escaped = "".join(f"\\{char}" if char in _ESCAPED_IN_QUOTES else char for char in literal)
    return f'"{escaped}"'


def _value(text: str) -> str:
    # Every value is unescaped once more when read: the quoting above is under this one.
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
