"""Command lines as Windows keeps them in its registry."""

from collections.abc import Sequence
from subprocess import list2cmdline


def registry_line(command: Sequence[str], placeholder: str = "") -> str:
    r"""Return ``command`` as one line; ``placeholder`` (``%1``) is an argument of its own.

    Program and placeholder are quoted whether they need it or not. The program, because of an
    unquoted ``C:\My Tools\x.exe`` Windows first tries ``C:\My.exe``, and because the installer
    writes the same line, by which the program knows itself again. The placeholder, because Windows
    puts a link in its place as it came, spaces included.
    """
    words = [f'"{command[0]}"']
    if command[1:]:
        words.append(list2cmdline(command[1:]))
    if placeholder:
        words.append(f'"{placeholder}"')
    return " ".join(words)
